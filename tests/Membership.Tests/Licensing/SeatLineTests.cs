using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Groups;
using UserManagement.Membership.Licensing;
using UserManagement.Membership.Members;
using UserManagement.Membership.Outbox;
using UserManagement.Membership.Roles;
using UserManagement.Membership.Workspaces;
using UserManagement.Membership.Workspaces.Switching;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Membership.Tests.Licensing;

public sealed class SeatLineTests
{
    [Theory, EachDatabase]
    public async Task Who_finds_no_seat_waits_in_order_and_gets_the_one_that_comes_free_with_the_act_that_frees_it(Database kind)
    {
        await using var acme = await WaitlistAsync(kind, 2);
        var (ada, bob) = (await acme.AddAsync("ada"), await acme.AddAsync("bob"));
        var (cleo, dan, eve) = (await acme.AddAsync("cleo"), await acme.AddAsync("dan"), await acme.AddAsync("eve"));
        Assert.Equal(["member", "member", "viewer", "viewer", "viewer"], new[] { ada, bob, cleo, dan, eve }.Select(m => m.Role));
        Assert.Equal([cleo.Id, dan.Id, eve.Id], await LineAsync(acme));
        Assert.Equal((2, 3), ((await acme.CountsAsync()).Seats.Used, (await acme.CountsAsync()).Seats.Waiting));
        await acme.AgreesAsync();

        // by a directory, by an admin, by a change of role, by a removal
        await acme.SayAsync(ada.Id, active: false);
        Assert.Equal([dan.Id, eve.Id], await LineAsync(acme));
        Assert.Equal(("member", true), await RoleAsync(acme, cleo));
        await new SuspendMember(acme.Store).RunAsync(Actor.Operator, acme.Id, bob.Id, default);
        Assert.Equal(("member", true), await RoleAsync(acme, dan));
        await acme.AssignAsync(Actor.Operator, cleo.Id, "viewer");
        Assert.Equal(("member", true), await RoleAsync(acme, eve));
        Assert.Equal(("viewer", false), await RoleAsync(acme, cleo));
        Assert.Equal(2, (await acme.CountsAsync()).Seats.Used);
        Assert.Empty(await LineAsync(acme)); // who was made a viewer by hand does not wait
        await acme.AgreesAsync();

        // who comes back waits like anybody else
        await acme.SayAsync(ada.Id, active: true);
        Assert.Equal([ada.Id], await LineAsync(acme));
        await new RemoveMember(acme.Store).RunAsync(Actor.Operator, acme.Id, dan.Id, default);
        Assert.Equal(("member", true), await RoleAsync(acme, ada));
        await acme.AgreesAsync();

        var given = (await acme.AuditAsync()).Where(a => a.Act == "seat.given").ToList();
        Assert.Equal([cleo.Id.Value, dan.Id.Value, eve.Id.Value, ada.Id.Value], given.Select(a => a.TargetId!.Value));
        await using var db = acme.Store.Read();
        var sent = await db.OutboxMessages.Select(m => m.Kind).ToListAsync();
        Assert.Equal((4, 1), (sent.Count(k => k == OutboxKind.SeatGivenMail), sent.Count(k => k == OutboxKind.SeatsGivenMail)));
    }

    [Theory, EachDatabase]
    public async Task A_suspended_person_keeps_their_place_and_gets_no_seat_meanwhile(Database kind)
    {
        await using var acme = await WaitlistAsync(kind, 1);
        var ada = await acme.AddAsync("ada");
        var (bob, cleo) = (await acme.AddAsync("bob"), await acme.AddAsync("cleo"));
        await acme.SayAsync(bob.Id, active: false);
        Assert.Equal([cleo.Id], await LineAsync(acme));
        await acme.AgreesAsync();
        await acme.SayAsync(bob.Id, active: true);
        Assert.Equal([bob.Id, cleo.Id], await LineAsync(acme));
        await acme.AgreesAsync();
        await acme.SayAsync(bob.Id, active: false);
        await acme.SayAsync(ada.Id, active: false);
        Assert.Equal(("member", true), await RoleAsync(acme, cleo));
        await acme.AgreesAsync();
    }

