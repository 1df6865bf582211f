using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Data;
using UserManagement.Membership.Members;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Licensing;

/// <summary>One limited count as people see it: "12 / 25".</summary>
/// <param name="Used">In use.</param>
/// <param name="Limit">The limit; null for none.</param>
public sealed record Usage(long Used, long? Limit)
{
    /// <summary>How many there are beyond the limit for a while (<see cref="CapacityRules.GracePercent"/>); 0 for none.</summary>
    public long Grace { get; init; }

    /// <summary>Until when those are given out; null while none is.</summary>
    public DateTimeOffset? GraceUntil { get; init; }

    /// <summary>How many people wait for one, where they are given in turn.</summary>
    public long Waiting { get; init; }

    /// <summary>How many are left; null without a limit, never below zero.</summary>
    public long? Free => Limit is { } limit ? Math.Max(0, limit - Used) : null;

    /// <summary>How many can be given out at a time, those of the grace among them; null without a limit, never below zero.</summary>
    public long? RoomAt(DateTimeOffset at) =>
        Limit is { } limit ? Math.Max(0, limit + (GraceUntil is { } end && end <= at ? 0 : Grace) - Used) : null;

    /// <summary>The same for whoever comes now: what people wait for is not theirs.</summary>
    public long? RoomForNewAt(DateTimeOffset at) => RoomAt(at) is { } room ? Math.Max(0, room - Waiting) : null;

    /// <summary>Whether more are in use than the limit allows, because the limit was lowered.</summary>
    public bool IsOver => Limit is { } limit && Used > limit;
}

/// <summary>All counts of a workspace, read from the counters: a few rows, however many people there are.</summary>
public sealed class Counts
{
    private static readonly ConcurrentDictionary<Type, string> Select = new();
    private readonly IReadOnlyList<Counter> _rows;

    private Counts(IReadOnlyList<Counter> rows) => _rows = rows;

    /// <summary>Seats in use.</summary>
    public Usage Seats => Of(CounterKind.Seats);

    /// <summary>Active people, against the member slots.</summary>
    public Usage Slots => Of(CounterKind.Slots);

    /// <summary>Active admins with an account.</summary>
    public long Admins => Of(CounterKind.Admins).Used;

    /// <summary>Groups.</summary>
    public long Groups => Of(CounterKind.Groups).Used;

    /// <summary>Everybody who is here: all but the ended. A directory sees those without <see cref="UnseenAsync"/>.</summary>
    public long Visible => _rows.Where(t => t.Kind == CounterKind.State && t.Key != nameof(MemberState.Ended)).Sum(t => t.Used);

    /// <summary>Everybody in the member list: all but the removed and the ended.</summary>
    public long Listed => Visible - In(MemberState.Removed);

    /// <summary>Reads them, below EF: most changes of a member's state ask for them.</summary>
    public static async Task<Counts> ReadAsync(MembershipDb db, Id<Workspace> workspace, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(db);
        var counters = RowReader<Counter>.Of(db);
        var sql = Select.GetOrAdd(
            db.GetType(),
            static (_, of) => $"SELECT {of.Columns("t")} FROM {of.Table} t WHERE t.workspace_id = $1",
            counters
        );
        var batch = new ReadBatch();
        var rows = batch.Read(sql, row => counters.Read(row, 0), workspace.Value);
        await batch.RunAsync(db, ct);
        return new(rows.Rows);
    }

    /// <summary>How many are here whom a directory deleted while that is held: it does not see them. Under the index of the held.</summary>
    public static Task<long> UnseenAsync(MembershipDb db, Id<Workspace> workspace, CancellationToken ct) =>
        db.Members.LongCountAsync(m => m.WorkspaceId == workspace && m.HeldAs == HeldAs.Deletion, ct);

    /// <summary>Members in a state.</summary>
    public long In(MemberState state) => Of(CounterKind.State, state.ToString()).Used;

    /// <summary>Listed members with a role.</summary>
    public long WithRole(string role) => Of(CounterKind.Role, role).Used;

    /// <summary>Licenses of a type in use.</summary>
    public Usage License(string license) => Of(CounterKind.License, license);

    internal Usage Of(CounterKind kind, string key = "")
    {
        var rows = _rows.Where(t => t.Kind == kind && t.Key == key).ToList();
        var first = rows.FirstOrDefault(t => t.Shard == 0);
        return new(rows.Sum(t => t.Used), first?.Limit)
        {
            Grace = first?.Grace ?? 0,
            GraceUntil = first?.GraceUntil,
            Waiting = first is { InLine: true } ? first.Waiting : 0,
        };
    }
}
