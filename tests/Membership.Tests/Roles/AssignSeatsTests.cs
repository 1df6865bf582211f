using UserManagement.Membership.Access;
using UserManagement.Membership.Members;
using UserManagement.Membership.Roles;
using UserManagement.Membership.Workspaces;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Membership.Tests.Roles;

public sealed class AssignSeatsTests
{
    [Theory, EachDatabase]
    [Shows("S4-20")]
    public async Task Whoever_joined_first_gets_the_seats_that_are_free_and_it_can_be_taken_back(Database kind)
    {
        await using var acme = await SeatsAsync(kind, 4);
        var admin = acme.As(await acme.JoinAsync("ada@acme.test", "admin"));
        var waiting = new List<Member>();
        foreach (var name in (string[])["zoe", "bob", "cleo", "dan"])
        {
            acme.Clock.Advance(TimeSpan.FromMinutes(1));
            waiting.Add(await acme.JoinAsync($"{name}@acme.test")); // viewers: seats are not assigned by themselves
        }

        Assert.All(waiting, m => Assert.Equal("viewer", m.Role));
        var plan = (await new AssignSeats(acme.Store).PlanAsync(admin, acme.Id, default)).Value;
        Assert.Equal((3, 4, "member"), (plan.Free, plan.Without, plan.Role.Key));
        Assert.Equal(waiting.Select(m => m.Id), plan.First.Select(c => c.Member.Id));
        Assert.All(plan.First, c => Assert.True(c.Waits));

        acme.Clock.Advance(TimeSpan.FromMinutes(1));
        var done = (await new AssignSeats(acme.Store).RunAsync(admin, acme.Id, default)).Value;
        Assert.Equal((3, 1), (done.Assigned, done.Without));
        Assert.Equal(["member", "member", "member", "viewer"], await RolesAsync(acme, waiting));
        Assert.Equal(4, (await acme.CountsAsync()).Seats.Used);
        await acme.AgreesAsync();
        var again = await new AssignSeats(acme.Store).RunAsync(admin, acme.Id, default);
        Assert.Equal("seatsFull", again.Refusal?.Code);

        // What happened to one of them since stays.
        acme.Clock.Advance(TimeSpan.FromMinutes(1));
        await new SuspendMember(acme.Store).RunAsync(admin, acme.Id, waiting[1].Id, default);
        Assert.Equal(2, (await new TakeBackSeats(acme.Store).RunAsync(admin, acme.Id, done.At, default)).Value);
        Assert.Equal(["viewer", "member", "viewer", "viewer"], await RolesAsync(acme, waiting));
        Assert.Equal("notFound", (await new TakeBackSeats(acme.Store).RunAsync(admin, acme.Id, done.At, default)).Refusal?.Code);
        await acme.AgreesAsync();

        var log = await acme.AuditAsync();
        Assert.Single(log, a => a is { Act: "seats.assigned", Refused: false });
        Assert.Equal("seatsFull", Assert.Single(log, a => a is { Act: "seats.assigned", Refused: true }).Reason);
        Assert.Single(log, a => a.Act == "seats.takenBack");
        Assert.Equal(5, log.Count(a => a.Act == "role.changed"));
    }

    [Theory, EachDatabase]
    public async Task Two_who_press_at_once_and_a_rival_give_no_seat_twice(Database kind)
    {
        await using var acme = await SeatsAsync(kind, 12);
        var admin = acme.As(await acme.JoinAsync("ada@acme.test", "admin"));
        for (var i = 0; i < 20; i++)
        {
            await acme.JoinAsync($"p{i}@acme.test");
        }

        var rival = await acme.ProvisionAsync("rival@acme.test");
        var outcomes = await Task.WhenAll(
            Enumerable.Range(0, 3).Select(_ => new AssignSeats(acme.Store).RunAsync(admin, acme.Id, default))
        );
        await acme.AssignAsync(admin, rival.Value.Id, "member");
        Assert.All(outcomes, o => Assert.True(o.Done || o.Refusal?.Code == "seatsFull", o.Refusal?.Message));
        Assert.Equal(11, outcomes.Where(o => o.Done).Sum(o => o.Value.Assigned));
        Assert.Equal(12, (await acme.CountsAsync()).Seats.Used);
        await acme.AgreesAsync();
    }

    [Theory, EachDatabase]
    public async Task Who_may_not_and_where_no_role_takes_a_seat_it_is_refused(Database kind)
    {
        await using var acme = await SeatsAsync(kind, 4);
        var viewer = acme.As(await acme.JoinAsync("vera@acme.test"));
        Assert.Equal("forbidden", (await new AssignSeats(acme.Store).RunAsync(viewer, acme.Id, default)).Refusal?.Code);
        Assert.Equal("forbidden", (await new AssignSeats(acme.Store).PlanAsync(viewer, acme.Id, default)).Refusal?.Code);
        Assert.Equal("forbidden", (await new TakeBackSeats(acme.Store).RunAsync(viewer, acme.Id, default, default)).Refusal?.Code);
        var other = await acme.OtherAsync("csvs", "csv");
        Assert.Equal("noSeatRoles", (await new AssignSeats(acme.Store).RunAsync(Actor.Operator, other.Id, default)).Refusal?.Code);
    }

    [Theory, EachDatabase]
    [Shows("S4-54")]
    public async Task Switching_auto_assign_on_changes_nobody_who_is_in(Database kind)
    {
        await using var acme = await SeatsAsync(kind, 4);
        var early = await acme.JoinAsync("early@acme.test");
        await acme.ConfigureAsync(c => c with { Join = c.Join with { AutoAssign = true } });
        Assert.Equal("viewer", (await acme.ReadAsync(early.Id)).Role);
        Assert.Equal("member", (await acme.JoinAsync("late@acme.test")).Role);
        Assert.Equal("viewer", (await acme.ReadAsync(early.Id)).Role);
    }

    private static Task<TestWorkspace> SeatsAsync(Database kind, int seats) =>
        TestWorkspace.NewAsync(
            kind,
            "seats",
            c => c with { Join = c.Join with { AutoAssign = false }, Capacity = c.Capacity with { Seats = seats } }
        );

    private static async Task<List<string>> RolesAsync(TestWorkspace acme, IEnumerable<Member> members)
    {
        List<string> roles = [];
        foreach (var member in members)
        {
            roles.Add((await acme.ReadAsync(member.Id)).Role);
        }

        return roles;
    }
}
