using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Approvals;
using UserManagement.Membership.Invitations;
using UserManagement.Membership.Outbox;
using UserManagement.Membership.Portals;
using UserManagement.Membership.Workspaces;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Membership.Tests.Approvals;

/// <summary>What one admin asks for and a second one approves.</summary>
public sealed class FourEyesTests
{
    [Theory, EachDatabase]
    public async Task An_admin_is_made_by_two_and_nobody_approves_their_own(Database kind)
    {
        await using var acme = await WorkspaceAsync(kind);
        var ada = acme.As(await acme.JoinAsync("ada@acme.test", "admin"));
        var carl = await acme.JoinAsync("carl@acme.test");
        var alone = await acme.AssignAsync(ada, carl.Id, "admin");
        Assert.Equal("awaitsApproval", alone.Refusal?.Code);
        Assert.Contains("usermanagement approvals approve acme", alone.Refusal!.Message, StringComparison.Ordinal);

        var bob = acme.As(await acme.JoinAsync("bob@acme.test"));
        var asked = Assert.Single(await ListAsync(acme));
        Assert.True((await DecideAsync(acme, Actor.Operator, asked)).NotDone is null);
        Assert.Equal("admin", (await acme.ReadAsync(carl.Id)).Role);
        Assert.Equal(ApprovalState.Used, Assert.Single(await ListAsync(acme)).State);

        // with a second admin: asked once however often one tries, and never approved by whoever asked
        var boss = acme.As(await acme.ReadAsync(carl.Id));
        foreach (var _ in Enumerable.Range(0, 2))
        {
            Assert.Equal("awaitsApproval", (await acme.AssignAsync(ada, bob.Member!.Value, "admin")).Refusal?.Code);
        }

        var second = (await ListAsync(acme))[0];
        Assert.Equal(2, (await ListAsync(acme)).Count);
        Assert.Equal("ownRequest", (await new DecideApproval(acme.Store).RunAsync(ada, acme.Id, second.Id, true, default)).Refusal?.Code);
        Assert.Equal("forbidden", (await new DecideApproval(acme.Store).RunAsync(bob, acme.Id, second.Id, true, default)).Refusal?.Code);
        var race = await Rivals.RaceAsync(4, _ => new DecideApproval(acme.Store).RunAsync(boss, acme.Id, second.Id, true, default));
        Assert.Single(race, r => r.Required.Done);
        Assert.Equal("admin", (await acme.ReadAsync(bob.Member!.Value)).Role);
        var audit = await acme.AuditAsync();
        Assert.Contains(audit, a => a.Act == "approval.approved" && a.ActorId == boss.Id && a.Reason == $"asked for by {ada.Name}");
        Assert.Contains(audit, a => a.Act == "approval.used" && a.ActorId == ada.Id && a.Reason == $"approved by {boss.Name}");
        Assert.Contains(audit, a => a.Act == "role.changed" && a.ActorId == ada.Id);
        await using var db = acme.Store.Read();
        Assert.Equal(2, await db.OutboxMessages.CountAsync(m => m.Kind == OutboxKind.ApprovalMail));
        await acme.AgreesAsync();
    }

    [Theory, EachDatabase]
    public async Task A_token_is_made_by_whoever_asked_once_and_in_time(Database kind)
    {
        await using var acme = await WorkspaceAsync(kind);
        var ada = acme.As(await acme.JoinAsync("ada@acme.test", "admin"));
        var boss = acme.As(await acme.JoinAsync("boss@acme.test"));
        await acme.AssignAsync(Actor.Operator, boss.Member!.Value, "admin");
        boss = acme.As(await acme.ReadAsync(boss.Member.Value));
        Task<Outcome<IssuedScimToken>> TokenAsync(Actor actor) =>
            new CreateScimCredential(acme.Store).RunAsync(actor, acme.Id, "Okta", null, default);

        Assert.Equal("awaitsApproval", (await TokenAsync(ada)).Refusal?.Code);
        Assert.Null((await DecideAsync(acme, boss, (await ListAsync(acme))[0])).NotDone);
        Assert.Equal("awaitsApproval", (await TokenAsync(boss)).Refusal?.Code); // another asks for themselves
        Assert.True((await TokenAsync(ada)).Done);
        Assert.Equal("awaitsApproval", (await TokenAsync(ada)).Refusal?.Code);

        // rejected, and too late
        var again = (await ListAsync(acme))[0];
        Assert.Equal(ApprovalState.Rejected, (await DecideAsync(acme, boss, again, isYes: false)).Approval.State);
        Assert.Equal("decided", (await new DecideApproval(acme.Store).RunAsync(boss, acme.Id, again.Id, true, default)).Refusal?.Code);
        Assert.Equal("awaitsApproval", (await TokenAsync(ada)).Refusal?.Code);
        acme.Clock.Advance(Approval.Lives);
        Assert.Equal(
            "decided",
            (await new DecideApproval(acme.Store).RunAsync(boss, acme.Id, (await ListAsync(acme))[0].Id, true, default)).Refusal?.Code
        );
    }

