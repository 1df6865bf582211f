using UserManagement.Membership.Access;
using UserManagement.Membership.Invitations;
using UserManagement.Membership.Licensing;
using UserManagement.Membership.Members;
using UserManagement.Membership.Plans;
using UserManagement.Membership.Roles;
using UserManagement.Membership.Workspaces;
using UserManagement.Membership.Workspaces.Switching;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Membership.Tests.Plans;

public sealed class SetPlanTests
{
    [Theory, EachDatabase]
    [Shows("S4-12", "S3-34")]
    public async Task An_admin_sees_the_limits_and_raises_none_of_them_by_no_way_round(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(
            kind,
            change: c =>
                c with
                {
                    Licenses =
                    [
                        new()
                        {
                            Key = "pro",
                            Label = "Pro",
                            Features = ["chat"],
                            Pool = 3,
                        },
                        new() { Key = "basic", Label = "Basic" },
                    ],
                }
        );
        var boss = acme.As(await acme.JoinAsync("boss@acme.test", "admin"));
        var admin = acme.Workspace.Configuration.Role("admin")!;
        var basic = acme.Workspace.Configuration.License("basic")!;
        Dictionary<string, Func<WorkspaceConfiguration, WorkspaceConfiguration>> tries = new()
        {
            ["more seats"] = c => c with { Capacity = c.Capacity with { Seats = 26 } },
            ["any seats"] = c => c with { Capacity = c.Capacity with { Seats = null } },
            ["fewer seats, which could not be taken back"] = c => c with { Capacity = c.Capacity with { Seats = 2 } },
            ["a grace"] = c => c with { Capacity = c.Capacity with { GracePercent = 100, GraceDays = 365 } },
            ["slots"] = c => c with { Capacity = c.Capacity with { MemberSlots = 99 } },
            ["mails"] = c => c with { Invitations = c.Invitations with { MailsPerDay = null } },
            ["a pool"] = c => c with { Licenses = [.. c.Licenses.Select(l => l with { Pool = 1000 })] },
            ["a limited type made anew"] = c => c with { Licenses = [basic] },
            ["a twin of it"] = c => c with { Licenses = [.. c.Licenses, c.Licenses[0] with { Key = "twin", Pool = null }] },
            ["what it opens by another"] = c => c with { Licenses = [c.Licenses[0], basic with { Features = ["chat"] }] },
            ["a seatless twin of a role"] = c =>
                c with
                {
                    Roles = [.. c.Roles, c.Role("member")! with { Key = "guest", Label = "Guest", Rank = 20, NeedsSeat = false }],
                },
            ["a seat's role by inclusion"] = c =>
                c with
                {
                    Roles = [.. c.Roles.Select(r => r.Key == "viewer" ? r with { Includes = ["member"] } : r with { Includes = [] })],
                },
            ["a role that needs no seat any more"] = c =>
                c with
                {
                    Roles = [.. c.Roles.Select(r => r.Key == "member" ? r with { NeedsSeat = false } : r)],
                },
        };
        foreach (var (name, change) in tries)
        {
            var refused = await ChangeAsync(acme, boss, change);
            Assert.True(refused.Refusal?.Code == "planLimit", $"{name}: {refused.Refusal?.Code}");
            Assert.Equal(RefusalKind.Forbidden, refused.Refusal!.Kind);
        }

        Assert.True((await ChangeAsync(acme, boss, c => c with { Invitations = c.Invitations with { LifetimeDays = 3 } })).Done);
        Assert.True(
            (
                await ChangeAsync(
                    acme,
                    boss,
                    c => c with { Roles = [.. c.Roles, admin with { Key = "clerk", Label = "Clerk", Rank = 60, IsAdmin = false }] }
                )
            ).Done
        );
        Assert.Equal(
            "forbidden",
            (await new SetPlan(acme.Store).RunAsync(boss, acme.Id, t => t with { Seats = 99 }, default)).Refusal?.Code
        );

        var set = await new SetPlan(acme.Store).RunAsync(
            Actor.Operator,
            acme.Id,
            t =>
                t with
                {
                    Tier = PlanTier.Business,
                    Seats = 40,
                    Pools = new Dictionary<string, int?> { ["pro"] = 7 },
                },
            default
        );
        Assert.Equal((40, 7), (set.Value.Configuration.Capacity.Seats, set.Value.Configuration.License("pro")!.Pool));
        var counts = await acme.CountsAsync();
        Assert.Equal((40, 7), (counts.Seats.Limit, counts.License("pro").Limit));
        Assert.Equal(
            tries.Count,
            (await acme.AuditAsync()).Count(a => a is { Act: "workspace.configured", Refused: true, Reason: "planLimit" })
        );
        Assert.Single(await acme.AuditAsync(), a => a is { Act: "plan.set", Refused: false, ActorKind: ActorKind.Operator });
        await acme.AgreesAsync();
    }

