using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Members;
using UserManagement.Membership.Portals;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Provisioning;

/// <summary>Which lines of the provisioning log somebody wants to see; all that is set must hold.</summary>
public sealed record ProvisioningQuery
{
    /// <summary>Only what was refused, met a fault or was done in part; null or false for all.</summary>
    public bool? Failed { get; init; }

    /// <summary>Only by this credential or app; null for all.</summary>
    public Guid? Client { get; init; }

    /// <summary>Only of this cycle; null for all.</summary>
    public Id<ProvisioningCycle>? Cycle { get; init; }

    /// <summary>Only this HTTP method, in upper case; null for all.</summary>
    public string? Method { get; init; }

    /// <summary>Only with this outcome; null for all.</summary>
    public ProvisioningOutcome? Outcome { get; init; }

    /// <summary>Only about the person or group with this id; null for all.</summary>
    public Guid? Target { get; init; }

    /// <summary>
    /// Only about whom this names: a user name, address or the directory's id in full, letter case aside, or a part of the name that a line
    /// shows; null for all.
    /// </summary>
    public string? Person { get; init; }

    /// <summary>From this time on; null for the beginning.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Before this time; null for now.</summary>
    public DateTimeOffset? Until { get; init; }
}

/// <summary>One page of the provisioning log.</summary>
/// <param name="Lines">The lines, newest first.</param>
/// <param name="Cycles">The cycles that they belong to, by id; one that was swept is left out.</param>
/// <param name="Next">Where the page goes on; null on the last. There may be one where the page has few lines or none: then the look ended
/// at <paramref name="LookedTo"/>.</param>
/// <param name="LookedTo">Up to which time it looked, where it ended before the page was full; null where it did not.</param>
public sealed record ProvisioningPage(
    IReadOnlyList<ProvisioningLine> Lines,
    IReadOnlyDictionary<Guid, ProvisioningCycle> Cycles,
    PageCursor? Next,
    DateTimeOffset? LookedTo
);

/// <summary>
/// Reads a workspace's provisioning log, newest first. An index serves all lines, those that failed, those of a client or cycle, and those
/// about somebody; what is asked beside that is looked for in at most <see cref="MostLookedAt"/> lines at a time, so that a page costs the
/// same however long the log is. Refusal: <c>forbidden</c>.
/// </summary>
public sealed class ListProvisioning(Store store)
{
    /// <summary>How many lines a page looks at.</summary>
    public const int MostLookedAt = 10_000;

    private const int MostPeople = 20;

    /// <summary>Reads one page.</summary>
    /// <param name="actor">Who asks; needs <see cref="Permission.ManageDirectory"/>.</param>
    /// <param name="workspace">The workspace.</param>
    /// <param name="query">Which lines.</param>
    /// <param name="after">The page that follows this place; null for the first.</param>
    /// <param name="count">How many, 1 to 200.</param>
    /// <param name="ct">Stops the reading.</param>
    public async Task<Outcome<ProvisioningPage>> RunAsync(
        Actor actor,
        Id<Workspace> workspace,
        ProvisioningQuery query,
        PageCursor? after,
        int count,
        CancellationToken ct
    )
    {
        ArgumentNullException.ThrowIfNull(actor);
        ArgumentNullException.ThrowIfNull(query);
        if (actor.Demand(workspace, Permission.ManageDirectory, PortalScopes.Directory) is { } refused)
        {
            return refused;
        }

        await using var db = store.Read();
        count = Math.Clamp(count, 1, 200);
        var (lines, next) = await ReadAsync(db, workspace, query, after?.Id, count, ct);
        var named = lines
            .Select(l => l.CycleId)
            .Where(id => id != Guid.Empty)
            .Distinct()
            .Select(id => new Id<ProvisioningCycle>(id))
            .ToList();
        var cycles =
            named.Count == 0
                ? []
                : await db.ProvisioningCycles.AsNoTracking().Where(c => c.WorkspaceId == workspace && named.Contains(c.Id)).ToListAsync(ct);
        return new ProvisioningPage(
            lines,
            cycles.ToDictionary(c => c.Id.Value),
            next is { } place ? new PageCursor("", place) : null,
            next is { } end && lines.Count < count ? DateTimeOffset.FromUnixTimeMilliseconds(Ids.MillisecondOf(end)) : null
        );
    }

