using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Accounts;
using UserManagement.Membership.Licensing;
using UserManagement.Membership.Members;
using UserManagement.Membership.Workspaces;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Membership.Tests.Accounts;

public sealed class InviteAdminTests
{
    [Theory, EachDatabase]
    public async Task The_first_admin_of_each_preset_comes_in_by_a_link_that_works_once(Database kind)
    {
        await using var rig = await AccountRig.NewAsync(kind);
        foreach (var preset in Preset.Names)
        {
            var workspace = await AccountRig.NewWorkspaceAsync(rig.Store, "of-" + preset, preset);
            var secret = (
                await new InviteAdmin(rig.Store).RunAsync(
                    Actor.Operator,
                    workspace.Id,
                    $"{preset}@example.com",
                    TimeSpan.FromHours(1),
                    default
                )
            ).Value;
            var use = new UseOneTimeLink(rig.Store);
            Assert.True(await use.IsOpenAsync(secret, default));
            Assert.True(await use.IsOpenAsync(secret, default)); // looking uses nothing up
            var opened = (await use.RunAsync(secret, AccountRig.Browser, default)).Value;

            var who = (await rig.ReadAsync(opened.Secret, "of-" + preset))!;
            Assert.True(who.Workspace!.Configuration.Role(who.Member!.Role)!.IsAdmin, preset);
            Assert.True(who.Actor!.May(Permission.ManageMembers), preset);
            Assert.False(await use.IsOpenAsync(secret, default));
            Assert.Equal("linkDead", (await use.RunAsync(secret, AccountRig.Browser, default)).Refusal!.Code);
        }

        Assert.Empty(await new VerifyCounters(rig.Store).RunAsync(default));
    }

    [Theory, EachDatabase]
    public async Task Where_no_seat_is_free_the_operator_is_refused_instead_of_given_a_link_for_a_viewer(Database kind)
    {
        await using var rig = await AccountRig.NewAsync(kind);
        for (var i = 0; i < 25; i++)
        {
            await rig.JoinAsync($"p{i}@example.com", "member");
        }

        Assert.Equal("seatsFull", (await InviteAsync(rig, "boss@example.com")).Refusal!.Code);

        await using var db = rig.Store.Read();
        Assert.Empty(db.OneTimeLinks);
        Assert.Empty(await new VerifyCounters(rig.Store).RunAsync(default));
    }

    [Theory, EachDatabase]
    public async Task Of_twenty_with_the_same_link_one_is_signed_in(Database kind)
    {
        await using var rig = await AccountRig.NewAsync(kind);
        var secret = (await InviteAsync(rig, "boss@example.com")).Value;

        var outcomes = await Rivals.RaceAsync(20, _ => new UseOneTimeLink(rig.Store).RunAsync(secret, AccountRig.Browser, default));

        Assert.Single(outcomes, o => o.Required.Done);
        Assert.All(outcomes.Where(o => !o.Required.Done), o => Assert.Equal("linkDead", o.Required.Refusal!.Code));
    }

    [Theory, EachDatabase]
    public async Task A_link_ends_by_the_clock_and_by_a_newer_one(Database kind)
    {
        await using var rig = await AccountRig.NewAsync(kind);
        var use = new UseOneTimeLink(rig.Store);
        var first = (await InviteAsync(rig, "boss@example.com")).Value;
        var second = (await InviteAsync(rig, "BOSS@example.com")).Value;

        Assert.False(await use.IsOpenAsync(first, default));
        rig.Clock.Advance(TimeSpan.FromHours(1) - TimeSpan.FromMilliseconds(1));
        Assert.True(await use.IsOpenAsync(second, default));
        rig.Clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal("linkDead", (await use.RunAsync(second, AccountRig.Browser, default)).Refusal!.Code);
        Assert.Equal("linkDead", (await use.RunAsync("", AccountRig.Browser, default)).Refusal!.Code);
        Assert.Equal("linkDead", (await use.RunAsync(new string('x', 100_000), AccountRig.Browser, default)).Refusal!.Code);
    }

