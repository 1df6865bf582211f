using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Accounts;
using UserManagement.Membership.Connections;
using UserManagement.Membership.Invitations;
using UserManagement.Membership.InviteLinks;
using UserManagement.Membership.Members;
using UserManagement.Membership.Tests.Connections;
using UserManagement.Membership.Workspaces;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Membership.Tests.InviteLinks;

public sealed class InviteLinkTests
{
    [Theory, EachDatabase]
    [Shows("S4-27", "S4-28", "S4-32", "S4-16", "B-06")]
    public async Task Many_join_by_a_link_in_its_role_with_the_rules_of_an_invitation(Database kind)
    {
        await using var rig = await ConnectionRig.NewAsync(kind);
        var acme = rig.Acme;
        var admin = acme.As(await acme.JoinAsync("ada@acme.test", "admin"));
        await acme.ConfigureAsync(c =>
            c with
            {
                Capacity = c.Capacity with { Seats = 3 },
                Invitations = c.Invitations with { MailsPerDay = 1 }, // used up by the admin's own, which is nothing to links
            }
        );
        var link = await MakeAsync(acme, admin, "member");
        var google = await rig.PlatformAsync(ConnectionKind.Google);

        // Google people sign in by it and are in; the third seat is the last, so the fourth is a viewer.
        var roles = new List<string>();
        foreach (var name in (string[])["bob", "cleo", "dan"])
        {
            var opened = await rig.SignInAsync(Person(rig, google, name + "@corp.example"), link.Secret);
            var joined = await JoinAsync(rig, opened.Value, link.Secret);
            roles.Add(joined.Value.Member.Role);
            Assert.Equal(name + "@corp.example", joined.Value.Member.UserName);
        }

        Assert.Equal(["member", "member", "viewer"], roles);
        var list = (await new ListInviteLinks(acme.Store).RunAsync(admin, acme.Workspace, null, default)).Value;
        Assert.Equal(["member", "admin"], list.Select(l => l.Role.Key));
        Assert.Equal((3, null, 3), (list[0].Link!.Uses, list[0].Link!.MostUses, list[0].Joined.Count));

        // A link made anew ends the one before, and who is in by it stays.
        var next = await MakeAsync(acme, admin, "member");
        Assert.Equal("linkClosed", (await new ReadInviteLink(acme.Store).RunAsync(link.Secret, default)).Refusal?.Code);
        Assert.Equal("linkClosed", (await rig.SignInAsync(Person(rig, google, "eve@corp.example"), link.Secret)).Refusal?.Code);
        Assert.True((await new ReadInviteLink(acme.Store).RunAsync(next.Secret, default)).Done);
        Assert.Equal("notFound", (await new ReadInviteLink(acme.Store).RunAsync(Secret.New(), default)).Refusal?.Code);

        // Somebody who is in already is led in and counts for nothing.
        var again = await rig.SignInAsync(Person(rig, google, "bob@corp.example"));
        var who = (await rig.ReadAsync(again.Value, null))!;
        Assert.Null((await new JoinByLink(acme.Store).RunAsync(who, next.Secret, default)).Value);
        await acme.AgreesAsync();
    }

