using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Invitations;
using UserManagement.Membership.Roles;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Members.Terms;

/// <summary>
/// An admin says until when somebody is a member, and who answers for them; extends it, or takes the end away. It holds for whoever is
/// still invited, too. Refusals: <c>notFound</c>, <c>forbidden</c>, <c>grantCeiling</c>, <c>ownMembership</c>, an end that has passed or is
/// more than ten years away, a sponsor who is no active member, or is the person themselves.
/// </summary>
public sealed class SetMemberTerm(Store store)
{
    /// <summary>How many years an end may be away.</summary>
    public const int MostYears = 10;

    /// <summary>Sets it.</summary>
    /// <param name="actor">Who acts.</param>
    /// <param name="workspaceId">The workspace.</param>
    /// <param name="id">Whose.</param>
    /// <param name="endsAt">When they are suspended; null for never.</param>
    /// <param name="sponsor">Who is reminded before; null for the admins.</param>
    /// <param name="ct">Stops it before it is written.</param>
    /// <returns>The term as it now is; null for none.</returns>
    public Task<Outcome<MemberTerm?>> RunAsync(
        Actor actor,
        Id<Workspace> workspaceId,
        Id<Member> id,
        DateTimeOffset? endsAt,
        Id<Member>? sponsor,
        CancellationToken ct
    ) =>
        store.ChangeAsync<MemberTerm?>(
            actor,
            workspaceId,
            "member.termSet",
            async attempt =>
            {
                attempt.Concerns(id);
                if (actor.Demand(workspaceId, Permission.ManageMembers) is { } refused)
                {
                    return refused;
                }

                var db = attempt.Db;
                if (
                    await WorkspaceContext.ByIdAsync(db, workspaceId, ct) is not { } workspace
                    || await MemberWithGrants.ReadAsync(db, workspaceId, id, ct) is not { Member: var member }
                )
                {
                    return Refusal.NotFound("member");
                }

                if (
                    (
                        workspace.Configuration.MayTouch(actor, member.Role)
                        ?? await AgainstAsync(attempt, workspaceId, id, endsAt, sponsor, ct)
                    ) is
                    { } wrong
                )
                {
                    return wrong;
                }

                var before = await db
                    .MemberTerms.AsNoTracking()
                    .FirstOrDefaultAsync(t => t.WorkspaceId == workspaceId && t.MemberId == id, ct);
                return Write(attempt, member, before, endsAt, sponsor);
            },
            ct
        );

    /// <summary>What stands against such a term for this member; null for nothing.</summary>
    internal static async Task<Refusal?> AgainstAsync(
        Attempt attempt,
        Id<Workspace> workspace,
        Id<Member> id,
        DateTimeOffset? endsAt,
        Id<Member>? sponsor,
        CancellationToken ct
    ) =>
        attempt.Actor.Member == id
            ? SuspendMember.OwnMembership("set an end for")
            : await CheckAsync(attempt.Db, workspace, id, endsAt, sponsor, attempt.At, ct);

    /// <summary>Queues the term with its line in the audit log; nothing where it is so already.</summary>
    internal static MemberTerm? Write(Attempt attempt, Member member, MemberTerm? before, DateTimeOffset? endsAt, Id<Member>? sponsor)
    {
        var target = ("member", (Guid?)member.Id.Value, (string?)member.ShownName);
        if (endsAt is not { } end)
        {
            if (before is not null)
            {
                attempt.Changes.Remove(before);
                attempt.Changes.Tell("member.termSet", member.WorkspaceId, target, before);
            }

            return null;
        }

        if (before is { EndedAt: null } && before.EndsAt == end && before.SponsorId == sponsor)
        {
            return before;
        }

        var after = new MemberTerm
        {
            WorkspaceId = member.WorkspaceId,
            MemberId = member.Id,
            EndsAt = Moment.Cut(end),
            SponsorId = sponsor,
            SetBy = attempt.Actor.Name,
            SetAt = attempt.At,
        };
        if (before is null)
        {
            attempt.Changes.Add(after);
        }
        else
        {
            attempt.Changes.Update(before, after);
        }

        attempt.Changes.Tell("member.termSet", member.WorkspaceId, target, before, after);
        return after;
    }

    /// <summary>The term of somebody who is invited for a time; one of an earlier membership goes.</summary>
    internal static async Task<Refusal?> WithInvitationAsync(
        Attempt attempt,
        Id<Member> id,
        WorkspaceContext workspace,
        InvitationRequest request,
        CancellationToken ct
    )
    {
        if (request.EndsAt is null && request.Sponsor is not null)
        {
            return Refusal.Invalid("sponsor", "A sponsor goes with an end.");
        }

        if (request.EndsAt is not null && attempt.Actor.Demand(workspace.Id, Permission.ManageMembers) is { } refused)
        {
            return refused;
        }

        if (await CheckAsync(attempt.Db, workspace.Id, id, request.EndsAt, request.Sponsor, attempt.At, ct) is { } wrong)
        {
            return wrong;
        }

        var before = await attempt
            .Db.MemberTerms.AsNoTracking()
            .FirstOrDefaultAsync(t => t.WorkspaceId == workspace.Id && t.MemberId == id, ct);
        if (before is not null)
        {
            attempt.Changes.Remove(before);
        }

        if (request.EndsAt is { } end)
        {
            attempt.Changes.Add(
                new MemberTerm
                {
                    WorkspaceId = workspace.Id,
                    MemberId = id,
                    EndsAt = Moment.Cut(end),
                    SponsorId = request.Sponsor,
                    SetBy = attempt.Actor.Name,
                    SetAt = attempt.At,
                }
            );
        }

        return null;
    }

    /// <summary>Why this can be no end; null when it can.</summary>
    internal static Refusal? Against(DateTimeOffset? endsAt, DateTimeOffset now) =>
        endsAt <= now ? Refusal.Invalid("endsAt", "The end must be in the future. To end it now, suspend the person.")
        : endsAt > now.AddYears(MostYears) ? Refusal.Invalid("endsAt", $"The end is at most {MostYears} years away.")
        : null;

    private static async Task<Refusal?> CheckAsync(
        MembershipDb db,
        Id<Workspace> workspace,
        Id<Member> id,
        DateTimeOffset? endsAt,
        Id<Member>? sponsor,
        DateTimeOffset now,
        CancellationToken ct
    ) =>
        Against(endsAt, now) is { } no ? no
        : sponsor is { } named
        && (
            named == id || !await db.Members.AnyAsync(m => m.WorkspaceId == workspace && m.Id == named && m.State == MemberState.Active, ct)
        )
            ? Refusal.Invalid("sponsor", "The sponsor is another active member.")
        : null;
}
