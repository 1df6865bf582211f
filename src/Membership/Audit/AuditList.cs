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
    public async Task<Outcome<AuditPage>> RunAsync(
        Actor actor,
        Id<Workspace> workspace,
        string? act,
        Guid? target,
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
        var rows =
            act is { Length: > 0 } && target is null
                ? await AuditActs.ReadAsync(db, workspace, act, after?.Id, count + 1, ct)
                : await ReadAsync(db, workspace, act, target, after, count + 1, ct);
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
        string? act,
        Guid? target,
        PageCursor? after,
        int count,
        CancellationToken ct
    )
    {
        var found = db.AuditEntries.AsNoTracking().Where(a => a.WorkspaceId == workspace);
        if (target is not null)
        {
            found = found.Where(a => a.TargetId == target);
        }

        if (act is { Length: > 0 })
        {
            found = found.Where(a => a.Act.Substring(0, act.Length) == act); // LIKE, which StartsWith would be, ignores case on SQLite
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
            .. page.Where(e => e.Act == "group.membersChanged").SelectMany(e => FirstIds(e.Before).Concat(FirstIds(e.After))).Distinct(),
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