    [Theory, EachDatabase]
    public async Task An_address_is_proven_by_mail_and_nobody_who_is_there_is_touched(Database kind)
    {
        await using var rig = await ConnectionRig.NewAsync(kind);
        var acme = rig.Acme;
        await acme.ConfigureAsync(c => c with { SignIn = c.SignIn with { LocalPassword = true } });
        var admin = await acme.JoinAsync("ada@acme.test", "admin");
        var directory = (await acme.ProvisionAsync("scim@acme.test")).Value;
        var byName = await acme.InviteAsync("named@acme.test", "viewer");
        var removed = await acme.JoinAsync("gone@acme.test", "member");
        await new RemoveMember(acme.Store).RunAsync(Actor.Operator, acme.Id, removed.Id, default);
        var link = await MakeAsync(acme, acme.As(admin), "member");
        var before = (
            await acme.ReadAsync(directory.Id),
            await acme.ReadAsync(removed.Id),
            await acme.ReadAsync(byName.Invitation.MemberId)
        );
        foreach (
            var known in (string[])
                ["ada@acme.test", "scim@acme.test", "named@acme.test", "gone@acme.test", "new@acme.test", "new@acme.test"]
        )
        {
            Assert.True((await new JoinByLink(acme.Store).AskAsync(link.Secret, known, default)).Done); // the same answer to all
        }

        Assert.Equal("invalidEmail", (await new JoinByLink(acme.Store).AskAsync(link.Secret, "nobody", default)).Refusal?.Code);
        Assert.Equal(
            before,
            (await acme.ReadAsync(directory.Id), await acme.ReadAsync(removed.Id), await acme.ReadAsync(byName.Invitation.MemberId))
        );
        await using var db = acme.Store.Read();
        var asked = await db.Invitations.SingleAsync(i => i.InviteLinkId == link.Link.Id);
        Assert.Equal(("new@acme.test", "member", "ada@acme.test"), (asked.UserName, asked.Role, asked.InvitedBy));
        Assert.Equal(2, await db.OutboxMessages.CountAsync(m => m.Subject == "invitation:" + asked.Id));

        // The mail of a link that was made anew meanwhile opens nothing.
        var secret = acme.Store.Box.OpenText(Invitation.MailPurpose, asked.MailSealed)!;
        await MakeAsync(acme, acme.As(admin), "member");
        Assert.Equal("linkClosed", (await acme.RedeemAsync(secret, "new@acme.test")).Refusal?.Code);
        await acme.AgreesAsync();
    }

    [Theory, EachDatabase]
    public async Task A_number_of_uses_and_an_end_hold_also_for_many_at_once(Database kind)
    {
        await using var rig = await ConnectionRig.NewAsync(kind);
        var acme = rig.Acme;
        var admin = acme.As(await acme.JoinAsync("ada@acme.test", "admin"));
        var link = (await new RenewInviteLink(acme.Store).RunAsync(admin, acme.Id, "member", 7, 3, default)).Value;
        var google = await rig.PlatformAsync(ConnectionKind.Google);
        var opened = new List<OpenedSession>();
        for (var i = 0; i < 8; i++)
        {
            opened.Add((await rig.SignInAsync(Person(rig, google, $"p{i}@corp.example"), link.Secret)).Value);
        }

        var outcomes = await Task.WhenAll(opened.Select(o => JoinAsync(rig, o, link.Secret)));
        Assert.Equal(3, outcomes.Count(o => o.Done));
        Assert.All(outcomes.Where(o => !o.Done), o => Assert.Equal("linkClosed", o.Refusal?.Code));
        Assert.Equal(4, (await acme.CountsAsync()).Seats.Used);

        var other = (await new RenewInviteLink(acme.Store).RunAsync(admin, acme.Id, "member", 7, null, default)).Value;
        acme.Clock.Advance(TimeSpan.FromDays(7));
        Assert.Equal("linkClosed", (await new ReadInviteLink(acme.Store).RunAsync(other.Secret, default)).Refusal?.Code);
        await acme.AgreesAsync();
    }

