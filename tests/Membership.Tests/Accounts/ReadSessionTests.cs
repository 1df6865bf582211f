using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Accounts;
using UserManagement.Membership.Members;
using UserManagement.Membership.Roles;
using UserManagement.Membership.Workspaces;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Membership.Tests.Accounts;

public sealed class ReadSessionTests
{
    [Theory, EachDatabase]
    [Shows("S1-42")]
    public async Task A_session_makes_an_actor_with_what_the_role_allows(Database kind)
    {
        await using var rig = await AccountRig.NewAsync(kind);
        await rig.JoinAsync("boss@example.com", "admin");
        var opened = (await rig.SignInAsync("boss@example.com")).Value;

        var who = (await rig.ReadAsync(opened.Secret, "acme"))!;

        Assert.True(who.Actor!.May(Permission.ManageMembers));
        Assert.Equal(ActorKind.Member, who.Actor.Kind);
        Assert.Equal("Jo Harbour", who.Actor.Name);
        Assert.Equal(who.Member!.Id, who.Actor.Member);
        Assert.Equal("acme", who.Workspace!.Row.Slug);
        Assert.Null((await rig.ReadAsync(opened.Secret))!.Actor);
        Assert.Null((await rig.ReadAsync(opened.Secret, "elsewhere"))!.Actor);
        Assert.Equal(["acme Inc Admin"], (await new ListWorkspaces(rig.Store).RunAsync(who, default)).Select(w => $"{w.Name} {w.Role}"));
    }

    [Theory, EachDatabase]
    [Shows("S1-01")]
    public async Task What_is_no_session_is_nobody(Database kind)
    {
        await using var rig = await AccountRig.NewAsync(kind);
        foreach (var secret in (string[])["", "x", new('A', 43), new('x', 100_000)])
        {
            Assert.True(await rig.ReadAsync(secret, "acme") is null, secret);
            Assert.True(await rig.ReadAsync(secret) is null, secret);
        }
    }

    [Theory]
    [EachDatabase("remove")]
    [EachDatabase("suspend")]
    [Shows("S1-27", "S1-28", "S2-30", "S4-39")]
    public async Task Removal_and_suspension_hold_at_the_next_request_and_in_this_workspace_only(Database kind, string how)
    {
        await using var rig = await AccountRig.NewAsync(kind);
        var other = await AccountRig.NewWorkspaceAsync(rig.Store, "other");
        await rig.JoinAsync("boss@example.com", "admin");
        await rig.JoinAsync("jo@example.com");
        var opened = (await rig.SignInAsync("jo@example.com")).Value;
        var who = (await rig.ReadAsync(opened.Secret, "acme"))!;
        var (_, mailed) = await rig.InviteAsync("jo@example.com", other);
        Assert.True((await rig.Accept().RunAsync(who, mailed!, null, null, default)).Done);

        var act =
            how == "remove"
                ? await new RemoveMember(rig.Store).RunAsync(Actor.Operator, rig.Workspace.Id, who.Member!.Id, default)
                : await new SuspendMember(rig.Store).RunAsync(Actor.Operator, rig.Workspace.Id, who.Member!.Id, default);

        Assert.True(act.Done);
        Assert.Null((await rig.ReadAsync(opened.Secret, "acme"))!.Actor);
        Assert.NotNull((await rig.ReadAsync(opened.Secret, "other"))!.Actor);
        Assert.Equal(["other"], (await new ListWorkspaces(rig.Store).RunAsync(who, default)).Select(w => w.Slug));
    }

    [Theory, EachDatabase]
    [Shows("S1-26", "S3-06")]
    public async Task A_change_of_role_holds_at_the_next_request(Database kind)
    {
        await using var rig = await AccountRig.NewAsync(kind);
        await rig.JoinAsync("boss@example.com", "admin");
        var jo = await rig.JoinAsync("jo@example.com", "member");
        var opened = (await rig.SignInAsync("jo@example.com")).Value;
        Assert.False((await rig.ReadAsync(opened.Secret, "acme"))!.Actor!.May(Permission.ReadMembers));

        await new AssignRole(rig.Store).RunAsync(Actor.Operator, rig.Workspace.Id, jo.Member!.Id, "admin", default);

        Assert.True((await rig.ReadAsync(opened.Secret, "acme"))!.Actor!.May(Permission.ReadMembers));
    }

    [Theory, EachDatabase]
    public async Task A_session_ends_by_signing_out_by_the_clock_and_by_being_ended(Database kind)
    {
        await using var rig = await AccountRig.NewAsync(kind);
        var jo = await rig.JoinAsync("jo@example.com");
        var one = (await rig.SignInAsync("jo@example.com")).Value;
        var two = (await rig.SignInAsync("jo@example.com")).Value;
        var three = (await rig.SignInAsync("jo@example.com")).Value;

        await new SignOut(rig.Store).RunAsync((await rig.ReadAsync(one.Secret))!, default);
        Assert.Null(await rig.ReadAsync(one.Secret));
        Assert.NotNull(await rig.ReadAsync(two.Secret));

        Assert.Equal(2, (await new EndSessions(rig.Store).RunAsync(jo.Person, jo.Account.Id, two.Row.Id, default)).Value);
        Assert.Null(await rig.ReadAsync(three.Secret));
        Assert.NotNull(await rig.ReadAsync(two.Secret));
        Assert.Equal(
            "forbidden",
            (await new EndSessions(rig.Store).RunAsync((await rig.JoinAsync("eve@example.com")).Person, jo.Account.Id, null, default))
                .Refusal!
                .Code
        );

        rig.Clock.MoveTo(two.Row.ExpiresAt);
        Assert.Null(await rig.ReadAsync(two.Secret));
    }

