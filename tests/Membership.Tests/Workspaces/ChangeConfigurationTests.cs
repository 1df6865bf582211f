using UserManagement.Membership.Access;
using UserManagement.Membership.Licensing;
using UserManagement.Membership.Members;
using UserManagement.Membership.Roles;
using UserManagement.Membership.Workspaces;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Membership.Tests.Workspaces;

public sealed class ChangeConfigurationTests
{
    [Theory, EachDatabase]
    public async Task A_role_or_license_that_somebody_has_can_neither_vanish_nor_change_what_it_counts_as(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind, "licensed");
        var invited = await acme.InviteAsync("ada@acme.test", "admin", r => r with { License = "business" });
        await acme.RedeemAsync(invited.LinkSecret, "ada@acme.test");
        var bob = (await acme.ProvisionAsync("bob@acme.test")).Value;
        Func<WorkspaceConfiguration, WorkspaceConfiguration>[] roles =
        [
            c =>
                c with
                {
                    Roles =
                    [
                        .. c.Roles.Where(r => r.Key != "user"),
                        new Role { Key = "guest", Label = "Guest" },
                        new Role { Key = "new", Label = "New" },
                    ],
                    Join = c.Join with { DefaultRole = "guest" },
                },
            c => c with { Roles = [.. c.Roles.Select(r => r.Key == "user" ? r with { NeedsSeat = true } : r)] },
        ];
        foreach (var change in roles)
        {
            var wanted = change(acme.Workspace.Configuration);
            wanted = wanted with
            {
                Roles =
                [
                    .. wanted
                        .Roles.Select(r => r with { Includes = [] })
                        .Select(r => r.IsAdmin ? r with { Permissions = [.. Permission.All] } : r),
                ],
            };
            Assert.Equal(
                "roleInUse",
                (await new ChangeConfiguration(acme.Store).RunAsync(Actor.Operator, acme.Id, acme.Workspace.Row.Version, wanted, default))
                    .Refusal
                    ?.Code
            );
        }

        var without = acme.Workspace.Configuration with
        {
            Licenses = [.. acme.Workspace.Configuration.Licenses.Where(l => l.Key != "pro")],
            Join = acme.Workspace.Configuration.Join with { DefaultLicense = "business" },
        };
        Assert.Equal(
            "licenseInUse",
            (await new ChangeConfiguration(acme.Store).RunAsync(Actor.Operator, acme.Id, acme.Workspace.Row.Version, without, default))
                .Refusal
                ?.Code
        );

