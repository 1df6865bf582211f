using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Data;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Audit;

/// <summary>
/// What a directory sent and nobody keeps, where nothing else changed that could tell of it: a line of its own, once for
/// each path and day (UTC) of a workspace, and <see cref="MostADay"/> paths at most, so that the log does not grow with
/// traffic. The log itself says what was told already; what is kept here only saves asking it.
/// </summary>
internal sealed class PassedOverNotes
{
    /// <summary>Of how many paths a workspace's log tells in one day.</summary>
    public const int MostADay = 50;

    /// <summary>Of how many paths one line tells.</summary>
    public const int MostInLine = 20;

    private const string OfMember = "member.passedOver";
    private const string OfGroup = "group.passedOver";
    private const int MostKept = 10_000;
    private readonly ConcurrentDictionary<Id<Workspace>, Day> _days = new();

    /// <summary>
    /// Puts the line into the attempt where there is news; told it is only when <see cref="Keep"/> hears that it was written.
    /// </summary>
    /// <returns>What the line tells of; empty for no line.</returns>
    public async Task<IReadOnlyList<string>> TellAsync(
        Attempt attempt,
        Id<Workspace> workspace,
        (string Kind, Guid? Id, string? Name) target,
        IReadOnlyList<string> passedOver,
        CancellationToken ct
    )
    {
        var today = Today(workspace, attempt.At);
        if (passedOver.Count == 0 || today.News(passedOver).Count == 0)
        {
            return [];
        }

        var from = new Id<AuditEntry>(Ids.FirstAt(new DateTimeOffset(attempt.At.UtcDateTime.Date, TimeSpan.Zero)));
        foreach (
            var told in await attempt
                .Db.AuditEntries.AsNoTracking()
                .Where(a => a.WorkspaceId == workspace && a.Id >= from && (a.Act == OfMember || a.Act == OfGroup))
                .Select(a => a.After)
                .ToListAsync(ct)
        )
        {
            today.Keep(Read(told));
        }

        List<string> news = [.. today.News(passedOver).Take(MostInLine)];
        if (news.Count > 0)
        {
            attempt.Changes.TellFacts(
                target.Kind == "group" ? OfGroup : OfMember,
                workspace,
                target,
                null,
                new Dictionary<string, object> { ["passedOver"] = news }
            );
        }

        return news;
    }

    /// <summary>The line was written.</summary>
    public void Keep(Id<Workspace> workspace, DateTimeOffset at, IReadOnlyList<string> told)
    {
        if (told.Count > 0)
        {
            Today(workspace, at).Keep(told);
        }
    }

    private Day Today(Id<Workspace> workspace, DateTimeOffset at)
    {
        if (_days.Count >= MostKept)
        {
            _days.Clear();
        }

        var date = DateOnly.FromDateTime(at.UtcDateTime);
        return _days.AddOrUpdate(workspace, _ => new(date), (_, day) => day.Date == date ? day : new(date));
    }

    private static IReadOnlyList<string> Read(string? after)
    {
        using var json = JsonDocument.Parse(after ?? "{}");
        return json.RootElement.TryGetProperty("passedOver", out var list) && list.ValueKind == JsonValueKind.Array
            ? [.. list.EnumerateArray().Select(e => e.ToString())]
            : [];
    }

    private sealed class Day(DateOnly date)
    {
        private readonly HashSet<string> _told = new(StringComparer.Ordinal);

        public DateOnly Date => date;

        public List<string> News(IReadOnlyList<string> sent)
        {
            lock (_told)
            {
                return
                [
                    .. sent.Where(path => !_told.Contains(path)).Distinct(StringComparer.Ordinal).Take(Math.Max(0, MostADay - _told.Count)),
                ];
            }
        }

        public void Keep(IReadOnlyList<string> told)
        {
            lock (_told)
            {
                _told.UnionWith(told);
            }
        }
    }
}
