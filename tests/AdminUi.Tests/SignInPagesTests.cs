using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using UserManagement.AdminUi.Tests.Rig;
using UserManagement.Membership;
using UserManagement.Membership.Access;
using UserManagement.Membership.Accounts;
using UserManagement.Membership.Connections;
using UserManagement.Membership.Workspaces;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.AdminUi.Tests;

/// <summary>Connections and the sign-in policy, through the pages. The provider is the test's: it answers what the test says.</summary>
public partial class SignInPagesTests
{
    private const string Secret = "a-client-secret-of-theirs";

    [Theory, EachDatabase]
    public async Task A_connection_is_checked_made_changed_switched_off_and_removed(Database kind)
    {
        await using var site = await AdminSite.StartAsync(kind, probe: Answer);
        var page = await site.Admin.GetAsync("/w/acme/sign-in/connections/new?kind=oidc");
        var redirect = Redirect().Match(page.Text).Groups[1].Value;
        Assert.StartsWith(site.Server.PublicUrl.ToString(), redirect, StringComparison.Ordinal);

        var check = await site.Admin.PressAsync(
            page,
            "/w/acme/sign-in/connections",
            "/w/acme/sign-in/connections/check",
            Fields(("authority", "https://down.example.com"))
        );
        Assert.Equal(HttpStatusCode.ServiceUnavailable, check.Status);
        Assert.Contains("https://down.example.com/.well-known/openid-configuration", check.Text, StringComparison.Ordinal);
        Assert.Contains(redirect, check.Text, StringComparison.Ordinal); // the address that was registered already stays
        check = await site.Admin.PressAsync(page, "/w/acme/sign-in/connections", "/w/acme/sign-in/connections/check", Fields());
        Assert.Contains("The provider answers as it should", check.Text, StringComparison.Ordinal);
        Assert.Empty(SecretScan.Find(check.Text, Secret));
        Assert.Empty(await ListAsync(site));

        Assert.Equal("/w/acme/sign-in", (await site.Admin.PressAsync(check, "/w/acme/sign-in/connections", null, Fields())).Location);
        var made = Assert.Single(await ListAsync(site));
        Assert.Equal(redirect, site.Server.Links.ProviderCallback(made.Id));
        // sent twice
        Assert.Equal(HttpStatusCode.Conflict, (await site.Admin.PressAsync(check, "/w/acme/sign-in/connections", null, Fields())).Status);

        var one = $"/w/acme/sign-in/connections/{made.Id}";
        page = await site.Admin.GetAsync(one);
        Assert.Empty(SecretScan.Find(page.Text, Secret));
        var moved = await site.Admin.PressAsync(page, one, null, Fields(("secret", ""), ("authority", "https://other.example.com")));
        Assert.Equal(422, (int)moved.Status);
        Assert.Contains("needs its own secret", moved.Text, StringComparison.Ordinal);
        Assert.Equal(
            "/w/acme/sign-in",
            (await site.Admin.PressAsync(page, one, null, Fields(("secret", ""), ("name", AdminSite.Hostile)))).Location
        );
        Assert.Equal(HttpStatusCode.Conflict, (await site.Admin.PressAsync(page, one, null, Fields(("secret", "")))).Status); // an old form

        var list = await site.Admin.GetAsync("/w/acme/sign-in");
        Assert.DoesNotContain("<script>alert", list.Text, StringComparison.Ordinal);
        page = await site.Admin.GetAsync(one + "/switch");
        Assert.Contains("Nobody has signed in", page.Text, StringComparison.Ordinal);
        Assert.Equal("/w/acme/sign-in", (await site.Admin.PressAsync(page, one + "/switch")).Location);
        Assert.False(Assert.Single(await ListAsync(site)).Enabled);
        list = await site.Admin.GetAsync("/w/acme/sign-in");
        Assert.Equal("/w/acme/sign-in", (await site.Admin.PressAsync(list, one + "/switch")).Location);
        Assert.True(Assert.Single(await ListAsync(site)).Enabled);
        page = await site.Admin.GetAsync(one + "/remove");
        Assert.Equal("/w/acme/sign-in", (await site.Admin.PressAsync(page, one + "/remove")).Location);
        Assert.Empty(await ListAsync(site));
        Assert.Equal(HttpStatusCode.NotFound, (await site.Admin.GetAsync(one)).Status);

        var audit = await site.Admin.GetAsync("/w/acme/audit?act=connection.");
        Assert.Contains("added the connection", audit.Text, StringComparison.Ordinal);
        Assert.Contains("removed the connection", audit.Text, StringComparison.Ordinal);
        Assert.Empty(SecretScan.Find(audit.Text, Secret));
    }

