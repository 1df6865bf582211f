using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Accounts;
using UserManagement.Membership.Data;
using UserManagement.Membership.Members;
using UserManagement.Membership.Roles;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Retention;

/// <summary>
/// All that a workspace holds about one person, whether they are still in it or not yet erased, as one JSON document (the right of
/// access): memberships, the SCIM document, grants, groups, invitations, activity, account, logins, sessions, and the audit lines about
/// them and by them; of the latter not what they say about others. No secret, no hash. An admin is given this workspace's part; whoever
/// runs the server the account's whole. Refusals: <c>forbidden</c>, <c>grantCeiling</c>, <c>notFound</c> (also once erased: nothing is held
/// then).
/// </summary>
public sealed class ExportPerson(Store store)
{
    /// <summary>The act in the audit log.</summary>
    public const string Act = "person.exported";

    /// <summary>Begins the export, which is audited; the document is read while it is written.</summary>
    /// <param name="actor">An admin of the workspace, or the operator.</param>
    /// <param name="workspaceId">The workspace.</param>
    /// <param name="id">About whom.</param>
    /// <param name="ct">Stops it.</param>
    public async Task<Outcome<PersonDocument>> RunAsync(Actor actor, Id<Workspace> workspaceId, Id<Member> id, CancellationToken ct)
    {
        Workspace? workspace = null;
        var found = await store.ChangeAsync<Member>(
            actor,
            workspaceId,
            Act,
            async attempt =>
            {
                attempt.Concerns(id);
                if (actor.Demand(workspaceId, Permission.ConfigureWorkspace) is { } refused)
                {
                    return refused;
                }

                if (
                    await WorkspaceContext.ByIdAsync(attempt.Db, workspaceId, ct) is not { } open
                    || await attempt.Db.Members.AsNoTracking().FirstOrDefaultAsync(m => m.WorkspaceId == workspaceId && m.Id == id, ct)
                        is not { } member
                )
                {
                    return Refusal.NotFound("member");
                }

                if (open.Configuration.MayTouch(actor, member.Role) is { } beyond)
                {
                    return beyond;
                }

                workspace = open.Row;
                attempt.Changes.Tell(Act, workspaceId, ("member", id.Value, member.ShownName));
                return member;
            },
            ct
        );
        return found.Is(out var person, out var refusal) ? new PersonDocument(store, workspace!, person, actor.Unlimited) : refusal;
    }
}
