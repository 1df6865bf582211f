using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Invitations;
using UserManagement.Membership.Roles;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Members;

/// <summary>
/// An admin removes somebody from this workspace, and only from this one: access ends with the next request, the
/// account and what the person did stay, and the removal can be taken back. Somebody who was only invited is gone for
/// good, with the invitation. Refusals: <c>notFound</c>, <c>forbidden</c>, <c>grantCeiling</c>, <c>ownMembership</c>, <c>lastAdmin</c>.
/// </summary>
public sealed class RemoveMember(Store store)
{
    /// <summary>Removes the member; nothing happens when they are already.</summary>
    public Task<Outcome<Member>> RunAsync(Actor actor, Id<Workspace> workspaceId, Id<Member> id, CancellationToken ct) =>
        RunAsync(actor, workspaceId, id, null, ct);

    /// <summary>The same for whoever names the version they saw; another one is <c>stale</c>.</summary>
    public async Task<Outcome<Member>> RunAsync(Actor actor, Id<Workspace> workspaceId, Id<Member> id, long? seen, CancellationToken ct)
    {
        Member? ended = null;
        var invited = await store.ChangeAsync<Nothing>(
            actor,
            workspaceId,
            "member.removed",
            async attempt =>
            {
                ended = null;
                if (
                    actor.Demand(workspaceId, Permission.ManageMembers) is null
                    && await WorkspaceContext.ByIdAsync(attempt.Db, workspaceId, ct) is { } workspace
                    && await MemberWithGrants.ReadAsync(attempt.Db, workspaceId, id, ct) is { Member.State: MemberState.Invited } file
                )
                {
                    if (workspace.Configuration.MayTouch(actor, file.Member.Role) is { } beyond)
                    {
                        return beyond;
                    }

                    if (seen is { } version && version != file.Member.Version)
                    {
                        return Refusal.Stale();
                    }

                    var returned = await BeforeInvitation.ReturnAsync(attempt, workspace, file, "member.removed", ct);
                    ended = returned.Done ? returned.Value : null;
                    return returned.Refusal is { } no ? no : default(Nothing);
                }

                return default(Nothing);
            },
            ct
        );
        return invited.Refusal is { } refusal ? refusal
            : ended is not null ? ended
            : await MemberAct.RunAsync(
                store,
                actor,
                workspaceId,
                id,
                "member.removed",
                seen,
                SuspendMember.OwnMembership("remove"),
                (_, _, file) =>
                    file.Member.LocalBlock == LocalBlock.Removed
                        ? file
                        : file with
                        {
                            Member = file.Member with { LocalBlock = LocalBlock.Removed },
                        },
                null,
                ct
            );
    }
}