    [Theory, EachDatabase]
    public async Task Who_is_made_an_admin_of_two_workspaces_has_a_link_into_each_until_they_set_a_password(Database kind)
    {
        await using var rig = await AccountRig.NewAsync(kind);
        var invite = new InviteAdmin(rig.Store);
        var other = await AccountRig.NewWorkspaceAsync(rig.Store, "other");
        var third = await AccountRig.NewWorkspaceAsync(rig.Store, "third");
        List<string> secrets = [];
        foreach (var workspace in (Id<Workspace>[])[rig.Workspace.Id, other.Id, third.Id])
        {
            secrets.Add((await invite.RunAsync(Actor.Operator, workspace, "boss@example.com", TimeSpan.FromHours(1), default)).Value);
        }

        var use = new UseOneTimeLink(rig.Store);
        var first = (await use.RunAsync(secrets[0], AccountRig.Browser, default)).Value;
        Assert.Equal(("acme", true), (first.Slug, first.IsUnnamed));
        var second = (await use.RunAsync(secrets[1], AccountRig.Browser, default)).Value;
        Assert.Equal(("other", true), (second.Slug, second.IsUnnamed));
        Assert.Equal(first.Row.AccountId, second.Row.AccountId);
        Assert.True(await use.IsOpenAsync(secrets[2], default));

        var who = (await rig.ReadAsync(first.Secret, "acme"))!;
        await new CompleteProfile(rig.Store).RunAsync(who.Actor!, rig.Workspace.Id, "Bo", "Ss", default);
        var set = new SetPassword(rig.Store, AccountRig.Rules);
        Assert.True((await set.RunAsync(who, null, "seven tall lighthouses", AccountRig.Browser, default)).Done);
        Assert.False(await use.IsOpenAsync(secrets[2], default)); // the password opens all three now
        var again = (await invite.RunAsync(Actor.Operator, rig.Workspace.Id, "boss@example.com", TimeSpan.FromHours(1), default)).Value;
        var named = (await use.RunAsync(again, AccountRig.Browser, default)).Value;
        Assert.Equal(("acme", false), (named.Slug, named.IsUnnamed));
    }

    [Theory, EachDatabase]
    public async Task A_strangers_unproven_account_under_the_address_is_not_made_an_admin(Database kind)
    {
        await using var rig = await AccountRig.NewAsync(kind);
        var evil = await AccountRig.NewWorkspaceAsync(rig.Store, "evil");
        await rig.JoinAsync("boss@example.com", byMail: false, workspace: evil);
        var stranger = (await rig.SignInAsync("boss@example.com")).Value;

        var secret = (await InviteAsync(rig, "boss@example.com")).Value;

        Assert.Null(await rig.ReadAsync(stranger.Secret));
        Assert.False((await rig.SignInAsync("boss@example.com")).Done);
        var opened = (await new UseOneTimeLink(rig.Store).RunAsync(secret, AccountRig.Browser, default)).Value;
        Assert.NotEqual(stranger.Row.AccountId, opened.Row.AccountId);
        Assert.NotNull((await rig.ReadAsync(opened.Secret, "acme"))!.Actor);
        Assert.Null((await rig.ReadAsync(opened.Secret, "evil"))!.Actor);
    }

    [Theory, EachDatabase]
    public async Task A_member_with_a_proven_address_keeps_account_and_password_and_a_removed_one_is_let_in_again(Database kind)
    {
        await using var rig = await AccountRig.NewAsync(kind);
        await InviteAsync(rig, "first@example.com");
        var jo = await rig.JoinAsync("jo@example.com", "member");
        await new RemoveMember(rig.Store).RunAsync(Actor.Operator, rig.Workspace.Id, jo.Member!.Id, default);

        Assert.True((await InviteAsync(rig, "jo@example.com")).Done);

        var now = await rig.MemberAsync("jo@example.com");
        Assert.Equal((jo.Member.Id, jo.Account.Id, MemberState.Active, "admin"), (now.Id, now.AccountId!.Value, now.State, now.Role));
        Assert.True((await rig.SignInAsync("jo@example.com")).Done);
        Assert.Empty(await new VerifyCounters(rig.Store).RunAsync(default));
    }

