using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Members;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Audit;

/// <summary>One page of the audit log.</summary>
/// <param name="Entries">The lines, newest first.</param>
/// <param name="Next">Where the next page goes on; null on the last.</param>
/// <param name="Names">The names to show of members whom lines about groups name by id; who is gone for good is left out.</param>
public sealed record AuditPage(IReadOnlyList<AuditEntry> Entries, PageCursor? Next, IReadOnlyDictionary<Guid, string> Names);

/// <summary>Which lines somebody wants to see.</summary>
public sealed record AuditQuery
{
    /// <summary>Only acts that begin so, letter case told apart (<c>member.</c>, <c>role.changed</c>); null for all.</summary>
    public string? Act { get; init; }

    /// <summary>Only about this thing; null for all.</summary>
    public Guid? Target { get; init; }

    /// <summary>Only by this member, key or token; null for all.</summary>
    public Guid? Actor { get; init; }

    /// <summary>Only through this door; null for all.</summary>
    public Door? Door { get; init; }

    /// <summary>Only what was refused, or only what was done; null for both.</summary>
    public bool? Refused { get; init; }

    /// <summary>From this time on; null for the beginning.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Before this time; null for now.</summary>
    public DateTimeOffset? Until { get; init; }

    internal bool IsActAlone => this == new AuditQuery { Act = Act } && Act is { Length: > 0 };
}

/// <summary>Reads a workspace's audit log, newest first. Refusal: <c>forbidden</c>.</summary>
public sealed class AuditList(Store store)
{
    /// <summary>Of how many members a line tells the names.</summary>
    public const int NamesOfLine = 8;

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
        var rows = query.IsActAlone
            ? await AuditActs.ReadAsync(db, workspace, query.Act!, after?.Id, count + 1, ct)
            : await ReadAsync(db, workspace, query, after, count + 1, ct);
        List<AuditEntry> page = [.. rows.Take(count)];
        return new AuditPage(
            page,
            rows.Count > count ? new PageCursor("", rows[count - 1].Id.Value) : null,
            await NamesAsync(db, workspace, page, ct)
        );
    }

    private static Task<List<AuditEntry>> ReadAsync(
        MembershipDb db,
        Id<Workspace> workspace,
        AuditQuery query,
        PageCursor? after,
        int count,
        CancellationToken ct
    )
    {
        var found = db.AuditEntries.AsNoTracking().Where(a => a.WorkspaceId == workspace);
        if (query.Target is { } target)
        {
            found = found.Where(a => a.TargetId == target);
        }

        if (query.Act is { Length: > 0 } act)
        {
            found = found.Where(a => a.Act.Substring(0, act.Length) == act); // LIKE, which StartsWith would be, ignores case on SQLite
        }

        if (query.Actor is { } actor)
        {
            found = found.Where(a => a.ActorId == actor);
        }

        if (query.Door is { } door)
        {
            found = found.Where(a => a.Door == door);
        }

        if (query.Refused is { } refused)
        {
            found = found.Where(a => a.Refused == refused);
        }

        // ids follow time, and the index goes along them
        if (query.Since is { } since)
        {
            var first = new Id<AuditEntry>(Ids.FirstAt(since));
            found = found.Where(a => a.Id >= first);
        }

        if (query.Until is { } until)
        {
            var end = new Id<AuditEntry>(Ids.FirstAt(until));
            found = found.Where(a => a.Id < end);
        }

        if (after is { } place)
        {
            var id = new Id<AuditEntry>(place.Id);
            found = found.Where(a => a.Id < id);
        }

        return found.OrderByDescending(a => a.Id).Take(count).ToListAsync(ct);
    }

    private static async Task<IReadOnlyDictionary<Guid, string>> NamesAsync(
        MembershipDb db,
        Id<Workspace> workspace,
        List<AuditEntry> page,
        CancellationToken ct
    )
    {
        List<Id<Member>> named =
        [
            .. page.Where(e => e.Act is "group.membersChanged" or "members.changed")
                .SelectMany(e => FirstIds(e.Before).Concat(FirstIds(e.After)))
                .Distinct(),
        ];
        return named.Count == 0
            ? new Dictionary<Guid, string>()
            : (await db.Members.AsNoTracking().Where(m => m.WorkspaceId == workspace && named.Contains(m.Id)).ToListAsync(ct)).ToDictionary(
                m => m.Id.Value,
                m => m.ShownName
            );
    }

    private static IEnumerable<Id<Member>> FirstIds(string? json)
    {
        if (json is not ['{', ..])
        {
            yield break;
        }

        using var document = JsonDocument.Parse(json);
        foreach (
            var list in (document.RootElement.ValueKind == JsonValueKind.Object ? document.RootElement.EnumerateObject() : default).Where(
                p => p.Value.ValueKind == JsonValueKind.Array
            )
        )
        {
            foreach (var item in list.Value.EnumerateArray().Take(NamesOfLine))
            {
                if (item.ValueKind == JsonValueKind.String && Id<Member>.TryParse(item.GetString(), out var id))
                {
                    yield return id;
                }
            }
        }
    }
}
