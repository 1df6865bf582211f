using UserManagement.Membership.Data;
using UserManagement.Membership.Members;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Licensing;

/// <summary>
/// A member whose counts are settled, ready to be written. Only <see cref="Seats"/> makes one, so that nobody becomes
/// active, or changes role, without the capacity that goes with it.
/// </summary>
public sealed class Settled
{
    internal Settled(Member? before, Member after, IReadOnlyList<(CounterId Counter, long Change)> counters)
    {
        Before = before;
        After = after;
        Counters = counters;
    }

    /// <summary>The member as it was read; null for a new one.</summary>
    public Member? Before { get; }

    /// <summary>The member as it will be.</summary>
    public Member After { get; }

    internal IReadOnlyList<(CounterId Counter, long Change)> Counters { get; }

    /// <summary>Whether somebody gets in or out of the line for a seat, or a seat comes free where there is one.</summary>
    internal bool MovesLine { get; init; }

    /// <summary>Whether the row ends and the person does not: they go on in another, which says so (<see cref="From"/>).</summary>
    internal bool GoesOn { get; init; }

    /// <summary>The row in which the person was before; null for this one. Apps are told of one person, whose id is another now.</summary>
    internal Member? From { get; init; }
}

/// <summary>
/// ALL capacity logic: who takes a seat, a member slot, a license; who counts as the admin who must stay; and every
/// total that is shown. What a member takes follows from the member and the configuration; the difference between
/// before and after is what the counts change by, and one conditional statement for each limit decides.
/// </summary>
public static class Seats
{
    /// <summary>
    /// Settles a member: fixes whether they hold a seat, sets version and time of change, and works out what the counts
    /// change by. Whether there is room is decided when it is written.
    /// </summary>
    /// <param name="configuration">The workspace's configuration.</param>
    /// <param name="before">The member as it was read; null for a new one.</param>
    /// <param name="after">The member as it is to be.</param>
    /// <param name="at">The time of the change.</param>
    /// <param name="from">The row that ends with it, for the person goes on in this one; null for none.</param>
    public static Settled Settle(WorkspaceConfiguration configuration, Member? before, Member after, DateTimeOffset at, Member? from = null)
    {
        var seated = after with { HasSeat = TakesSeat(configuration, after) };
        if (before is not null && seated == before)
        {
            return new(before, before, []);
        }

        var settled = seated with
        {
            Version = Math.Max(before?.Version ?? 0, from?.Version ?? 0) + 1, // who counts by it sees no older one of the same person
            ModifiedAt = at,
            SortKey = SortKeyOf(seated),
            UserNameKey = seated.State == MemberState.Ended ? null : seated.UserNameKey ?? Key.Of(seated.UserName),
        };
        var change = new Dictionary<CounterId, long>();
        Collect(change, configuration, before, -1);
        Collect(change, configuration, settled, +1);
        return new(before, settled, [.. change.Where(c => c.Value != 0).Select(c => (c.Key, c.Value))])
        {
            From = from,
            GoesOn = settled.MergedInto is not null && before?.MergedInto is null,
            MovesLine =
                configuration.GivesSeatsInTurn
                && change.Any(c => c is { Key.Kind: CounterKind.Waiting, Value: not 0 } or { Key.Kind: CounterKind.Seats, Value: < 0 }),
        };
    }

    /// <summary>Whether the member's role needs a seat and the member is in.</summary>
    public static bool TakesSeat(WorkspaceConfiguration configuration, Member member) =>
        member.State == MemberState.Active && configuration.Role(member.Role) is { NeedsSeat: true };

    /// <summary>
    /// Whether somebody in this state takes a license of the pool: who is in, and who is invited where that reserves one.
    /// </summary>
    public static bool TakesLicense(WorkspaceConfiguration configuration, MemberState state) =>
        state == MemberState.Active || (state == MemberState.Invited && configuration.Invitations.ReserveLicense);