    [Theory, EachDatabase]
    public async Task Links_are_for_roles_that_are_offered_and_within_ones_reach_and_leave_their_lines(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind);
        var admin = acme.As(await acme.JoinAsync("ada@acme.test", "admin"));
        var viewer = acme.As(await acme.JoinAsync("vera@acme.test", "viewer"));
        var renew = new RenewInviteLink(acme.Store);
        Assert.Equal("forbidden", (await renew.RunAsync(viewer, acme.Id, "member", null, null, default)).Refusal?.Code);
        Assert.Equal("noLinks", (await renew.RunAsync(admin, acme.Id, "viewer", null, null, default)).Refusal?.Code);
        Assert.Equal("role", (await renew.RunAsync(admin, acme.Id, "nosuch", null, null, default)).Refusal?.Field);
        Assert.Equal("days", (await renew.RunAsync(admin, acme.Id, "member", 366, null, default)).Refusal?.Field);
        Assert.Equal("mostUses", (await renew.RunAsync(admin, acme.Id, "member", null, 0, default)).Refusal?.Field);
        var made = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => renew.RunAsync(admin, acme.Id, "admin", null, null, default)));
        Assert.All(made, m => Assert.True(m.Done, m.Refusal?.Message));
        await using (var db = acme.Store.Read())
        {
            Assert.Single(await db.InviteLinks.Where(l => l.EndedAt == null).ToListAsync());
            Assert.All(await db.InviteLinks.Where(l => l.EndedAt != null).ToListAsync(), l => Assert.Null(l.LinkSealed));
        }

        var live = (await new ListInviteLinks(acme.Store).RunAsync(admin, acme.Workspace, null, default)).Value.Single(l =>
            l.Link is not null
        );
        Assert.Equal("ada@acme.test", live.By);
        var copied = (await new CopyInviteLink(acme.Store).RunAsync(admin, acme.Id, live.Link!.Id, default)).Value;
        Assert.Equal(live.Link.Id, (await new ReadInviteLink(acme.Store).RunAsync(copied.Secret, default)).Value.Link.Id);
        var other = await acme.OtherAsync();
        Assert.Equal(
            "notFound",
            (await new CopyInviteLink(acme.Store).RunAsync(Actor.Operator, other.Id, live.Link.Id, default)).Refusal?.Code
        );
        Assert.Equal("forbidden", (await new CopyInviteLink(acme.Store).RunAsync(viewer, acme.Id, live.Link.Id, default)).Refusal?.Code);
        Assert.True((await new EndInviteLink(acme.Store).RunAsync(admin, acme.Id, live.Link.Id, default)).Done);
        Assert.Equal("notFound", (await new EndInviteLink(acme.Store).RunAsync(admin, acme.Id, live.Link.Id, default)).Refusal?.Code);
        Assert.Equal("linkClosed", (await new ReadInviteLink(acme.Store).RunAsync(copied.Secret, default)).Refusal?.Code);

        await acme.ConfigureAsync(c => c with { Invitations = c.Invitations with { LinkRoles = [] } });
        Assert.Equal("noLinks", (await renew.RunAsync(admin, acme.Id, "member", null, null, default)).Refusal?.Code);
        var log = (await acme.AuditAsync()).Where(a => a.ActorName == "ada@acme.test").Select(a => a.Act).ToList();
        Assert.Equal(
            (6, 1, 1),
            (log.Count(a => a == "inviteLink.made"), log.Count(a => a == "inviteLink.copied"), log.Count(a => a == "inviteLink.ended"))
        );
    }

    [Theory, EachDatabase]
    [Shows("B-05")]
    public async Task An_open_invitation_is_found_by_the_address_that_a_provider_proved_without_its_link(Database kind)
    {
        await using var rig = await ConnectionRig.NewAsync(kind);
        var acme = rig.Acme;
        var google = await rig.PlatformAsync(ConnectionKind.Google);
        await rig.InviteAsync("gina@corp.example");
        var unproven = Person(rig, google, "gina@corp.example") with { EmailProven = false };
        Assert.Equal("unknownPerson", (await rig.SignInAsync(unproven)).Refusal?.Code);
        Assert.Equal("unknownPerson", (await rig.SignInAsync(Person(rig, google, "other@corp.example"))).Refusal?.Code);

        var opened = (await rig.SignInAsync(Person(rig, google, "gina@corp.example"))).Value;
        var who = (await rig.ReadAsync(opened, null))!;
        Assert.Equal("invited", (await new ReadKeptOut(acme.Store).RunAsync(who, "acme", default))?.Code);
        var own = Assert.Single(await new ListOwnInvitations(acme.Store).RunAsync(who, default));
        Assert.Null(await new ListOwnInvitations(acme.Store).SecretAsync(who, Id<Invitation>.New(acme.Clock), default));
        var secret = (await new ListOwnInvitations(acme.Store).SecretAsync(who, own.Invitation.Id, default))!;
        Assert.Equal(MemberState.Active, (await rig.AcceptAsync(opened, secret)).Value.Member.State);
        Assert.Empty(await new ListOwnInvitations(acme.Store).RunAsync(who, default));
    }

    private static async Task<IssuedInviteLink> MakeAsync(TestWorkspace acme, Actor actor, string role) =>
        (await new RenewInviteLink(acme.Store).RunAsync(actor, acme.Id, role, null, null, default)).Value;

    private static ProvenIdentity Person(ConnectionRig rig, IdentityConnection google, string address) =>
        rig.Who(google, address, subject: "sub of " + address);

    private static async Task<Outcome<Redeemed>> JoinAsync(ConnectionRig rig, OpenedSession opened, string secret)
    {
        var who = (await rig.ReadAsync(opened, null))!;
        var joined = await new JoinByLink(rig.Acme.Store).RunAsync(who, secret, default);
        return joined.Is(out var invitation, out var refusal) ? await rig.AcceptAsync(opened, invitation!) : refusal;
    }
}
