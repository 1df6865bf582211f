using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Accounts;
using UserManagement.Membership.Accounts.Factors;
using UserManagement.Membership.Connections;
using UserManagement.Membership.Invitations;
using UserManagement.Membership.Members;
using UserManagement.Membership.Tests.Accounts.Factors;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Membership.Tests.Connections;

public class SignInWithProviderTests
{
    [Theory, EachDatabase]
    [Shows("S1-01")]
    public async Task Somebody_whom_nobody_knows_gets_nothing_even_with_a_members_address(Database kind)
    {
        await using var rig = await ConnectionRig.NewAsync(kind);
        await rig.Acme.JoinAsync("jo@acme.com");
        await rig.InviteAsync("invited@acme.com");
        foreach (
            var connection in new[]
            {
                await rig.PlatformAsync(ConnectionKind.Google),
                await rig.PlatformAsync(ConnectionKind.Entra),
                await rig.OwnAsync(ConnectionKind.Oidc),
            }
        )
        {
            Assert.Equal("unknownPerson", (await rig.SignInAsync(rig.Who(connection))).Refusal?.Code);
            if (connection.Kind != ConnectionKind.Google) // whose word for the address finds the invitation: see InviteLinkTests
            {
                Assert.Equal("unknownPerson", (await rig.SignInAsync(rig.Who(connection, "invited@acme.com"))).Refusal?.Code);
            }
        }

        Assert.Equal((0, 0, 0), await rig.MadeAsync());
    }

    [Theory, EachDatabase]
    public async Task An_invited_person_comes_in_and_the_second_sign_in_finds_the_same_account(Database kind)
    {
        await using var rig = await ConnectionRig.NewAsync(kind);
        var google = await rig.PlatformAsync(ConnectionKind.Google);
        var secret = await rig.InviteAsync("jo@acme.com");
        var first = (await rig.SignInAsync(rig.Who(google), secret)).Value;
        var joined = (await rig.AcceptAsync(first, secret)).Value.Member;
        Assert.Equal(first.Row.AccountId, joined.AccountId);
        Assert.Equal("Jo Harbour", (await rig.ReadAsync(first))!.Account.DisplayName);

        var again = (await rig.SignInAsync(rig.Who(google, "jo.new@acme.com"))).Value;
        Assert.Equal(first.Row.AccountId, again.Row.AccountId);
        Assert.NotNull((await rig.ReadAsync(again))!.Actor);
        Assert.Equal((1, 1, 2), await rig.MadeAsync());
        Assert.Equal("jo.new@acme.com", (await rig.ReadAsync(again))!.Login!.UserName);
    }