    /// <summary>One line; null where there is none of that id.</summary>
    public async Task<Outcome<ProvisioningLine?>> FindAsync(
        Actor actor,
        Id<Workspace> workspace,
        Id<ProvisioningLine> id,
        CancellationToken ct
    )
    {
        ArgumentNullException.ThrowIfNull(actor);
        if (actor.Demand(workspace, Permission.ManageDirectory, PortalScopes.Directory) is { } refused)
        {
            return refused;
        }

        await using var db = store.Read();
        return await db.ProvisioningLines.AsNoTracking().FirstOrDefaultAsync(l => l.WorkspaceId == workspace && l.Id == id, ct);
    }

    /// <summary>The last lines about somebody, newest first: also those in which only their user name stood.</summary>
    /// <param name="actor">Who asks; needs <see cref="Permission.ManageDirectory"/>.</param>
    /// <param name="member">The member.</param>
    /// <param name="count">How many.</param>
    /// <param name="ct">Stops the reading.</param>
    public async Task<Outcome<IReadOnlyList<ProvisioningLine>>> AboutAsync(Actor actor, Member member, int count, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(actor);
        ArgumentNullException.ThrowIfNull(member);
        if (actor.Demand(member.WorkspaceId, Permission.ManageDirectory) is { } refused)
        {
            return refused;
        }

        await using var db = store.Read();
        var lines = new List<ProvisioningLine>();
        foreach (var subject in new[] { member.Id.Value, ProvisioningSubject.Of(member.UserName) })
        {
            lines.AddRange(await OfSubject(db, member.WorkspaceId, subject).OrderByDescending(l => l.Id).Take(count).ToListAsync(ct));
        }

        return lines.OrderByDescending(l => l.Id).Take(count).ToList();
    }

    /// <summary>A page and where it goes on, for whoever may see it.</summary>
    internal static async Task<(List<ProvisioningLine> Lines, Guid? Next)> ReadAsync(
        MembershipDb db,
        Id<Workspace> workspace,
        ProvisioningQuery query,
        Guid? after,
        int count,
        CancellationToken ct
    )
    {
        var (leading, rest) = await LeadingAsync(db, workspace, query, ct);
        List<ProvisioningLine> rows = [];
        Id<ProvisioningLine>? edge = null; // to where all of them were looked through
        foreach (var one in leading)
        {
            var ordered = Between(one, query, after).OrderByDescending(l => l.Id);
            rows.AddRange(
                await (rest?.Invoke(ordered.Take(MostLookedAt)).OrderByDescending(l => l.Id) ?? ordered).Take(count + 1).ToListAsync(ct)
            );
            if (rest is not null && await ordered.Skip(MostLookedAt - 1).Select(l => l.Id).Take(1).ToListAsync(ct) is [var last])
            {
                edge = edge is { } so && so > last ? so : last;
            }
        }

        List<ProvisioningLine> found = [.. rows.Where(r => edge is null || r.Id >= edge).OrderByDescending(l => l.Id).Take(count + 1)];
        return found.Count > count ? (found[..count], found[count - 1].Id.Value) : (found, edge?.Value);
    }

    private static IQueryable<ProvisioningLine> Between(IQueryable<ProvisioningLine> lines, ProvisioningQuery query, Guid? after)
    {
        if (query.Since is { } since)
        {
            var first = new Id<ProvisioningLine>(Ids.FirstAt(since));
            lines = lines.Where(l => l.Id >= first);
        }

        if (query.Until is { } until)
        {
            var end = new Id<ProvisioningLine>(Ids.FirstAt(until));
            lines = lines.Where(l => l.Id < end);
        }

        if (after is { } place)
        {
            var id = new Id<ProvisioningLine>(place);
            lines = lines.Where(l => l.Id < id);
        }

        return lines;
    }

