using System.Buffers.Text;
using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Accounts;
using UserManagement.Membership.Groups;
using UserManagement.Membership.Invitations;
using UserManagement.Membership.Members;
using UserManagement.Membership.Workspaces;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Membership.Tests.Invitations;

/// <summary>Redemption against security cases I1 to I8 and requirements S3-08 to S3-31.</summary>
public sealed class RedeemInvitationTests
{
    private const string Tenant = "6f2c3b60-3b3f-4b2a-9c5e-7b1d1c0f2a11";
    private static readonly Actor Person = new()
    {
        Kind = ActorKind.Person,
        Door = Door.SignIn,
        Name = "somebody",
    };

    [Theory, EachDatabase]
    [Shows("S0-46", "S2-21", "S3-18", "S3-19")]
    public async Task An_invitation_ends_at_its_millisecond_without_any_job(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind);
        var first = await acme.InviteAsync("one@acme.test");
        var second = await acme.InviteAsync("two@acme.test");
        Assert.Equal(acme.Clock.Now.AddDays(7), first.Invitation.ExpiresAt);

        acme.Clock.Advance(TimeSpan.FromDays(7) - TimeSpan.FromMilliseconds(1));
        Assert.Equal(
            InvitationStatus.Pending,
            (await new ReadInvitationByLink(acme.Store).RunAsync(first.LinkSecret, default)).Value.Status
        );
        Assert.True((await acme.RedeemAsync(first.LinkSecret, "one@acme.test")).Done);
        acme.Clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(
            InvitationStatus.Expired,
            (await new ReadInvitationByLink(acme.Store).RunAsync(second.LinkSecret, default)).Value.Status
        );
        Assert.Equal("invitationClosed", (await acme.RedeemAsync(second.LinkSecret, "two@acme.test")).Refusal!.Code);
        Assert.Equal([InvitationStatus.Expired], await StatesAsync(acme, InvitationStatus.Expired));
        Assert.Equal(MemberState.Invited, (await acme.ReadAsync(second.Invitation.MemberId)).State);
        await acme.AgreesAsync();
    }

    /// <summary>So it is looked for in that workspace alone; a secret that names none is looked for in all, as before.</summary>
    [Theory, EachDatabase]
    public async Task A_link_names_its_workspace_and_one_of_an_earlier_version_opens_all_the_same(Database kind)
    {
        using var log = StatementLog.Start();
        await using var acme = await TestWorkspace.NewAsync(kind);
        var other = await acme.OtherAsync("other");
        var made = await acme.InviteAsync("one@acme.test", also: r => r with { SendMail = false });
        Assert.Equal(acme.Id, Secret.WorkspaceOf(made.LinkSecret));
        log.Clear();
        Assert.True((await new ReadInvitationByLink(acme.Store).RunAsync(made.LinkSecret, default)).Done);
        var asked = log
            .Statements.Select(s => s.Replace("\"", "", StringComparison.Ordinal))
            .Where(s => s.Contains("invitations", StringComparison.Ordinal))
            .ToList();
        Assert.NotEmpty(asked);
        Assert.All(asked, s => Assert.Contains("WHERE i.workspace_id = ", s, StringComparison.Ordinal));

        // the same random bits behind another workspace's id are another secret
        var (bytes, theirs) = (Base64Url.DecodeFromChars(made.LinkSecret), other.Id.Value.ToByteArray());
        var bent = Base64Url.EncodeToString([.. theirs, .. bytes[16..]]);
        Assert.Equal("notFound", (await new ReadInvitationByLink(acme.Store).RunAsync(bent, default)).Refusal?.Code);

        var (earlier, mailed) = (Secret.New(), Secret.New());
        var (hash, mailHash) = (Secret.Hash(earlier), Secret.Hash(mailed));
        await using var db = acme.Store.Read();
        await db.Invitations.ExecuteUpdateAsync(i => i.SetProperty(x => x.LinkHash, hash).SetProperty(x => x.MailHash, mailHash));
        Assert.True((await new ReadInvitationByLink(acme.Store).RunAsync(mailed, default)).Value.ByMail);
        Assert.True((await acme.RedeemAsync(earlier, "one@acme.test")).Done);
    }

    [Theory, EachDatabase]
    public async Task Only_the_account_it_was_made_for_fits_and_the_refusal_does_not_say_which_that_is(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind, "provider");
        var any = await acme.InviteAsync("any.person@acme.test");
        var google = await acme.InviteAsync("google.person@acme.test", also: r => r with { Provider = IdentityProvider.Google });
        var entra = await acme.InviteAsync("entra.person@acme.test", also: r => r with { Provider = IdentityProvider.Entra });
        var tenant = await acme.InviteAsync(
            "tenant.person@acme.test",
            also: r => r with { Provider = IdentityProvider.Entra, TenantId = Tenant }
        );

        (IssuedInvitation Invitation, IdentityProvider Provider, string? Tenant, string? Name, string? Code)[] cases =
        [
            (any, IdentityProvider.Google, null, "other@acme.test", "wrongUserName"),
            (any, IdentityProvider.Local, null, "any.person+1@acme.test", "wrongUserName"),
            (any, IdentityProvider.Entra, Tenant, "", "wrongUserName"),
            (google, IdentityProvider.Entra, Tenant, null, "wrongProvider"),
            (google, IdentityProvider.Local, null, null, "wrongProvider"),
            (entra, IdentityProvider.Google, null, null, "wrongProvider"),
            (tenant, IdentityProvider.Entra, RedeemInvitation.ConsumerTenant, null, "wrongTenant"),
            (tenant, IdentityProvider.Entra, null, null, "wrongTenant"),
            (tenant, IdentityProvider.Entra, Tenant, "other@acme.test", "wrongUserName"),
            (any, IdentityProvider.Local, null, "ANY.Person@acme.test", null),
            (google, IdentityProvider.Google, null, null, null),
            (entra, IdentityProvider.Entra, RedeemInvitation.ConsumerTenant, null, null),
            (tenant, IdentityProvider.Entra, Tenant.ToUpperInvariant(), null, null),
        ];
        foreach (var (invitation, provider, tid, name, code) in cases)
        {
            var outcome = await new RedeemInvitation(acme.Store).RunAsync(
                Person,
                invitation.LinkSecret,
                new()
                {
                    AccountId = Id<Account>.New(TimeProvider.System),
                    Provider = provider,
                    TenantId = tid,
                    UserName = name ?? invitation.Invitation.UserName,
                },
                default
            );
            Assert.Equal(code, outcome.Refusal?.Code);
            Assert.DoesNotContain(invitation.Invitation.UserName, outcome.Refusal?.Message ?? "", StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("person", outcome.Refusal?.Code ?? "", StringComparison.Ordinal);
        }

        await acme.AgreesAsync();
    }

    [Theory, EachDatabase]
    public async Task Twenty_at_once_make_one_member_and_the_same_account_may_come_again(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind);
        var invited = await acme.InviteAsync("ada@acme.test", "member");
        var account = Id<Account>.New(TimeProvider.System);
        var race = await Rivals.RaceAsync(20, i => acme.RedeemAsync(invited.LinkSecret, "ada@acme.test", i % 2 == 0 ? account : null));

        var winner = Assert.Single(race, r => r.Required is { Done: true, Value.Already: false }).Required.Value.Member;
        Assert.All(
            race.Where(r => !r.Required.Done),
            r => Assert.Contains(r.Required.Refusal!.Code, (string[])["invitationClosed", "alreadyMember"])
        );
        Assert.All(race.Where(r => r.Required.Done), r => Assert.Equal(winner.AccountId, r.Required.Value.Member.AccountId));
        Assert.True((await acme.RedeemAsync(invited.LinkSecret, "ada@acme.test", winner.AccountId)).Value.Already);
        Assert.Equal("invitationClosed", (await acme.RedeemAsync(invited.LinkSecret, "ada@acme.test")).Refusal!.Code);
        Assert.Equal(1, (await acme.CountsAsync()).Seats.Used);
        Assert.Single(await acme.AuditAsync(), a => a.Act == "invitation.accepted");
        await acme.AgreesAsync();
    }

    [Theory, EachDatabase]
    public async Task Two_invitations_redeemed_at_once_make_one_person_no_two_members(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind);
        for (var round = 0; round < 10; round++)
        {
            var account = new Account
            {
                Id = Id<Account>.New(TimeProvider.System),
                DisplayName = "Ada",
                CreatedAt = acme.Clock.Now,
                Version = 1,
            };
            await using (var db = acme.Store.Read())
            {
                db.Add(account);
                await db.SaveChangesAsync();
            }

            var invited = new[] { await acme.InviteAsync($"work{round}@acme.test"), await acme.InviteAsync($"home{round}@acme.test") };
            var race = await Rivals.RaceAsync(2, i => acme.RedeemAsync(invited[i].LinkSecret, invited[i].Invitation.UserName, account.Id));
            Assert.Equal(["alreadyMember"], race.Select(r => r.Required.Refusal?.Code).OfType<string>());
        }

        await acme.AgreesAsync();
    }

    [Theory, EachDatabase]
    [Shows("S4-07", "S4-17", "S3-37")]
    public async Task When_full_it_is_refused_and_stays_open_or_makes_a_viewer_as_configured(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(
            kind,
            change: c => c with { Capacity = c.Capacity with { Seats = 1, OnFull = OnFull.Refuse } }
        );
        await acme.JoinAsync("first@acme.test", "admin");
        var invited = await acme.InviteAsync("late@acme.test", "member");

        var refused = await acme.RedeemAsync(invited.LinkSecret, "late@acme.test");
        Assert.Equal((RefusalKind.Full, "seatsFull"), (refused.Refusal!.Kind, refused.Refusal.Code));
        Assert.Contains("Usage & Billing", refused.Refusal.Message, StringComparison.Ordinal);
        Assert.Equal(
            InvitationStatus.Pending,
            (await new ReadInvitationByLink(acme.Store).RunAsync(invited.LinkSecret, default)).Value.Status
        );
        Assert.Equal(
            (MemberState.Invited, null),
            ((await acme.ReadAsync(invited.Invitation.MemberId)).State, (await acme.ReadAsync(invited.Invitation.MemberId)).AccountId)
        );

        await acme.ConfigureAsync(c => c with { Capacity = c.Capacity with { OnFull = OnFull.Downgrade } });
        var joined = (await acme.RedeemAsync(invited.LinkSecret, "late@acme.test")).Value.Member;
        Assert.Equal(("viewer", false, MemberState.Active), (joined.Role, joined.HasSeat, joined.State));
        await acme.AgreesAsync();
    }

    [Theory, EachDatabase]
    [Shows("S4-18", "S4-52")]
    public async Task Without_auto_assign_a_member_joins_as_viewer_and_an_admin_keeps_the_role(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind, change: c => c with { Join = c.Join with { AutoAssign = false } });
        var member = await acme.JoinAsync("m@acme.test", "member");
        var admin = await acme.JoinAsync("a@acme.test", "admin");
        var invited = await acme.InviteAsync("assigned@acme.test", "viewer");
        await acme.AssignAsync(Actor.Operator, invited.Invitation.MemberId, "member");
        var assigned = (await acme.RedeemAsync(invited.LinkSecret, "assigned@acme.test")).Value.Member;
        Assert.Equal(("viewer", "admin", "member"), (member.Role, admin.Role, assigned.Role));

        // Switching it on reaches nobody who is in (S4-54); an admin does.
        await acme.ConfigureAsync(c => c with { Join = c.Join with { AutoAssign = true } });
        await new EditMember(acme.Store).RunAsync(
            Actor.Operator,
            acme.Id,
            member.Id,
            new() { Names = new(true, "Max", true, "Miller") },
            default
        );
        Assert.Equal("viewer", (await acme.ReadAsync(member.Id)).Role);
        Assert.True((await acme.AssignAsync(Actor.Operator, member.Id, "member")).Value.HasSeat);

        await acme.ConfigureAsync(c => c with { Join = c.Join with { AutoAssign = false, AdminKeepsRole = false } });
        Assert.Equal("viewer", (await acme.JoinAsync("b@acme.test", "admin")).Role);
        await acme.AgreesAsync();
    }

    [Theory, EachDatabase]
    [Shows("S0-11", "S3-31")]
    public async Task It_gives_role_license_and_groups_and_passes_over_a_group_that_is_gone(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind, "licensed");
        var stays = (await new CreateGroup(acme.Store).RunAsync(Actor.Operator, acme.Id, new() { DisplayName = "Stays" }, [], default))
            .Value
            .Group;
        var goes = (await new CreateGroup(acme.Store).RunAsync(Actor.Operator, acme.Id, new() { DisplayName = "Goes" }, [], default))
            .Value
            .Group;
        var invited = await acme.InviteAsync("ada@acme.test", "admin", r => r with { License = "business", Groups = [stays.Id, goes.Id] });
        await new DeleteGroup(acme.Store).RunAsync(Actor.Operator, acme.Id, goes.Id, null, default);

        var member = (await acme.RedeemAsync(invited.LinkSecret, "ada@acme.test")).Value.Member;
        Assert.Equal(("admin", "business"), (member.Role, member.License));
        var view = (await new MemberPage(acme.Store).RunAsync(Actor.Operator, acme.Id, member.Id, default)).Value;
        Assert.Equal(["Stays"], view.Groups.Select(g => g.DisplayName));
        Assert.Equal(stays.Version + 1, view.Groups[0].Version);
        Assert.All(view.Grants, g => Assert.Equal((GrantOrigin.Invitation, invited.Invitation.Id.ToString()), (g.Origin, g.OriginId)));
        await acme.AgreesAsync();
    }

    [Theory, EachDatabase]
    [Shows("S1-13")]
    public async Task A_role_changed_while_invited_is_the_one_that_counts(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind);
        var invited = await acme.InviteAsync("ada@acme.test", "viewer");
        Assert.True((await acme.AssignAsync(Actor.Operator, invited.Invitation.MemberId, "admin")).Done);
        Assert.Equal("admin", (await new ReadInvitationByLink(acme.Store).RunAsync(invited.LinkSecret, default)).Value.Invitation.Role);
        Assert.Equal(0, (await acme.CountsAsync()).Seats.Used);
        var member = (await acme.RedeemAsync(invited.LinkSecret, "ada@acme.test")).Value.Member;
        Assert.Equal(("admin", true), (member.Role, member.HasSeat));
        Assert.Equal(1, (await acme.CountsAsync()).Admins);
        await acme.AgreesAsync();
    }

    [Theory, EachDatabase]
    public async Task Somebody_the_directory_activated_first_is_linked_and_counted_once(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind);
        var invited = await acme.InviteAsync("ada@acme.test", "admin");
        // the directory finds and activates instead
        Assert.Equal("userNameTaken", (await acme.ProvisionAsync("ADA@acme.test")).Refusal!.Code);
        var active = (await acme.SayAsync(invited.Invitation.MemberId, active: true)).Value;
        Assert.Equal(("admin", true, null), (active.Role, active.HasSeat, active.AccountId));
        Assert.Equal((1, 0), ((await acme.CountsAsync()).Seats.Used, (await acme.CountsAsync()).Admins));

        var member = (await acme.RedeemAsync(invited.LinkSecret, "ada@acme.test")).Value.Member;
        Assert.Equal((active.Id, active.JoinedAt), (member.Id, member.JoinedAt));
        Assert.Equal((1, 1), ((await acme.CountsAsync()).Seats.Used, (await acme.CountsAsync()).Admins));
        await acme.AgreesAsync();
    }

    [Theory, EachDatabase]
    public async Task Somebody_switched_off_meanwhile_cannot_come_in(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind);
        var invited = await acme.InviteAsync("ada@acme.test");
        await acme.SayAsync(invited.Invitation.MemberId, active: true);
        await acme.SayAsync(invited.Invitation.MemberId, active: false);
        Assert.Equal("suspended", (await acme.RedeemAsync(invited.LinkSecret, "ada@acme.test")).Refusal!.Code);
        await acme.SayAsync(invited.Invitation.MemberId, active: true);
        await new RemoveMember(acme.Store).RunAsync(Actor.Operator, acme.Id, invited.Invitation.MemberId, default);
        Assert.Equal("suspended", (await acme.RedeemAsync(invited.LinkSecret, "ada@acme.test")).Refusal!.Code);
        await new EndMember(acme.Store).RunAsync(acme.Directory, acme.Id, invited.Invitation.MemberId, null, default);
        Assert.Equal("invitationClosed", (await acme.RedeemAsync(invited.LinkSecret, "ada@acme.test")).Refusal!.Code);
        await acme.AgreesAsync();
    }

    [Theory, EachDatabase]
    public async Task A_secret_that_never_was_finds_nothing(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind);
        await acme.InviteAsync("ada@acme.test", also: r => r with { SendMail = false });
        foreach (var secret in (string?[])[null, "", "0123456789012345678901234567890123456789012", "short"])
        {
            Assert.Equal(
                (secret, "notFound"),
                (secret, (await new ReadInvitationByLink(acme.Store).RunAsync(secret, default)).Refusal?.Code)
            );
            Assert.Equal((secret, "notFound"), (secret, (await acme.RedeemAsync(secret ?? "", "ada@acme.test")).Refusal?.Code));
        }
    }

    private static async Task<List<InvitationStatus>> StatesAsync(TestWorkspace acme, InvitationStatus status) =>
        [
            .. (
                await new InvitationList(acme.Store).RunAsync(Actor.Operator, acme.Workspace, status, null, 50, default)
            ).Value.Invitations.Select(i => i.StatusAt(acme.Clock.Now)),
        ];
}
