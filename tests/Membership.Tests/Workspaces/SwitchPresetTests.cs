using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Accounts;
using UserManagement.Membership.Invitations;
using UserManagement.Membership.InviteLinks;
using UserManagement.Membership.Members;
using UserManagement.Membership.Roles;
using UserManagement.Membership.Workspaces;
using UserManagement.Membership.Workspaces.Switching;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Membership.Tests.Workspaces;

public sealed class SwitchPresetTests
{
    private static readonly Dictionary<string, string> Nothing = [];

    [Theory, EachDatabase]
    public async Task What_the_preview_tells_is_what_becomes_of_everybody(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind, "ranked", c => c with { Capacity = c.Capacity with { Seats = 3 } });
        var ada = await acme.JoinAsync("ada@acme.test", "admin");
        acme.Clock.Advance(TimeSpan.FromMinutes(1));
        var mia = await acme.JoinAsync("mia@acme.test", "manager");
        acme.Clock.Advance(TimeSpan.FromMinutes(1));
        var eve = await acme.JoinAsync("eve@acme.test", "editor");
        acme.Clock.Advance(TimeSpan.FromMinutes(1));
        var eli = await acme.JoinAsync("eli@acme.test", "editor");
        var bob = (await acme.ProvisionAsync("bob@acme.test")).Value; // editor too, and the last to come
        var zoe = await acme.JoinAsync("zoe@acme.test", "agentuser");
        var gone = await acme.JoinAsync("gone@acme.test", "editor");
        Assert.True((await new RemoveMember(acme.Store).RunAsync(acme.As(ada), acme.Id, gone.Id, default)).Done);
        var open = await acme.InviteAsync("ivo@acme.test", "monitor");
        var key = (await new CreateApiKey(acme.Store).RunAsync(acme.As(ada), acme.Id, "CI", "editor", TimeSpan.FromDays(9), default)).Value;

        var wanted = new PresetSwitch("seats", new Dictionary<string, string> { ["manager"] = "admin", ["monitor"] = "viewer" }, Nothing);
        var preview = (await new PreviewPresetSwitch(acme.Store).RunAsync(acme.As(ada), acme.Id, wanted, default)).Value;
        Assert.Equal(
            [
                ("admin", "admin", 1, 0),
                ("manager", "admin", 1, 0),
                ("editor", "member", 3, 0),
                ("monitor", "viewer", 1, 1),
                ("agentuser", "viewer", 1, 0),
            ],
            preview.Roles.Select(r => (r.From, r.To, (int)r.People, (int)r.Invitations))
        );
        Assert.Equal((5, 2, null), (preview.SeatsNeeded, preview.SeatsLacking, preview.Refusal));
        var told = preview.Effects.ToLookup(e => e.Code, e => e.Message);
        Assert.Equal(
            "5 seats are needed, and there are 3. 2 users who came last get none and are Viewer until one is free.",
            Assert.Single(told["seatsNeeded"])
        );
        Assert.Contains(
            told["roleMapped"],
            m => m.StartsWith("1 user who is Manager becomes Admin, and may no longer: automations.edit", StringComparison.Ordinal)
        );
        Assert.Contains("no Undo", Assert.Single(told["wayBack"]), StringComparison.Ordinal);
        Assert.Contains("Admin and Manager become Admin alike", Assert.Single(told["wayBack"]), StringComparison.Ordinal);
        Assert.Equal(preview.Effects.OrderBy(e => e.Kind), preview.Effects);
        Assert.Equal("ranked", (await NowAsync(acme)).Configuration.Preset); // nothing yet

        var stale = await new SwitchPreset(acme.Store).RunAsync(acme.As(ada), acme.Id, preview.Version - 1, wanted, default);
        Assert.Equal("stale", stale.Refusal?.Code);
        var old = await new SwitchPreset(acme.Store).RunAsync(
            acme.As(ada) with
            {
                FreshUntil = null,
            },
            acme.Id,
            preview.Version,
            wanted,
            default
        );
        Assert.Equal("signInAgain", old.Refusal?.Code);
        var done = (await new SwitchPreset(acme.Store).RunAsync(acme.As(ada), acme.Id, preview.Version, wanted, default)).Value;
        Assert.Equal(
            ("seats", 3, true),
            (done.Configuration.Preset, done.Configuration.Capacity.Seats, done.Configuration.Role("viewer") is not null)
        );

        (Member Member, string Role, bool Seat)[] expected =
        [
            (ada, "admin", true),
            (mia, "admin", true),
            (eve, "member", true),
            (eli, "viewer", false),
            (bob, "viewer", false),
            (zoe, "viewer", false),
        ];
        foreach (var (member, role, seat) in expected)
        {
            var now = await acme.ReadAsync(member.Id);
            Assert.Equal((member.UserName, role, seat, true), (now.UserName, now.Role, now.HasSeat, now.Version > member.Version));
        }