    [Theory, EachDatabase]
    public async Task A_workspace_without_passwords_keeps_out_who_signed_in_with_one(Database kind)
    {
        await using var rig = await AccountRig.NewAsync(kind);
        await rig.JoinAsync("jo@example.com");
        var opened = (await rig.SignInAsync("jo@example.com")).Value;
        var without = rig.Workspace.Configuration with { SignIn = rig.Workspace.Configuration.SignIn with { LocalPassword = false } };
        Assert.True(
            (
                await new ChangeConfiguration(rig.Store).RunAsync(
                    Actor.Operator,
                    rig.Workspace.Id,
                    rig.Workspace.Row.Version,
                    without,
                    default
                )
            ).Done
        );

        var who = (await rig.ReadAsync(opened.Secret, "acme"))!;

        Assert.Null(who.Actor);
        Assert.Equal("passwordNotTaken", who.Barred!.Code);
    }

    [Theory, EachDatabase]
    public async Task A_request_of_who_is_signed_in_asks_the_database_once(Database kind)
    {
        using var queries = StatementLog.Start();
        using var reads = ReadLog.Start();
        await using var rig = await AccountRig.NewAsync(kind);
        await rig.JoinAsync("jo@example.com");
        var opened = (await rig.SignInAsync("jo@example.com")).Value;
        var touch = new TouchActivity(rig.Store);
        async Task<(string Who, int RoundTrips)> AskAsync(string? slug)
        {
            queries.Clear();
            reads.Clear();
            var who = (await rig.ReadAsync(opened.Secret, slug))!;
            await touch.RunAsync(who, default);
            return ($"{who.Account.DisplayName} {who.Member?.UserName}", reads.RoundTrips + queries.Statements.Count);
        }

        await AskAsync("acme"); // the first one asks for the member apart, and notes that the person is here
        Assert.Equal(("Jo jo@example.com", 1), await AskAsync("acme"));
        Assert.Equal(("Jo jo@example.com", 1), await AskAsync("acme"));
        Assert.Equal(("Jo ", 1), await AskAsync(null));
        Assert.Equal(("Jo ", 1), await AskAsync("elsewhere"));
    }

    [Theory, EachDatabase]
    public async Task Where_a_name_means_another_workspace_than_before_that_one_is_read(Database kind)
    {
        await using var rig = await AccountRig.NewAsync(kind);
        var other = await AccountRig.NewWorkspaceAsync(rig.Store, "other");
        var jo = await rig.JoinAsync("jo@example.com", "admin");
        var eve = await rig.JoinAsync("eve@example.com", "admin");
        var (_, mailed) = await rig.InviteAsync("jo@example.com", other, "member");
        Assert.True((await rig.Accept().RunAsync(jo, mailed!, null, null, default)).Done);
        var joOpened = (await rig.SignInAsync("jo@example.com")).Value;
        var eveOpened = (await rig.SignInAsync("eve@example.com")).Value;
        Assert.Equal(jo.Member!.Id, (await rig.ReadAsync(joOpened.Secret, "acme"))!.Actor!.Member);
        Assert.Equal(eve.Member!.Id, (await rig.ReadAsync(eveOpened.Secret, "acme"))!.Actor!.Member);

        await using (var db = rig.Store.Read())
        {
            await db.Workspaces.Where(w => w.Id == rig.Workspace.Id).ExecuteUpdateAsync(w => w.SetProperty(x => x.Slug, "former"));
            await db.Workspaces.Where(w => w.Id == other.Id).ExecuteUpdateAsync(w => w.SetProperty(x => x.Slug, "acme"));
        }

        for (var times = 0; times < 2; times++) // as one who remembers the former, and as one who remembers the new one
        {
            var who = (await rig.ReadAsync(joOpened.Secret, "acme"))!;
            Assert.Equal((other.Id, "member", other.Id), (who.Actor!.Workspace, who.Actor.Role, who.Member!.WorkspaceId));
            Assert.Null((await rig.ReadAsync(eveOpened.Secret, "acme"))!.Actor);
        }
    }

    [Theory, EachDatabase]
    public async Task Activity_is_noted_at_most_once_a_minute(Database kind)
    {
        await using var rig = await AccountRig.NewAsync(kind);
        await rig.JoinAsync("jo@example.com");
        var opened = (await rig.SignInAsync("jo@example.com")).Value;
        var who = (await rig.ReadAsync(opened.Secret, "acme"))!;
        var touch = new TouchActivity(rig.Store);
        var first = rig.Clock.Now;
        await touch.RunAsync(who, default);
        rig.Clock.Advance(TimeSpan.FromSeconds(59));
        await touch.RunAsync(who, default);
        await new TouchActivity(rig.Store).RunAsync(who, default); // another server: the row says that it was noted
        Assert.Equal((first, first, first), await ActivityAsync(rig, who));

        rig.Clock.Advance(TimeSpan.FromSeconds(1));
        await touch.RunAsync(who, default);
        Assert.Equal((first, first, first.AddMinutes(1)), await ActivityAsync(rig, who));

        var again = (await rig.SignInAsync("jo@example.com")).Value;
        await touch.RunAsync((await rig.ReadAsync(again.Secret, "acme"))!, default);
        Assert.Equal((first, first.AddMinutes(1), first.AddMinutes(1)), await ActivityAsync(rig, who));
        Assert.Equal(who.Member!.Version, (await rig.MemberAsync("jo@example.com")).Version);
    }

    private static async Task<(DateTimeOffset, DateTimeOffset, DateTimeOffset)> ActivityAsync(AccountRig rig, SignedIn who)
    {
        await using var db = rig.Store.Read();
        var row = (await db.MemberActivities.FindAsync(who.Member!.WorkspaceId, who.Member.Id))!;
        return (row.FirstSignInAt, row.LastSignInAt, row.LastActiveAt);
    }
}