    [Theory, EachDatabase]
    public async Task Whom_the_directory_renamed_is_made_an_admin_again_and_not_a_second_member(Database kind)
    {
        await using var rig = await AccountRig.NewAsync(kind);
        Assert.True((await InviteAsync(rig, "jo@example.com")).Done);
        var jo = await rig.MemberAsync("jo@example.com");
        var directory = new Actor
        {
            Kind = ActorKind.Directory,
            Door = Door.Scim,
            Name = "Entra",
            Workspace = rig.Workspace.Id,
            Permissions = Actor.DirectoryPermissions,
        };
        Assert.True(
            (
                await new UpdateProvisionedMember(rig.Store).RunAsync(
                    directory,
                    rig.Workspace.Id,
                    jo.Id,
                    null,
                    m => MemberAttributes.Of(m) with { UserName = "jo.new@example.com", Active = true },
                    default
                )
            ).Done
        );

        var secret = (await InviteAsync(rig, "jo@example.com")).Value;

        var opened = (await new UseOneTimeLink(rig.Store).RunAsync(secret, AccountRig.Browser, default)).Value;
        Assert.Equal(jo.Id, (await rig.ReadAsync(opened.Secret, "acme"))!.Member!.Id);
        await using var db = rig.Store.Read();
        Assert.Equal(
            (1, 1),
            (db.Members.Count(m => m.AccountId == jo.AccountId), db.Members.Count(m => m.WorkspaceId == rig.Workspace.Id && m.HasSeat))
        );
        Assert.Empty(await new VerifyCounters(rig.Store).RunAsync(default));
    }

    [Theory, EachDatabase]
    public async Task The_database_itself_holds_that_an_account_is_one_member_of_a_workspace(Database kind)
    {
        await using var rig = await AccountRig.NewAsync(kind);
        var jo = (await rig.JoinAsync("jo@example.com", "member")).Member!;
        await rig.JoinAsync("ada@example.com", "member");
        var ada = await rig.MemberAsync("ada@example.com");
        await using var db = rig.Store.Read();
        await Assert.ThrowsAnyAsync<System.Data.Common.DbException>(() =>
            db.Members.Where(m => m.Id == ada.Id).ExecuteUpdateAsync(s => s.SetProperty(m => m.AccountId, jo.AccountId))
        );
        await new EndMember(rig.Store).RunAsync(Actor.Operator, rig.Workspace.Id, jo.Id, null, default);
        // who has ended keeps it as history
        Assert.Equal(1, await db.Members.Where(m => m.Id == ada.Id).ExecuteUpdateAsync(s => s.SetProperty(m => m.AccountId, jo.AccountId)));
    }

    [Theory, EachDatabase]
    public async Task Nobody_but_the_operator_may_and_no_address_no_link(Database kind)
    {
        await using var rig = await AccountRig.NewAsync(kind);
        var boss = (await rig.JoinAsync("boss@example.com", "admin")).Actor!;

        Assert.Equal(
            "forbidden",
            (await new InviteAdmin(rig.Store).RunAsync(boss, rig.Workspace.Id, "a@example.com", TimeSpan.FromHours(1), default))
                .Refusal!
                .Code
        );
        Assert.Equal("email", (await InviteAsync(rig, "no address")).Refusal!.Field);
        Assert.Equal(
            "notFound",
            (
                await new InviteAdmin(rig.Store).RunAsync(
                    Actor.Operator,
                    new(Guid.CreateVersion7()),
                    "a@example.com",
                    TimeSpan.FromHours(1),
                    default
                )
            )
                .Refusal!
                .Code
        );
    }

    private static Task<Outcome<string>> InviteAsync(AccountRig rig, string email) =>
        new InviteAdmin(rig.Store).RunAsync(Actor.Operator, rig.Workspace.Id, email, TimeSpan.FromHours(1), default);
}
