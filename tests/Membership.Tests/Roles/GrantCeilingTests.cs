using UserManagement.Membership.Access;
using UserManagement.Membership.Invitations;
using UserManagement.Membership.Members;
using UserManagement.Membership.Workspaces;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Membership.Tests.Roles;

/// <summary>Invariants 2 and 5: nobody acts on themselves, nobody grants or takes beyond their ceiling; security cases R1, I11.</summary>
public sealed class GrantCeilingTests
{
    /// <summary>The ranked preset with a team lead who manages people up to editor.</summary>
    private static WorkspaceConfiguration Leads(WorkspaceConfiguration c) =>
        c with
        {
            Roles =
            [
                .. c.Roles.Select(r =>
                    r.Key == "manager" ? r with { CanGrantUpTo = "editor", Permissions = [.. r.Permissions, Permission.ManageMembers] } : r
                ),
            ],
        };

    [Theory, EachDatabase]
    public async Task A_lead_reaches_editors_and_nobody_above_by_any_path(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind, "ranked", Leads);
        await acme.JoinAsync("second@acme.test", "admin");
        var admin = await acme.JoinAsync("admin@acme.test", "admin");
        var editor = await acme.JoinAsync("editor@acme.test", "editor");
        var lead = acme.As(await acme.JoinAsync("lead@acme.test", "manager"));
        var open = await acme.InviteAsync("boss@acme.test", "admin");
        var ghost = (await acme.ProvisionAsync("ghost@acme.test")).Value;
        var link = await acme.InviteAsync("ghost@acme.test");
        await acme.AssignAsync(Actor.Operator, ghost.Id, "admin");
        var other = (await acme.ProvisionAsync("other@acme.test")).Value;
        await acme.AssignAsync(Actor.Operator, other.Id, "admin");

        Refusal?[] beyond =
        [
            (await acme.AssignAsync(lead, editor.Id, "admin")).Refusal,
            (await acme.AssignAsync(lead, editor.Id, "manager")).Refusal,
            (await acme.AssignAsync(lead, admin.Id, "editor")).Refusal,
            (await new SuspendMember(acme.Store).RunAsync(lead, acme.Id, admin.Id, default)).Refusal,
            (await new RemoveMember(acme.Store).RunAsync(lead, acme.Id, admin.Id, default)).Refusal,
            (await new RemoveMember(acme.Store).RunAsync(lead, acme.Id, open.Invitation.MemberId, default)).Refusal,
            (
                await new EditMember(acme.Store).RunAsync(lead, acme.Id, admin.Id, new() { Names = new(true, "X", true, "Y") }, default)
            ).Refusal,
            (
                await new InvitePeople(acme.Store).RunAsync(lead, acme.Id, new() { UserNames = ["new@acme.test"], Role = "admin" }, default)
            ).Refusal,
            (await new ResendInvitation(acme.Store).RunAsync(lead, acme.Id, open.Invitation.Id, default)).Refusal,
            (await new CopyInvitationLink(acme.Store).RunAsync(lead, acme.Id, open.Invitation.Id, default)).Refusal,
            (await new RevokeInvitation(acme.Store).RunAsync(lead, acme.Id, open.Invitation.Id, default)).Refusal,
            // A link that brings an account to somebody who is an admin by now hands over the admin.
            (await new CopyInvitationLink(acme.Store).RunAsync(lead, acme.Id, link.Invitation.Id, default)).Refusal,
            (await new ResendInvitation(acme.Store).RunAsync(lead, acme.Id, link.Invitation.Id, default)).Refusal,
            (
                await new InvitePeople(acme.Store).RunAsync(
                    lead,
                    acme.Id,
                    new() { UserNames = ["other@acme.test"], Role = "editor" },
                    default
                )
            )
                .Value[0]
                .Outcome
                .Refusal,
        ];