    [Theory, EachDatabase]
    public async Task A_form_whose_address_was_not_made_here_makes_no_connection(Database kind)
    {
        await using var site = await AdminSite.StartAsync(kind, probe: Answer);
        var (_, stranger) = await AdminSite.NewWorkspaceAsync(site.Server, "other", "Other", "seats", "stranger@example.com");
        var theirs = await stranger.GetAsync("/w/other/sign-in/connections/new?kind=oidc");
        var reserved = Regex.Match(theirs.Text, "name=\"reserved\" value=\"([^\"]+)\"").Groups[1].Value;
        foreach (var text in (string[])["", "0198c0de-0000-7000-8000-000000000001", reserved])
        {
            var answer = await site.Admin.PostAsync("/w/acme/sign-in/connections", [.. Fields(("kind", "oidc"), ("reserved", text))]);
            Assert.Equal(422, (int)answer.Status);
            Assert.Contains("too old", answer.Text, StringComparison.Ordinal);
        }

        Assert.Empty(await ListAsync(site));
        stranger.Dispose();
    }

    [Theory, EachDatabase]
    public async Task The_policy_says_which_provider_of_the_installation_nobody_can_use_now(Database kind)
    {
        await using var site = await AdminSite.StartAsync(kind);
        var google = await site.PlatformConnectionAsync();
        Assert.DoesNotContain("Nobody can use", (await site.Admin.GetAsync("/w/acme/sign-in")).Text, StringComparison.Ordinal);
        var off = await site
            .Server.Service<ChangeConnection>()
            .RunAsync(
                Actor.Operator,
                default,
                google.Id,
                google.Version,
                ConnectionDraft.Of(google) with
                {
                    Enabled = false,
                },
                (_, _) => Task.FromResult<Refusal?>(null),
                default
            );
        Assert.True(off.Done);
        Assert.Contains(
            "Nobody can use Google: whoever runs this server has switched it off.",
            (await site.Admin.GetAsync("/w/acme/sign-in")).Text,
            StringComparison.Ordinal
        );
        var rules = new SignInRules { Connections = [Guid.Parse("01234567-0000-7000-8000-000000000000")] };
        Assert.Equal("One provider that the policy names is no longer set up on this server.", ClosedConnections.Sentence(rules, [google]));
        Assert.Null(ClosedConnections.Sentence(new(), [google]));
    }

    [Theory, EachDatabase]
    public async Task A_policy_is_saved_and_each_wrong_field_says_so_beside_itself(Database kind)
    {
        await using var site = await AdminSite.StartAsync(kind);
        var google = await site.PlatformConnectionAsync();
        var page = await site.Admin.GetAsync("/w/acme/sign-in");
        Assert.Contains("No connection yet", page.Text, StringComparison.Ordinal);
        (string Name, string Value, string Says)[] wrong =
        [
            ("tenants", "contoso.com", "ids of Entra tenants"),
            ("domains", "not a domain!", "domains of Google organisations"),
            ("joinRole", "admin", "no admin&#x27;s"),
        ];
        foreach (var (name, value, says) in wrong)
        {
            var answer = await site.Admin.PressAsync(
                page,
                "/w/acme/sign-in/policy",
                null,
                ("passwords", "on"),
                ("connections", "all"),
                (name, value)
            );
            Assert.Equal(422, (int)answer.Status);
            Assert.Contains("field-error", answer.Text, StringComparison.Ordinal);
            Assert.Contains(says, answer.Text, StringComparison.Ordinal);
        }

        var saved = await site.Admin.PressAsync(
            page,
            "/w/acme/sign-in/policy",
            null,
            ("passwords", "on"),
            ("connections", "some"),
            ("connection", google.Id.ToString()),
            ("tenants", "11111111-2222-4333-8444-555555555555,\n"),
            ("domains", "@Acme.com acme.org"),
            ("unknownMayJoin", "true"),
            ("joinRole", "viewer"),
            ("mfa", "optional"),
            ("mfaCountsProvider", "true")
        );
        Assert.Equal("/w/acme/sign-in", saved.Location);
        var rules = (await OpenAsync(site)).Configuration.SignIn;
        Assert.Equal(
            (true, true, "viewer", MfaPolicy.Optional, true),
            (rules.LocalPassword, rules.UnknownMayJoin, rules.JoinRole, rules.Mfa, rules.MfaCountsProvider)
        );
        Assert.Equal([google.Id.Value], rules.Connections!);
        Assert.Equal(["acme.com", "acme.org"], rules.Domains);
        Assert.Equal(["11111111-2222-4333-8444-555555555555"], rules.Tenants);
        Assert.Equal(
            HttpStatusCode.Conflict,
            (await site.Admin.PressAsync(page, "/w/acme/sign-in/policy", null, ("passwords", "on"), ("connections", "all"))).Status
        ); // an old form
        var audit = await site.Admin.GetAsync("/w/acme/audit?act=workspace.");
        Assert.Contains("Sign in domains", audit.Text, StringComparison.Ordinal);
    }

