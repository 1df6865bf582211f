using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Data;
using UserManagement.Membership.Members;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Audit;

/// <summary>
/// By which ids lines of the audit log name people: as members, also as whomever they were here before, by their account, and by the
/// invitations that were sent to them.
/// </summary>
/// <param name="Targets">What lines about them are about.</param>
/// <param name="Actors">As whom they act.</param>
internal sealed record AuditSubjects(IReadOnlyList<Guid> Targets, IReadOnlyList<Guid> Actors)
{
    /// <summary>Of so many people at most the lines are looked up by ids.</summary>
    public const int MostPeople = 10;

    /// <summary>How many invitations of each are looked up, the newest first.</summary>
    public const int MostInvitations = 20;

    private const int MostGone = 500;
    private static readonly string[] Ends = ["member.deleted", "member.removed"];

    /// <summary>The ids of people.</summary>
    public static async Task<AuditSubjects> OfAsync(
        MembershipDb db,
        Id<Workspace> workspace,
        IReadOnlyList<Id<Member>> people,
        CancellationToken ct
    )
    {
        List<Id<Member>> members = [.. people];
        foreach (var person in people)
        {
            members.AddRange(
                await db
                    .Members.AsNoTracking()
                    .Where(m => m.WorkspaceId == workspace && m.MergedInto == person)
                    .OrderBy(m => m.Id)
                    .Select(m => m.Id)
                    .Take(MostPeople)
                    .ToListAsync(ct)
            );
        }

        var accounts = await db
            .Members.AsNoTracking()
            .Where(m => m.WorkspaceId == workspace && members.Contains(m.Id) && m.AccountId != null)
            .Select(m => m.AccountId!.Value)
            .ToListAsync(ct);
        var invitations = new List<Guid>();
        foreach (var member in members)
        {
            invitations.AddRange(
                (
                    await db
                        .Invitations.AsNoTracking()
                        .Where(i => i.WorkspaceId == workspace && i.MemberId == member)
                        .OrderByDescending(i => i.Id)
                        .Select(i => i.Id)
                        .Take(MostInvitations)
                        .ToListAsync(ct)
                ).Select(i => i.Value)
            );
        }

        List<Guid> selves = [.. members.Select(m => m.Value), .. accounts.Select(a => a.Value).Distinct()];
        return new([.. selves, .. invitations], selves);
    }

    /// <summary>The ids of whom a text names; null where it names nobody, or more than <see cref="MostPeople"/>.</summary>
    public static async Task<AuditSubjects?> NamedAsync(MembershipDb db, Id<Workspace> workspace, string text, CancellationToken ct)
    {
        if (Guid.TryParse(text, out var id))
        {
            return await OfAsync(db, workspace, [new(id)], ct);
        }

        HashSet<Id<Member>> people = [];
        foreach (var state in new[] { (MemberState?)null, MemberState.Removed })
        {
            var match = await MemberMatch.OfAsync(db, workspace, new() { Search = text, Status = state }, ct);
            if (match.Words.Count > 0)
            {
                return null; // each word of it is borne by hundreds
            }

            people.UnionWith(await MemberList.Ordered(match.Rows, down: false).Select(m => m.Id).Take(MostPeople + 1).ToListAsync(ct));
        }

        if (people.Count <= MostPeople)
        {
            people.UnionWith(await GoneAsync(db, workspace, text, ct));
        }

        return people.Count is 0 or > MostPeople ? null : await OfAsync(db, workspace, [.. people], ct);
    }

    /// <summary>Who left for good, among those who did last: no search finds them any more, but their lines are here.</summary>
    private static async Task<IReadOnlyList<Id<Member>>> GoneAsync(
        MembershipDb db,
        Id<Workspace> workspace,
        string text,
        CancellationToken ct
    )
    {
        List<Id<Member>> gone = [];
        foreach (var act in Ends)
        {
            gone.AddRange(
                (
                    await db
                        .AuditEntries.AsNoTracking()
                        .Where(a => a.WorkspaceId == workspace && a.Act == act)
                        .OrderByDescending(a => a.Id)
                        .Select(a => a.TargetId)
                        .Take(MostGone)
                        .ToListAsync(ct)
                )
                    .OfType<Guid>()
                    .Select(g => new Id<Member>(g))
            );
        }

        if (gone.Count == 0)
        {
            return [];
        }

        var (key, low) = (Key.PieceOf(text), text.ToLowerInvariant());
        return await db
            .Members.AsNoTracking()
            .Where(m =>
                m.WorkspaceId == workspace
                && gone.Contains(m.Id)
                && m.State == MemberState.Ended
                && (m.SortKey.Contains(key) || m.UserName.Contains(text) || m.UserName.Contains(low))
            )
            .OrderBy(m => m.Id)
            .Select(m => m.Id)
            .Take(MostPeople + 1)
            .ToListAsync(ct);
    }
}