    [Theory, EachDatabase]
    public async Task What_ones_own_set_up_link_asks_for_another_admin_approves(Database kind)
    {
        await using var acme = await WorkspaceAsync(kind);
        var ada = acme.As(await acme.JoinAsync("ada@acme.test", "admin"));
        var boss = await acme.JoinAsync("boss@acme.test");
        await acme.AssignAsync(Actor.Operator, boss.Id, "admin");
        var made = await new CreatePortalLink(acme.Store).RunAsync(ada, acme.Id, new("Jo of IT", PortalScopes.Directory), default);
        var jo = (await new RecognizePortalLink(acme.Store).BySecretAsync(made.Value.Secret, default)).Value.Actor;
        Task<Outcome<IssuedScimToken>> TokenAsync() => new CreateScimCredential(acme.Store).RunAsync(jo, acme.Id, "Okta", null, default);

        var waits = (await TokenAsync()).Refusal!;
        Assert.Equal("awaitsApproval", waits.Code);
        Assert.Contains("An admin has to approve this", waits.Message, StringComparison.Ordinal);
        var asked = Assert.Single(await ListAsync(acme));
        Assert.Equal("ownRequest", (await new DecideApproval(acme.Store).RunAsync(ada, acme.Id, asked.Id, true, default)).Refusal?.Code);
        Assert.True(
            (await new DecideApproval(acme.Store).RunAsync(acme.As(await acme.ReadAsync(boss.Id)), acme.Id, asked.Id, true, default)).Done
        );
        Assert.True((await TokenAsync()).Done); // the link that asked, once
        Assert.Equal("awaitsApproval", (await TokenAsync()).Refusal?.Code);
    }

    [Theory, EachDatabase]
    public async Task There_is_no_way_round_a_second_admin(Database kind)
    {
        await using var acme = await WorkspaceAsync(kind);
        var ada = acme.As(await acme.JoinAsync("ada@acme.test", "admin"));
        var invited = await new InvitePeople(acme.Store).RunAsync(
            ada,
            acme.Id,
            new() { UserNames = ["eve@acme.test"], Role = "admin" },
            default
        );
        Assert.Equal("needsApproval", (invited.Refusal ?? invited.Value[0].Outcome.Refusal)?.Code);
        var now = acme.Workspace.Configuration;
        foreach (
            var wanted in new[]
            {
                now with
                {
                    FourEyes = null,
                },
                now with
                {
                    FourEyes = [FourEyesAct.GrantAdmin],
                },
                now with
                {
                    Roles = [.. now.Roles.Select(r => r.Key == "viewer" ? r with { IsAdmin = true } : r)],
                },
                now with
                {
                    Rules = new() { MayGiveAdmin = true },
                },
            }
        )
        {
            var changed = await new ChangeConfiguration(acme.Store).RunAsync(ada, acme.Id, null, wanted, default);
            Assert.Contains(changed.Refusal?.Code, (string[])["fourEyesStays", "invalidRoles", "grantCeiling"]);
        }
    }

    private static Task<TestWorkspace> WorkspaceAsync(Database kind) =>
        TestWorkspace.NewAsync(kind, change: c => c with { FourEyes = [FourEyesAct.GrantAdmin, FourEyesAct.IssueDirectoryToken] });

    private static async Task<IReadOnlyList<Approval>> ListAsync(TestWorkspace acme) =>
        (await new ListApprovals(acme.Store).RunAsync(Actor.Operator, acme.Id, default)).Value;

    private static async Task<DecidedApproval> DecideAsync(TestWorkspace acme, Actor actor, Approval asked, bool isYes = true) =>
        (await new DecideApproval(acme.Store).RunAsync(actor, acme.Id, asked.Id, isYes, default)).Value;
}
