using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Licensing;
using UserManagement.Membership.Members;
using UserManagement.Membership.Outbox;
using UserManagement.Membership.Workspaces;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Membership.Tests.Licensing;

/// <summary>When admins are told who came in without a seat, and who gets one as they come.</summary>
public sealed class WantedSeatsTests
{
    [Theory, EachDatabase]
    [Shows("S4-52")]
    public async Task Who_finds_no_seat_asks_for_one_by_coming_all_in_one_mail_and_once_an_hour(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind, change: c => c with { Capacity = c.Capacity with { Seats = 1 } });
        await acme.AddAsync("ada");
        Assert.Empty(await OrdersAsync(acme));
        var boss = await acme.JoinAsync("boss@acme.test", "admin"); // by invitation
        Assert.Equal("viewer", boss.Role);
        var bob = await acme.AddAsync("bob");
        var order = Assert.Single(await OrdersAsync(acme));
        var told = (await ReadAsync(acme, order))!;
        Assert.Equal((2, false), (told.Count, told.IsInTurn));
        Assert.Equal([boss.ShownName, bob.ShownName], told.Names);

        // once it has gone, the next goes an hour after it
        await SentAsync(acme, order);
        await acme.AddAsync("cleo");
        var next = (await OrdersAsync(acme))[^1];
        Assert.Equal(order.CreatedAt.AddHours(1), next.DueAt);
        await acme.AddAsync("dan");
        Assert.Equal(2, (await OrdersAsync(acme)).Count);
        Assert.Equal(2, (await ReadAsync(acme, next))!.Count);

        await acme.ConfigureAsync(c => c with { Capacity = c.Capacity with { Seats = null } });
        foreach (var member in (await WaitingAsync(acme)))
        {
            await acme.AssignAsync(Actor.Operator, member, "member");
        }

        Assert.Null(await ReadAsync(acme, next));
    }

    [Theory, EachDatabase]
    public async Task Of_two_orders_at_the_same_moment_by_two_servers_one_tells(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind, change: c => c with { Capacity = c.Capacity with { Seats = 1 } });
        var ada = await acme.AddAsync("ada");
        await acme.AddAsync("bob");
        var order = Assert.Single(await OrdersAsync(acme));
        await using (var db = acme.Store.Read())
        {
            db.Add(order with { Id = Id<OutboxMessage>.New(acme.Clock), CreatedAt = order.CreatedAt.AddSeconds(-1) });
            await db.SaveChangesAsync();
        }

        var orders = await OrdersAsync(acme);
        Assert.Equal(2, orders.Count);
        var earlier = orders[1];
        Assert.NotNull(await ReadAsync(acme, order)); // what is only ordered tells nobody
        Assert.NotNull(await ReadAsync(acme, earlier));
        Assert.True((await OutboxFanOut.RunAsync(acme.Store, earlier, [ada.Id], default)).Done);
        Assert.Null(await ReadAsync(acme, order));
        Assert.NotNull(await ReadAsync(acme, (await OrdersAsync(acme))[^1])); // ada's own
    }

    [Theory, EachDatabase]
    [Shows("S4-53")]
    public async Task Whether_a_directorys_people_get_a_seat_as_they_come_is_said_of_them_alone(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind);
        Assert.Equal("member", (await acme.ProvisionAsync("all@acme.test")).Value.Role);
        await acme.ConfigureAsync(c => c with { Scim = c.Scim with { AutoAssign = DirectorySeats.Off } });
        var later = (await acme.ProvisionAsync("later@acme.test")).Value;
        Assert.Equal(("viewer", true), (later.Role, later.IsWaiting));
        Assert.Equal("member", (await acme.JoinAsync("guest@acme.test")).Role); // by invitation
        Assert.Empty(await OrdersAsync(acme)); // that is how the workspace wants it
        await acme.SayAsync(later.Id, active: false);
        Assert.Equal("viewer", (await acme.SayAsync(later.Id, active: true)).Value.Role);
        await new SuspendMember(acme.Store).RunAsync(Actor.Operator, acme.Id, later.Id, default);
        Assert.Equal("viewer", (await new RestoreMember(acme.Store).RunAsync(Actor.Operator, acme.Id, later.Id, default)).Value.Role);

        await acme.ConfigureAsync(c =>
            c with
            {
                Join = c.Join with { AutoAssign = false },
                Scim = c.Scim with { AutoAssign = DirectorySeats.On },
            }
        );
        Assert.Equal("member", (await acme.ProvisionAsync("now@acme.test")).Value.Role);
        Assert.Equal("viewer", (await acme.JoinAsync("other@acme.test")).Role);
        await acme.ConfigureAsync(c => c with { Scim = c.Scim with { AutoAssign = null } });
        Assert.Equal("viewer", (await acme.ProvisionAsync("none@acme.test")).Value.Role);
        await acme.AgreesAsync();
    }

    private static async Task<List<OutboxMessage>> OrdersAsync(TestWorkspace acme)
    {
        await using var db = acme.Store.Read();
        return await db.OutboxMessages.AsNoTracking().Where(m => m.Kind == OutboxKind.SeatsWantedMail).OrderBy(m => m.Id).ToListAsync();
    }

    private static async Task<List<Id<Member>>> WaitingAsync(TestWorkspace acme)
    {
        await using var db = acme.Store.Read();
        return await db.Members.Where(m => m.WorkspaceId == acme.Id && m.WaitsSince != null).Select(m => m.Id).ToListAsync();
    }

    private static async Task SentAsync(TestWorkspace acme, OutboxMessage order)
    {
        await using var db = acme.Store.Read();
        var now = acme.Clock.GetUtcNow();
        await db.OutboxMessages.Where(m => m.Id == order.Id).ExecuteUpdateAsync(m => m.SetProperty(x => x.DoneAt, now));
    }

    private static async Task<WantedSeatsView?> ReadAsync(TestWorkspace acme, OutboxMessage order)
    {
        await using var db = acme.Store.Read();
        var workspace = (await WorkspaceContext.ByIdAsync(db, acme.Id, default))!;
        return await WantedSeats.ReadAsync(db, workspace, order, default);
    }
}
