using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Members;

/// <summary>
/// An admin takes back a suspension or a removal: everything is as it was, if there is room. Refusals: <c>notFound</c>,
/// <c>forbidden</c>, <c>grantCeiling</c>, <c>directoryInactive</c>, <c>seatsFull</c> and the like.
/// </summary>
public sealed class RestoreMember(Store store)
{
    /// <summary>Restores the member; nothing happens when no admin's word keeps them out.</summary>
    public Task<Outcome<Member>> RunAsync(Actor actor, Id<Workspace> workspaceId, Id<Member> id, CancellationToken ct) =>
        RunAsync(actor, workspaceId, id, null, ct);

    /// <summary>The same for whoever names the version they saw; another one is <c>stale</c>.</summary>
    public Task<Outcome<Member>> RunAsync(Actor actor, Id<Workspace> workspaceId, Id<Member> id, long? seen, CancellationToken ct) =>
        MemberAct.RunAsync(
            store,
            actor,
            workspaceId,
            id,
            "member.restored",
            seen,
            null,
            (_, _, file) =>
                file.Member switch
                {
                    { LocalBlock: not LocalBlock.None } blocked => file with { Member = blocked with { LocalBlock = LocalBlock.None } },
                    { DirectoryActive: false, State: not MemberState.Active } => new Refusal(
                        RefusalKind.Conflict,
                        "directoryInactive",
                        "Your directory says that this person is inactive. Activate them there."
                    ),
                    _ => file,
                },
            null,
            ct
        );
}
