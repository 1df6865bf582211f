using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Audit;

/// <summary>
/// Finds lines of a workspace's audit log, newest first. An index serves all lines, those of a kind of acts, those about one thing and
/// those by one person; what is asked beside that is looked for in at most <see cref="AuditQuery.MostLookedAt"/> lines at a time, so that a
/// page costs the same however long the log is.
/// </summary>
internal static class AuditSearch
{
    /// <summary>A page and where it goes on, for whoever may see it.</summary>
    /// <param name="db">To read through.</param>
    /// <param name="workspace">Whose log.</param>
    /// <param name="query">Which lines.</param>
    /// <param name="after">The line after which it begins; null for the newest.</param>
    /// <param name="count">How many.</param>
    /// <param name="ct">Stops the reading.</param>
    public static async Task<(List<AuditEntry> Lines, Guid? Next)> ReadAsync(
        MembershipDb db,
        Id<Workspace> workspace,
        AuditQuery query,
        Guid? after,
        int count,
        CancellationToken ct
    )
    {
        if (query.IsActAlone)
        {
            var end = query.Until is { } until ? Ids.FirstAt(until) : (Guid?)null;
            var before = after is { } a && (end is not { } e || a.CompareTo(e) < 0) ? a : end;
            var since = query.Since is { } from ? Ids.FirstAt(from) : Guid.Empty;
            return Page(await AuditActs.ReadAsync(db, workspace, query.Act!, since, before, count + 1, ct), count, null);
        }

        var (leading, beside) = await LeadingAsync(db, workspace, query, ct);
        List<AuditEntry> rows = [];
        Id<AuditEntry>? edge = null; // to where all of them were looked through
        foreach (var one in leading)
        {
            var ordered = Between(one, query, after).OrderByDescending(l => l.Id);
            var found = await (beside?.Invoke(ordered.Take(AuditQuery.MostLookedAt)).OrderByDescending(l => l.Id) ?? ordered)
                .Take(count + 1)
                .ToListAsync(ct);
            rows.AddRange(found);
            if (
                beside is not null
                && found.Count <= count
                && await ordered.Skip(AuditQuery.MostLookedAt - 1).Select(l => l.Id).Take(1).ToListAsync(ct) is [var last]
            )
            {
                edge = edge is { } so && so > last ? so : last;
            }
        }

        return Page(
            [.. rows.DistinctBy(r => r.Id).Where(r => edge is null || r.Id >= edge).OrderByDescending(l => l.Id)],
            count,
            edge?.Value
        );
    }

    private static (List<AuditEntry> Lines, Guid? Next) Page(List<AuditEntry> found, int count, Guid? edge) =>
        found.Count > count ? (found[..count], found[count - 1].Id.Value) : (found, edge);

    private static IQueryable<AuditEntry> Between(IQueryable<AuditEntry> lines, AuditQuery query, Guid? after)
    {
        // ids follow time, and the indexes go along them
        if (query.Since is { } since)
        {
            var first = new Id<AuditEntry>(Ids.FirstAt(since));
            lines = lines.Where(l => l.Id >= first);
        }

        if (query.Until is { } until)
        {
            var end = new Id<AuditEntry>(Ids.FirstAt(until));
            lines = lines.Where(l => l.Id < end);
        }

        if (after is { } place)
        {
            var id = new Id<AuditEntry>(place);
            lines = lines.Where(l => l.Id < id);
        }

        return lines;
    }

    /// <summary>
    /// What an index gives in its order, of several subjects for each by itself, and what is to be looked for in that. An index has the
    /// lines of one subject in the order of time and those of several in none.
    /// </summary>
    internal static async Task<(
        IReadOnlyList<IQueryable<AuditEntry>> Leading,
        Func<IQueryable<AuditEntry>, IQueryable<AuditEntry>>? Beside
    )> LeadingAsync(MembershipDb db, Id<Workspace> workspace, AuditQuery query, CancellationToken ct)
    {
        var all = db.AuditEntries.AsNoTracking().Where(l => l.WorkspaceId == workspace);
        List<Func<IQueryable<AuditEntry>, IQueryable<AuditEntry>>> rest = [];
        IReadOnlyList<IQueryable<AuditEntry>>? leading = null;
        if (query.Target is { } target)
        {
            leading = [About(all, target)];
        }

        if (query.Person?.Trim() is { Length: > 0 } person)
        {
            var subjects = await AuditSubjects.NamedAsync(db, workspace, person, ct);
            if (subjects is null)
            {
                var name = char.ToUpperInvariant(person[0]) + person[1..];
                rest.Add(found =>
                    found.Where(l =>
                        l.ActorName.Contains(person)
                        || l.ActorName.Contains(name)
                        || l.TargetName!.Contains(person)
                        || l.TargetName!.Contains(name)
                    )
                );
            }
            else if (leading is null)
            {
                leading = [.. subjects.Targets.Select(id => About(all, id)), .. subjects.Actors.Select(id => By(all, id))];
            }
            else
            {
                List<Guid?> targets = [.. subjects.Targets];
                List<Guid?> actors = [.. subjects.Actors];
                rest.Add(found => found.Where(l => targets.Contains(l.TargetId) || actors.Contains(l.ActorId)));
            }
        }

        if (query.Actor is { } actor)
        {
            leading ??= await OfActorAsync(all, actor, ct);
            rest.Add(found => found.Where(l => l.ActorId == actor));
        }

        if (query.Act is { Length: > 0 } act)
        {
            rest.Add(found => found.Where(l => l.Act.Substring(0, act.Length) == act)); // LIKE, which StartsWith is, ignores case on SQLite
        }

        if (query.ActorKind is { } kind)
        {
            rest.Add(found => found.Where(l => l.ActorKind == kind));
        }

        if (query.Door is { } door)
        {
            rest.Add(found => found.Where(l => l.Door == door));
        }

        if (query.Refused is { } refused)
        {
            rest.Add(found => found.Where(l => l.Refused == refused));
        }

        return (leading ?? [all], rest.Count == 0 ? null : found => rest.Aggregate(found, (so, far) => far(so)));
    }

    /// <summary>
    /// The lines by one party, where an index has them: those of people and of set-up links. Else null, and all are looked at.
    /// </summary>
    private static async Task<IReadOnlyList<IQueryable<AuditEntry>>?> OfActorAsync(
        IQueryable<AuditEntry> all,
        Guid actor,
        CancellationToken ct
    )
    {
        foreach (var its in new[] { By(all, actor), all.Where(l => l.ActorId == actor && l.ActorKind == ActorKind.PortalLink) })
        {
            if (await its.AnyAsync(ct))
            {
                return [its];
            }
        }

        return null;
    }

    private static IQueryable<AuditEntry> About(IQueryable<AuditEntry> all, Guid target) => all.Where(l => l.TargetId == target);

    // in the words of the index that serves it
    private static IQueryable<AuditEntry> By(IQueryable<AuditEntry> all, Guid person) =>
        all.Where(l => l.ActorId == person && (l.ActorKind == ActorKind.Member || l.ActorKind == ActorKind.Person));
}
