using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Operators;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Membership.Tests.Operators;

/// <summary>The keys of whoever runs the installation: who makes them, and how long they hold.</summary>
public sealed class OperatorKeyTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory, EachDatabase]
    public async Task A_key_is_recognized_until_it_ends_or_is_revoked_and_kept_nowhere(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind);
        var recognize = new RecognizeOperatorKey(acme.Store);
        var billing = (await MakeAsync(acme, " Billing ", 30)).Value;
        var brief = (await MakeAsync(acme, "Brief", 1)).Value;
        Assert.StartsWith("umop_", billing.Key, StringComparison.Ordinal);
        var actor = await recognize.RunAsync(billing.Key, Ct);
        Assert.Equal((ActorKind.Operator, Door.Rest, "Billing"), (actor!.Kind, actor.Door, actor.Name));
        Assert.Equal((billing.Row.Id, true), (actor.Id!.Value, actor.Unlimited));
        Assert.Equal(actor, await recognize.RunAsync(billing.Key, Ct)); // the same at each request
        Assert.NotEqual(billing.Row.Id, brief.Row.Id);
        foreach (
            var stranger in (string[])
                [
                    "",
                    "umop_",
                    billing.Key[..^1],
                    billing.Key + "A",
                    billing.Key.ToUpperInvariant(),
                    CreateApiKey.Prefix + billing.Key[OperatorKey.Prefix.Length..],
                    OperatorKey.Prefix + new string('A', 43),
                ]
        )
        {
            Assert.Null(await recognize.RunAsync(stranger, Ct));
        }

        acme.Clock.Advance(TimeSpan.FromDays(1));
        Assert.Null(await recognize.RunAsync(brief.Key, Ct));
        Assert.NotNull(await recognize.RunAsync(billing.Key, Ct));
        var listed = (await new ListOperatorKeys(acme.Store).RunAsync(Actor.Operator, Ct)).Value;
        Assert.Equal([("Billing", true), ("Brief", false)], listed.Select(k => (k.Row.Name, k.IsLive)).Order());
        Assert.Equal(acme.Clock.Now.AddDays(29), listed.Single(k => k.IsLive).Row.ExpiresAt);

        var revoke = new RevokeOperatorKey(acme.Store);
        Assert.Equal("Billing", (await revoke.RunAsync(Actor.Operator, "billing", Ct)).Value.Name);
        Assert.Null(await recognize.RunAsync(billing.Key, Ct));
        Assert.Equal("notFound", (await revoke.RunAsync(Actor.Operator, "Billing", Ct)).Refusal?.Code);

        await using var db = acme.Store.Read();
        var lines = await db
            .AuditEntries.Where(a => a.TargetKind == "operatorKey")
            .OrderBy(a => a.At)
            .ThenBy(a => a.TargetName)
            .ToListAsync(Ct);
        Assert.Equal(
            [("operator.keyCreated", "Billing"), ("operator.keyCreated", "Brief"), ("operator.keyRevoked", "Billing")],
            lines.Select(a => (a.Act, a.TargetName!))
        );
        var marks = await db.Marks.Select(m => m.Name + m.Value).ToListAsync(Ct);
        Assert.DoesNotContain(
            billing.Key,
            string.Concat(lines.Select(a => a.Before + a.After)) + string.Concat(marks),
            StringComparison.Ordinal
        );
        Assert.Empty(await new AllowOperator(acme.Store).ListAsync(Ct)); // a key is no account that was let in
    }

    [Theory, EachDatabase]
    public async Task No_two_keys_have_one_name_and_none_lives_for_ever(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind);
        var first = (await MakeAsync(acme, "Billing", 730)).Value;
        Assert.Equal("keyNameTaken", (await MakeAsync(acme, "BILLING", 1)).Refusal?.Code);
        foreach (
            var (name, days, code) in ((string, int, string)[])
                [
                    ("", 1, "invalidName"),
                    (new string('x', 101), 1, "invalidName"),
                    ("two\nlines", 1, "invalidName"),
                    ("Other", 0, "invalidLifetime"),
                    ("Other", 731, "invalidLifetime"),
                ]
        )
        {
            Assert.Equal(code, (await MakeAsync(acme, name, days)).Refusal?.Code);
        }

        var listed = (await new ListOperatorKeys(acme.Store).RunAsync(Actor.Operator, Ct)).Value;
        Assert.Equal([first.Row], listed.Select(k => k.Row));
        Assert.True((await new RevokeOperatorKey(acme.Store).RunAsync(Actor.Operator, "Billing", Ct)).Done);
        Assert.True((await MakeAsync(acme, "Billing", 1)).Done);
    }

    [Theory, EachDatabase]
    public async Task The_command_line_alone_makes_lists_and_revokes_them(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind);
        var key = (await MakeAsync(acme, "Billing", 30)).Value.Key;
        var program = (await new RecognizeOperatorKey(acme.Store).RunAsync(key, Ct))!;
        foreach (var actor in (Actor[])[program, Actor.Operator with { Door = Door.Page }, Actor.System, acme.Directory])
        {
            Assert.Equal("forbidden", (await MakeAsync(acme, "Other", 1, actor)).Refusal?.Code);
            Assert.Equal("forbidden", (await new ListOperatorKeys(acme.Store).RunAsync(actor, Ct)).Refusal?.Code);
            Assert.Equal("forbidden", (await new RevokeOperatorKey(acme.Store).RunAsync(actor, "Billing", Ct)).Refusal?.Code);
        }

        Assert.NotNull(await new RecognizeOperatorKey(acme.Store).RunAsync(key, Ct));
        Assert.Equal("forbidden", (await new FindWorkspace(acme.Store).RunAsync(acme.Directory, "acme", Ct)).Refusal?.Code);
        foreach (var slug in (string[])["nowhere", "", "a\0", "\ud800", new string('a', 5000)])
        {
            Assert.Equal("notFound", (await new FindWorkspace(acme.Store).RunAsync(program, slug, Ct)).Refusal?.Code);
        }

        Assert.Equal(acme.Id, (await new FindWorkspace(acme.Store).RunAsync(program, "acme", Ct)).Value.Id);
    }

    private static Task<Outcome<IssuedOperatorKey>> MakeAsync(TestWorkspace acme, string name, int days, Actor? actor = null) =>
        new CreateOperatorKey(acme.Store).RunAsync(actor ?? Actor.Operator, name, TimeSpan.FromDays(days), Ct);
}
