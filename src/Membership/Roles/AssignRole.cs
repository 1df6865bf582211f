using UserManagement.Membership.Access;
using UserManagement.Membership.Approvals;
using UserManagement.Membership.Data;
using UserManagement.Membership.Invitations;
using UserManagement.Membership.Members;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Roles;

/// <summary>
/// An admin gives a member another role, also one who is still invited. Holds from the next request on. Refusals:
/// <c>notFound</c>, <c>forbidden</c>, <c>ownRole</c>, <c>grantCeiling</c> (of the old role as of the new one),
/// <c>seatsFull</c>, <c>lastAdmin</c>, <c>ruleGiven</c> (a rule gives the role), <c>awaitsApproval</c> (a second admin has to say yes), an
/// unknown role.
/// </summary>
public sealed class AssignRole(Store store)
{
    /// <summary>Gives the role; nothing happens when an admin gave it already.</summary>
    /// <param name="actor">Who acts.</param>
    /// <param name="workspaceId">The workspace.</param>
    /// <param name="id">To whom.</param>
    /// <param name="role">The role's key.</param>
    /// <param name="ct">Stops it before it is written.</param>
    public Task<Outcome<Member>> RunAsync(Actor actor, Id<Workspace> workspaceId, Id<Member> id, string role, CancellationToken ct) =>
        RunAsync(actor, workspaceId, id, role, null, ct);

    /// <summary>The same for whoever names the version they saw; another one is <c>stale</c>.</summary>
    public Task<Outcome<Member>> RunAsync(
        Actor actor,
        Id<Workspace> workspaceId,
        Id<Member> id,
        string role,
        long? seen,
        CancellationToken ct
    ) =>
        MemberAct.RunAsync(
            store,
            actor,
            workspaceId,
            id,
            "role.changed",
            seen,
            OwnRole(),
            (attempt, workspace, file) => Given(attempt, workspace, file, role),
            (attempt, member) => PendingInvitations.SetRoleAsync(attempt, member, ct),
            ct,
            GrantKind.Role,
            (attempt, workspace, file) => SecondAdminAsync(attempt, workspace, file, role, ct)
        );

    /// <summary>The member with the role given by hand; the same where an admin gave it already.</summary>
    internal static Outcome<MemberWithGrants> Given(Attempt attempt, WorkspaceContext workspace, MemberWithGrants file, string role)
    {
        if (workspace.Configuration.MayGrant(attempt.Actor, role) is { } beyond)
        {
            return beyond;
        }

        if (workspace.Configuration.Role(role) is { Assignable: false } reserved)
        {
            return Refusal.Invalid("role", $"The role {reserved.Label} cannot be given by hand.");
        }

        var grant = ProvisionMember.NewGrant(attempt, workspace.Id, file.Member.Id, GrantKind.Role, GrantOrigin.Admin, role);
        return file.Member.Role == role && file.Grants.Any(g => Grants.SamePlace(g, grant) && g.Value == role)
            ? file
            : file with
            {
                Grants = file.Grants.With(grant),
            };
    }

    /// <summary>Whether a second admin has to say yes to the role; what asks them is queued.</summary>
    internal static Task<Refusal?> SecondAdminAsync(
        Attempt attempt,
        WorkspaceContext workspace,
        MemberWithGrants file,
        string role,
        CancellationToken ct
    ) =>
        workspace.Configuration.Role(role) is { IsAdmin: true } && workspace.Configuration.Role(file.Member.Role) is not { IsAdmin: true }
            ? FourEyes.AgainstAsync(attempt, workspace, FourEyesAct.GrantAdmin, (file.Member.Id.Value, file.Member.ShownName), role, ct)
            : Task.FromResult<Refusal?>(null);

    /// <summary>The refusal of one's own role.</summary>
    internal static Refusal OwnRole() => new(RefusalKind.Conflict, "ownRole", "You cannot change your own role. Another admin can.");
}
