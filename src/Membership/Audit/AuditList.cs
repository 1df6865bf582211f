using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Groups;
using UserManagement.Membership.Members;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Audit;

/// <summary>One page of the audit log.</summary>
/// <param name="Entries">The lines, newest first.</param>
/// <param name="Next">Where the next page goes on; null on the last.</param>
/// <param name="Names">
/// The names to show of members and groups that lines name by id; who is gone for good is left out.
/// </param>
/// <param name="LookedTo">
/// Up to which time it looked, where it ended before the page was full (<see cref="AuditQuery.MostLookedAt"/>); null where it did not.
/// </param>
public sealed record AuditPage(
    IReadOnlyList<AuditEntry> Entries,
    PageCursor? Next,
    IReadOnlyDictionary<Guid, string> Names,
    DateTimeOffset? LookedTo = null
);

/// <summary>Reads a workspace's audit log, newest first; what it costs says <see cref="AuditSearch"/>. Refusal: <c>forbidden</c>.</summary>
public sealed class AuditList(Store store)
{
    /// <summary>Of how many members a line tells the names.</summary>
    public const int NamesOfLine = 8;

    private const int MostNamed = 500;

    /// <summary>Reads one page.</summary>
    /// <param name="actor">Who asks.</param>
    /// <param name="workspace">The workspace.</param>
    /// <param name="act">Only acts that begin so, letter case told apart (<c>member.</c>, <c>role.changed</c>); null for all.</param>
    /// <param name="target">Only about this thing; null for all.</param>
    /// <param name="after">The page that follows this place; null for the first.</param>
    /// <param name="count">How many, 1 to 200.</param>
    /// <param name="ct">Stops the reading.</param>
    public Task<Outcome<AuditPage>> RunAsync(
        Actor actor,
        Id<Workspace> workspace,
        string? act,
        Guid? target,
        PageCursor? after,
        int count,
        CancellationToken ct
    ) => FindAsync(actor, workspace, new() { Act = act, Target = target }, after, count, ct);

    /// <summary>The same for more that is asked.</summary>
    public async Task<Outcome<AuditPage>> FindAsync(
        Actor actor,
        Id<Workspace> workspace,
        AuditQuery query,
        PageCursor? after,
        int count,
        CancellationToken ct
    )
    {
        if (actor.Demand(workspace, Permission.ReadAudit) is { } refused)
        {
            return refused;
        }

        await using var db = store.Read();
        count = Math.Clamp(count, 1, 200);
        var (page, next) = await AuditSearch.ReadAsync(db, workspace, query, after?.Id, count, ct);
        return new AuditPage(
            page,
            next is { } place ? new PageCursor("", place) : null,
            await NamesAsync(db, workspace, page, ct),
            next is { } end && page.Count < count ? DateTimeOffset.FromUnixTimeMilliseconds(Ids.MillisecondOf(end)) : null
        );
    }

    private static async Task<IReadOnlyDictionary<Guid, string>> NamesAsync(
        MembershipDb db,
        Id<Workspace> workspace,
        List<AuditEntry> page,
        CancellationToken ct
    )
    {
        List<Guid> named = [.. page.SelectMany(e => NamedIn(e.Before).Concat(NamedIn(e.After))).Distinct().Take(MostNamed)];
        if (named.Count == 0)
        {
            return new Dictionary<Guid, string>();
        }

        List<Id<Member>> members = [.. named.Select(id => new Id<Member>(id))];
        var names = (
            await db.Members.AsNoTracking().Where(m => m.WorkspaceId == workspace && members.Contains(m.Id)).ToListAsync(ct)
        ).ToDictionary(m => m.Id.Value, m => m.ShownName);
        List<Id<Group>> groups = [.. named.Where(id => !names.ContainsKey(id)).Select(id => new Id<Group>(id))];
        if (groups.Count > 0)
        {
            var found = await db
                .Groups.AsNoTracking()
                .Where(g => g.WorkspaceId == workspace && groups.Contains(g.Id))
                .Select(g => new { g.Id, g.DisplayName })
                .ToListAsync(ct);
            found.ForEach(g => names[g.Id.Value] = g.DisplayName);
        }

        return names;
    }

    /// <summary>The ids that a line's facts name, of each list the first.</summary>
    private static IEnumerable<Guid> NamedIn(string? json)
    {
        if (AuditFiles.Facts(json) is not { ValueKind: JsonValueKind.Object } facts)
        {
            yield break;
        }

        foreach (var fact in facts.EnumerateObject())
        {
            var values = fact.Value.ValueKind == JsonValueKind.Array ? fact.Value.EnumerateArray().Take(NamesOfLine) : [fact.Value];
            foreach (var value in values)
            {
                // groups stand with blanks between
                var text = value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
                foreach (var word in text.Length >= 36 && text[8] == '-' ? text.Split(' ', NamesOfLine + 1) : [])
                {
                    if (Guid.TryParseExact(word, "D", out var id))
                    {
                        yield return id;
                    }
                }
            }
        }
    }
}
