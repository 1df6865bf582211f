using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Accounts;
using UserManagement.Membership.Accounts.Factors;
using UserManagement.Membership.Connections;
using UserManagement.Membership.Members;
using UserManagement.Membership.Tests.Accounts.Factors;
using UserManagement.Membership.Workspaces;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Membership.Tests.Connections;

/// <summary>Nobody locks themselves out: policies and connections changed by an admin who depends on them.</summary>
public class LockoutGuardTests
{
    private static readonly PasswordRules Quick = new() { Iterations = 1000 };

    [Theory, EachDatabase]
    public async Task An_admin_with_a_password_alone_cannot_switch_passwords_off(Database kind)
    {
        await using var rig = await ConnectionRig.NewAsync(kind);
        var google = await rig.PlatformAsync(ConnectionKind.Google);
        var (ada, _) = await PasswordAdminAsync(rig, "ada@acme.com");
        Assert.Equal("locksYouOut", await SetAsync(rig, ada, r => r with { LocalPassword = false }));
        Assert.Equal("noWayIn", await SetAsync(rig, ada, r => r with { LocalPassword = false, Connections = [] }));
        Assert.Equal(
            "signIn.connections",
            (await ChangeAsync(rig, ada, r => r with { Connections = [google.Id.Value, Guid.CreateVersion7()] })).Refusal?.Field
        );
        Assert.Null(await SetAsync(rig, ada, r => r with { Connections = [] })); // narrower, but the password stays
        Assert.True((await rig.Acme.AuditAsync()).Count(a => a.Act == "workspace.configured" && !a.Refused) == 1);
    }

    [Theory, EachDatabase]
    public async Task An_admin_whose_login_stays_open_may_switch_passwords_off(Database kind)
    {
        await using var rig = await ConnectionRig.NewAsync(kind);
        var google = await rig.PlatformAsync(ConnectionKind.Google);
        var ada = await ProviderAdminAsync(rig, google, "ada@acme.com");
        Assert.Equal("locksYouOut", await SetAsync(rig, ada, r => r with { LocalPassword = false, Domains = ["other.com"] }));
        Assert.Equal("locksYouOut", await SetAsync(rig, ada, r => r with { Connections = [] })); // passwords are on, but ada has none
        Assert.Null(
            await SetAsync(rig, ada, r => r with { LocalPassword = false, Domains = ["acme.com"], Connections = [google.Id.Value] })
        );
    }

    [Theory, EachDatabase]
    public async Task A_passkey_is_a_way_in_wherever_passwords_are_taken(Database kind)
    {
        await using var rig = await ConnectionRig.NewAsync(kind);
        using var key = new SoftKey();
        var google = await rig.PlatformAsync(ConnectionKind.Google);
        var ada = await ProviderAdminAsync(rig, google, "ada@acme.com");
        var who = (await rig.ReadAsync((await rig.SignInAsync(rig.Who(google, "ada@acme.com"))).Value))!;
        Assert.Equal("locksYouOut", await SetAsync(rig, ada, r => r with { Connections = [] }));
        Assert.Equal("lastWayIn", (await new UnlinkLogin(rig.Acme.Store).RunAsync(who, who.Login!.Id, default)).Refusal?.Code);
        _ = (await new Passkeys(rig.Acme.Store).AddAsync(who, key.Made(rig.Acme.Clock.Now.AddMinutes(5)), "", default)).Value;

        Assert.Equal("locksYouOut", await SetAsync(rig, ada, r => r with { LocalPassword = false, Domains = ["other.com"] }));
        Assert.Null(await SetAsync(rig, ada, r => r with { Connections = [] }));
        Assert.Null((await new UnlinkLogin(rig.Acme.Store).RunAsync(who, who.Login!.Id, default)).Refusal);
        var entered = (
            await new SignInWithPasskey(rig.Acme.Store).RunAsync(
                key.Answer(who.Account.Id, rig.Acme.Clock.Now.AddMinutes(5)),
                Browser.Unknown,
                default
            )
        ).Value;
        who = (await rig.ReadAsync(entered))!;
        Assert.NotNull(who.Actor);
        var last = (await new ReadFactors(rig.Acme.Store).RunAsync(who.Account.Id, default)).Passkeys[0].Id;
        Assert.Equal("lastWayIn", (await new Passkeys(rig.Acme.Store).RemoveAsync(who, last, default)).Refusal?.Code);
    }

