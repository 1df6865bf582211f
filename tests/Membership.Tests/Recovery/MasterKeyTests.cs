using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Accounts;
using UserManagement.Membership.Accounts.Factors;
using UserManagement.Membership.Apps;
using UserManagement.Membership.Audit;
using UserManagement.Membership.Data;
using UserManagement.Membership.Invitations;
using UserManagement.Membership.Recovery;
using UserManagement.Membership.Webhooks;
using UserManagement.Membership.Workspaces;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Membership.Tests.Recovery;

/// <summary>The master key is changed while servers serve, and lost.</summary>
public sealed class MasterKeyTests
{
    private static readonly byte[] Former = TestDatabase.MasterKey;
    private static readonly byte[] New = [.. Enumerable.Repeat((byte)7, 32)];
    private static readonly Id<Account> Jo = new(Guid.CreateVersion7());

    [Theory, EachDatabase]
    public async Task Everything_is_sealed_anew_while_both_keys_hold_and_the_new_one_alone_opens_it(Database kind)
    {
        await using var database = await TestDatabase.NewAsync(kind);
        var former = database.Store();
        var seeded = await SeedAsync(former);
        Assert.True(await new FitsMasterKey(former).RunAsync(default));
        Assert.Equal("noOtherKey", (await new RotateMasterKey(former).RunAsync(Actor.Operator, null, default)).Refusal!.Code);

        // servers one after the other: the one that seals with the new key and the one that still seals with the former open both
        var ahead = With(database, Former, New);
        var both = With(database, New, Former);
        Assert.True(await new FitsMasterKey(both).RunAsync(default));
        await AssertOpensAsync(ahead, seeded);
        await AssertOpensAsync(both, seeded);
        var late = (
            await new InvitePeople(both).RunAsync(Actor.Operator, seeded.Workspace, new() { UserNames = ["late@acme.test"] }, default)
        )
            .Value[0]
            .Outcome
            .Value;
        Assert.NotNull(await LinkAsync(ahead, late.Invitation.Id));

        // stopped amid it, and run again
        using var stop = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            new RotateMasterKey(both).RunAsync(Actor.Operator, async (_, _) => await stop.CancelAsync(), stop.Token)
        );
        var done = (await new RotateMasterKey(both).RunAsync(Actor.Operator, null, default)).Value;
        Assert.Empty(done.Lost);
        Assert.NotEmpty(done.Anew);
        Assert.Empty((await new RotateMasterKey(both).RunAsync(Actor.Operator, null, default)).Value.Anew);

        var alone = With(database, New, null);
        Assert.True(await new FitsMasterKey(alone).RunAsync(default));
        await AssertOpensAsync(alone, seeded);
        await using (var db = alone.Read())
        {
            foreach (var place in SealedPlace.All)
            {
                Assert.All(await place.Rows(db).ToListAsync(), row => Assert.Null(place.Anew(both.Box, row.Value)));
                Assert.All(await place.Rows(db).ToListAsync(), row => Assert.False(place.IsLost(alone.Box, row.Value)));
            }

            var kept = (await db.Marks.SingleAsync(m => m.Name == Mark.FormerAuditKeys)).Value;
            Assert.Contains(AuditSigner.PublicKey(former.Box), kept, StringComparison.Ordinal);
            Assert.Equal(1, await db.AuditEntries.CountAsync(a => a.Act == "masterKey.rotated"));
        }