    [Theory, EachDatabase]
    public async Task Groups_with_a_priority_come_first_and_everybody_learns_their_place(Database kind)
    {
        await using var acme = await WaitlistAsync(kind, 1);
        await acme.AddAsync("ada");
        var people = new List<Member>();
        foreach (var name in (string[])["bob", "cleo", "dan", "eve"])
        {
            people.Add(await acme.AddAsync(name));
        }

        var (high, low) = (await GroupAsync(acme, "Board", people[3]), await GroupAsync(acme, "Sales", people[2], people[3]));
        var set = new SetSeatPriority(acme.Store);
        Assert.True((await set.RunAsync(Actor.Operator, acme.Id, low, 5, default)).Done);
        Assert.Equal(["dan", "eve", "bob", "cleo"], await NamesAsync(acme));
        Assert.True((await set.RunAsync(Actor.Operator, acme.Id, high, 9, default)).Done);
        Assert.Equal(["eve", "dan", "bob", "cleo"], await NamesAsync(acme));
        Assert.Equal(2, (await acme.AuditAsync()).Count(a => a.Act == "group.seatPriority"));
        Assert.Equal("invalidSeatPriority", (await set.RunAsync(Actor.Operator, acme.Id, high, 101, default)).Refusal?.Code);
        await using (var db = acme.Store.Read())
        {
            var ahead = new List<long>();
            foreach (var person in people)
            {
                ahead.Add(await SeatLine.AheadOfAsync(db, await acme.ReadAsync(person.Id), default));
            }

            Assert.Equal([2, 3, 1, 0], ahead);
        }

        await acme.ConfigureAsync(c => c with { Capacity = c.Capacity with { Seats = 3 } });
        Assert.Equal(2, (await new PromoteWaiting(acme.Store).RunAsync(acme.Id, default)).Value);
        Assert.Equal(["bob", "cleo"], await NamesAsync(acme));
        await acme.AgreesAsync();
    }

    [Theory, EachDatabase]
    public async Task Nobody_who_comes_later_takes_a_seat_for_which_somebody_waits_not_even_by_an_admin(Database kind)
    {
        await using var acme = await WaitlistAsync(kind, 1);
        await acme.AddAsync("ada");
        var (bob, cleo) = (await acme.AddAsync("bob"), await acme.AddAsync("cleo"));
        await acme.ConfigureAsync(c => c with { Capacity = c.Capacity with { Seats = 2 } });

        // the seat is free and not given out yet: the newcomer and whom an admin prefers get in line behind
        var dan = await acme.AddAsync("dan");
        await acme.AssignAsync(Actor.Operator, cleo.Id, "member");
        Assert.Equal([bob.Id, cleo.Id, dan.Id], await LineAsync(acme));
        Assert.Equal(1, await new PromoteWaiting(acme.Store).SweepAsync(default));
        Assert.Equal([cleo.Id, dan.Id], await LineAsync(acme));

        // of three more seats two are spoken for: one newcomer takes the third
        await acme.ConfigureAsync(c => c with { Capacity = c.Capacity with { Seats = 5 } });
        Assert.Equal("member", (await acme.AddAsync("eve")).Role);
        Assert.Equal("viewer", (await acme.AddAsync("finn")).Role);
        Assert.Equal(2, await new PromoteWaiting(acme.Store).SweepAsync(default));
        Assert.Equal(["finn"], await NamesAsync(acme));
        Assert.Equal((5, 1), ((await acme.CountsAsync()).Seats.Used, (await acme.CountsAsync()).Seats.Waiting));
        await acme.AgreesAsync();
    }

    [Theory, EachDatabase]
    public async Task Switching_to_a_line_takes_up_who_waits_and_switching_away_gives_nothing_by_itself(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind, change: c => c with { Capacity = c.Capacity with { Seats = 1 } });
        await acme.AddAsync("ada");
        var (bob, cleo) = (await acme.AddAsync("bob"), await acme.AddAsync("cleo"));
        Assert.Equal(0, (await acme.CountsAsync()).Seats.Waiting);
        Assert.Equal([bob.Id, cleo.Id], await LineAsync(acme)); // visible all the same
        await acme.ConfigureAsync(c => c with { Capacity = c.Capacity with { OnFull = OnFull.Waitlist } });
        Assert.Equal(2, (await acme.CountsAsync()).Seats.Waiting);
        await acme.AgreesAsync();
        await acme.ConfigureAsync(c => c with { Capacity = c.Capacity with { OnFull = OnFull.Downgrade, Seats = 2 } });
        await acme.AgreesAsync();
        Assert.Equal(0, await new PromoteWaiting(acme.Store).SweepAsync(default));
        Assert.Equal([bob.Id, cleo.Id], await LineAsync(acme));