    [Theory, EachDatabase]
    [Shows("S4-23")]
    public async Task Fewer_seats_than_are_in_use_throw_nobody_out_and_give_none_out(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind);
        var people = new List<Member>();
        foreach (var name in (string[])["ada", "bob", "cleo"])
        {
            people.Add(await acme.JoinAsync($"{name}@acme.test", name == "ada" ? "admin" : "member"));
        }

        var set = await SetAsync(acme, t => t with { Seats = 1 });
        Assert.True(set.Done);
        var counts = await acme.CountsAsync();
        Assert.Equal((3, 1, true), (counts.Seats.Used, counts.Seats.Limit, counts.Seats.IsOver));
        foreach (var person in people)
        {
            Assert.True((await acme.ReadAsync(person.Id)).HasSeat);
        }

        var late = await acme.JoinAsync("dan@acme.test");
        Assert.Equal(("viewer", false), (late.Role, late.HasSeat));
        Assert.Equal("seatsFull", (await acme.AssignAsync(acme.As(people[0]), late.Id, "member")).Refusal?.Code);
        await acme.AgreesAsync();
    }

    [Theory, EachDatabase]
    public async Task After_the_last_day_of_a_trial_nothing_is_given_out_and_nobody_is_thrown_out(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind, change: c => c with { Capacity = c.Capacity with { Seats = null } });
        var boss = acme.As(await acme.JoinAsync("boss@acme.test", "admin"));
        var viewer = await acme.JoinAsync("vera@acme.test", "viewer");
        var today = DateOnly.FromDateTime(acme.Clock.GetUtcNow().UtcDateTime);
        await SetAsync(acme, t => t with { Tier = PlanTier.Trial, TrialEnds = today, MailsPerDay = null });
        Assert.Equal("member", (await acme.JoinAsync("first@acme.test")).Role);
        var invited = await acme.InviteAsync("late@acme.test");

        acme.Clock.Advance(TimeSpan.FromDays(1));
        Assert.Equal("viewer", (await acme.RedeemAsync(invited.LinkSecret, "late@acme.test")).Value.Member.Role);
        Assert.Equal("trialOver", (await acme.AssignAsync(boss, viewer.Id, "member")).Refusal?.Code);
        Assert.Equal("trialOver", (await new AssignSeats(acme.Store).RunAsync(boss, acme.Id, default)).Refusal?.Code);
        Assert.Equal("trialOver", (await InviteAsync(acme, "mailed@acme.test")).Refusal?.Code);
        Assert.True((await InviteAsync(acme, "handed@acme.test", mail: false)).Done);
        Assert.True((await acme.ReadAsync(boss.Member!.Value)).HasSeat);
        Assert.True((await acme.AssignAsync(Actor.Operator, boss.Member!.Value, "admin")).Done);
        var read = (await new ReadPlan(acme.Store).RunAsync(boss, acme.Id, default)).Value;
        Assert.Equal((true, PlanTier.Trial, 0), (read.IsOver, read.Terms.Tier, read.Mails.Left));

        await SetAsync(acme, t => t with { Tier = PlanTier.Business, TrialEnds = null });
        Assert.True((await acme.AssignAsync(boss, viewer.Id, "member")).Done);
        await acme.AgreesAsync();
    }

    [Theory, EachDatabase]
    public async Task No_preset_takes_the_plan_off(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind);
        var boss = acme.As(await acme.JoinAsync("boss@acme.test", "admin"));
        await SetAsync(acme, t => t with { Tier = PlanTier.Business, Seats = 3, MailsInAll = 9, MailsPerDay = null });
        Assert.Equal("planLimit", (await SwitchAsync(acme, boss, "ranked")).Refusal?.Code);
        var switched = (await SwitchAsync(acme, Actor.Operator, "ranked")).Value;
        Assert.Equal((3, 9), (PlanTerms.Of(switched).Seats, PlanTerms.Of(switched).MailsInAll));

        var licensed = await acme.OtherAsync("licensed", "licensed");
        var admin = licensed.As(await licensed.JoinAsync("ada@acme.test", "admin"));
        await SetAsync(licensed, t => t with { Pools = new Dictionary<string, int?> { ["pro"] = 2 } });
        Assert.Equal("planLimit", (await SwitchAsync(licensed, admin, "ranked")).Refusal?.Code); // and back, with pools of its own
        await acme.AgreesAsync();
    }

    [Theory, EachDatabase]
    public async Task What_is_no_plan_is_refused_and_what_is_not_named_stays(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind, "licensed");
        var other = await acme.OtherAsync();
        await SetAsync(other, t => t with { Customer = "cus_1" });
        Dictionary<string, Func<PlanTerms, PlanTerms>> wrong = new()
        {
            ["invalidPlan"] = t => t with { Seats = -1 },
            ["unknownLicense"] = t => t with { Pools = new Dictionary<string, int?> { ["gold"] = 1 } },
            ["invalidMails"] = t => t with { MailsInAll = 1, MailsPerDay = 1 },
            ["invalidContact"] = t => t with { Contact = "Ada\nByron" },
            ["invalidCustomer"] = t => t with { Customer = "cus 1" },
            ["customerTaken"] = t => t with { Customer = "cus_1" },
        };
        foreach (var (code, change) in wrong)
        {
            Assert.Equal(code, (await SetAsync(acme, change)).Refusal?.Code);
        }

        var before = PlanTerms.Of(acme.Workspace);
        await SetAsync(acme, t => t with { Contact = "Ada Byron, ada@example.com" });
        var version = (await SetAsync(acme, t => t)).Value.Row.Version; // what changes nothing writes nothing
        var after = (await SetAsync(acme, t => t)).Value;
        Assert.Equal(version, after.Row.Version);
        Assert.Equal(
            before with
            {
                Contact = "Ada Byron, ada@example.com",
                Pools = after.Configuration.Licenses.ToDictionary(l => l.Key, l => l.Pool),
            },
            PlanTerms.Of(after) with
            {
                Pools = after.Configuration.Licenses.ToDictionary(l => l.Key, l => l.Pool),
            },
            (a, b) => (a with { Pools = b.Pools }) == b
        );
        Assert.Equal(2000, PlanTerms.Of(after).MailsPerDay); // who was there before plans keeps what they had
    }

    [Theory, EachDatabase]
    public async Task Two_who_set_a_plan_at_once_lose_nothing_of_each_other(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind);
        var set = await Task.WhenAll(
            SetAsync(acme, t => t with { Seats = 31 }),
            SetAsync(acme, t => t with { MemberSlots = 32 }),
            SetAsync(acme, t => t with { MailsInAll = 33, MailsPerDay = null }),
            SetAsync(acme, t => t with { Contact = "Ada" })
        );
        Assert.All(set, s => Assert.True(s.Done));
        var use = (await new ReadPlan(acme.Store).RunAsync(Actor.Operator, acme.Id, default)).Value;
        Assert.Equal((31, 32, 33, "Ada"), (use.Terms.Seats, use.Terms.MemberSlots, use.Terms.MailsInAll, use.Terms.Contact));
        await acme.AgreesAsync();
    }

    private static Task<Outcome<WorkspaceContext>> SetAsync(TestWorkspace acme, Func<PlanTerms, PlanTerms> change) =>
        new SetPlan(acme.Store).RunAsync(Actor.Operator, acme.Id, change, default);

    private static Task<Outcome<WorkspaceContext>> SwitchAsync(TestWorkspace acme, Actor actor, string preset) =>
        new SwitchPreset(acme.Store).RunAsync(
            actor,
            acme.Id,
            null,
            new(preset, new Dictionary<string, string>(), new Dictionary<string, string>()),
            default
        );

    private static async Task<Outcome<IssuedInvitation>> InviteAsync(TestWorkspace acme, string name, bool mail = true) =>
        (await new InvitePeople(acme.Store).RunAsync(Actor.Operator, acme.Id, new() { UserNames = [name], SendMail = mail }, default))
            .Value[0]
            .Outcome;

    private static async Task<Outcome<WorkspaceContext>> ChangeAsync(
        TestWorkspace acme,
        Actor actor,
        Func<WorkspaceConfiguration, WorkspaceConfiguration> change
    )
    {
        await using var db = acme.Store.Read();
        var now = (await WorkspaceContext.ByIdAsync(db, acme.Id, default))!;
        return await new ChangeConfiguration(acme.Store).RunAsync(actor, acme.Id, now.Row.Version, change(now.Configuration), default);
    }
}