    /// <summary>Every count that a member is part of, each by one: the definition that <c>verify</c> compares the counts with.</summary>
    public static IEnumerable<CounterId> CountersOf(WorkspaceConfiguration configuration, Member member)
    {
        yield return new(member.WorkspaceId, CounterKind.State, Word.Of(member.State));
        if (member.State.IsListed())
        {
            yield return new(member.WorkspaceId, CounterKind.Role, member.Role);
        }

        if (member.License is { } license && TakesLicense(configuration, member.State))
        {
            yield return new(member.WorkspaceId, CounterKind.License, license);
        }

        if (member.State != MemberState.Active)
        {
            yield break;
        }

        yield return new(member.WorkspaceId, CounterKind.Slots);
        if (member.HasSeat)
        {
            yield return new(member.WorkspaceId, CounterKind.Seats);
        }

        if (configuration.GivesSeatsInTurn && member.IsWaiting)
        {
            yield return new(member.WorkspaceId, CounterKind.Waiting);
        }

        if (member.AccountId is not null && configuration.Role(member.Role) is { IsAdmin: true })
        {
            yield return new(member.WorkspaceId, CounterKind.Admins);
        }
    }

    /// <summary>The limited counts that a workspace of this configuration has, with their limits.</summary>
    public static IEnumerable<(CounterId Counter, long? Limit)> Limits(Id<Workspace> workspace, WorkspaceConfiguration configuration)
    {
        yield return (new(workspace, CounterKind.Seats), configuration.Capacity.Seats);
        yield return (new(workspace, CounterKind.Slots), configuration.Capacity.MemberSlots);
        yield return (new(workspace, CounterKind.Admins), null);
        foreach (var license in configuration.Licenses)
        {
            yield return (new(workspace, CounterKind.License, license.Key), license.Pool);
        }
    }

    /// <summary>The row of a limited count as the configuration asks for it: of seats also the line and the grace.</summary>
    internal static Counter Asked(WorkspaceConfiguration configuration, Counter row, long? limit, DateTimeOffset at)
    {
        if (row.Kind != CounterKind.Seats)
        {
            return row with { Limit = limit };
        }

        var capacity = configuration.Capacity;
        long? grace = capacity is { GracePercent: { } percent, GraceDays: not null } && limit is { } most ? (most * percent) / 100 : null;
        var days = grace is null ? 0 : capacity.GraceDays!.Value;
        return row with
        {
            Limit = limit,
            InLine = configuration.GivesSeatsInTurn,
            Grace = grace,
            GraceDays = days,
            GraceUntil = grace is null || row.Used <= limit ? null : row.GraceUntil ?? at.AddDays(days),
        };
    }

    /// <summary>The refusal when a counter has no room, in the workspace's words.</summary>
    public static Refusal Full(WorkspaceConfiguration configuration, CounterId counter)
    {
        var (code, sentence) = counter.Kind switch
        {
            CounterKind.Seats => ("seatsFull", $"No seat is free: all {configuration.Capacity.Seats} are in use."),
            CounterKind.Slots => (
                "slotsFull",
                $"No {configuration.Terms.Person} slot is free: all {configuration.Capacity.MemberSlots} are in use."
            ),
            CounterKind.License => (
                "licensesFull",
                $"No {configuration.License(counter.Key)?.Label ?? counter.Key} license is free: all "
                    + $"{configuration.License(counter.Key)?.Pool} are in use."
            ),
            _ => ("full", "There is no room left."),
        };
        return new(RefusalKind.Full, code, configuration.Capacity.MoreHint is { } hint ? $"{sentence} {hint}" : sentence);
    }

    /// <summary>The refusal that keeps the last admin.</summary>
    public static Refusal LastAdmin() =>
        new(RefusalKind.Conflict, "lastAdmin", "At least one admin must remain. Make somebody else an admin first.");

    private static void Collect(Dictionary<CounterId, long> change, WorkspaceConfiguration configuration, Member? member, int by)
    {
        if (member is null)
        {
            return;
        }

        foreach (var counter in CountersOf(configuration, member))
        {
            change[counter] = change.GetValueOrDefault(counter) + by;
        }
    }

    /// <summary>The place in the list by name.</summary>
    internal static string SortKeyOf(Member member)
    {
        var name = string.Join(' ', new[] { member.FamilyName, member.GivenName }.Where(n => !string.IsNullOrEmpty(n)));
        return Key.Cut(Key.Of(name.Length > 0 ? name : member.ShownName), Key.MaxLength);
    }
}