    [Theory, EachDatabase]
    public async Task A_test_by_an_admin_who_got_in_lets_that_very_policy_be_enforced_for_half_an_hour(Database kind)
    {
        await using var rig = await ConnectionRig.NewAsync(kind);
        var google = await rig.PlatformAsync(ConnectionKind.Google);
        var (ada, _) = await PasswordAdminAsync(rig, "ada@acme.com");
        ada = ada with { FreshUntil = DateTimeOffset.MaxValue }; // how old a proof may be is another rule
        await ProviderAdminAsync(rig, google, "grace@acme.com");
        var draft = new SignInRules { LocalPassword = false, Domains = ["acme.com"] };

        var grace = (await rig.ReadAsync((await rig.SignInAsync(rig.Who(google, "grace@acme.com"))).Value))!;
        var test = (await new BeginSignInTest(rig.Acme.Store).RunAsync(grace.Actor!, rig.Acme.Id, google.Id, draft, default)).Value;
        Assert.Equal("locksYouOut", await SetAsync(rig, ada, _ => draft)); // begun proves nothing
        var done = (
            await new AnswerSignInTest(rig.Acme.Store).RunAsync(grace, rig.Acme.Id, test.Id, rig.Who(google, "grace@acme.com"), default)
        ).Value;
        Assert.True(done.Passed);
        // another policy than the one tried
        Assert.Equal("locksYouOut", await SetAsync(rig, ada, _ => draft with { Domains = ["acme.com", "acme.org"] }));
        rig.Acme.Clock.Advance(TimeSpan.FromMinutes(31));
        Assert.Equal("locksYouOut", await SetAsync(rig, ada, _ => draft));

        test = (await new BeginSignInTest(rig.Acme.Store).RunAsync(grace.Actor!, rig.Acme.Id, google.Id, draft, default)).Value;
        Assert.True(
            (await new AnswerSignInTest(rig.Acme.Store).RunAsync(grace, rig.Acme.Id, test.Id, rig.Who(google, "grace@acme.com"), default))
                .Value
                .Passed
        );
        Assert.Null(await SetAsync(rig, ada, _ => draft));
    }

    [Theory, EachDatabase]
    public async Task A_policy_is_changed_on_a_fresh_proof_and_a_try_takes_the_place_of_none(Database kind)
    {
        await using var rig = await ConnectionRig.NewAsync(kind);
        var google = await rig.PlatformAsync(ConnectionKind.Google);
        await ProviderAdminAsync(rig, google, "grace@acme.com");
        var grace = (await rig.ReadAsync((await rig.SignInAsync(rig.Who(google, "grace@acme.com"))).Value))!;
        var late = grace.Actor! with { FreshUntil = rig.Acme.Clock.GetUtcNow() };
        var draft = (await OpenAsync(rig)).Configuration.SignIn with { Mfa = MfaPolicy.Optional };

        Assert.Equal("signInAgain", await SetAsync(rig, late, _ => draft));
        Assert.Null(await SetAsync(rig, late, rules => rules)); // nothing of the policy changes

        var test = (await new BeginSignInTest(rig.Acme.Store).RunAsync(grace.Actor!, rig.Acme.Id, google.Id, draft, default)).Value;
        Assert.True(
            (await new AnswerSignInTest(rig.Acme.Store).RunAsync(grace, rig.Acme.Id, test.Id, rig.Who(google, "grace@acme.com"), default))
                .Value
                .Passed
        );
        Assert.Equal("signInAgain", await SetAsync(rig, late, _ => draft));
        Assert.Null(await SetAsync(rig, late with { FreshUntil = rig.Acme.Clock.Now.AddMinutes(1) }, _ => draft));
    }