    [Theory, EachDatabase]
    public async Task A_policy_that_would_lock_the_admin_out_is_kept_back_until_it_was_tried(Database kind)
    {
        await using var site = await AdminSite.StartAsync(kind);
        var google = await site.PlatformConnectionAsync();
        var (ada, _) = await site.JoinAsync("ada.l@example.com", "admin"); // has a password
        var page = await ada.GetAsync("/w/acme/sign-in");
        (string, string)[] draft = [("passwords", "off"), ("connections", "all"), ("via", google.Id.ToString())];
        var refused = await ada.PressAsync(page, "/w/acme/sign-in/policy", null, draft);
        Assert.Equal(HttpStatusCode.Conflict, refused.Status);
        Assert.Contains("You could not get in any more", refused.Text, StringComparison.Ordinal);
        // what was typed stays
        Assert.Contains("id=\"f-passwords-1\" name=\"passwords\" value=\"off\" checked", refused.Text, StringComparison.Ordinal);

        var begun = await ada.PressAsync(page, "/w/acme/sign-in/policy", "/w/acme/sign-in/tests", draft);
        Assert.Equal(HttpStatusCode.SeeOther, begun.Status);
        var test = await ada.GetAsync(begun.Location!);
        Assert.Contains($"/signin/{google.Id}/start?purpose=test", test.Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await site.Admin.GetAsync(begun.Location!)).Status); // another admin's test
        Assert.Equal(HttpStatusCode.Conflict, (await ada.PostAsync(begun.Location + "/enforce", ("version", "1"))).Status);