    [Theory, EachDatabase]
    public async Task A_sign_in_of_which_the_provider_does_not_say_when_is_no_fresh_proof_but_lets_a_first_factor_be_set_up(Database kind)
    {
        await using var rig = await ConnectionRig.NewAsync(kind);
        using var key = new SoftKey();
        var store = rig.Acme.Store;
        var google = await rig.PlatformAsync(ConnectionKind.Google);
        var secret = await rig.InviteAsync("jo@acme.com");
        var first = (await rig.SignInAsync(rig.Who(google) with { AuthenticatedAt = null }, secret)).Value;
        _ = (await rig.AcceptAsync(first, secret)).Value;
        var jo = (await rig.ReadAsync(first))!;
        Assert.Equal("signInAgain", RecentAuthentication.Check(jo.Actor!, rig.Acme.Clock.Now)?.Code);
        Assert.Equal("signInAgain", (await new UnlinkLogin(store).RunAsync(jo, jo.Login!.Id, default)).Refusal?.Code);
        Assert.Equal(new AgainWays(false, false, false, true), await new ProveAgain(store, new()).ReadAsync(jo, default));

        rig.Acme.Clock.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal("signInAgain", (await AddAsync(jo)).Refusal?.Code); // also for that the sign-in must be new
        jo = (await rig.ReadAsync((await rig.SignInAsync(rig.Who(google) with { AuthenticatedAt = null })).Value))!;
        var set = (await AddAsync(jo)).Value.Session;
        jo = (await rig.ReadAsync(set))!;
        Assert.Null(RecentAuthentication.Check(jo.Actor!, rig.Acme.Clock.Now)); // from now on the factor is the proof

        var next = (await rig.ReadAsync((await rig.SignInAsync(rig.Who(google) with { AuthenticatedAt = null })).Value))!;
        using var another = new SoftKey();
        Assert.Equal(
            "secondFactorNeeded",
            (await new Passkeys(store).AddAsync(next, another.Made(rig.Acme.Clock.Now.AddMinutes(5)), "", default)).Refusal?.Code
        );
        var proven = (
            await new ProveSecondFactor(store).ByPasskeyAsync(next, key.Answer(next.Account.Id, rig.Acme.Clock.Now.AddMinutes(5)), default)
        ).Value;
        Assert.Null(RecentAuthentication.Check((await rig.ReadAsync(proven))!.Actor!, rig.Acme.Clock.Now));

        async Task<Outcome<FactorSetUp>> AddAsync(SignedIn who) =>
            await new Passkeys(store).AddAsync(who, key.Made(rig.Acme.Clock.Now.AddMinutes(5)), "", default);
    }

    [Theory, EachDatabase]
    public async Task A_proof_is_as_old_as_the_provider_says(Database kind)
    {
        await using var rig = await ConnectionRig.NewAsync(kind);
        var oidc = await rig.PlatformAsync(ConnectionKind.Oidc);
        var secret = await rig.InviteAsync("jo@acme.com");
        _ = (await rig.AcceptAsync((await rig.SignInAsync(rig.Who(oidc), secret)).Value, secret)).Value;
        var at = rig.Acme.Clock.Now;
        foreach (
            var (said, counts) in new (DateTimeOffset?, DateTimeOffset)[]
            {
                (at.AddMinutes(1), at),
                (at.AddHours(-1), at.AddHours(-1)),
                (null, at - RecentAuthentication.Lifetime),
            }
        )
        {
            Assert.Equal(counts, (await rig.SignInAsync(rig.Who(oidc) with { AuthenticatedAt = said })).Value.Row.AuthenticatedAt);
        }
    }

