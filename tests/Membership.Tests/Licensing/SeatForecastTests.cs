using UserManagement.Membership.Access;
using UserManagement.Membership.Licensing;
using UserManagement.Membership.Members;
using UserManagement.Membership.Members.Bulk;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Membership.Tests.Licensing;

public sealed class SeatForecastTests
{
    private static readonly DateOnly Today = new(2026, 3, 1);

    [Fact]
    public void It_is_plain_arithmetic_and_says_nothing_where_there_is_too_little()
    {
        // 56 came in 56 days: one a day, 13 are free
        Assert.Equal(
            (new DateOnly(2026, 3, 14), 7),
            (SeatForecast.Of(Today, 13, 56, 56).RunsOutOn, SeatForecast.Of(Today, 13, 56, 56).PerWeek)
        );
        Assert.Equal(Today, SeatForecast.Of(Today, 0, 56, 56).RunsOutOn);
        Assert.Equal(new DateOnly(2026, 3, 4), SeatForecast.Of(Today, 1, 8, 28).RunsOutOn);
        Assert.Equal(SeatForecast.None, SeatForecast.Of(Today, 13, 4, 56)); // too few people
        Assert.Equal(SeatForecast.None, SeatForecast.Of(Today, 13, 500, 20)); // too few weeks
        Assert.Null(SeatForecast.Of(Today, 10_000, 5, 56).RunsOutOn); // years away
        Assert.Null(SeatForecast.Of(Today, null, 56, 56).RunsOutOn);
    }

    [Theory, EachDatabase]
    public async Task The_line_tells_when_seats_run_out_and_places_are_read(Database kind)
    {
        await using var acme = await SeatLineTests.WaitlistAsync(kind, 20);
        Assert.Equal(SeatForecast.None, (await new ReadSeatLine(acme.Store).RunAsync(Actor.Operator, acme.Id, default)).Value.Forecast);
        for (var i = 0; i < 10; i++)
        {
            await acme.AddAsync($"p{i}");
            acme.Clock.Advance(TimeSpan.FromDays(3.5));
        }

        var line = (await new ReadSeatLine(acme.Store).RunAsync(Actor.Operator, acme.Id, default)).Value;
        var day = DateOnly.FromDateTime(acme.Clock.GetUtcNow().UtcDateTime).AddDays(35);
        Assert.InRange(line.Forecast.RunsOutOn!.Value, day.AddDays(-1), day.AddDays(1));
        Assert.Equal((0, 10), (line.Total, line.Room));
        await acme.ConfigureAsync(c => c with { Capacity = c.Capacity with { Seats = 10 } });
        var (eve, finn) = (await acme.AddAsync("eve"), await acme.AddAsync("finn"));
        line = (await new ReadSeatLine(acme.Store).RunAsync(Actor.Operator, acme.Id, default)).Value;
        Assert.Equal([(eve.Id, "member"), (finn.Id, "member")], line.First.Select(w => (w.Member.Id, w.Wanted)));
        var place = (await new MemberPage(acme.Store).RunAsync(Actor.Operator, acme.Id, finn.Id, default)).Value.SeatPlace;
        Assert.Equal((2, "member", true), (place!.Number, place.Wanted, place.IsInTurn));
        Assert.Null(
            await new ReadSeatLine(acme.Store).PlaceAsync(
                await acme.ReadAsync((await acme.ProvisionAsync("off@acme.test", false)).Value.Id),
                default
            )
        );
        Assert.Equal("forbidden", (await new ReadSeatLine(acme.Store).RunAsync(acme.As(eve), acme.Id, default)).Refusal?.Code);
    }

