using UserManagement.Membership.Members;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Membership.Tests;

public sealed class IdTests
{
    [Fact]
    public void Ids_of_one_millisecond_follow_the_order_in_which_they_were_made()
    {
        var clock = new HandClock();
        List<Id<Member>> made = [.. Enumerable.Range(0, 4096).Select(_ => Id<Member>.New(clock))];
        InOrder(made);
        Assert.All(made, id => Assert.Equal((7, clock.GetUtcNow().ToUnixTimeMilliseconds()), (id.Value.Version, MillisecondOf(id))));
        Assert.All(made, id => Assert.InRange(id.Value.Variant, 8, 11));
        clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.True(Id<Member>.New(clock) > made[^1]);
    }

    [Fact]
    public void More_than_fit_into_a_millisecond_borrow_from_the_next()
    {
        var clock = new HandClock();
        List<Id<Member>> made = [.. Enumerable.Range(0, 10_000).Select(_ => Id<Member>.New(clock))];
        var began = clock.GetUtcNow().ToUnixTimeMilliseconds();
        Assert.Equal([began, began + 1, began + 2], made.Select(MillisecondOf).Distinct());
        clock.Advance(TimeSpan.FromMilliseconds(1)); // the borrowed one has come meanwhile
        made.Add(Id<Member>.New(clock));
        InOrder(made);
    }

    [Fact]
    public void A_clock_that_steps_back_a_little_loses_no_order_and_one_that_was_set_right_is_followed()
    {
        var clock = new LooseClock(HandClock.Morning);
        List<Id<Member>> made = [Id<Member>.New(clock)];
        foreach (var back in new[] { TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(2), Ids.MostBack })
        {
            clock.Time = HandClock.Morning - back;
            made.Add(Id<Member>.New(clock));
            made.Add(Id<Member>.New(clock));
        }

        InOrder(made);
        clock.Time = HandClock.Morning - Ids.MostBack - TimeSpan.FromMilliseconds(1);
        Assert.Equal(clock.Time.ToUnixTimeMilliseconds(), MillisecondOf(Id<Member>.New(clock)));
    }

    [Fact]
    public async Task Many_at_once_get_ids_of_their_own_each_in_its_own_order()
    {
        var clock = new HandClock();
        var made = await Rivals.RaceAsync(8, _ => Task.FromResult(Enumerable.Range(0, 2000).Select(_ => Id<Member>.New(clock)).ToList()));
        Assert.All(made, one => InOrder(one.Required));
        InOrder([.. made.SelectMany(one => one.Required).Order()]);
    }

    [Fact]
    public void What_follows_the_order_is_drawn_by_chance()
    {
        var clock = new HandClock();
        var tails = Enumerable
            .Range(0, 1000)
            .Select(_ =>
                BitConverter.ToUInt64(Id<Member>.New(clock).Value.ToByteArray(bigEndian: true).AsSpan(8)[..8].ToArray().Reverse().ToArray())
                & 0x3FFF_FFFF_FFFF_FFFF
            )
            .ToList();
        Assert.Equal(tails.Count, tails.Distinct().Count());
        Assert.Equal(0x3FFF_FFFF_FFFF_FFFFUL, tails.Aggregate((a, b) => a | b));
        Assert.Equal(0UL, tails.Aggregate((a, b) => a & b));
    }

    private static void InOrder(List<Id<Member>> made)
    {
        Assert.Equal(made, made.Order());
        Assert.Equal(made, made.OrderBy(id => id.ToString(), StringComparer.Ordinal)); // as text, which is how SQLite compares them
        Assert.Equal(made.Count, made.Distinct().Count());
    }

    private static long MillisecondOf(Id<Member> id) => Convert.ToInt64(id.ToString()[..8] + id.ToString()[9..13], 16);

    private sealed class LooseClock(DateTimeOffset time) : TimeProvider
    {
        public DateTimeOffset Time { get; set; } = time;

        public override DateTimeOffset GetUtcNow() => Time;
    }
}