        Assert.All(beyond, r => Assert.Equal(("grantCeiling", RefusalKind.Forbidden), (r!.Code, r.Kind)));
        Assert.Equal(
            beyond.Length,
            (await acme.AuditAsync()).Count(a => a.Refused && a.ActorName == lead.Name && a.Reason == "grantCeiling")
        );
        Assert.True((await acme.AssignAsync(lead, editor.Id, "monitor")).Done);
        Assert.True(
            (await new InvitePeople(acme.Store).RunAsync(lead, acme.Id, new() { UserNames = ["new@acme.test"], Role = "editor" }, default))
                .Value[0]
                .Outcome
                .Done
        );
        Assert.True((await new SuspendMember(acme.Store).RunAsync(lead, acme.Id, editor.Id, default)).Done);
        await acme.AgreesAsync();
    }

    [Theory, EachDatabase]
    [Shows("S1-03", "S1-46")]
    public async Task In_the_ranked_preset_a_manager_may_invite_an_admin_and_manage_nobody(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind, "ranked");
        var editor = await acme.JoinAsync("editor@acme.test", "editor");
        var manager = acme.As(await acme.JoinAsync("manager@acme.test", "manager"));

        Assert.True(
            (
                await new InvitePeople(acme.Store).RunAsync(
                    manager,
                    acme.Id,
                    new() { UserNames = ["boss@acme.test"], Role = "admin" },
                    default
                )
            )
                .Value[0]
                .Outcome
                .Done
        );
        Assert.Equal("forbidden", (await acme.AssignAsync(manager, editor.Id, "monitor")).Refusal!.Code);
        Assert.Equal("forbidden", (await new RemoveMember(acme.Store).RunAsync(manager, acme.Id, editor.Id, default)).Refusal!.Code);
        Assert.Equal(
            "forbidden",
            (await new InvitePeople(acme.Store).RunAsync(acme.As(editor), acme.Id, new() { UserNames = ["x@acme.test"] }, default))
                .Refusal!
                .Code
        );
        Assert.Equal(3, (await acme.AuditAsync()).Count(a => a.Refused));
    }

    [Theory, EachDatabase]
    [Shows("S0-34", "S0-43")]
    public async Task Nobody_changes_their_own_role_or_locks_themselves_out(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind);
        await acme.JoinAsync("second@acme.test", "admin");
        var admin = await acme.JoinAsync("ada@acme.test", "admin");
        var self = acme.As(admin);

        Assert.Equal("ownRole", (await acme.AssignAsync(self, admin.Id, "viewer")).Refusal!.Code);
        Assert.Equal("ownRole", (await acme.AssignAsync(self, admin.Id, "admin")).Refusal!.Code);
        Assert.Equal("ownMembership", (await new RemoveMember(acme.Store).RunAsync(self, acme.Id, admin.Id, default)).Refusal!.Code);
        Assert.Equal("ownMembership", (await new SuspendMember(acme.Store).RunAsync(self, acme.Id, admin.Id, default)).Refusal!.Code);
        Assert.Equal(admin.Version, (await acme.ReadAsync(admin.Id)).Version);
    }

    [Theory, EachDatabase]
    public async Task A_foreign_workspace_is_not_there_and_hears_nothing(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind);
        var other = await acme.OtherAsync();
        var admin = acme.As(await acme.JoinAsync("ada@acme.test", "admin"));
        var theirs = await other.JoinAsync("eve@other.test", "member");
        var invitation = await other.InviteAsync("guest@other.test");
        var lines = (await other.AuditAsync()).Count;

        Refusal?[] refusals =
        [
            (await other.AssignAsync(admin, theirs.Id, "viewer")).Refusal,
            (await acme.AssignAsync(admin, theirs.Id, "viewer")).Refusal,
            (await new RemoveMember(acme.Store).RunAsync(admin, other.Id, theirs.Id, default)).Refusal,
            (await new RemoveMember(acme.Store).RunAsync(admin, acme.Id, theirs.Id, default)).Refusal,
            (await new EndMember(acme.Store).RunAsync(acme.Directory, acme.Id, theirs.Id, null, default)).Refusal,
            (await new EndMember(acme.Store).RunAsync(acme.Directory, other.Id, theirs.Id, null, default)).Refusal,
            (await new RevokeInvitation(acme.Store).RunAsync(admin, acme.Id, invitation.Invitation.Id, default)).Refusal,
            (await new CopyInvitationLink(acme.Store).RunAsync(admin, other.Id, invitation.Invitation.Id, default)).Refusal,
            (await new MemberPage(acme.Store).RunAsync(admin, acme.Id, theirs.Id, default)).Refusal,
            (await new MemberList(acme.Store).RunAsync(admin, other.Id, new(), default)).Refusal,
        ];

        Assert.All(refusals, r => Assert.Equal("notFound", r!.Code));
        Assert.Equal(theirs.Version, (await other.ReadAsync(theirs.Id)).Version);
        Assert.Equal(lines, (await other.AuditAsync()).Count);
    }
}
