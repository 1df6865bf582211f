using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Licensing;
using UserManagement.Membership.Members;
using UserManagement.Membership.Outbox;
using UserManagement.Membership.Plans;
using UserManagement.Membership.Workspaces;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Membership.Tests.Licensing;

/// <summary>When admins are told that seats came free, where they give them by hand.</summary>
public sealed class FreeSeatsTests
{
    [Theory, EachDatabase]
    public async Task A_rise_from_none_to_some_is_told_once_whatever_made_it_and_only_while_somebody_waits(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind, change: c => c with { Capacity = c.Capacity with { Seats = 2 } });
        var (ada, bob) = (await acme.AddAsync("ada"), await acme.AddAsync("bob"));
        await new SuspendMember(acme.Store).RunAsync(Actor.Operator, acme.Id, bob.Id, default);
        Assert.Empty(await OrdersAsync(acme)); // nobody waits
        await new RestoreMember(acme.Store).RunAsync(Actor.Operator, acme.Id, bob.Id, default);
        var waits = new[] { await acme.AddAsync("cleo"), await acme.AddAsync("dan"), await acme.AddAsync("eve") };
        Assert.All(waits, m => Assert.Equal("viewer", m.Role));

        await acme.SayAsync(ada.Id, active: false); // by a directory
        var first = Assert.Single(await OrdersAsync(acme));
        Assert.Equal(new FreeSeatsView(1, 3), await ReadAsync(acme, first));
        await acme.AssignAsync(Actor.Operator, bob.Id, "viewer"); // one more seat, no other rise
        Assert.Single(await OrdersAsync(acme));

        await acme.AssignAsync(Actor.Operator, waits[0].Id, "member");
        await acme.AssignAsync(Actor.Operator, waits[1].Id, "member");
        Assert.Null(await ReadAsync(acme, first)); // none is free any more
        acme.Clock.Advance(TimeSpan.FromHours(1));
        var plan = await new SetPlan(acme.Store).RunAsync(Actor.Operator, acme.Id, p => p with { Seats = 5 }, default);
        Assert.True(plan.Done, plan.Refusal?.Message);
        var second = (await OrdersAsync(acme))[^1];
        Assert.Equal(2, (await OrdersAsync(acme)).Count);
        Assert.Equal(new FreeSeatsView(3, 1), await ReadAsync(acme, second));
        await acme.AgreesAsync();
    }

    [Theory, EachDatabase]
    public async Task Of_acts_that_make_the_same_rise_at_once_one_mail_tells(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind, change: c => c with { Capacity = c.Capacity with { Seats = 4 } });
        var people = new List<Member>();
        for (var i = 0; i < 6; i++)
        {
            people.Add(await acme.AddAsync($"p{i}"));
        }

        var second = acme.SecondServer();
        var race = await Rivals.RaceAsync(
            4,
            async i =>
                (
                    await new RemoveMember((i % 2 == 0 ? acme : second).Store).RunAsync(Actor.Operator, acme.Id, people[i].Id, default)
                ).Refusal
        );
        Assert.All(race, r => Assert.True(r.Required is null, r.Required?.Message));
        var orders = await OrdersAsync(acme);
        Assert.NotEmpty(orders);
        List<FreeSeatsView> told = [];
        foreach (var order in orders)
        {
            if (await ReadAsync(acme, order) is { } view)
            {
                told.Add(view);
                await OutboxFanOut.RunAsync(acme.Store, order, [people[5].Id], default);
            }
        }

        Assert.Equal([new FreeSeatsView(4, 2)], told);
    }

    [Theory, EachDatabase]
    public async Task A_rise_right_after_one_that_was_gone_when_its_mail_was_due_is_told(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind, change: c => c with { Capacity = c.Capacity with { Seats = 1 } });
        var (ada, cleo) = (await acme.AddAsync("ada"), await acme.AddAsync("cleo"));
        await acme.AddAsync("dan");
        await new SuspendMember(acme.Store).RunAsync(Actor.Operator, acme.Id, ada.Id, default);
        var gone = Assert.Single(await OrdersAsync(acme));
        await acme.AssignAsync(Actor.Operator, cleo.Id, "member");
        Assert.Null(await ReadAsync(acme, gone)); // its time came: nothing is free
        acme.Clock.Advance(TimeSpan.FromSeconds(20));
        await new SuspendMember(acme.Store).RunAsync(Actor.Operator, acme.Id, cleo.Id, default);
        var orders = await OrdersAsync(acme);
        Assert.Equal(2, orders.Count);
        Assert.Equal(new FreeSeatsView(1, 1), await ReadAsync(acme, orders[1]));
    }

    [Theory, EachDatabase]
    public async Task Where_seats_are_given_in_turn_or_are_not_limited_nobody_is_told(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(
            kind,
            change: c => c with { Capacity = c.Capacity with { Seats = 1, OnFull = OnFull.Waitlist } }
        );
        var ada = await acme.AddAsync("ada");
        await acme.AddAsync("bob");
        await acme.SayAsync(ada.Id, active: false);
        await acme.ConfigureAsync(c => c with { Capacity = c.Capacity with { OnFull = OnFull.Downgrade, Seats = null } });
        await acme.SayAsync(ada.Id, active: true);
        await acme.SayAsync(ada.Id, active: false);
        Assert.Empty(await OrdersAsync(acme));
    }

    private static async Task<List<OutboxMessage>> OrdersAsync(TestWorkspace acme)
    {
        await using var db = acme.Store.Read();
        return await db.OutboxMessages.AsNoTracking().Where(m => m.Kind == OutboxKind.SeatsFreeMail).OrderBy(m => m.Id).ToListAsync();
    }

    private static async Task<FreeSeatsView?> ReadAsync(TestWorkspace acme, OutboxMessage order)
    {
        await using var db = acme.Store.Read();
        var workspace = (await WorkspaceContext.ByIdAsync(db, acme.Id, default))!;
        return await FreeSeats.ReadAsync(db, workspace, order, acme.Clock.GetUtcNow(), default);
    }
}
