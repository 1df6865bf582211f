using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Accounts;
using UserManagement.Membership.Accounts.Factors;
using UserManagement.Membership.Members;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Membership.Tests.Accounts;

public sealed class SessionsTests
{
    [Theory, EachDatabase]
    public async Task Ones_own_list_names_device_and_place_and_each_session_can_be_ended(Database kind)
    {
        await using var rig = await AccountRig.NewAsync(kind);
        await rig.JoinAsync("jo@example.com");
        var eve = await rig.JoinAsync("eve@example.com");
        var signIn = new SignInLocally(rig.Store, AccountRig.Rules);
        var phone = (
            await signIn.RunAsync(
                "jo@example.com",
                AccountRig.GoodPassword,
                new("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile/15E148 Safari/604.1", "198.51.100.4"),
                default
            )
        ).Value;
        var here = (await rig.ReadAsync((await rig.SignInAsync("jo@example.com")).Value.Secret))!;

        var list = await new ListSessions(rig.Store).RunAsync(here, default);

        Assert.Equal((here.Session.Id, true), (list[0].Id, list[0].IsThis));
        var other = Assert.Single(list, s => s.Id == phone.Row.Id);
        Assert.Equal(("Safari on iPhone", "198.51.100.4", "Password", false), (other.Device, other.Address, other.By, other.IsThis));
        Assert.Equal("notFound", (await new EndSession(rig.Store).RunAsync(eve, phone.Row.Id, default)).Refusal!.Code);
        Assert.True((await new EndSession(rig.Store).RunAsync(here, phone.Row.Id, default)).Done);
        Assert.Null(await rig.ReadAsync(phone.Secret));
        Assert.DoesNotContain(await new ListSessions(rig.Store).RunAsync(here, default), s => s.Id == phone.Row.Id);
    }

    [Theory, EachDatabase]
    public async Task An_admin_ends_a_members_sessions_in_this_workspace_until_they_prove_anew_who_they_are(Database kind)
    {
        await using var rig = await AccountRig.NewAsync(kind);
        var other = await AccountRig.NewWorkspaceAsync(rig.Store, "other");
        var boss = (await rig.JoinAsync("boss@example.com", "admin")).Actor!;
        var jo = await rig.JoinAsync("jo@example.com");
        var (_, mailed) = await rig.InviteAsync("jo@example.com", other);
        Assert.True((await rig.Accept().RunAsync(jo, mailed!, null, null, default)).Done);
        var opened = (await rig.SignInAsync("jo@example.com")).Value;
        var end = new EndMemberSessions(rig.Store);
        Assert.Equal("forbidden", (await end.RunAsync(jo.Actor!, rig.Workspace.Id, boss.Member!.Value, default)).Refusal!.Code);
        Assert.Equal("ownMembership", (await end.RunAsync(boss, rig.Workspace.Id, boss.Member.Value, default)).Refusal!.Code);
        var listed = (await new ListSessions(rig.Store).OfMemberAsync(boss, rig.Workspace, jo.Member!.Id, default)).Value.Sessions;
        Assert.NotEmpty(listed);
        async Task<int> ShownAsync() =>
            (await new ListSessions(rig.Store).OfMemberAsync(boss, rig.Workspace, jo.Member!.Id, default)).Value.Sessions.Count;
        Assert.True((await new SuspendMember(rig.Store).RunAsync(boss, rig.Workspace.Id, jo.Member.Id, null, default)).Done);
        Assert.Equal(0, await ShownAsync()); // a session opens nothing here for whoever is suspended
        Assert.True((await new RestoreMember(rig.Store).RunAsync(boss, rig.Workspace.Id, jo.Member.Id, default)).Done);
        Assert.Equal(listed.Count, await ShownAsync());
        Assert.All(listed, s => Assert.Equal((default, null), (s.Id, s.Address)));
        Assert.Equal(
            "forbidden",
            (await new ListSessions(rig.Store).OfMemberAsync(jo.Actor!, rig.Workspace, jo.Member.Id, default)).Refusal!.Code
        );

        Assert.True((await end.RunAsync(boss, rig.Workspace.Id, jo.Member.Id, default)).Done);

        var who = (await rig.ReadAsync(opened.Secret, "acme"))!;
        Assert.Equal((RequiredAction.Again, null), (who.Demand, who.Actor));
        Assert.NotNull((await rig.ReadAsync(opened.Secret, "other"))!.Actor);
        Assert.Empty((await new ListSessions(rig.Store).OfMemberAsync(boss, rig.Workspace, jo.Member.Id, default)).Value.Sessions);
        rig.Clock.Advance(TimeSpan.FromMilliseconds(1));
        var anew = (await new ProveAgain(rig.Store, AccountRig.Rules).ByPasswordAsync(who, AccountRig.GoodPassword, default)).Value;
        Assert.NotNull((await rig.ReadAsync(anew.Secret, "acme"))!.Actor);
        Assert.True((await end.RunAsync(boss, rig.Workspace.Id, jo.Member.Id, default)).Done);
        Assert.Equal(RequiredAction.Again, (await rig.ReadAsync(anew.Secret, "acme"))!.Demand);
    }

    [Theory]
    [InlineData(null, "Unknown device")]
    [InlineData("curl/8.5.0", "curl")]
    [InlineData("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Linux")]
    [InlineData(
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0",
        "Edge on Windows"
    )]
    [InlineData(
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36",
        "Chrome on macOS"
    )]
    [InlineData(
        "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36",
        "Chrome on Android"
    )]
    [InlineData("<script>alert(1)</script>", "Unknown device")]
    public void A_device_is_named_by_what_its_browser_says(string? userAgent, string name) => Assert.Equal(name, Device.Name(userAgent));
}
