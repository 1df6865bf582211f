using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Holds;
using UserManagement.Membership.Mappings;
using UserManagement.Membership.Rules;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Members;

/// <summary>
/// A directory changes what it says about a person (SCIM PUT and PATCH, RFC 7644 sections 3.5.1 and 3.5.2): one write
/// path for both. Refusals: <c>notFound</c>, <c>stale</c> (If-Match), <c>userNameTaken</c>, <c>userNameHeld</c>, <c>lastAdmin</c>,
/// <c>seatsFull</c> and the like, an invalid value, and whatever the revision itself refuses.
/// </summary>
public sealed class UpdateProvisionedMember(Store store)
{
    /// <summary>Reads the member, lets the door revise the facts, and places the member anew.</summary>
    /// <param name="actor">The directory.</param>
    /// <param name="workspaceId">The workspace.</param>
    /// <param name="id">The member.</param>
    /// <param name="accepts">Whether the caller accepts a member of this version; null for any.</param>
    /// <param name="revise">What the facts become; may run several times, each time on a fresh member.</param>
    /// <param name="ct">Stops it before it is written.</param>
    /// <param name="beside">What the door reads of the member's groups for its answer; stale where rules change them.</param>
    /// <returns>The member as it now is; the same version when nothing differed.</returns>
    public async Task<Outcome<Member>> RunAsync(
        Actor actor,
        Id<Workspace> workspaceId,
        Id<Member> id,
        Func<long, bool>? accepts,
        Func<Member, Outcome<MemberAttributes>> revise,
        CancellationToken ct,
        ReadBeside? beside = null
    )
    {
        (DateTimeOffset At, IReadOnlyList<string> News) told = default;
        var outcome = await store.ChangeAsync<Member>(
            actor,
            workspaceId,
            "member.revised",
            async attempt =>
            {
                told = default;
                attempt.Concerns(id);
                if (actor.Demand(workspaceId, Permission.ManageMembers) is { } refused)
                {
                    return refused;
                }

                if (
                    await MemberWithGrants.OpenAsync(attempt.Db, workspaceId, id, ct, beside) is not ({ } workspace, { } file)
                    || !file.Member.IsSeenByDirectory()
                )
                {
                    return Refusal.NotFound("member");
                }

                if (accepts is not null && !accepts(file.Member.Version))
                {
                    return Refusal.Stale();
                }

                if (
                    !revise(file.Member).Is(out var said, out var refusal)
                    || !DirectoryMapping.Taken(workspace.Configuration, actor, said).Is(out var facts, out refusal)
                    || (refusal = facts.Check()) is not null
                )
                {
                    return refusal;
                }

                var before = file.Member;
                var after = ProvisionMember.Described(before, facts);
                if (before.IsDirectoryManaged || facts.Active != before.ShownActive())
                {
                    after = after with { DirectoryActive = facts.Active };
                }

                if (after == before)
                {
                    told = (
                        attempt.At,
                        await store.PassedOver.TellAsync(attempt, workspaceId, ("member", id.Value, before.ShownName), facts.PassedOver, ct)
                    );
                    return before;
                }

                if (
                    Key.Of(after.UserName) != Key.Of(before.UserName)
                    && await MemberWithGrants.ByUserNameAsync(attempt.Db, workspaceId, after.UserName, ct) is { } other
                    && other.Member.Id != id
                )
                {
                    return other.Member.IsSeenByDirectory() ? ProvisionMember.UserNameTaken() : NameIsHeld();
                }

                if (
                    (after.SentUserName ?? after.UserName) != (before.SentUserName ?? before.UserName)
                    && await SentNames.IsTakenAsync(attempt, workspace, after.SentUserName ?? after.UserName, id, ct)
                )
                {
                    return ProvisionMember.UserNameTaken();
                }

                after = await Breaker.PassAsync(attempt, workspace, before, after, ct);
                (after, var grants, var fill) = await RuleMoves.RevisedAsync(attempt, workspace, file, after, ct);
                var placed = await Admission.PlaceAsync(
                    attempt,
                    workspace,
                    file,
                    after,
                    grants,
                    after.Document == before.Document && said.Email == before.Email ? null : facts.Keys,
                    ct
                );
                if (placed.Is(out var done, out _))
                {
                    if (fill is not null)
                    {
                        beside?.Expire();
                        await fill();
                    }

                    attempt.Changes.Tell(
                        ActOf(before, done),
                        workspaceId,
                        ("member", id.Value, done.ShownName),
                        before,
                        done,
                        passedOver: facts.PassedOver
                    );
                }

                return placed;
            },
            ct
        );
        if (told.News is { Count: > 0 } && outcome.Refusal is null)
        {
            store.PassedOver.Keep(workspaceId, told.At, told.News);
        }

        return outcome;
    }

    private static Refusal NameIsHeld() =>
        new(
            RefusalKind.Conflict,
            "userNameHeld",
            "Somebody with this userName was deleted, and an admin has yet to confirm it. The name is free once they have.",
            "userName"
        );

    private static string ActOf(Member before, Member after) =>
        (before.State, after.State) switch
        {
            _ when after.HeldAs is { } held && before.HeldAs != held => held switch
            {
                HeldAs.Admission => "member.admissionHeld",
                HeldAs.Match => "member.matched",
                HeldAs.Access => "member.accessHeld",
                _ => "member.deactivationHeld",
            },
            (not MemberState.Active, MemberState.Active) => "member.activated",
            (MemberState.Active, not MemberState.Active) => "member.deactivated",
            _ => "member.revised",
        };
}