    [Theory, EachDatabase]
    public async Task A_test_changes_nobody_and_says_why_one_would_not_get_in(Database kind)
    {
        await using var rig = await ConnectionRig.NewAsync(kind);
        var google = await rig.PlatformAsync(ConnectionKind.Google);
        var (ada, who) = await PasswordAdminAsync(rig, "ada@acme.com");
        await ProviderAdminAsync(rig, google, "grace@acme.com", "subject-of-grace");
        var before = await rig.MadeAsync();
        Assert.Equal("otherAccount", await TriedAsync(rig.Who(google, "grace@acme.com", "subject-of-grace"), new()));
        Assert.Equal("loginNotLinked", await TriedAsync(rig.Who(google, "ada@acme.com", "subject-of-ada"), new()));
        Assert.Equal(
            "organisationNotTaken",
            await TriedAsync(rig.Who(google, "ada@acme.com", "subject-of-ada"), new() { Domains = ["other.com"] })
        );
        Assert.Equal("accessDenied", await TriedAsync(new Refusal(RefusalKind.Forbidden, "accessDenied", "You cancelled."), new()));
        Assert.Equal(before, await rig.MadeAsync());
        Assert.Equal(
            "connectionNotTaken",
            (await new BeginSignInTest(rig.Acme.Store).RunAsync(ada, rig.Acme.Id, google.Id, new() { Connections = [] }, default))
                .Refusal
                ?.Code
        );
        Assert.Equal(4, (await rig.Acme.AuditAsync()).Count(a => a.Act == "signIn.tried"));

        async Task<string?> TriedAsync(Outcome<ProvenIdentity> answer, SignInRules draft)
        {
            var test = (await new BeginSignInTest(rig.Acme.Store).RunAsync(ada, rig.Acme.Id, google.Id, draft, default)).Value;
            var done = (await new AnswerSignInTest(rig.Acme.Store).RunAsync(who, rig.Acme.Id, test.Id, answer, default)).Value;
            Assert.False(done.Passed);
            Assert.Equal(
                "testEnded",
                (await new AnswerSignInTest(rig.Acme.Store).RunAsync(who, rig.Acme.Id, test.Id, answer, default)).Refusal?.Code
            );
            return done.Result!.Code;
        }
    }

    [Theory, EachDatabase]
    public async Task A_test_belongs_to_who_began_it_to_its_connection_and_to_one_answer(Database kind)
    {
        await using var rig = await ConnectionRig.NewAsync(kind);
        var google = await rig.PlatformAsync(ConnectionKind.Google);
        var own = await rig.OwnAsync(ConnectionKind.Oidc);
        var (ada, who) = await PasswordAdminAsync(rig, "ada@acme.com");
        var (_, other) = await PasswordAdminAsync(rig, "bob@acme.com");
        var member = rig.Acme.As(await rig.Acme.JoinAsync("member@acme.com", "member"));
        var begin = new BeginSignInTest(rig.Acme.Store);
        var answer = new AnswerSignInTest(rig.Acme.Store);
        Assert.Equal("forbidden", (await begin.RunAsync(member, rig.Acme.Id, google.Id, null, default)).Refusal?.Code);
        var elsewhere = await rig.Acme.OtherAsync();
        Assert.Equal("notFound", (await begin.RunAsync(ada, elsewhere.Id, google.Id, null, default)).Refusal?.Code);
        Assert.Equal(
            "notFound",
            (await begin.RunAsync(ada, rig.Acme.Id, (await rig.OwnAsync(ConnectionKind.Oidc, of: elsewhere)).Id, null, default))
                .Refusal
                ?.Code
        );

        var test = (await begin.RunAsync(ada, rig.Acme.Id, google.Id, null, default)).Value;
        Assert.Equal("notFound", (await answer.RunAsync(other, rig.Acme.Id, test.Id, rig.Who(google), default)).Refusal?.Code);
        Assert.Equal("notFound", (await answer.RunAsync(who, rig.Acme.Id, test.Id, rig.Who(own), default)).Refusal?.Code);
        Assert.Equal(
            "notFound",
            (await new ReadSignInTest(rig.Acme.Store).RunAsync(other.Account.Id, rig.Acme.Id, test.Id, true, default)).Refusal?.Code
        );
        var said = rig.Who(google);
        Assert.True((await answer.RunAsync(who, rig.Acme.Id, test.Id, said, default)).Done);
        Assert.Equal("answerUsed", (await rig.SignInAsync(said)).Refusal?.Code); // an answer to a test signs nobody in
    }

