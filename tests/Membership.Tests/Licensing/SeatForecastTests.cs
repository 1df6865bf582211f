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
}
