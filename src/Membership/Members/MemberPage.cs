using System.Globalization;
using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Audit;
using UserManagement.Membership.Data;
using UserManagement.Membership.Groups;
using UserManagement.Membership.Invitations;
using UserManagement.Membership.Licensing;
using UserManagement.Membership.Members.Terms;
using UserManagement.Membership.Retention;
using UserManagement.Membership.Rules;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Members;

/// <summary>Everything the page of one member shows.</summary>
public sealed record MemberView
{
    /// <summary>The member.</summary>
    public required Member Member { get; init; }

    /// <summary>All grants, the one that counts first: why the member has what they have.</summary>
    public required IReadOnlyList<Grant> Grants { get; init; }

    /// <summary>The groups, by name.</summary>
    public required IReadOnlyList<Group> Groups { get; init; }

    /// <summary>The rules of the workspace, which grants name.</summary>
    public required RuleSet Rules { get; init; }

    /// <summary>When they were here; null for never.</summary>
    public MemberActivity? Activity { get; init; }

    /// <summary>The open invitation, pending or expired; null for none.</summary>
    public Invitation? Invitation { get; init; }

    /// <summary>
    /// In how many workspaces the person's account is a member who has not ended, this one included; 1 without an account.
    /// </summary>
    public required int Workspaces { get; init; }

    /// <summary>Whether the account has a password of this server, which can be reset.</summary>
    public required bool HasPassword { get; init; }

    /// <summary>Their place in the line for a seat; null for who does not wait.</summary>
    public SeatPlace? SeatPlace { get; init; }

    /// <summary>Until when they are a member; null for no end.</summary>
    public MemberTerm? Term { get; init; }

    /// <summary>Who answers for them until then; null for nobody.</summary>
    public Member? Sponsor { get; init; }

    /// <summary>As whom they were here before a directory brought them, which an admin called the same person; mostly nobody.</summary>
    public IReadOnlyList<Member> Former { get; init; } = [];

    /// <summary>
    /// The latest audit lines about the member, newest first: as whomever they were here, about invitations to them, and about groups into
    /// which they came or which they left.
    /// </summary>
    public required IReadOnlyList<AuditEntry> History { get; init; }
}

/// <summary>
/// Reads everything about one member. Refusals: <c>notFound</c>, <c>forbidden</c>. Of somebody who has gone, to whom lines of the audit
/// log and old invitations still lead, <c>notFound</c> says what happened and when, without a name.
/// </summary>
public sealed class MemberPage(Store store)
{
    private const int HistoryCount = 20;

    /// <summary>Reads it.</summary>
    public async Task<Outcome<MemberView>> RunAsync(Actor actor, Id<Workspace> workspaceId, Id<Member> id, CancellationToken ct)
    {
        if (actor.Demand(workspaceId, Permission.ReadMembers) is { } refused)
        {
            return refused;
        }

        await using var db = store.Read();
        if (
            await WorkspaceContext.ByIdAsync(db, workspaceId, ct) is not { } workspace
            || await MemberWithGrants.ReadAsync(db, workspaceId, id, ct) is not { } file
        )
        {
            return await GoneAsync(db, workspaceId, id, ct);
        }

        var account = file.Member.AccountId;
        var term = await db.MemberTerms.AsNoTracking().FirstOrDefaultAsync(t => t.WorkspaceId == workspaceId && t.MemberId == id, ct);
        var former = await db
            .Members.AsNoTracking()
            .Where(m => m.WorkspaceId == workspaceId && m.MergedInto == id)
            .OrderBy(m => m.Id)
            .ToListAsync(ct);
        var groups = await db
            .GroupMembers.AsNoTracking()
            .Where(g => g.WorkspaceId == workspaceId && g.MemberId == id)
            .Join(db.Groups, m => new { m.WorkspaceId, Id = m.GroupId }, g => new { g.WorkspaceId, g.Id }, (_, g) => g)
            .OrderBy(g => g.DisplayNameKey)
            .ToListAsync(ct);
        var counts = new[]
        {
            Members.Grants.ForRole(workspace.Configuration, file.Grants),
            Members.Grants.ForLicense(workspace.Configuration, file.Grants),
        };
        return new MemberView
        {
            Member = file.Member,
            Grants = [.. file.Grants.OrderByDescending(g => counts.Contains(g)).ThenBy(g => g.Kind).ThenByDescending(g => g.Origin)],
            Groups = groups,
            Rules = await RuleSet.OfAsync(db, workspace, ct),
            Activity = await db
                .MemberActivities.AsNoTracking()
                .FirstOrDefaultAsync(a => a.WorkspaceId == workspaceId && a.MemberId == id, ct),
            Invitation = await PendingInvitations.OfAsync(db, file.Member, ct),
            Workspaces = account is null
                ? 1
                : await (await AccountMembers.OfAsync(db, account.Value, ct)).CountAsync(
                    m => m.State != MemberState.Ended && m.State != MemberState.Removed,
                    ct
                ),
            Term = term,
            Sponsor = term?.SponsorId is { } sponsor
                ? await db
                    .Members.AsNoTracking()
                    .FirstOrDefaultAsync(m => m.WorkspaceId == workspaceId && m.Id == sponsor && m.State != MemberState.Ended, ct)
                : null,
            SeatPlace = await ReadSeatLine.PlaceAsync(db, workspace, file.Member, ct),
            HasPassword =
                account is not null && await db.LocalCredentials.AnyAsync(c => c.AccountId == account && c.PasswordHash != null, ct),
            History = await AuditHistory.ReadAsync(
                db,
                workspaceId,
                id,
                [.. former.Select(m => m.Id)],
                [.. groups.Select(g => g.Id)],
                HistoryCount,
                ct
            ),
            Former = former,
        };
    }

    private static async Task<Refusal> GoneAsync(MembershipDb db, Id<Workspace> workspace, Id<Member> id, CancellationToken ct)
    {
        string[] ends = ["member.deleted", "member.mergedInto", ErasePerson.Act];
        var last = await db
            .AuditEntries.AsNoTracking()
            .Where(a => a.WorkspaceId == workspace && a.TargetId == id.Value && ends.Contains(a.Act) && !a.Refused)
            .OrderByDescending(a => a.Id)
            .FirstOrDefaultAsync(ct);
        var what = last?.Act switch
        {
            ErasePerson.Act => "the data of this person was erased",
            "member.mergedInto" => "this person goes on as the one whom the directory brought, whose page tells it,",
            _ => "this person's membership ended",
        };
        return last is null
            ? Refusal.NotFound("member")
            : Refusal.NotFound("member") with
            {
                Message = string.Create(
                    CultureInfo.InvariantCulture,
                    $"There is no such member any more: {what} on {last.At:yyyy-MM-dd}. What was done stays in the audit log."
                ),
            };
    }
}