        // by hand, those who wait come first
        var done = await new AssignSeats(acme.Store).RunAsync(Actor.Operator, acme.Id, default);
        Assert.Equal(1, done.Value.Assigned);
        Assert.Equal(("member", true), await RoleAsync(acme, bob));
        await acme.AgreesAsync();
    }

    [Theory, EachDatabase]
    public async Task A_workspace_that_cannot_be_read_keeps_no_other_waiting(Database kind)
    {
        await using var acme = await WaitlistAsync(kind, 1);
        var other = await acme.OtherAsync();
        await other.ConfigureAsync(c => c with { Capacity = c.Capacity with { Seats = 1, OnFull = OnFull.Waitlist } });
        foreach (var workspace in (TestWorkspace[])[acme, other])
        {
            await workspace.AddAsync("first");
            await workspace.AddAsync("waits");
            await workspace.ConfigureAsync(c => c with { Capacity = c.Capacity with { Seats = 2 } });
        }

        foreach (var (broken, whole) in (ValueTuple<TestWorkspace, TestWorkspace>[])[(acme, other), (other, acme)])
        {
            await using var db = acme.Store.Read();
            var stored = (await db.Workspaces.SingleAsync(w => w.Id == broken.Id)).Configuration;
            await db.Workspaces.Where(w => w.Id == broken.Id).ExecuteUpdateAsync(s => s.SetProperty(w => w.Configuration, "not JSON"));
            await Assert.ThrowsAsync<AggregateException>(() => new PromoteWaiting(acme.Store).SweepAsync(default));
            await db.Workspaces.Where(w => w.Id == broken.Id).ExecuteUpdateAsync(s => s.SetProperty(w => w.Configuration, stored));
            Assert.Empty(await LineAsync(whole));
            await whole.AddAsync("again"); // somebody waits there in the second round, too
            await whole.ConfigureAsync(c => c with { Capacity = c.Capacity with { Seats = 3 } });
        }

        await acme.AgreesAsync();
    }

    [Theory, EachDatabase]
    public async Task Another_preset_forms_the_line_anew(Database kind)
    {
        await using var acme = await WaitlistAsync(kind, 2);
        var ada = await acme.JoinAsync("ada@acme.test", "admin");
        await acme.AddAsync("bob");
        var (cleo, dan) = (await acme.AddAsync("cleo"), await acme.AddAsync("dan"));
        Assert.Equal([cleo.Id, dan.Id], await LineAsync(acme));
        var nothing = new Dictionary<string, string>();
        var csv = new PresetSwitch("csv", nothing, nothing);
        Assert.True((await new SwitchPreset(acme.Store).RunAsync(acme.As(ada), acme.Id, null, csv, default)).Done);
        Assert.Empty(await LineAsync(acme)); // no role takes a seat
        Assert.Equal(0, (await acme.CountsAsync()).Seats.Waiting);
        await acme.AgreesAsync();

        var admin = acme.As(ada) with { Permissions = Preset.Named("csv")!.PermissionsOf("administrator"), Role = "administrator" };
        var seats = new PresetSwitch("seats", nothing, nothing);
        var back = await new SwitchPreset(acme.Store).RunAsync(admin, acme.Id, null, seats, default);
        Assert.True(back.Done, back.Refusal?.Message);
        await acme.ConfigureAsync(c => c with { Capacity = c.Capacity with { OnFull = OnFull.Waitlist } });
        var line = await LineAsync(acme);
        Assert.Equal((2, 2, 2), ((await acme.CountsAsync()).Seats.Used, (await acme.CountsAsync()).Seats.Waiting, line.Count));
        await acme.AgreesAsync();
    }

    [Theory, EachDatabase]
    public async Task A_lowered_limit_evicts_nobody_and_gives_nothing_until_it_is_kept_again(Database kind)
    {
        await using var acme = await WaitlistAsync(kind, 3);
        var (ada, bob, cleo) = (await acme.AddAsync("ada"), await acme.AddAsync("bob"), await acme.AddAsync("cleo"));
        var dan = await acme.AddAsync("dan");
        await acme.ConfigureAsync(c => c with { Capacity = c.Capacity with { Seats = 1 } });
        await acme.SayAsync(ada.Id, active: false);
        await acme.SayAsync(bob.Id, active: false);
        Assert.Equal([dan.Id], await LineAsync(acme));
        Assert.Equal(0, await new PromoteWaiting(acme.Store).SweepAsync(default));
        await acme.SayAsync(cleo.Id, active: false);
        Assert.Empty(await LineAsync(acme));
        Assert.Equal(1, (await acme.CountsAsync()).Seats.Used);
        await acme.AgreesAsync();
    }

    [Theory, EachDatabase]
    public async Task A_grace_gives_so_many_more_for_so_long_and_ends(Database kind)
    {
        await using var acme = await WaitlistAsync(kind, 10);
        await acme.ConfigureAsync(c => c with { Capacity = c.Capacity with { GracePercent = 20, GraceDays = 30 } });
        for (var i = 0; i < 11; i++)
        {
            Assert.Equal("member", (await acme.AddAsync($"p{i}")).Role);
        }

        var seats = (await acme.CountsAsync()).Seats;
        Assert.Equal((11, 10, 2), (seats.Used, seats.Limit, seats.Grace));
        Assert.Equal(30, Math.Round((seats.GraceUntil!.Value - acme.Clock.GetUtcNow()).TotalDays));
        acme.Clock.Advance(TimeSpan.FromDays(29));
        Assert.Equal("member", (await acme.AddAsync("last")).Role);
        Assert.Equal("viewer", (await acme.AddAsync("waits")).Role);
        await acme.AgreesAsync();
        acme.Clock.Advance(TimeSpan.FromDays(2));
        await new SuspendMember(acme.Store).RunAsync(Actor.Operator, acme.Id, (await acme.AddAsync("more")).Id, default);
        await using var db = acme.Store.Read();
        var one = await db.Members.FirstAsync(m => m.HasSeat);
        await acme.SayAsync(one.Id, active: false);
        Assert.Equal(0, await new PromoteWaiting(acme.Store).SweepAsync(default)); // 11 of 10, and the grace is over
        Assert.Equal(11, (await acme.CountsAsync()).Seats.Used);
        await acme.AgreesAsync();
    }

    [Theory, EachDatabase]
    public async Task Somebody_new_costs_no_statement_more_where_seats_are_free_and_people_may_wait(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind);
        List<(int Steps, int Counts, int Reads)> costs = [];
        foreach (var full in Enum.GetValues<OnFull>())
        {
            await acme.ConfigureAsync(c => c with { Capacity = c.Capacity with { OnFull = full } });
            await acme.AddAsync($"first-{full}");
            using var log = StatementLog.Start();
            using var held = new Held([], true, _ => { }, rehearses: true).Enter();
            Assert.True((await acme.ProvisionAsync($"new-{full}@acme.test")).Done);
            await using var db = acme.Store.Read();
            var steps = Changes.Steps(db, [held.Changes!]);
            costs.Add((steps.Count, steps.OfType<CountChanges>().Single().Counts.Count, log.Statements.Count));
        }

        Assert.Single(costs.Distinct());
    }

    [Theory, EachDatabase]
    public async Task Rivals_of_all_kinds_on_two_servers_hold_no_seat_too_many_and_leave_none_free_while_somebody_waits(Database kind)
    {
        const int Seats = 6;
        var rounds = int.TryParse(Environment.GetEnvironmentVariable("USERMANAGEMENT_LINE_ROUNDS"), out var asked) ? asked : 4;
        await using var acme = await WaitlistAsync(kind, Seats);
        var second = acme.SecondServer();
        var people = new List<Member>();
        for (var i = 0; i < 24; i++)
        {
            people.Add(await acme.AddAsync($"p{i}"));
        }

        var most = 0;
        var samples = await Sampler.WhileAsync(
            async () =>
            {
                await using var db = acme.Store.Read();
                return most = Math.Max(most, await db.Members.CountAsync(m => m.HasSeat));
            },
            async () =>
            {
                for (var round = 0; round < rounds; round++)
                {
                    var race = await Rivals.RaceAsync(
                        24,
                        async i =>
                        {
                            var server = i % 2 == 0 ? acme : second;
                            return (i % 6) switch
                            {
                                0 => (await new PromoteWaiting(server.Store).RunAsync(acme.Id, default)).Refusal,
                                1 => (await server.ProvisionAsync($"n{round}-{i}@acme.test")).Refusal,
                                2 => (await server.AssignAsync(Actor.Operator, people[i].Id, round % 2 == 0 ? "viewer" : "member")).Refusal,
                                _ => (await server.SayAsync(people[i].Id, active: round % 2 == 1)).Refusal,
                            };
                        }
                    );
                    Assert.All(race, r => Assert.True(r.Required is null, r.Required?.Message));
                }
            }
        );
        Assert.All(samples, s => Assert.InRange(s.Value, 0, Seats));
        await new PromoteWaiting(second.Store).SweepAsync(default);
        var counts = await acme.CountsAsync();
        Assert.Equal((await LineAsync(acme)).Count, Math.Min(100, counts.Seats.Waiting)); // a page of the line holds a hundred
        Assert.True(counts.Seats.Used == Seats || counts.Seats.Waiting == 0);
        await acme.AgreesAsync();
    }

    [Theory, EachDatabase]
    public async Task A_limit_that_is_lowered_and_raised_amid_promotions_is_never_passed(Database kind)
    {
        await using var acme = await WaitlistAsync(kind, 2);
        for (var i = 0; i < 30; i++)
        {
            await acme.AddAsync($"p{i}");
        }

        var race = await Rivals.RaceAsync(
            12,
            async i =>
                i % 4 == 0 ? await LimitAsync(acme, 2 + i) : (await new PromoteWaiting(acme.Store).RunAsync(acme.Id, default)).Refusal
        );
        Assert.All(race, r => Assert.True(r.Required is null, r.Required?.Message));
        await acme.ConfigureAsync(c => c with { Capacity = c.Capacity with { Seats = 12 } });
        await new PromoteWaiting(acme.Store).SweepAsync(default);
        Assert.Equal((12, 18), ((await acme.CountsAsync()).Seats.Used, (await acme.CountsAsync()).Seats.Waiting));
        await acme.AgreesAsync();
    }

    private static async Task<Refusal?> LimitAsync(TestWorkspace acme, int seats)
    {
        await using var db = acme.Store.Read();
        var now = (await WorkspaceContext.ByIdAsync(db, acme.Id, default))!;
        var wanted = now.Configuration with { Capacity = now.Configuration.Capacity with { Seats = seats } };
        return (await new ChangeConfiguration(acme.Store).RunAsync(Actor.Operator, acme.Id, null, wanted, default)).Refusal;
    }

    internal static Task<TestWorkspace> WaitlistAsync(Database kind, int seats) =>
        TestWorkspace.NewAsync(kind, change: c => c with { Capacity = c.Capacity with { Seats = seats, OnFull = OnFull.Waitlist } });

    private static async Task<(string, bool)> RoleAsync(TestWorkspace acme, Member member) =>
        await acme.ReadAsync(member.Id) is var now ? (now.Role, now.HasSeat) : default;

    private static async Task<List<Id<Member>>> LineAsync(TestWorkspace acme)
    {
        await using var db = acme.Store.Read();
        return [.. (await SeatLine.FirstAsync(db, acme.Id, 100, default)).Select(m => m.Id)];
    }

    private static async Task<List<string>> NamesAsync(TestWorkspace acme)
    {
        await using var db = acme.Store.Read();
        return [.. (await SeatLine.FirstAsync(db, acme.Id, 100, default)).Select(m => m.UserName.Split('@')[0])];
    }

    private static async Task<Id<Group>> GroupAsync(TestWorkspace acme, string name, params Member[] members)
    {
        var made = await new CreateGroup(acme.Store).RunAsync(
            Actor.Operator,
            acme.Id,
            new() { DisplayName = name },
            [.. members.Select(m => m.Id)],
            default
        );
        return made.Value.Group.Id;
    }
}