    [Theory, EachDatabase]
    public async Task Unused_seats_are_found_and_taken_back_with_a_way_back(Database kind)
    {
        await using var acme = await SeatLineTests.WaitlistAsync(kind, 3);
        var ada = await acme.JoinAsync("ada@acme.test", "admin");
        var (used, never) = (await acme.JoinAsync("used@acme.test"), await acme.AddAsync("never"));
        var waits = await acme.AddAsync("waits");
        acme.Clock.Advance(TimeSpan.FromDays(100));
        await using (var db = acme.Store.Read())
        {
            var now = acme.Clock.GetUtcNow();
            db.Add(
                new MemberActivity
                {
                    WorkspaceId = acme.Id,
                    MemberId = used.Id,
                    FirstSignInAt = now,
                    LastSignInAt = now,
                    LastActiveAt = now,
                }
            );
            await db.SaveChangesAsync();
        }

        var found = (await new FindIdleSeats(acme.Store).RunAsync(acme.As(ada), acme.Id, 90, default)).Value;
        Assert.True(found.IsWhole);
        Assert.Equal(never.Id, Assert.Single(found.Idle).Member.Id);
        var change = new BulkChange(MemberChangeKind.Role, "viewer");
        var turn = await new ChangeMembers(acme.Store).RunAsync(acme.As(ada), acme.Id, change, new() { Ids = [never.Id] }, null, default);
        Assert.True((await acme.ReadAsync(waits.Id)).HasSeat);
        Assert.Equal(1, (await new UndoMemberChange(acme.Store).RunAsync(acme.As(ada), acme.Id, turn.Value.Run, default)).Value.Undone);
        Assert.True((await acme.ReadAsync(never.Id)).IsWaiting); // the seat has gone to somebody else by now
        await acme.AgreesAsync();
        Assert.Equal("invalidDays", (await new FindIdleSeats(acme.Store).RunAsync(acme.As(ada), acme.Id, 0, default)).Refusal?.Code);
    }

    /// <summary>Where many came, the newest of them say how fast, if that was long enough ago; else as many as are asked for at most.</summary>
    [Theory, EachDatabase]
    public async Task Where_many_came_only_the_newest_are_looked_at(Database kind)
    {
        await using var acme = await SeatLineTests.WaitlistAsync(kind, 100);
        for (var i = 0; i < 15; i++)
        {
            await acme.AddAsync($"p{i}");
            acme.Clock.Advance(i < 5 ? TimeSpan.Zero : TimeSpan.FromDays(3.5));
        }

        await using var db = acme.Store.Read();
        var seats = (await acme.CountsAsync()).Seats;
        var now = acme.Clock.GetUtcNow();
        foreach (var (usual, perWeek) in ((int, double)[])[(1000, 3), (15, 3), (8, 2), (2, 3)])
        {
            var forecast = await SeatForecast.ReadAsync(db, acme.Workspace, seats, now, default, usual);
            Assert.Equal(perWeek, forecast.PerWeek!.Value, 0.1);
        }
    }

    /// <summary>Whose id says that they joined later is not even looked at, and the others in parts.</summary>
    [Theory, EachDatabase]
    public async Task Unused_seats_are_looked_for_among_those_who_joined_before(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind, isUnused: true);
        var old = new[] { await acme.AddAsync("a"), await acme.AddAsync("b"), await acme.AddAsync("c") };
        acme.Clock.Advance(TimeSpan.FromDays(100));
        var late = await acme.AddAsync("late");
        var before = acme.Clock.GetUtcNow().AddDays(-90);
        await using var db = acme.Store.Read();
        foreach (var atOnce in (int[])[1, 2, 3, 4, 1000])
        {
            var (idle, isWhole) = await FindIdleSeats.IdleAsync(db, acme.Id, before, default, atOnce);
            Assert.Equal(old.Select(m => m.Id), idle.Select(i => i.Member.Id).Order());
            Assert.True(isWhole);
        }

        Assert.DoesNotContain(late.Id, FindIdleSeats.Seated(db, acme.Id, default, before).Select(m => m.Id).ToList());
        await Copies.EndedLikeAsync(acme.Store, acme.Id, late.Id.Value, 5000);
        var plan = await QueryPlan.OfAsync(db, FindIdleSeats.Seated(db, acme.Id, default, before).Take(1000));
        Assert.Contains("IX_members_workspace_id_id", plan, StringComparison.Ordinal);
    }
}