    [Theory, EachDatabase]
    public async Task The_connection_one_came_through_cannot_be_removed_switched_off_or_narrowed_from_under_oneself(Database kind)
    {
        await using var rig = await ConnectionRig.NewAsync(kind);
        var own = await rig.OwnAsync(ConnectionKind.Oidc);
        var ada = await ProviderAdminAsync(rig, own, "ada@acme.com");
        var (bob, _) = await PasswordAdminAsync(rig, "bob@acme.com");
        var change = new ChangeConnection(rig.Acme.Store);
        var draft = ConnectionDraft.Of(own);
        Assert.Equal("locksYouOut", (await new RemoveConnection(rig.Acme.Store).RunAsync(ada, rig.Acme.Id, own.Id, default)).Refusal?.Code);
        Assert.Equal(
            "locksYouOut",
            (await change.RunAsync(ada, rig.Acme.Id, own.Id, 1, draft with { Enabled = false }, ConnectionRig.Good, default)).Refusal?.Code
        );
        Assert.Equal(
            "locksYouOut",
            (
                await change.RunAsync(
                    ada,
                    rig.Acme.Id,
                    own.Id,
                    1,
                    draft with
                    {
                        Authority = "https://other.example",
                        Credential = "another",
                    },
                    ConnectionRig.Good,
                    default
                )
            )
                .Refusal
                ?.Code
        );
        Assert.True((await change.RunAsync(ada, rig.Acme.Id, own.Id, 1, draft with { Name = "Ours" }, ConnectionRig.Good, default)).Done);

        var page = new ConnectionPage(rig.Acme.Store);
        Assert.Equal(new ConnectionUsers(1, 1), (await page.UsersAsync(bob, rig.Acme.Id, own.Id, default)).Value);
        Assert.True((await new RemoveConnection(rig.Acme.Store).RunAsync(bob, rig.Acme.Id, own.Id, default)).Done);
        Assert.Equal("notFound", (await page.UsersAsync(bob, rig.Acme.Id, own.Id, default)).Refusal?.Code);
    }

    [Theory, EachDatabase]
    public async Task Of_two_admins_who_take_each_others_last_way_at_once_one_is_refused(Database kind)
    {
        await using var rig = await ConnectionRig.NewAsync(kind);
        var own = await rig.OwnAsync(ConnectionKind.Oidc);
        var ada = await ProviderAdminAsync(rig, own, "ada@acme.com"); // wants passwords off
        var (bob, _) = await PasswordAdminAsync(rig, "bob@acme.com"); // wants the connection gone
        var race = await Rivals.RaceAsync(
            2,
            async i =>
                i == 0
                    ? await SetAsync(rig, ada, r => r with { LocalPassword = false })
                    : (await new RemoveConnection(rig.Acme.Store).RunAsync(bob, rig.Acme.Id, own.Id, default)).Refusal?.Code
        );
        Assert.InRange(race.Count(r => r.Required is null), 0, 1);
        var rules = (await OpenAsync(rig)).Configuration.SignIn;
        Assert.True(
            rules.LocalPassword || (await new ListConnections(rig.Acme.Store).OfferedAsync(await OpenAsync(rig), default)).Count > 0
        );
    }