    /// <summary>
    /// What an index gives in its order, of several subjects for each by itself, and what is to be looked for in that; nothing where nobody
    /// can be meant.
    /// </summary>
    internal static async Task<(
        IReadOnlyList<IQueryable<ProvisioningLine>> Leading,
        Func<IQueryable<ProvisioningLine>, IQueryable<ProvisioningLine>>? Beside
    )> LeadingAsync(MembershipDb db, Id<Workspace> workspace, ProvisioningQuery query, CancellationToken ct)
    {
        var all = db.ProvisioningLines.AsNoTracking().Where(l => l.WorkspaceId == workspace);
        List<Func<IQueryable<ProvisioningLine>, IQueryable<ProvisioningLine>>> rest = [];
        IQueryable<ProvisioningLine>? leading = null;
        IReadOnlyList<IQueryable<ProvisioningLine>> subjects = [];
        if (query.Target is { } target)
        {
            leading = OfSubject(db, workspace, target);
        }

        if (query.Person is { Length: > 0 } person)
        {
            subjects = leading is null ? await SubjectsAsync(db, workspace, person, ct) : [];
            if (subjects.Count == 0)
            {
                var part = person.Trim();
                var name = part.Length == 0 ? part : char.ToUpperInvariant(part[0]) + part[1..];
                rest.Add(found => found.Where(l => l.TargetName!.Contains(part) || l.TargetName!.Contains(name)));
            }
        }

        if (query.Cycle is { } cycle)
        {
            if (
                await db.ProvisioningCycles.AsNoTracking().FirstOrDefaultAsync(c => c.WorkspaceId == workspace && c.Id == cycle, ct)
                is not { } its
            )
            {
                return ([], null);
            }

            // a sum of reads is written a minute after it began, and a note waits a little
            var (first, end) = (
                new Id<ProvisioningLine>(Ids.FirstAt(its.StartedAt)),
                new Id<ProvisioningLine>(Ids.FirstAt(its.LastAt + ProvisioningCycle.Gap + ProvisioningCycle.Gap))
            );
            leading ??= subjects.Count > 0 ? null : all.Where(l => l.ClientId == its.ClientId && l.Id >= first && l.Id < end);
            rest.Add(found => found.Where(l => l.CycleId == cycle.Value));
        }

        if (query.Client is { } client)
        {
            if (leading is null && subjects.Count == 0)
            {
                leading = all.Where(l => l.ClientId == client);
            }
            else
            {
                rest.Add(found => found.Where(l => l.ClientId == client));
            }
        }

        if (query.Failed == true)
        {
            if (leading is null && subjects.Count == 0)
            {
                leading = all.Where(l => l.Failed);
            }
            else
            {
                rest.Add(found => found.Where(l => l.Failed));
            }
        }

        if (query.Method is { } method)
        {
            rest.Add(found => found.Where(l => l.Method == method));
        }

        if (query.Outcome is { } outcome)
        {
            rest.Add(found => found.Where(l => l.Outcome == outcome));
        }

        return (
            subjects.Count > 0 ? subjects : [leading ?? all],
            rest.Count == 0 ? null : found => rest.Aggregate(found, (so, far) => far(so))
        );
    }

    private static IQueryable<ProvisioningLine> OfSubject(MembershipDb db, Id<Workspace> workspace, Guid subject) =>
        db.ProvisioningLines.AsNoTracking().Where(l => l.WorkspaceId == workspace && l.Subject == subject);

    /// <summary>
    /// The lines about each whom a text may mean, by what they are named here and by what a directory named them: those of whom there are
    /// any. Each is asked for alone, because an index has the lines of one in the order of time and those of several in none.
    /// </summary>
    private static async Task<IReadOnlyList<IQueryable<ProvisioningLine>>> SubjectsAsync(
        MembershipDb db,
        Id<Workspace> workspace,
        string person,
        CancellationToken ct
    )
    {
        List<Guid> subjects = [ProvisioningSubject.Of(person)];
        if (Guid.TryParse(person.Trim(), out var id))
        {
            subjects.Add(id);
        }

        var key = Key.Of(person);
        var members = await db
            .Members.AsNoTracking()
            .Where(m => m.WorkspaceId == workspace && m.UserNameKey == key)
            .Select(m => m.Id)
            .Take(MostPeople)
            .ToListAsync(ct);
        var groups = await db
            .Groups.AsNoTracking()
            .Where(g => g.WorkspaceId == workspace && g.DisplayNameKey == key)
            .Select(g => g.Id)
            .Take(MostPeople)
            .ToListAsync(ct);
        List<IQueryable<ProvisioningLine>> some = [];
        foreach (var subject in subjects.Concat(members.Select(m => m.Value)).Concat(groups.Select(g => g.Value)).Distinct())
        {
            var its = OfSubject(db, workspace, subject);
            if (await its.AnyAsync(ct))
            {
                some.Add(its);
            }
        }

        return some;
    }
}