        // Those who ended hold nothing.
        await new EndMember(acme.Store).RunAsync(acme.Directory, acme.Id, bob.Id, null, default);
        Assert.True(
            (await new ChangeConfiguration(acme.Store).RunAsync(Actor.Operator, acme.Id, acme.Workspace.Row.Version, without, default)).Done
        );
        await acme.AgreesAsync();
    }

    [Theory, EachDatabase]
    [Shows("S4-23")]
    public async Task Seats_lowered_below_use_evict_nobody_and_give_out_nothing_more(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind);
        var people = new List<Member>();
        for (var i = 0; i < 4; i++)
        {
            people.Add(await acme.JoinAsync($"p{i}@acme.test", i == 0 ? "admin" : "member"));
        }

        await acme.ConfigureAsync(c => c with { Capacity = c.Capacity with { Seats = 2 } });
        var seats = (await acme.CountsAsync()).Seats;
        Assert.Equal((4, 2, 0, true), (seats.Used, seats.Limit, seats.Free, seats.IsOver));

        Assert.True((await acme.AssignAsync(Actor.Operator, people[1].Id, "admin")).Done); // keeps the seat
        var viewer = await acme.JoinAsync("late@acme.test");
        Assert.Equal(("viewer", false), (viewer.Role, viewer.HasSeat));
        Assert.Equal("seatsFull", (await acme.AssignAsync(Actor.Operator, viewer.Id, "member")).Refusal!.Code);
        Assert.True((await acme.AssignAsync(Actor.Operator, people[2].Id, "viewer")).Done);
        Assert.True((await new SuspendMember(acme.Store).RunAsync(Actor.Operator, acme.Id, people[3].Id, default)).Done);
        Assert.Equal("seatsFull", (await acme.AssignAsync(Actor.Operator, viewer.Id, "member")).Refusal!.Code);
        await acme.ConfigureAsync(c => c with { Capacity = c.Capacity with { Seats = 3 } });
        Assert.True((await acme.AssignAsync(Actor.Operator, viewer.Id, "member")).Done);
        await acme.AgreesAsync();
    }

    [Theory, EachDatabase]
    public async Task What_happens_at_a_limit_and_the_switch_that_assigns_seats_ask_for_the_permission_named_after_them(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind, change: c => c with { Capacity = c.Capacity with { Seats = 5 } });
        var boss = acme.As(await acme.JoinAsync("boss@acme.test", "admin"));
        var clerk = boss with { Permissions = boss.Permissions.Where(p => p != Permission.ManageSeats).ToHashSet() };
        Assert.Contains(Permission.ManageSeats, boss.Permissions);
        Func<WorkspaceConfiguration, WorkspaceConfiguration>[] about =
        [
            c => c with { Capacity = c.Capacity with { OnFull = OnFull.Refuse } },
            c => c with { Join = c.Join with { AutoAssign = !c.Join.AutoAssign } },
        ];
        foreach (var change in about)
        {
            Assert.Equal("forbidden", (await RunAsync(clerk, change)).Refusal?.Code);
            Assert.True((await RunAsync(boss, change)).Done);
        }

        Assert.True((await RunAsync(clerk, c => c with { Invitations = c.Invitations with { LifetimeDays = 3 } })).Done);

        async Task<Outcome<WorkspaceContext>> RunAsync(Actor actor, Func<WorkspaceConfiguration, WorkspaceConfiguration> change)
        {
            await using var db = acme.Store.Read();
            var now = (await WorkspaceContext.ByIdAsync(db, acme.Id, default))!;
            return await new ChangeConfiguration(acme.Store).RunAsync(actor, acme.Id, now.Row.Version, change(now.Configuration), default);
        }
    }

    [Theory, EachDatabase]
    public async Task Of_two_who_change_it_at_once_one_must_look_again(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind);
        var seen = acme.Workspace.Row.Version;
        var race = await Rivals.RaceAsync(8, async i => (
                    await new ChangeConfiguration(acme.Store).RunAsync(
                        Actor.Operator,
                        acme.Id,
                        seen,
                        acme.Workspace.Configuration with
                        {
                            Capacity = new() { Seats = 30 + i, OnFull = OnFull.Refuse },
                        },
                        default
                    )
                ).Refusal?.Code);

        Assert.Single(race, r => r.Required is null);
        Assert.All(race.Where(r => r.Required is not null), r => Assert.Equal("stale", r.Required));
        Assert.InRange((await acme.CountsAsync()).Seats.Limit!.Value, 30, 37);
        await acme.AgreesAsync();
    }

    [Theory, EachDatabase]
    public async Task Only_who_may_configure_does_and_a_wrong_one_changes_nothing(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind);
        var member = acme.As(await acme.JoinAsync("bob@acme.test", "member"));
        var change = new ChangeConfiguration(acme.Store);
        Assert.Equal(
            "forbidden",
            (await change.RunAsync(member, acme.Id, acme.Workspace.Row.Version, acme.Workspace.Configuration, default)).Refusal!.Code
        );
        Assert.Equal(
            "forbidden",
            (await change.RunAsync(acme.Directory, acme.Id, acme.Workspace.Row.Version, acme.Workspace.Configuration, default))
                .Refusal!
                .Code
        );
        var wrong = acme.Workspace.Configuration with { Capacity = new() { Seats = -5 } };
        Assert.Equal(
            "capacity",
            (await change.RunAsync(Actor.Operator, acme.Id, acme.Workspace.Row.Version, wrong, default)).Refusal!.Field
        );
        Assert.Equal(25, (await acme.CountsAsync()).Seats.Limit);
    }

    [Theory, EachDatabase]
    public async Task Who_configures_lifts_nobody_beyond_their_own_reach(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(
            kind,
            "ranked",
            c =>
                With(c, "manager", r => r with { CanGrantUpTo = "editor", Permissions = [.. r.Permissions, Permission.ConfigureWorkspace] })
        );
        await acme.JoinAsync("ada@acme.test", "admin");
        var lead = acme.As(await acme.JoinAsync("lead@acme.test", "manager"));
        var (now, seen, change) = (acme.Workspace.Configuration, acme.Workspace.Row.Version, new ChangeConfiguration(acme.Store));
        WorkspaceConfiguration[] beyond =
        [
            With(now, "admin", r => r with { Label = "Servant" }),
            With(now, "manager", r => r with { CanGrantUpTo = "admin" }),
            With(now, "manager", r => r with { Permissions = [.. r.Permissions, Permission.ManageMembers] }),
            With(now, "editor", r => r with { Permissions = [.. r.Permissions, Permission.ManageDirectory] }),
            With(now, "editor", r => r with { Rank = 45 }),
            With(now, "monitor", r => r with { CanGrantUpTo = "admin" }),
            now with
            {
                Roles =
                [
                    .. now.Roles,
                    new Role
                    {
                        Key = "king",
                        Label = "King",
                        Rank = 99,
                    },
                ],
            },
        ];
        foreach (var wanted in beyond)
        {
            var refusal = (await change.RunAsync(lead, acme.Id, seen, wanted, default)).Refusal;
            Assert.Equal(("grantCeiling", RefusalKind.Forbidden, "roles"), (refusal?.Code, refusal?.Kind, refusal?.Field));
        }

        Assert.Equal(
            beyond.Length,
            (await acme.AuditAsync()).Count(a => a.Refused && a.ActorName == lead.Name && a.Reason == "grantCeiling")
        );
        Assert.True((await change.RunAsync(lead, acme.Id, seen, With(now, "editor", r => r with { Label = "Author" }), default)).Done);

        static WorkspaceConfiguration With(WorkspaceConfiguration c, string key, Func<Role, Role> role) =>
            c with
            {
                Roles = [.. c.Roles.Select(r => r.Key == key ? role(r) : r)],
            };
    }

    [Theory, EachDatabase]
    public async Task A_role_once_wanted_that_vanished_is_wanted_no_more(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(
            kind,
            change: c =>
                c with
                {
                    Roles =
                    [
                        .. c.Roles,
                        new Role
                        {
                            Key = "guest",
                            Label = "Guest",
                            NeedsSeat = true,
                            Rank = 20,
                        },
                    ],
                    Capacity = c.Capacity with { Seats = 0 },
                }
        );
        var guest = await acme.JoinAsync("g@acme.test", "guest");
        Assert.Equal("viewer", guest.Role);
        await acme.ConfigureAsync(c =>
            c with
            {
                Roles = [.. c.Roles.Where(r => r.Key != "guest")],
                Capacity = c.Capacity with { Seats = 5 },
            }
        );
        await new SuspendMember(acme.Store).RunAsync(Actor.Operator, acme.Id, guest.Id, default);
        var back = (await new RestoreMember(acme.Store).RunAsync(Actor.Operator, acme.Id, guest.Id, default)).Value;
        Assert.Equal("viewer", back.Role);
        await acme.AgreesAsync();
    }
}