    [Theory, EachDatabase]
    public async Task Who_depends_on_a_connection_is_counted(Database kind)
    {
        await using var rig = await ConnectionRig.NewAsync(kind);
        var own = await rig.OwnAsync(ConnectionKind.Oidc);
        var (ada, _) = await PasswordAdminAsync(rig, "ada@acme.com");
        for (var i = 0; i < 3; i++)
        {
            await ProviderAdminAsync(rig, own, $"p{i}@acme.com", $"subject-{i}");
        }

        var views = (await new ConnectionPage(rig.Acme.Store).RunAsync(ada, rig.Acme.Id, default)).Value;
        Assert.Equal((own.Id, true), (views[0].Row.Id, views[0].IsOffered));
        Assert.Equal(rig.Acme.Clock.Now, views[0].LastUsedAt);
        Assert.Equal(
            new ConnectionUsers(3, 3),
            (await new ConnectionPage(rig.Acme.Store).UsersAsync(ada, rig.Acme.Id, own.Id, default)).Value
        );

        // One of them has a second login through the installation's Google, another is suspended.
        var google = await rig.PlatformAsync(ConnectionKind.Google);
        await using var db = rig.Acme.Store.Read();
        var logins = await db.Logins.AsNoTracking().Where(l => l.ConnectionId == own.Id).OrderBy(l => l.Subject).ToListAsync();
        await rig.Acme.Store.ChangeAsync<Nothing>(
            Actor.System,
            null,
            "test",
            attempt =>
            {
                attempt.Changes.Add(
                    logins[0] with
                    {
                        Id = Id<Login>.New(attempt.Time),
                        ConnectionId = google.Id,
                        Issuer = ConnectionCheck.Google,
                        HostedDomain = "acme.com",
                    }
                );
                return Task.FromResult<Outcome<Nothing>>(default(Nothing));
            },
            default
        );
        var third = await db.Members.SingleAsync(m => m.AccountId == logins[2].AccountId);
        await new SuspendMember(rig.Acme.Store).RunAsync(Actor.Operator, rig.Acme.Id, third.Id, default);
        Assert.Equal(
            new ConnectionUsers(2, 1),
            (await new ConnectionPage(rig.Acme.Store).UsersAsync(ada, rig.Acme.Id, own.Id, default)).Value
        );
        await rig.Acme.ConfigureAsync(c => c with { SignIn = c.SignIn with { Domains = ["elsewhere.com"] } });
        Assert.Equal(
            new ConnectionUsers(2, 2),
            (await new ConnectionPage(rig.Acme.Store).UsersAsync(ada, rig.Acme.Id, own.Id, default)).Value
        );
    }

    [Theory, EachDatabase]
    public async Task The_operators_link_opens_the_workspace_under_every_policy(Database kind)
    {
        await using var rig = await ConnectionRig.NewAsync(kind);
        SignInRules[] policies =
        [
            new() { LocalPassword = false },
            new() { LocalPassword = false, Connections = [] },
            new() { Connections = [], Mfa = MfaPolicy.Required },
            new()
            {
                LocalPassword = false,
                Connections = [],
                Tenants = [ConnectionRig.Tenant],
                Domains = ["acme.com"],
                Mfa = MfaPolicy.Required,
            },
        ];
        foreach (var policy in policies)
        {
            await rig.Acme.ConfigureAsync(c => c with { SignIn = policy }); // the operator may set what would lock an admin out
            var link = (
                await new InviteAdmin(rig.Acme.Store).RunAsync(Actor.Operator, rig.Acme.Id, "ada@acme.com", TimeSpan.FromHours(1), default)
            ).Value;
            var opened = (await new UseOneTimeLink(rig.Acme.Store).RunAsync(link, Browser.Unknown, default)).Value;
            var who = (await rig.ReadAsync(opened))!;
            Assert.Null(who.Barred);
            Assert.True(who.Member is not null || policy.Mfa == MfaPolicy.Required); // led to set up a second factor, not turned away
        }

        // Who came by the link has no lasting way in yet: making one is not refused.
        await rig.Acme.ConfigureAsync(c => c with { SignIn = policies[1] });
        var again = (
            await new InviteAdmin(rig.Acme.Store).RunAsync(Actor.Operator, rig.Acme.Id, "ada@acme.com", TimeSpan.FromHours(1), default)
        ).Value;
        var ada = (await rig.ReadAsync((await new UseOneTimeLink(rig.Acme.Store).RunAsync(again, Browser.Unknown, default)).Value))!;
        var draft = ConnectionRig.Draft(ConnectionKind.Oidc);
        Assert.True(
            (await new CreateConnection(rig.Acme.Store).RunAsync(ada.Actor!, rig.Acme.Id, draft, ConnectionRig.Good, default)).Done
        );
        Assert.Null(await SetAsync(rig, ada.Actor!, r => r with { UnknownMayJoin = true }));
    }