    [Theory, EachDatabase]
    public async Task A_proof_that_is_by_chance_as_old_as_what_stands_for_none_is_dated_all_the_same(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind);
        var rig = new ConnectionRig(acme);
        var google = await rig.PlatformAsync(ConnectionKind.Google);
        var said = acme.Clock.Now - Membership.Accounts.Factors.RecentAuthentication.Lifetime;
        var dated = (await rig.SignInAsync(rig.Who(google) with { AuthenticatedAt = said }, await rig.InviteAsync("jo@acme.com")))
            .Value
            .Row;
        var undated = (await rig.SignInAsync(rig.Who(google) with { AuthenticatedAt = null })).Value.Row;
        await using var db = acme.Store.Read();
        dated = await db.Sessions.SingleAsync(s => s.Id == dated.Id);
        undated = await db.Sessions.SingleAsync(s => s.Id == undated.Id);
        Assert.Equal(dated.AuthenticatedAt, undated.AuthenticatedAt); // an older build beside this one reads the time alone
        Assert.Equal((false, said), (dated.IsUndated, dated.StandsSince));
        Assert.Equal((true, undated.CreatedAt), (undated.IsUndated, undated.StandsSince));
        Assert.True((undated with { ProofIsUndated = null }).IsUndated); // a row of that build
    }

    [Theory, EachDatabase]
    public async Task Signing_in_anew_opens_a_workspace_whose_sessions_were_ended_also_without_a_time(Database kind)
    {
        await using var rig = await ConnectionRig.NewAsync(kind);
        var google = await rig.PlatformAsync(ConnectionKind.Google);
        var secret = await rig.InviteAsync("jo@acme.com");
        var first = (await rig.SignInAsync(rig.Who(google) with { AuthenticatedAt = null }, secret)).Value;
        var member = (await rig.AcceptAsync(first, secret)).Value.Member;
        Assert.Equal(RequiredAction.None, (await rig.ReadAsync(first))!.Demand);
        rig.Acme.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.True((await new EndMemberSessions(rig.Acme.Store).RunAsync(Actor.Operator, rig.Acme.Id, member.Id, default)).Done);
        Assert.Equal(RequiredAction.Again, (await rig.ReadAsync(first))!.Demand);
        rig.Acme.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(
            RequiredAction.None,
            (await rig.ReadAsync((await rig.SignInAsync(rig.Who(google) with { AuthenticatedAt = null })).Value))!.Demand
        );
    }

    [Theory, EachDatabase]
    [Shows("S3-10", "S3-12")]
    public async Task An_invitation_for_another_name_provider_or_tenant_makes_no_account(Database kind)
    {
        await using var rig = await ConnectionRig.NewAsync(kind);
        await rig.Acme.ConfigureAsync(c =>
            c with
            {
                Invitations = c.Invitations with { Providers = [IdentityProvider.Any, IdentityProvider.Google] },
            }
        );
        var (google, entra) = (await rig.PlatformAsync(ConnectionKind.Google), await rig.PlatformAsync(ConnectionKind.Entra));
        var secret = await rig.InviteAsync("jo@acme.com", provider: IdentityProvider.Google);
        Assert.Equal("wrongProvider", (await rig.SignInAsync(rig.Who(entra), secret)).Refusal?.Code);
        Assert.Equal("wrongUserName", (await rig.SignInAsync(rig.Who(google, "eve@acme.com"), secret)).Refusal?.Code);
        Assert.DoesNotContain(
            "jo@",
            (await rig.SignInAsync(rig.Who(google, "eve@acme.com"), secret)).Refusal!.Message,
            StringComparison.Ordinal
        );
        Assert.Equal((0, 0, 0), await rig.MadeAsync());
    }

    [Theory, EachDatabase]
    [Shows("S4-34")]
    public async Task Two_first_sign_ins_at_once_make_one_account(Database kind)
    {
        await using var rig = await ConnectionRig.NewAsync(kind);
        var google = await rig.PlatformAsync(ConnectionKind.Google);
        var secret = await rig.InviteAsync("jo@acme.com");
        var rivals = await Rivals.RaceAsync(6, _ => rig.SignInAsync(rig.Who(google), secret));
        Assert.All(rivals, r => Assert.True(r.Required.Done));
        Assert.Equal((1, 1, 6), await rig.MadeAsync());
    }

    [Theory, EachDatabase]
    public async Task A_directorys_person_is_linked_by_the_directorys_id_or_by_name_where_the_workspace_says_that_it_counts(Database kind)
    {
        await using var rig = await ConnectionRig.NewAsync(kind);
        var pinned = await rig.OwnAsync(ConnectionKind.Entra, d => d with { Tenants = [ConnectionRig.Tenant], TrustsUserNames = true });
        var open = await rig.OwnAsync(ConnectionKind.Entra, d => d with { Name = "Open" });
        var byId = (await rig.ProvisionAsync("renamed@acme.com", ConnectionRig.Oid)).Value;
        var byName = (await rig.ProvisionAsync("ann@acme.com")).Value;

        Assert.Equal("unknownPerson", (await rig.SignInAsync(rig.Who(open))).Refusal?.Code);
        var jo = (await rig.SignInAsync(rig.Who(pinned))).Value;
        var ann = (await rig.SignInAsync(rig.Who(pinned, "ANN@acme.com", Guid.CreateVersion7().ToString()))).Value;
        Assert.Equal(byId.Id, (await rig.ReadAsync(jo))!.Member!.Id);
        Assert.Equal(byName.Id, (await rig.ReadAsync(ann))!.Member!.Id);
        await rig.Acme.AgreesAsync();
    }

    [Theory, EachDatabase]
    public async Task A_name_that_was_given_to_another_person_since_leads_to_nobody(Database kind)
    {
        await using var rig = await ConnectionRig.NewAsync(kind);
        var pinned = await rig.OwnAsync(ConnectionKind.Entra, d => d with { Tenants = [ConnectionRig.Tenant], TrustsUserNames = true });
        await rig.ProvisionAsync("jo@acme.com", Guid.CreateVersion7().ToString());
        Assert.Equal("unknownPerson", (await rig.SignInAsync(rig.Who(pinned))).Refusal?.Code); // the directory's id is somebody else's

        await rig.ProvisionAsync("ann@acme.com");
        Assert.True((await rig.SignInAsync(rig.Who(pinned, "ann@acme.com"))).Done);
        Assert.Equal(
            "otherAccount",
            (await rig.SignInAsync(rig.Who(pinned, "ann@acme.com", Guid.CreateVersion7().ToString()))).Refusal?.Code
        );
        Assert.Equal((1, 1, 1), await rig.MadeAsync());
    }

    [Theory, EachDatabase]
    public async Task Google_links_a_directorys_person_by_a_listed_domain_and_a_domain_bought_again_gets_nobodys_membership(Database kind)
    {
        await using var rig = await ConnectionRig.NewAsync(kind);
        var google = await rig.OwnAsync(ConnectionKind.Google, d => d with { Domains = ["acme.com"] });
        var anyone = await rig.OwnAsync(ConnectionKind.Google, d => d with { Name = "Anyone" });
        await rig.ProvisionAsync("jo@acme.com");
        Assert.Equal("unknownPerson", (await rig.SignInAsync(rig.Who(anyone))).Refusal?.Code);
        Assert.Equal("organisationNotTaken", (await rig.SignInAsync(rig.Who(google) with { HostedDomain = null })).Refusal?.Code);
        Assert.Equal("unknownPerson", (await rig.SignInAsync(rig.Who(google) with { EmailProven = false })).Refusal?.Code);
        Assert.True((await rig.SignInAsync(rig.Who(google))).Done);
        Assert.Equal("otherAccount", (await rig.SignInAsync(rig.Who(google, subject: "subject-of-the-new-owner"))).Refusal?.Code);
        Assert.Equal((1, 1, 1), await rig.MadeAsync());
    }

    [Theory, EachDatabase]
    public async Task A_person_whom_the_directory_or_an_admin_keeps_out_is_not_linked(Database kind)
    {
        await using var rig = await ConnectionRig.NewAsync(kind);
        var pinned = await rig.OwnAsync(ConnectionKind.Entra, d => d with { Tenants = [ConnectionRig.Tenant] });
        await rig.ProvisionAsync("jo@acme.com", ConnectionRig.Oid, active: false);
        Assert.Equal("suspended", (await rig.SignInAsync(rig.Who(pinned))).Refusal?.Code);
        Assert.Equal((0, 0, 0), await rig.MadeAsync());
    }

    [Theory, EachDatabase]
    public async Task Somebody_unknown_joins_only_where_the_lists_admit_them_and_never_as_a_guest_or_under_a_taken_name(Database kind)
    {
        await using var rig = await ConnectionRig.NewAsync(kind);
        var entra = await rig.OwnAsync(ConnectionKind.Entra, d => d with { Tenants = [ConnectionRig.Tenant], UnknownMayJoin = true });
        await rig.InviteAsync("taken@acme.com");
        Assert.Equal("unknownPerson", (await rig.SignInAsync(rig.Who(entra) with { IsGuest = true })).Refusal?.Code);
        Assert.Equal("unknownPerson", (await rig.SignInAsync(rig.Who(entra) with { IsPersonal = true })).Refusal?.Code);
        Assert.Equal("unknownPerson", (await rig.SignInAsync(rig.Who(entra, "taken@acme.com"))).Refusal?.Code);
        Assert.Equal(
            "organisationNotTaken",
            (await rig.SignInAsync(rig.Who(entra) with { TenantId = Guid.Empty.ToString() })).Refusal?.Code
        );
        var who = (await rig.ReadAsync((await rig.SignInAsync(rig.Who(entra))).Value))!;
        Assert.Equal(("jo@acme.com", MemberState.Active), (who.Member!.UserName, who.Member.State));
        await rig.Acme.AgreesAsync();
    }

    [Theory, EachDatabase]
    public async Task A_workspaces_own_provider_opens_that_workspace_and_speaks_for_nobody_elsewhere(Database kind)
    {
        await using var rig = await ConnectionRig.NewAsync(kind);
        var other = await rig.Acme.OtherAsync();
        await other.JoinAsync("victim@other.com");
        var mine = await rig.OwnAsync(ConnectionKind.Oidc, d => d with { UnknownMayJoin = true });
        var session = (await rig.SignInAsync(rig.Who(mine, "victim@other.com"), workspace: other.Id)).Value;
        var there = (await rig.ReadAsync(session, "other"))!;
        Assert.Null(there.Actor);
        Assert.Null(there.Account.ProvenEmailKey);
        Assert.False(there.IsFresh(rig.Acme.Clock.Now));
        Assert.NotNull((await rig.ReadAsync(session))!.Actor);

        var invitation = await rig.InviteAsync("victim@other.com".Replace("victim", "new", StringComparison.Ordinal), other);
        Assert.Equal("connectionNotTaken", (await rig.SignInAsync(rig.Who(mine, "new@other.com", "subject-2"), invitation)).Refusal?.Code);
        Assert.Equal("connectionNotTaken", (await rig.AcceptAsync(session, invitation)).Refusal?.Code);
    }

    [Theory, EachDatabase]
    public async Task A_workspace_says_which_of_the_installations_connections_tenants_and_domains_it_takes_and_a_change_holds_at_once(
        Database kind
    )
    {
        await using var rig = await ConnectionRig.NewAsync(kind);
        var entra = await rig.PlatformAsync(ConnectionKind.Entra);
        var secret = await rig.InviteAsync("jo@acme.com");
        var session = (await rig.SignInAsync(rig.Who(entra), secret)).Value;
        _ = (await rig.AcceptAsync(session, secret)).Value;
        Assert.NotNull((await rig.ReadAsync(session))!.Actor);

        await rig.Acme.ConfigureAsync(c => c with { SignIn = c.SignIn with { Tenants = ["99999999-2222-4333-8444-555555555555"] } });
        Assert.Equal("organisationNotTaken", (await rig.ReadAsync(session))!.Barred?.Code);
        await rig.Acme.ConfigureAsync(c => c with { SignIn = c.SignIn with { Tenants = [], Connections = [] } });
        Assert.Equal("connectionNotTaken", (await rig.ReadAsync(session))!.Barred?.Code);
        await rig.Acme.ConfigureAsync(c => c with { SignIn = c.SignIn with { Connections = null } });
        Assert.NotNull((await rig.ReadAsync(session))!.Actor);

        _ = (await new RemoveConnection(rig.Acme.Store).RunAsync(Actor.Operator, default, entra.Id, default)).Value;
        Assert.Null(await rig.ReadAsync(session));
        Assert.Null(await rig.ReadAsync(session, null));
        Assert.Equal("connectionGone", (await rig.SignInAsync(rig.Who(entra))).Refusal?.Code);
    }

    [Theory, EachDatabase]
    public async Task Whoever_registered_an_address_without_proving_it_loses_the_name_when_its_owner_comes_and_nothing_is_merged(
        Database kind
    )
    {
        await using var rig = await ConnectionRig.NewAsync(kind);
        var rules = new PasswordRules { Iterations = 1000 };
        var copied = await rig.InviteAsync("jo@acme.com");
        var attacker = (
            await new CreateLocalAccount(rig.Acme.Store, rules).RunAsync(
                copied,
                "jo@acme.com",
                "Eve",
                "a quiet green harbour",
                Browser.Unknown,
                default
            )
        ).Value;

        var other = await rig.Acme.OtherAsync();
        var google = await rig.PlatformAsync(ConnectionKind.Google);
        var owner = (await rig.SignInAsync(rig.Who(google), await rig.InviteAsync("jo@acme.com", other))).Value;
        Assert.NotEqual(attacker.Row.AccountId, owner.Row.AccountId);
        Assert.Null(await rig.ReadAsync(attacker));
        Assert.Equal(
            "signInFailed",
            (await new SignInLocally(rig.Acme.Store, rules).RunAsync("jo@acme.com", "a quiet green harbour", Browser.Unknown, default))
                .Refusal
                ?.Code
        );
        Assert.Equal("jo@acme.com", (await rig.ReadAsync(owner))!.Account.ProvenEmailKey);
    }

    [Theory, EachDatabase]
    public async Task The_same_address_at_two_providers_is_two_identities(Database kind)
    {
        await using var rig = await ConnectionRig.NewAsync(kind);
        var (google, entra) = (await rig.PlatformAsync(ConnectionKind.Google), await rig.PlatformAsync(ConnectionKind.Entra));
        var secret = await rig.InviteAsync("jo@acme.com");
        var first = (await rig.SignInAsync(rig.Who(google), secret)).Value;
        _ = (await rig.AcceptAsync(first, secret)).Value;
        Assert.Equal("unknownPerson", (await rig.SignInAsync(rig.Who(entra) with { EmailProven = true })).Refusal?.Code);

        var other = await rig.Acme.OtherAsync();
        var second = (await rig.SignInAsync(rig.Who(entra) with { EmailProven = true }, await rig.InviteAsync("jo@acme.com", other))).Value;
        Assert.NotEqual(first.Row.AccountId, second.Row.AccountId);
        Assert.Null((await rig.ReadAsync(second))!.Member);
        Assert.Null((await rig.ReadAsync(second))!.Account.ProvenEmailKey);
    }

    [Theory, EachDatabase]
    public async Task An_answer_is_used_once_and_not_after_its_time(Database kind)
    {
        await using var rig = await ConnectionRig.NewAsync(kind);
        var google = await rig.PlatformAsync(ConnectionKind.Google);
        var secret = await rig.InviteAsync("jo@acme.com");
        var who = rig.Who(google);
        Assert.True((await rig.SignInAsync(who, secret)).Done);
        Assert.Equal("answerUsed", (await rig.SignInAsync(who, secret)).Refusal?.Code);
        var late = rig.Who(google);
        rig.Acme.Clock.Advance(TimeSpan.FromMinutes(15));
        Assert.Equal("answerUsed", (await rig.SignInAsync(late, secret)).Refusal?.Code);
    }

    [Theory, EachDatabase]
    public async Task A_sign_in_leaves_its_line_in_the_audit_log(Database kind)
    {
        await using var rig = await ConnectionRig.NewAsync(kind);
        var google = await rig.PlatformAsync(ConnectionKind.Google);
        var session = (await rig.SignInAsync(rig.Who(google), await rig.InviteAsync("jo@acme.com"))).Value;
        await using var db = rig.Acme.Store.Read();
        var acts = await db
            .AuditEntries.Where(e => e.TargetId == session.Row.AccountId.Value)
            .OrderBy(e => e.Act)
            .Select(e => e.Act)
            .ToListAsync();
        Assert.Equal(["account.created", "account.signedIn"], acts);
    }
}