        // and once more, to a third: what rests on the first key goes on
        var third = (byte[])[.. Enumerable.Repeat((byte)9, 32)];
        Assert.True((await new RotateMasterKey(With(database, third, New)).RunAsync(Actor.Operator, null, default)).Done);
        await AssertOpensAsync(With(database, third, null), seeded);
        Assert.False(await new FitsMasterKey(former).RunAsync(default));
    }

    [Theory, EachDatabase]
    public async Task Once_the_key_is_lost_a_new_one_goes_on_and_says_what_is_to_be_made_anew(Database kind)
    {
        await using var database = await TestDatabase.NewAsync(kind);
        var seeded = await SeedAsync(database.Store());
        var store = With(database, New, null);
        Assert.False(await new FitsMasterKey(store).RunAsync(default));
        Assert.Equal("forbidden", (
                await new AfterKeyLoss(store).RunAsync(
                    new()
                    {
                        Kind = ActorKind.Person,
                        Door = Door.SignIn,
                        Name = "x",
                    },
                    default
                )
            ).Refusal!.Code);

        var lost = (await new AfterKeyLoss(store).RunAsync(Actor.Operator, default)).Value.Lost;
        string[] wanted = ["authenticator apps", "keys of the OpenID Provider", "links of invitations", "secrets of endpoints for events"];
        Assert.Equal(wanted, lost.Keys.Intersect(wanted).Order());
        Assert.True(await new FitsMasterKey(store).RunAsync(default));
        Assert.NotNull((await new RotateAppKeys(store).RunAsync(Actor.System, false, default)).Value);
        Assert.True(await new FitsMasterKey(store).RunAsync(default));
        Assert.True((await new ResendInvitation(store).RunAsync(Actor.Operator, seeded.Workspace, seeded.Invitation, default)).Done);
        Assert.NotNull(await LinkAsync(store, seeded.Invitation));
        await using var db = store.Read();
        Assert.Equal(1, await db.AuditEntries.CountAsync(a => a.Act == "masterKey.lost"));
        Assert.NotNull((await db.SecondFactors.SingleAsync()).TotpSealed); // asked for still, until an admin resets it
    }

    [Fact]
    public async Task Every_sealed_column_is_reached_by_a_change_of_keys()
    {
        await using var database = await TestDatabase.NewAsync(Database.Sqlite);
        await using var db = database.Store().Read();
        var named = db
            .Model.GetEntityTypes()
            .SelectMany(e =>
                e.GetProperties()
                    .Where(p => p.GetColumnName().EndsWith("sealed", StringComparison.Ordinal))
                    .Select(p => (e.GetTableName(), p.GetColumnName()))
            )
            .ToList();
        Assert.True(named.Count > 8);
        Assert.Empty(named.Except(SealedPlace.All.Select(p => ((string?)p.Table, p.Column))));
        Assert.Contains(SealedPlace.All, p => p is { Table: "webhooks", Column: "secrets" });
    }

    private static Store With(TestDatabase database, byte[] key, byte[]? other) =>
        database.Source.Store(TimeProvider.System, new SecretBox(key, other));

    private static async Task<Seeded> SeedAsync(Store store)
    {
        var workspace = (await new CreateWorkspace(store).RunAsync(Actor.Operator, new("acme", "Acme", "seats"), default)).Value.Id;
        var invited = (await new InvitePeople(store).RunAsync(Actor.Operator, workspace, new() { UserNames = ["jo@acme.test"] }, default))
            .Value[0]
            .Outcome
            .Value;
        await new RotateAppKeys(store).RunAsync(Actor.System, false, default);
        var hook = await new CreateWebhook(store, new()).RunAsync(
            Actor.Operator,
            workspace,
            new() { Name = "HR", Url = "https://hr.acme.test/events" },
            default
        );
        IReadOnlyList<string> codes = [];
        await store.ChangeAsync<Nothing>(
            Actor.System,
            null,
            "test.seeded",
            async attempt =>
            {
                codes = await RecoveryCodes.MakeAsync(attempt, Jo, default);
                attempt.Changes.Add(
                    new SecondFactor
                    {
                        AccountId = Jo,
                        TotpSealed = attempt.Box.Seal(SecondFactor.TotpPurpose, Encoding.UTF8.GetBytes("the key of an app")),
                        Version = 1,
                    }
                );
                return default(Nothing);
            },
            default
        );
        return new(
            workspace,
            invited.Invitation.Id,
            hook.Value.Secret,
            codes[0],
            Convert.ToHexString(store.Box.EnduringKeyOf("app-subject"))
        );
    }

    private static async Task AssertOpensAsync(Store store, Seeded seeded)
    {
        Assert.NotNull(await LinkAsync(store, seeded.Invitation));
        Assert.Single(new ReadAppKeys(store).Run());
        Assert.Equal(seeded.Subject, Convert.ToHexString(store.Box.EnduringKeyOf("app-subject")));
        await using var db = store.Read();
        Assert.Equal(
            seeded.Secret,
            WebhookSecrets.Prefix + Convert.ToBase64String(WebhookSecrets.KeysOf(await db.Webhooks.SingleAsync(), store.Box)[0])
        );
        Assert.NotNull(store.Box.Open(SecondFactor.TotpPurpose, (await db.SecondFactors.SingleAsync()).TotpSealed));
        RecoveryCode? code = null;
        await store.ChangeAsync<Nothing>(
            Actor.System,
            null,
            "test.read",
            async attempt =>
            {
                code = await RecoveryCodes.FindAsync(attempt, Jo, FactorCodes.Clean(seeded.Code), default);
                return default(Nothing);
            },
            default
        );
        Assert.NotNull(code);
    }

    private static async Task<string?> LinkAsync(Store store, Id<Invitation> invitation)
    {
        await using var db = store.Read();
        return store.Box.OpenText(Invitation.LinkPurpose, (await db.Invitations.SingleAsync(i => i.Id == invitation)).LinkSealed);
    }

    private sealed record Seeded(Id<Workspace> Workspace, Id<Invitation> Invitation, string Secret, string Code, string Subject);
}
