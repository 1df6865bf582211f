using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Members;

/// <summary>
/// An admin keeps a member out for now; role, license and groups are kept, the seat is free. Holds from the next
/// request on. Refusals: <c>notFound</c>, <c>forbidden</c>, <c>grantCeiling</c>, <c>ownMembership</c>, <c>notJoined</c>, <c>lastAdmin</c>.
/// </summary>
public sealed class SuspendMember(Store store)
{
    /// <summary>Suspends the member; nothing happens when they are already.</summary>
    public Task<Outcome<Member>> RunAsync(Actor actor, Id<Workspace> workspaceId, Id<Member> id, CancellationToken ct) =>
        RunAsync(actor, workspaceId, id, null, ct);

    /// <summary>The same for whoever names the version they saw; another one is <c>stale</c>.</summary>
    public Task<Outcome<Member>> RunAsync(Actor actor, Id<Workspace> workspaceId, Id<Member> id, long? seen, CancellationToken ct) =>
        MemberAct.RunAsync(
            store,
            actor,
            workspaceId,
            id,
            "member.suspended",
            seen,
            OwnMembership("suspend"),
            (_, _, file) =>
                file.Member.State switch
                {
                    MemberState.Invited => new Refusal(
                        RefusalKind.Conflict,
                        "notJoined",
                        "This person has not joined yet. Revoke the invitation instead."
                    ),
                    MemberState.Removed => new Refusal(RefusalKind.Conflict, "removed", "This person was removed."),
                    _ when file.Member.LocalBlock == LocalBlock.Suspended => file,
                    _ => file with { Member = file.Member with { LocalBlock = LocalBlock.Suspended } },
                },
            null,
            ct
        );

    /// <summary>Nobody locks themselves out: what the act would be refused with, for a page that would ask before it.</summary>
    public static Refusal OwnMembership(string verb) =>
        new(RefusalKind.Conflict, "ownMembership", $"You cannot {verb} yourself. Another admin can.");
}