        // The provider answers: first somebody who is not linked, then Ada.
        var who = (await site.Server.Service<ReadSession>().RunAsync(ada.Session, "acme", default))!;
        Assert.True(Id<SignInTest>.TryParse(begun.Location!.Split('/')[^1], out var id));
        Assert.False(
            (await site.Server.Service<AnswerSignInTest>().RunAsync(who, site.Workspace.Id, id, Said(google), default)).Value.Passed
        );
        test = await ada.GetAsync(begun.Location);
        Assert.Contains("You would not get in", test.Text, StringComparison.Ordinal);
        Assert.Contains("ada.l@example.com", test.Text, StringComparison.Ordinal);
        await site.Server.Store.ChangeAsync<Nothing>(
            Actor.System,
            null,
            "test",
            attempt =>
            {
                attempt.Changes.Add(
                    new Login
                    {
                        Id = Id<Login>.New(attempt.Time),
                        ConnectionId = google.Id,
                        Issuer = ConnectionCheck.Google,
                        Subject = "ada",
                        AccountId = who.Account.Id,
                        CreatedAt = attempt.At,
                        Version = 1,
                    }
                );
                return Task.FromResult<UserManagement.Membership.Outcome<Nothing>>(default(Nothing));
            },
            default
        );
        begun = await ada.PressAsync(test, begun.Location + "/again");
        Assert.True(Id<SignInTest>.TryParse(begun.Location!.Split('/')[^1], out id));
        Assert.True(
            (await site.Server.Service<AnswerSignInTest>().RunAsync(who, site.Workspace.Id, id, Said(google), default)).Value.Passed
        );
        test = await ada.GetAsync(begun.Location);
        Assert.Contains("You would get in", test.Text, StringComparison.Ordinal);
        Assert.Equal("/w/acme/sign-in", (await ada.PressAsync(test, begun.Location + "/enforce")).Location);
        Assert.False((await OpenAsync(site)).Configuration.SignIn.LocalPassword);
        ada.Dispose();
    }

    [Theory, EachDatabase]
    public async Task What_was_typed_is_there_again_after_the_new_proof_and_a_secret_is_not_kept(Database kind)
    {
        var clock = new HandClock();
        await using var site = await AdminSite.StartAsync(kind, time: clock, probe: Answer);
        var (ada, _) = await site.JoinAsync("ada.l@example.com", "admin");
        var policy = await ada.GetAsync("/w/acme/sign-in");
        var make = await ada.GetAsync("/w/acme/sign-in/connections/new?kind=oidc");
        clock.Advance(TimeSpan.FromMinutes(6));

        var led = await ada.PressAsync(
            policy,
            "/w/acme/sign-in/policy",
            null,
            ("passwords", "on"),
            ("connections", "all"),
            ("domains", "typed.example"),
            ("mfa", "required")
        );
        Assert.Equal("/signin/again?returnUrl=%2Fw%2Facme%2Fsign-in", led.Location);
        var cookie = led.Headers["Set-Cookie"].ToLowerInvariant();
        Assert.All(
            ["__host-draft=", "secure", "httponly", "samesite=lax"],
            flag => Assert.Contains(flag, cookie, StringComparison.Ordinal)
        );
        // not before the proof
        Assert.DoesNotContain("typed.example", (await ada.GetAsync("/w/acme/sign-in")).Text, StringComparison.Ordinal);
        ada = await ProveAsync(site, ada);
        var back = await ada.GetAsync("/w/acme/sign-in");
        Assert.Contains("typed.example", back.Text, StringComparison.Ordinal);
        Assert.Contains("what you entered is here", back.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("typed.example", (await ada.GetAsync("/w/acme/sign-in")).Text, StringComparison.Ordinal); // once
        Assert.Equal(
            "/w/acme/sign-in",
            (
                await ada.PressAsync(
                    back,
                    "/w/acme/sign-in/policy",
                    null,
                    ("passwords", "on"),
                    ("connections", "all"),
                    ("domains", "typed.example")
                )
            ).Location
        );

        clock.Advance(TimeSpan.FromMinutes(6));
        led = await ada.PressAsync(make, "/w/acme/sign-in/connections", null, Fields(("name", "Typed by hand")));
        Assert.Equal("/signin/again?returnUrl=%2Fw%2Facme%2Fsign-in%2Fconnections%2Fnew%3Fkind%3Doidc", led.Location);
        ada = await ProveAsync(site, ada);
        back = await ada.GetAsync("/w/acme/sign-in/connections/new?kind=oidc");
        Assert.Contains("value=\"Typed by hand\"", back.Text, StringComparison.Ordinal);
        Assert.Empty(SecretScan.Find(back.Text, Secret));
        // the address that may be registered already
        Assert.Equal(Redirect().Match(make.Text).Groups[1].Value, Redirect().Match(back.Text).Groups[1].Value);
        Assert.Equal(
            "/w/acme/sign-in",
            (await ada.PressAsync(back, "/w/acme/sign-in/connections", null, Fields(("name", "Typed by hand")))).Location
        );

        // Too long to be kept: the page stands, and says what to do.
        clock.Advance(TimeSpan.FromMinutes(6));
        var longest = Convert.ToHexString(System.Security.Cryptography.RandomNumberGenerator.GetBytes(4000));
        var stays = await ada.PressAsync(back, "/w/acme/sign-in/connections", null, Fields(("listed", longest), ("scopes", longest)));
        Assert.Equal(HttpStatusCode.Forbidden, stays.Status);
        Assert.Contains(longest, stays.Text, StringComparison.Ordinal);
        Assert.Contains("in another tab", stays.Text, StringComparison.Ordinal);
        ada.Dispose();
    }

    /// <summary>The same browser after a new proof: the session goes on under another secret.</summary>
    private static async Task<Person> ProveAsync(AdminSite site, Person person)
    {
        var who = (await site.Server.Service<ReadSession>().RunAsync(person.Session, null, default))!;
        person.Session = (
            await site
                .Server.Service<Membership.Accounts.Factors.ProveAgain>()
                .ByPasswordAsync(who, "correct horse battery staple 9", default)
        )
            .Value
            .Secret;
        return person;
    }

    private static Task<Refusal?> Answer(IdentityConnection connection, CancellationToken ct) =>
        Task.FromResult(
            connection.Authority.Contains("down", StringComparison.Ordinal)
                ? new Refusal(RefusalKind.Unavailable, "providerUnreachable", "It does not answer as it should.", "authority")
                : null
        );

    private static (string, string)[] Fields(params (string Name, string Value)[] over) =>
        [
            .. new (string Name, string Value)[]
            {
                ("name", "Our own"),
                ("authority", "https://login.example.com"),
                ("clientId", "client"),
                ("proof", "basic"),
                ("secret", Secret),
                ("scopes", "openid profile email"),
            }.Where(f => over.All(o => o.Name != f.Name)),
            .. over,
        ];

    private static ProvenIdentity Said(IdentityConnection connection) =>
        new()
        {
            ConnectionId = connection.Id,
            Kind = connection.Kind,
            Issuer = ConnectionCheck.Google,
            Subject = "ada",
            UserName = "ada.l@example.com",
            HostedDomain = "example.com",
            StateHash = Membership.Secret.Hash(Membership.Secret.New()),
            StateExpiresAt = DateTimeOffset.Parse("2100-01-01T00:00:00Z", CultureInfo.InvariantCulture),
        };

    private static async Task<IReadOnlyList<IdentityConnection>> ListAsync(AdminSite site) =>
        (await site.Server.Service<ListConnections>().RunAsync(Actor.Operator, site.Workspace.Id, default)).Value;

    private static async Task<WorkspaceContext> OpenAsync(AdminSite site)
    {
        await using var db = site.Server.Store.Read();
        return (await WorkspaceContext.ByIdAsync(db, site.Workspace.Id, default))!;
    }

    [GeneratedRegex("id=\"redirect\" value=\"([^\"]+)\"")]
    private static partial Regex Redirect();
}
