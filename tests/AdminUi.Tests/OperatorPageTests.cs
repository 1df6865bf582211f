using System.Net;
using Microsoft.EntityFrameworkCore;
using UserManagement.AdminUi.Tests.Rig;
using UserManagement.Membership;
using UserManagement.Membership.Access;
using UserManagement.Membership.Accounts.Factors;
using UserManagement.Membership.Operators;
using UserManagement.Membership.Outbox;
using UserManagement.Membership.Plans;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.AdminUi.Tests;

/// <summary>The operator's page: who gets there, what it shows, and that what was given up is sent again.</summary>
public sealed class OperatorPageTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory, EachDatabase]
    public async Task It_is_there_for_an_account_that_the_command_line_named_and_that_proved_a_second_factor(Database kind)
    {
        await using var site = await AdminSite.StartAsync(kind);
        var (ops, _) = await site.JoinAsync("ops@example.com", "viewer");
        using var nobody = new Person(site.Server, null);
        var allow = site.Server.Service<AllowOperator>();
        Assert.Equal("/signin?returnUrl=%2Foperator", (await nobody.GetAsync("/operator")).Location);
        Assert.Equal(HttpStatusCode.NotFound, (await site.Admin.GetAsync("/operator")).Status); // an admin of a workspace is no operator
        Assert.Equal(HttpStatusCode.NotFound, (await ops.GetAsync("/operator")).Status);
        Assert.Equal("notFound", (await allow.RunAsync(Actor.Operator, "nobody@example.com", true, Ct)).Refusal!.Code);
        Assert.Equal(
            "forbidden",
            (await allow.RunAsync(Actor.Operator with { Door = Door.Page }, "ops@example.com", true, Ct)).Refusal!.Code
        );
        Assert.True((await allow.RunAsync(Actor.Operator, "OPS@example.com", true, Ct)).Done);
        Assert.Equal(["OPS@example.com"], await allow.ListAsync(Ct));
        Assert.StartsWith("/profile/security/set-up", (await ops.GetAsync("/operator")).Location, StringComparison.Ordinal);
        await FactorAsync(site, ops, proven: false);
        Assert.StartsWith("/signin/second", (await ops.GetAsync("/operator")).Location, StringComparison.Ordinal);
        await FactorAsync(site, ops, proven: true);

        var dead = await DeadAsync(site);
        var set = await site
            .Server.Service<SetPlan>()
            .RunAsync(Actor.Operator, site.Workspace.Id, now => now with { Tier = PlanTier.Trial, TrialEnds = new(2031, 1, 31) }, Ct);
        Assert.True(set.Done);
        var page = await ops.GetAsync("/operator");
        Assert.Equal(HttpStatusCode.OK, page.Status);
        foreach (
            var shown in (string[])
                [
                    "acme",
                    "seats",
                    "Trial, until 31 January 2031",
                    "The mail server is &lt;b&gt;away&lt;/b&gt;",
                    dead.ToString(),
                    "Workspaces (1)",
                ]
        )
        {
            Assert.Contains(shown, page.Text, StringComparison.Ordinal);
        }

        Assert.Equal(HttpStatusCode.BadRequest, (await ops.PostBareAsync("/operator/outbox/again", ("message", "all"))).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await site.Admin.PostBareAsync("/operator/outbox/again", ("message", "all"))).Status);
        var again = await ops.PressAsync(page, "/operator/outbox/again");
        Assert.Equal("/operator?again=1", again.Location);
        await using (var db = site.Server.Store.Read())
        {
            Assert.Null((await db.OutboxMessages.SingleAsync(m => m.Id == dead, Ct)).DeadAt);
            var line = await db.AuditEntries.SingleAsync(a => a.Act == "outbox.retried", Ct);
            Assert.Equal((ActorKind.Operator, Door.Page, "ops"), (line.ActorKind, line.Door, line.ActorName));
        }

        Assert.Contains("One message is tried again", (await ops.GetAsync("/operator?again=1")).Text, StringComparison.Ordinal);
        Assert.True((await allow.RunAsync(Actor.Operator, "ops@example.com", false, Ct)).Done);
        Assert.Equal(HttpStatusCode.NotFound, (await ops.GetAsync("/operator")).Status);
        ops.Dispose();
    }

    private static async Task FactorAsync(AdminSite site, Person person, bool proven)
    {
        var hash = Secret.Hash(person.Session!);
        await site.Server.Store.ChangeAsync<Nothing>(
            Actor.System,
            null,
            "test.factor",
            async attempt =>
            {
                var session = await attempt.Db.Sessions.SingleAsync(s => s.SecretHash == hash, Ct);
                if (proven)
                {
                    attempt.Changes.Update(session, session with { SecondProvenAt = attempt.At, SecondProvenBy = "totp" });
                }
                else
                {
                    attempt.Changes.Add(
                        new SecondFactor
                        {
                            AccountId = session.AccountId,
                            TotpSealed = [1],
                            TotpConfirmedAt = attempt.At,
                            Version = 1,
                        }
                    );
                }

                return default(Nothing);
            },
            Ct
        );
    }

    private static async Task<Id<OutboxMessage>> DeadAsync(AdminSite site)
    {
        var id = Id<OutboxMessage>.New(TimeProvider.System);
        await site.Server.Store.ChangeAsync<Nothing>(
            Actor.System,
            null,
            "test.dead",
            attempt =>
            {
                attempt.Changes.Add(
                    new OutboxMessage
                    {
                        Id = id,
                        Subject = "test",
                        Kind = "test",
                        About = Guid.CreateVersion7(),
                        CreatedAt = attempt.At,
                        DueAt = attempt.At,
                        DeadAt = attempt.At,
                        Tries = 20,
                        LastError = "The mail server is <b>away</b>",
                    }
                );
                return Task.FromResult<Membership.Outcome<Nothing>>(default(Nothing));
            },
            Ct
        );
        return id;
    }
}