        await using (var db = acme.Store.Read())
        {
            Assert.Equal(
                ("viewer", InvitationStatus.Pending),
                await db
                    .Invitations.Where(i => i.Id == open.Invitation.Id)
                    .Select(i => new ValueTuple<string, InvitationStatus>(i.Role, i.Stored))
                    .SingleAsync()
            );
            Assert.Equal("member", (await db.ApiKeys.SingleAsync(k => k.Id == key.Row.Id)).Role);
            Assert.Equal("member", (await db.Grants.Where(g => g.MemberId == eli.Id && g.Wanted != null).SingleAsync()).Wanted);
        }

        await acme.AgreesAsync();

        // whoever waits is next, the invited comes in, the removed comes back, and the log tells it all
        Assert.True((await acme.RedeemAsync(open.LinkSecret, "ivo@acme.test")).Done);
        await acme.ConfigureAsync(c => c with { Capacity = c.Capacity with { Seats = 10 } });
        Assert.Equal(
            4,
            (await new AssignSeats(acme.Store).RunAsync(acme.As(await acme.ReadAsync(ada.Id)), acme.Id, default)).Value.Assigned
        );
        Assert.Equal(
            "member",
            (await new RestoreMember(acme.Store).RunAsync(acme.As(await acme.ReadAsync(ada.Id)), acme.Id, gone.Id, default)).Value.Role
        );
        await acme.AgreesAsync();
        await using (var db = acme.Store.Read())
        {
            var line = await db.AuditEntries.SingleAsync(a =>
                a.WorkspaceId == acme.Id && a.Act == "workspace.presetSwitched" && !a.Refused
            );
            Assert.Contains("\"manager\":\"admin\"", line.After, StringComparison.Ordinal);
            Assert.Contains("\"preset\":\"ranked\"", line.Before, StringComparison.Ordinal);
            Assert.Equal((ActorKind.Member, ada.Id.Value), (line.ActorKind, line.ActorId));
        }
    }

    [Theory, EachDatabase]
    public async Task Who_waited_for_a_seat_has_the_role_where_none_is_needed_and_licenses_come_and_go(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind, "seats", c => c with { Capacity = c.Capacity with { Seats = 2 } });
        var ada = await acme.JoinAsync("ada@acme.test", "admin");
        var eve = await acme.JoinAsync("eve@acme.test", "member");
        var vic = await acme.JoinAsync("vic@acme.test", "member"); // waits
        Assert.Equal("viewer", vic.Role);
        var link = (await new RenewInviteLink(acme.Store).RunAsync(acme.As(ada), acme.Id, "member", null, null, default)).Value;
        var open = await acme.InviteAsync("ivo@acme.test", "viewer");
        var preview = (
            await new PreviewPresetSwitch(acme.Store).RunAsync(acme.As(ada), acme.Id, new("licensed", Nothing, Nothing), default)
        ).Value;
        Assert.Contains(preview.Effects, e => e is { Code: "linksEnd", Count: 1 });
        Assert.Contains(preview.Effects, e => e is { Code: "licenseGiven", Count: 3, Message: "3 members without a license get Pro." });
        Assert.True(
            (
                await new SwitchPreset(acme.Store).RunAsync(
                    acme.As(ada),
                    acme.Id,
                    preview.Version,
                    new("licensed", Nothing, Nothing),
                    default
                )
            ).Done
        );
        foreach (var (id, role) in new[] { (ada.Id, "admin"), (eve.Id, "user"), (vic.Id, "user") })
        {
            var now = await acme.ReadAsync(id);
            Assert.Equal((role, "pro", false), (now.Role, now.License, now.HasSeat));
        }

        Assert.Equal("linkClosed", (await new ReadInviteLink(acme.Store).RunAsync(link.Secret, default)).Refusal?.Code);
        await acme.AgreesAsync();
        var joined = (await acme.RedeemAsync(open.LinkSecret, "ivo@acme.test")).Value.Member;
        Assert.Equal(("user", "pro"), (joined.Role, joined.License));
        await acme.AgreesAsync();

        // one license for another, one for none; and back, the invitation being history
        acme.Clock.Advance(TimeSpan.FromMinutes(1));
        var again = (
            await new PreviewPresetSwitch(acme.Store).RunAsync(Actor.Operator, acme.Id, new("csv", Nothing, Nothing), default)
        ).Value;
        Assert.Equal([("business", ""), ("pro", ""), ("knowledge-only", "")], again.Licenses.Select(l => (l.From, l.To)));
        Assert.Contains(again.Effects, e => e is { Kind: EffectKind.Loses, Code: "licenseMapped", Count: 4 });
        Assert.True(
            (await new SwitchPreset(acme.Store).RunAsync(Actor.Operator, acme.Id, null, new("csv", Nothing, Nothing), default)).Done
        );
        Assert.Null((await acme.ReadAsync(ada.Id)).License);
        await acme.AgreesAsync();
    }

    [Theory, EachDatabase]
    public async Task From_each_preset_to_each_other_nobody_is_lost_and_the_counts_agree(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind, "seats", c => c with { Capacity = c.Capacity with { MemberSlots = 9 } });
        var ada = await acme.JoinAsync("ada@acme.test", "admin");
        await acme.JoinAsync("eve@acme.test", "member");
        await acme.JoinAsync("vic@acme.test", "viewer");
        await acme.InviteAsync("ivo@acme.test", "member");
        var at = "seats";
        foreach (
            var to in (string[])
                [
                    "csv",
                    "licensed",
                    "csv",
                    "provider",
                    "licensed",
                    "provider",
                    "ranked",
                    "licensed",
                    "ranked",
                    "csv",
                    "ranked",
                    "provider",
                    "seats",
                    "ranked",
                    "seats",
                    "licensed",
                    "seats",
                    "provider",
                    "csv",
                    "seats",
                    "seats",
                ]
        )
        {
            var switched = await new SwitchPreset(acme.Store).RunAsync(Actor.Operator, acme.Id, null, new(to, Nothing, Nothing), default);
            Assert.True(switched.Done, $"{at} to {to}: {switched.Refusal?.Message}");
            Assert.Equal((to, 9), (switched.Value.Configuration.Preset, switched.Value.Configuration.Capacity.MemberSlots));
            Assert.True(switched.Value.Configuration.Role((await acme.ReadAsync(ada.Id)).Role)!.IsAdmin);
            await acme.AgreesAsync();
            at = to;
        }
    }

    [Theory, EachDatabase]
    public async Task No_switch_leaves_a_workspace_without_its_admin_or_lifts_anybody_above_their_reach(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind, "ranked");
        var ada = await acme.JoinAsync("ada@acme.test", "admin");
        var bea = await acme.JoinAsync("bea@acme.test", "manager");
        var act = new SwitchPreset(acme.Store);
        async Task<string?> CodeAsync(Actor actor, string preset, params (string From, string To)[] roles) =>
            (await act.RunAsync(actor, acme.Id, null, new(preset, roles.ToDictionary(r => r.From, r => r.To), Nothing), default))
                .Refusal
                ?.Code;

        Assert.Equal("ownRole", await CodeAsync(acme.As(ada), "seats", ("admin", "member")));
        Assert.Equal("lastAdmin", await CodeAsync(Actor.Operator, "seats", ("admin", "member")));
        Assert.NotNull(
            (
                await new PreviewPresetSwitch(acme.Store).RunAsync(
                    Actor.Operator,
                    acme.Id,
                    new("seats", new Dictionary<string, string> { ["admin"] = "member" }, Nothing),
                    default
                )
            )
                .Value
                .Refusal
        );
        Assert.Equal("forbidden", await CodeAsync(acme.As(bea), "seats"));
        Assert.Equal("grantCeiling", await CodeAsync(acme.As(bea) with { Permissions = Permission.All.ToHashSet() }, "seats"));
        Assert.Equal(
            "grantCeiling",
            await CodeAsync(acme.As(ada) with { Permissions = new HashSet<string> { Permission.ConfigureWorkspace } }, "seats")
        );
        Assert.Equal("unknownPreset", await CodeAsync(acme.As(ada), "gold"));
        Assert.Equal("unknownRole", await CodeAsync(acme.As(ada), "seats", ("nosuch", "member")));
        Assert.Equal("unknownRole", await CodeAsync(acme.As(ada), "seats", ("editor", "nosuch")));
        Assert.Equal(
            "unknownLicense",
            (
                await act.RunAsync(
                    acme.As(ada),
                    acme.Id,
                    null,
                    new("seats", Nothing, new Dictionary<string, string> { ["pro"] = "" }),
                    default
                )
            )
                .Refusal
                ?.Code
        );
        var other = await acme.OtherAsync();
        Assert.Equal("notFound", (await act.RunAsync(acme.As(ada), other.Id, null, new("seats", Nothing, Nothing), default)).Refusal?.Code);
        Assert.Equal("ranked", (await NowAsync(acme)).Configuration.Preset);
        await acme.AgreesAsync();
    }

    [Theory, EachDatabase]
    public async Task Whoever_changes_somebody_meanwhile_is_moved_with_them(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind, "ranked");
        var ada = await acme.JoinAsync("ada@acme.test", "admin");
        var people = new List<Member>();
        for (var i = 0; i < 8; i++)
        {
            people.Add((await acme.ProvisionAsync($"p{i}@acme.test")).Value);
        }

        var acts = people
            .Select(p => Task.Run(() => new SuspendMember(acme.Store).RunAsync(acme.Directory, acme.Id, p.Id, default)))
            .Append(Task.Run<Outcome<Member>>(async () => await acme.ProvisionAsync("late@acme.test")))
            .ToList();
        var switched = await new SwitchPreset(acme.Store).RunAsync(acme.As(ada), acme.Id, null, new("seats", Nothing, Nothing), default);
        await Task.WhenAll(acts);
        Assert.True(switched.Done, switched.Refusal?.Message);
        await acme.AgreesAsync();
    }

    private static async Task<WorkspaceContext> NowAsync(TestWorkspace acme)
    {
        await using var db = acme.Store.Read();
        return (await WorkspaceContext.ByIdAsync(db, acme.Id, default))!;
    }
}