    [Theory, EachDatabase]
    public async Task Whoever_joins_at_the_first_sign_in_gets_the_policys_role(Database kind)
    {
        await using var rig = await ConnectionRig.NewAsync(kind);
        var own = await rig.OwnAsync(ConnectionKind.Oidc, d => d with { UnknownMayJoin = true });
        await rig.Acme.ConfigureAsync(c => c with { SignIn = c.SignIn with { JoinRole = "viewer" } });
        var who = await rig.ReadAsync((await rig.SignInAsync(rig.Who(own))).Value);
        Assert.Equal(("viewer", false), (who!.Member!.Role, who.Member.HasSeat));
        var wrong = rig.Acme.Workspace.Configuration with { SignIn = new() { JoinRole = "admin" } };
        Assert.Equal("signIn.joinRole", ConfigurationCheck.Check(wrong)?.Field);
    }

    private static async Task<WorkspaceContext> OpenAsync(ConnectionRig rig)
    {
        await using var db = rig.Acme.Store.Read();
        return (await WorkspaceContext.ByIdAsync(db, rig.Acme.Id, default))!;
    }

    private static async Task<Outcome<WorkspaceContext>> ChangeAsync(ConnectionRig rig, Actor actor, Func<SignInRules, SignInRules> change)
    {
        var now = await OpenAsync(rig);
        return await new ChangeConfiguration(rig.Acme.Store).RunAsync(
            actor,
            rig.Acme.Id,
            now.Row.Version,
            now.Configuration with
            {
                SignIn = change(now.Configuration.SignIn),
            },
            default
        );
    }

    private static async Task<string?> SetAsync(ConnectionRig rig, Actor actor, Func<SignInRules, SignInRules> change) =>
        (await ChangeAsync(rig, actor, change)).Refusal?.Code;

    private static async Task<(Actor Actor, SignedIn Who)> PasswordAdminAsync(ConnectionRig rig, string userName)
    {
        var secret = (await rig.Acme.InviteAsync(userName, "admin")).LinkSecret;
        var opened = (
            await new CreateLocalAccount(rig.Acme.Store, Quick).RunAsync(
                secret,
                userName,
                userName,
                "correct horse battery staple 9",
                Browser.Unknown,
                default
            )
        ).Value;
        Assert.True((await rig.AcceptAsync(opened, secret)).Done);
        var who = (await rig.ReadAsync(opened))!;
        return (who.Actor!, who);
    }

    private static async Task<Actor> ProviderAdminAsync(
        ConnectionRig rig,
        IdentityConnection connection,
        string userName,
        string? subject = null
    )
    {
        var secret = (await rig.Acme.InviteAsync(userName, "admin")).LinkSecret;
        var opened = (await rig.SignInAsync(rig.Who(connection, userName, subject), secret)).Value;
        Assert.True((await rig.AcceptAsync(opened, secret)).Done);
        return (await rig.ReadAsync(opened))!.Actor!;
    }
}
