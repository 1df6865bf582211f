using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using UserManagement.Membership;
using UserManagement.Membership.Access;
using UserManagement.Membership.Accounts;
using UserManagement.Membership.Accounts.Factors;
using UserManagement.Membership.Connections;
using UserManagement.Membership.Invitations;
using UserManagement.Membership.Members;
using UserManagement.Membership.Roles;
using UserManagement.Membership.Workspaces;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Identity.Tests;

public sealed partial class ProviderPagesTests
{
    private static string Start(IdentityConnection connection, string more = "") =>
        $"/signin/{connection.Id}/start?returnUrl=/w/acme/profile{more}";

    [Theory, EachDatabase]
    [Shows("S3-24", "S3-30")]
    public async Task An_invited_person_signs_in_at_the_provider_and_is_in_without_a_further_click_and_the_second_visit_leads_in(
        Database kind
    )
    {
        await using var scene = await Scene.NewAsync(kind);
        await using var provider = await HostileProvider.NewAsync(ConnectionKind.Google, scene.Clock);
        var google = await scene.ConnectAsync(provider, ConnectionKind.Google, "Google");
        var (copied, _) = await scene.InviteAsync("jo@acme.com", "member", IdentityProvider.Any);
        using var visitor = new Visitor(scene.Server);
        var page = await visitor.GetAsync($"/invite/{copied}");
        Assert.Contains($"href=\"/invite/{copied}/signin/{google.Id}\"", page.Body);
        Assert.Contains("Create account and join", page.Body); // the workspace takes passwords too

        var begun = await visitor.GetAsync($"/invite/{copied}/signin/{google.Id}");
        var cookie = Assert.Single(begun.Cookies).ToLowerInvariant();
        Assert.StartsWith("__host-signin-", cookie);
        Assert.All(["secure", "httponly", "samesite=lax", "path=/", "max-age=900"], flag => Assert.Contains(flag, cookie));
        Assert.DoesNotContain(copied, begun.Location);
        var answer = await visitor.GetAsync(Visitor.Back(provider, begun.Location!));

        Assert.Equal((303, "/w/acme"), (answer.Status, answer.Location)); // names came from the provider, so nobody is asked for them
        Assert.Contains(
            answer.Cookies,
            c =>
                c.StartsWith("__Host-signin-", StringComparison.Ordinal) && c.Contains("expires=Thu, 01 Jan 1970", StringComparison.Ordinal)
        );
        var profile = await visitor.GetAsync("/w/acme/profile");
        Assert.Contains("value=\"Harbour\"", profile.Body);
        Assert.Contains("Member", profile.Body);
        Assert.Contains("You hold a seat", profile.Body);

        Assert.Equal("/w/acme", (await visitor.GetAsync($"/invite/{copied}")).Location);
        using var again = new Visitor(scene.Server);
        Assert.Equal("/w/acme", (await again.ComeThroughAsync(provider, $"/invite/{copied}/signin/{google.Id}")).Location);
        using var later = new Visitor(scene.Server);
        Assert.Equal("/w/acme/profile", (await later.ComeThroughAsync(provider, Start(google))).Location);
        Assert.Equal(200, (await later.GetAsync("/w/acme/profile")).Status);
        Assert.Equal((1, 1, 3, 1), await MadeAsync(scene));
    }

    [Theory]
    [EachDatabase("jo@other.com", null, "for another account")]
    [EachDatabase("jo@acme.com", "99999999-2222-4333-8444-555555555555", "of another organisation")]
    [EachDatabase("jo@acme.com", "google", "asks for a Google account")]
    public async Task An_account_that_does_not_fit_is_told_why_and_may_have_the_inviter_told_once_an_hour(
        Database kind,
        string invited,
        string? bound,
        string sentence
    )
    {
        await using var scene = await Scene.NewAsync(kind, "provider");
        await using var provider = await HostileProvider.NewAsync(ConnectionKind.Entra, scene.Clock);
        var entra = await scene.ConnectAsync(provider, ConnectionKind.Entra, "Microsoft");
        var ada = await AdminAsync(scene);
        var (copied, _) = await scene.InviteAsync(
            invited,
            null,
            bound switch
            {
                null => IdentityProvider.Any,
                "google" => IdentityProvider.Google,
                _ => IdentityProvider.Entra,
            },
            bound is null or "google" ? null : bound,
            ada
        );
        using var visitor = new Visitor(scene.Server);

        var refused = await visitor.ComeThroughAsync(provider, $"/invite/{copied}/signin/{entra.Id}");

        Assert.Equal(409, refused.Status);
        Assert.Contains(sentence, refused.Body);
        Assert.Contains($"/invite/{copied}/signin/{entra.Id}?choose=1", refused.Body);
        Assert.Null(visitor.Session);
        Assert.Equal((0, 0), ((await MadeAsync(scene)).Logins, (await MadeAsync(scene)).Sessions));
        Assert.Contains("prompt=select_account", (await visitor.GetAsync($"/invite/{copied}/signin/{entra.Id}?choose=1")).Location);

        var asked = await visitor.PostAsync(
            "/invite/ask",
            ("ask", Ask(refused.Body)),
            ("__RequestVerificationToken", Visitor.Token(refused.Body))
        );
        Assert.Equal(303, asked.Status);
        asked = await visitor.GetAsync(asked.Location!);
        Assert.Contains("We told the person who invited you", asked.Body);
        Assert.All(["ada@", "other.com"], leak => Assert.DoesNotContain(leak, refused.Body + asked.Body));
        var second = await visitor.PostAsync(
            "/invite/ask",
            ("ask", Ask(refused.Body)),
            ("__RequestVerificationToken", Visitor.Token(refused.Body))
        );
        Assert.Equal(429, second.Status);
        Assert.Equal(
            400,
            (await visitor.PostAsync("/invite/ask", ("ask", "made up"), ("__RequestVerificationToken", Visitor.Token(refused.Body)))).Status
        );
        await using var db = scene.Server.Store.Read();
        var invitation = await db.Invitations.SingleAsync(i => i.UserName == invited);
        Assert.Contains("jo@acme.com, Microsoft", invitation.CorrectionAsked);
        Assert.Equal(1, await db.AuditEntries.CountAsync(e => e.Act == "invitation.correctionAsked" && !e.Refused));
        Assert.Equal(InvitationStatus.Pending, invitation.Stored);
    }

    [Theory, EachDatabase]
    public async Task Closed_invitations_a_full_workspace_and_a_cancelled_sign_in_each_say_so(Database kind)
    {
        await using var scene = await Scene.NewAsync(kind, "provider");
        await using var provider = await HostileProvider.NewAsync(ConnectionKind.Google, scene.Clock);
        var google = await scene.ConnectAsync(provider, ConnectionKind.Google, "Google");
        var (copied, _) = await scene.InviteAsync("jo@acme.com");
        var start = $"/invite/{copied}/signin/{google.Id}";
        using var visitor = new Visitor(scene.Server);

        provider.OnAnswer = a => [new("error", "access_denied"), new("error_description", "<script>alert(1)</script>"), a[1]];
        var cancelled = await visitor.ComeThroughAsync(provider, start);
        Assert.Equal(403, cancelled.Status);
        Assert.Contains("did not let you in, or you cancelled", cancelled.Body);
        Assert.DoesNotContain("alert(1)", cancelled.Body);
        provider.OnAnswer = a => a;

        await ConfigureAsync(scene, c => c with { Capacity = c.Capacity with { MemberSlots = 0 } });
        var full = await visitor.ComeThroughAsync(provider, start);
        Assert.Equal(409, full.Status);
        Assert.Contains("No member slot is free", full.Body);
        Assert.Contains("Try again as Jo Harbour", full.Body); // the account is there and the invitation open
        Assert.NotNull(visitor.Session);
        await ConfigureAsync(scene, c => c with { Capacity = c.Capacity with { MemberSlots = 10 } });
        Assert.Equal("/w/acme/profile", (await visitor.SubmitAsync($"/invite/{copied}", "/invite/join", ("secret", copied))).Location);

        var (late, _) = await scene.InviteAsync("late@acme.com");
        using var slow = new Visitor(scene.Server);
        var begun = await slow.GetAsync($"/invite/{late}/signin/{google.Id}");
        scene.Clock.Advance(TimeSpan.FromDays(15));
        Assert.Contains("fifteen minutes", (await slow.GetAsync(Visitor.Back(provider, begun.Location!))).Body);
        provider.OnClaims = c => (c["sub"], c["email"]) = ("subject-2", "late@acme.com");
        var expired = await slow.ComeThroughAsync(provider, $"/invite/{late}/signin/{google.Id}");
        Assert.Equal(410, expired.Status);
        Assert.Contains("has expired", expired.Body);
    }

    [Theory, EachDatabase]
    [Shows("S3-29")]
    public async Task Where_one_provider_alone_fits_the_link_leads_there_at_once(Database kind)
    {
        await using var scene = await Scene.NewAsync(kind, "provider");
        await using var provider = await HostileProvider.NewAsync(ConnectionKind.Google, scene.Clock);
        var google = await scene.ConnectAsync(provider, ConnectionKind.Google, "Google");
        var (copied, _) = await scene.InviteAsync("jo@acme.com");
        using var visitor = new Visitor(scene.Server);
        Assert.Contains("Continue with", (await visitor.GetAsync($"/invite/{copied}?here=1")).Body);
        var led = await visitor.GetAsync($"/invite/{copied}");
        Assert.Equal((303, $"/invite/{copied}/signin/{google.Id}"), (led.Status, led.Location));
        Assert.StartsWith("/w/acme", (await visitor.ComeThroughAsync(provider, led.Location!)).Location);
        Assert.Equal("/w/acme", (await visitor.GetAsync($"/invite/{copied}")).Location);

        await using var second = await HostileProvider.NewAsync(ConnectionKind.Oidc, scene.Clock);
        await scene.ConnectAsync(second, ConnectionKind.Oidc, "Other");
        var (choice, _) = await scene.InviteAsync("choice@acme.com");
        using var other = new Visitor(scene.Server);
        Assert.Contains("Continue with", (await other.GetAsync($"/invite/{choice}")).Body); // more than one: the person chooses
    }

    [Theory, EachDatabase]
    public async Task Wrong_answers_through_the_routes_leave_no_account_no_session_and_no_member(Database kind)
    {
        await using var scene = await Scene.NewAsync(kind);
        await using var provider = await HostileProvider.NewAsync(ConnectionKind.Google, scene.Clock);
        await using var second = await HostileProvider.NewAsync(ConnectionKind.Oidc, scene.Clock);
        var google = await scene.ConnectAsync(provider, ConnectionKind.Google, "Google");
        var other = await scene.ConnectAsync(second, ConnectionKind.Oidc, "Other");
        var (copied, _) = await scene.InviteAsync("jo@acme.com");
        var start = $"/invite/{copied}/signin/{google.Id}";
        using var visitor = new Visitor(scene.Server);

        async Task RefusedAsync(Action<HostileProvider> wrong, string start, Func<string, string>? between = null)
        {
            wrong(provider);
            var answer = await visitor.ComeThroughAsync(provider, start, between);
            Assert.Equal(403, answer.Status);
            Assert.Null(visitor.Session);
            Assert.Equal((0, 0, 0, 0), await MadeAsync(scene));
            (provider.OnClaims, provider.OnHeader, provider.OnIdToken) = (_ => { }, _ => { }, t => t);
        }

        await RefusedAsync(p => p.OnClaims = c => c["nonce"] = "another", start);
        await RefusedAsync(p => p.OnClaims = c => c["aud"] = "another", start);
        await RefusedAsync(p => p.OnClaims = c => c["email_verified"] = false, start); // Google verifies every address of its own
        await RefusedAsync(p => p.OnHeader = h => h["alg"] = "none", start);
        await RefusedAsync(p => p.OnIdToken = t => t[..^8] + "AAAAAAAA", start);
        await RefusedAsync(_ => { }, start, back => back.Replace("state=", "state=x", StringComparison.Ordinal)); // no cookie of that state
        await RefusedAsync(_ => { }, start, back => back + "&state=again");
        // mix-up
        await RefusedAsync(_ => { }, start, back => back.Replace(google.Id.ToString(), other.Id.ToString(), StringComparison.Ordinal));
        await RefusedAsync(
            p => p.OnClaims = c => (c["sub"], c["email"]) = ("subject-9", "stranger@acme.com"), // nobody knows or invited this account
            $"/signin/{google.Id}/start?returnUrl=/w/acme"
        );
        Assert.Equal(403, (await visitor.GetAsync($"/signin/{google.Id}/callback?code=x&state=y")).Status);
        Assert.Equal(403, (await visitor.GetAsync($"/signin/{google.Id}/callback?error=server_error")).Status);
        Assert.Equal(403, (await visitor.GetAsync($"/signin/{Guid.CreateVersion7()}/start")).Status);
        Assert.Equal(404, (await visitor.GetAsync("/signin/no-id/start")).Status);

        using var thief = new Visitor(scene.Server); // login CSRF: an answer that another browser began
        var begun = await visitor.GetAsync(start);
        Assert.Equal(403, (await thief.GetAsync(Visitor.Back(provider, begun.Location!))).Status);
        Assert.Equal((0, 0, 0, 0), await MadeAsync(scene));
        Assert.DoesNotContain(copied, scene.Server.Log);
    }

    [Theory, EachDatabase]
    public async Task Keys_that_roll_over_just_before_a_sign_in_let_it_through(Database kind)
    {
        await using var scene = await Scene.NewAsync(kind);
        await using var provider = await HostileProvider.NewAsync(ConnectionKind.Oidc, scene.Clock);
        var oidc = await scene.ConnectAsync(provider, ConnectionKind.Oidc, "Other");
        var (copied, _) = await scene.InviteAsync("jo@acme.com");
        using var first = new Visitor(scene.Server);
        Assert.Equal(303, (await first.ComeThroughAsync(provider, $"/invite/{copied}/signin/{oidc.Id}")).Status);
        provider.Keys = [HostileProvider.Public(HostileProvider.SecondKey, "second")];
        provider.KeyId = "second";
        provider.Sign = i =>
            HostileProvider.SecondKey.SignData(
                i,
                System.Security.Cryptography.HashAlgorithmName.SHA256,
                System.Security.Cryptography.RSASignaturePadding.Pkcs1
            );
        using var next = new Visitor(scene.Server);
        Assert.Equal(
            (303, "/w/acme/profile"),
            ((await next.ComeThroughAsync(provider, Start(oidc))) is var a ? (a.Status, a.Location) : default)
        );
    }

    [Theory, EachDatabase]
    public async Task The_address_leads_to_the_password_or_the_provider_by_its_domain_and_tells_nothing_of_accounts(Database kind)
    {
        await using var scene = await Scene.NewAsync(kind);
        using var jo = await scene.JoinAsync("jo@local.example");
        await using var provider = await HostileProvider.NewAsync(ConnectionKind.Google, scene.Clock);
        await using var second = await HostileProvider.NewAsync(ConnectionKind.Entra, scene.Clock);
        var google = await scene.ConnectAsync(provider, ConnectionKind.Google, "Google", d => d with { Domains = ["acme.com"] });
        var entra = await scene.ConnectAsync(second, ConnectionKind.Entra, "Microsoft");
        using var visitor = new Visitor(scene.Server);
        var page = await visitor.GetAsync("/signin");
        Assert.Contains("Continue with <bdi>Google", page.Body);
        Assert.DoesNotContain("type=\"password\"", page.Body);

        async Task<Answer> NextAsync(string address, string at = "/signin") =>
            await visitor.SubmitAsync(at, at + "/next", ("login", address), ("returnUrl", "/w/acme"));
        var toGoogle = await NextAsync("somebody@acme.com");
        Assert.Equal(
            $"0; url=/signin/{google.Id}/start?returnUrl=%2Fw%2Facme&workspace=acme&hint=somebody%40acme.com",
            toGoogle.Response.Headers.GetValues("Refresh").Single()
        );
        var known = await NextAsync("jo@local.example");
        var unknown = await NextAsync("no@local.example");
        Assert.Equal(known.Comparable.Replace("jo@", "no@", StringComparison.Ordinal), unknown.Comparable);
        Assert.Contains("type=\"password\"", known.Body);
        Assert.Equal(
            "/w/acme",
            (
                await visitor.PostAsync(
                    "/w/acme/signin",
                    ("login", "jo@local.example"),
                    ("password", Scene.Password),
                    ("__RequestVerificationToken", Visitor.Token(known.Body))
                )
            ).Location
        );

        await ConfigureAsync(scene, c => c with { SignIn = c.SignIn with { LocalPassword = false } });
        using var other = new Visitor(scene.Server);
        var choose = await other.SubmitAsync("/w/acme/signin", "/w/acme/signin/next", ("login", "a@b.example"));
        Assert.Contains("Choose how you sign in", choose.Body);
        await ConfigureAsync(scene, c => c with { SignIn = c.SignIn with { Connections = [entra.Id.Value] } });
        var only = await other.GetAsync("/w/acme/signin");
        Assert.DoesNotContain("Google", only.Body);
        Assert.DoesNotContain("name=\"login\"", only.Body);
        Assert.Equal(404, (await other.GetAsync("/w/nowhere/signin")).Status);

        // whoever is in by a password that the workspace does not take any more is led to its sign-in page
        var barred = await visitor.GetAsync("/w/acme/members");
        Assert.StartsWith("/w/acme/signin?returnUrl=", barred.Location);
        Assert.Contains("does not let people in with a password", (await visitor.GetAsync(barred.Location!)).Body);
    }

    [Theory, EachDatabase]
    public async Task A_login_is_linked_after_a_fresh_proof_only_and_the_last_way_in_stays(Database kind)
    {
        await using var scene = await Scene.NewAsync(kind);
        using var jo = await scene.JoinAsync("jo@acme.com");
        await using var provider = await HostileProvider.NewAsync(ConnectionKind.Google, scene.Clock);
        var google = await scene.ConnectAsync(provider, ConnectionKind.Google, "Google");
        var start = System.Net.WebUtility.HtmlDecode(LinkHref().Match((await jo.GetAsync("/profile/logins")).Body).Groups[1].Value);
        Assert.Contains(google.Id.ToString(), start);
        using var eve = await scene.JoinAsync("eve@acme.com");
        Assert.Equal("/profile/logins", (await eve.GetAsync(start)).Location); // the ticket of another session
        // none: another site may have sent it
        Assert.Equal("/profile/logins", (await jo.GetAsync($"/signin/{google.Id}/start?purpose=link")).Location);

        Assert.Equal("/profile/logins?notice=linked", (await jo.ComeThroughAsync(provider, start)).Location);
        using var visitor = new Visitor(scene.Server);
        Assert.Equal(303, (await visitor.ComeThroughAsync(provider, Start(google))).Status);
        Assert.Contains("jo@acme.com", (await visitor.GetAsync("/w/acme/profile")).Body);
        var theirs = System.Net.WebUtility.HtmlDecode(LinkHref().Match((await eve.GetAsync("/profile/logins")).Body).Groups[1].Value);
        Assert.Contains("signs in to another account here already", (await eve.ComeThroughAsync(provider, theirs)).Body);

        scene.Clock.Advance(TimeSpan.FromMinutes(20));
        var login = LoginField().Match((await visitor.GetAsync("/profile/logins")).Body);
        Assert.False(login.Success); // not fresh: nothing to unlink with
        Assert.Equal("/profile/logins", (await jo.GetAsync(start)).Location);
        Assert.Contains("Prove once more", (await jo.GetAsync("/profile/logins")).Body);
        Assert.Contains("/signin/again?returnUrl=%2Fprofile%2Flogins", (await jo.GetAsync("/profile/logins")).Body);
        Assert.Equal(
            "/signin/again?returnUrl=%2Fprofile%2Flogins",
            (await jo.SubmitAsync("/signin/again", "/profile/logins/unlink", ("login", google.Id.ToString()))).Location
        );
        Assert.Equal(
            "/profile/logins",
            (
                await jo.SubmitAsync("/signin/again", "/signin/again", ("password", Scene.Password), ("returnUrl", "/profile/logins"))
            ).Location
        );
        var id = LoginField().Match((await jo.GetAsync("/profile/logins")).Body).Groups[1].Value;
        Assert.Equal(
            "/profile/logins?notice=unlinked",
            (await jo.SubmitAsync("/profile/logins", "/profile/logins/unlink", ("login", id))).Location
        );
        Assert.Equal(303, (await visitor.GetAsync("/w/acme/profile")).Status); // its sessions are over
        Assert.Contains("Nobody here knows this account", (await visitor.ComeThroughAsync(provider, Start(google))).Body);
    }

    [Theory, EachDatabase]
    public async Task A_google_person_proves_what_is_sensitive_by_a_second_factor_and_a_silent_sign_in_is_no_proof(Database kind)
    {
        await using var scene = await Scene.NewAsync(kind);
        await using var provider = await HostileProvider.NewAsync(ConnectionKind.Google, scene.Clock);
        provider.OnClaims = c => c.Remove("auth_time"); // as Google does
        var google = await scene.ConnectAsync(provider, ConnectionKind.Google, "Google");
        var (copied, _) = await scene.InviteAsync("jo@acme.com", "admin");
        using var jo = new Visitor(scene.Server);
        await jo.ComeThroughAsync(provider, $"/invite/{copied}/signin/{google.Id}");
        scene.Clock.Advance(TimeSpan.FromMinutes(20));

        var led = await jo.GetAsync("/w/acme/sign-in/connections/new");
        Assert.Equal("/signin/again?returnUrl=%2Fw%2Facme%2Fsign-in%2Fconnections%2Fnew%3Fkind%3D", led.Location);
        var again = await jo.GetAsync(led.Location!);
        Assert.Contains("Google does not say when you last proved there", again.Body);
        foreach (var start in (string[])[Start(google), Start(google, "&again=1")]) // with and without the word, the provider asks nothing
        {
            await jo.ComeThroughAsync(provider, start);
            Assert.StartsWith("/signin/again", (await jo.GetAsync("/w/acme/sign-in/connections/new")).Location);
        }

        again = await jo.GetAsync(led.Location!);
        var setUp = System.Net.WebUtility.HtmlDecode(SetUpHref().Match(again.Body).Groups[1].Value);
        Assert.StartsWith("/profile/security/set-up?returnUrl=", setUp);
        Assert.Contains("/profile/security/totp/start", (await jo.GetAsync(setUp)).Body);
        var back = "/w/acme/sign-in/connections/new";
        Assert.StartsWith(
            "/profile/security/totp?",
            (await jo.SubmitAsync(setUp, "/profile/security/totp/start", ("returnUrl", back))).Location
        );
        var who = (await scene.Server.Service<ReadSession>().RunAsync(jo.Session, null, default))!;
        var key = (await scene.Server.Service<SetUpTotp>().ReadAsync(who, default)).Value!;
        var done = await jo.SubmitAsync(
            "/profile/security/totp",
            "/profile/security/totp",
            ("code", Totp.Code(key, Totp.StepAt(scene.Clock.Now))),
            ("returnUrl", back)
        );
        Assert.Contains("href=\"" + back, done.Body);
        Assert.Equal(200, (await jo.GetAsync(back)).Status);

        scene.Clock.Advance(TimeSpan.FromMinutes(6));
        Assert.StartsWith("/signin/again", (await jo.GetAsync(back)).Location);
        var proven = await jo.SubmitAsync(
            "/signin/again",
            "/signin/again",
            ("code", Totp.Code(key, Totp.StepAt(scene.Clock.Now))),
            ("returnUrl", back)
        );
        Assert.Equal((303, back), (proven.Status, proven.Location));
        Assert.Equal(200, (await jo.GetAsync(back)).Status);
    }

    [Theory, EachDatabase]
    public async Task An_answer_that_the_provider_has_the_browser_post_is_taken_and_one_that_is_none_is_not(Database kind)
    {
        await using var scene = await Scene.NewAsync(kind);
        await using var provider = await HostileProvider.NewAsync(ConnectionKind.Oidc, scene.Clock);
        provider.OnDocument = d => d["response_modes_supported"] = new[] { "form_post" };
        var oidc = await scene.ConnectAsync(provider, ConnectionKind.Oidc, "Other");
        var (copied, _) = await scene.InviteAsync("jo@acme.com");
        using var jo = new Visitor(scene.Server);
        using var bare = new Visitor(scene.Server); // a form of another site brings no cookie
        var begun = await jo.GetAsync($"/invite/{copied}/signin/{oidc.Id}");
        Assert.Contains("response_mode=form_post", begun.Location);
        var callback = $"/signin/{oidc.Id}/callback";
        var answer = provider.Visit(new Uri(begun.Location!));
        (string, string)[] posted =
        [
            .. answer.Select(a => (a.Key, a.Value)),
            ("id_token", "not.for.urls"),
            ("error_description", "jo@acme.com"),
        ];
        var led = await bare.PostAsync(callback, posted);
        Assert.Equal(303, led.Status);
        Assert.StartsWith(callback + "?", led.Location, StringComparison.Ordinal);
        Assert.DoesNotContain("not.for.urls", led.Location);
        Assert.DoesNotContain("acme.com", led.Location);
        Assert.Empty(led.Cookies);
        Assert.Equal("/w/acme", (await jo.GetAsync(led.Location!)).Location);
        Assert.DoesNotContain(answer[0].Value, scene.Server.Log);

        Assert.Equal(400, (await bare.PostAsync(callback)).Status);
        Assert.Equal(400, (await bare.PostAsync(callback, ("code", new string('c', 9000)), ("state", "s"))).Status);
        var twice = await bare.PostAsync(callback, ("code", "a"), ("code", "b"), ("state", "s"));
        Assert.Equal(403, (await jo.GetAsync(twice.Location!)).Status);
    }

    [Theory, EachDatabase]
    public async Task A_provider_that_refuses_one_way_of_asking_anew_is_asked_in_the_other_without_a_click(Database kind)
    {
        await using var scene = await Scene.NewAsync(kind);
        await using var provider = await HostileProvider.NewAsync(ConnectionKind.Oidc, scene.Clock);
        var oidc = await scene.ConnectAsync(provider, ConnectionKind.Oidc, "Other");
        var (copied, _) = await scene.InviteAsync("jo@acme.com", "admin");
        using var jo = new Visitor(scene.Server);
        await jo.ComeThroughAsync(provider, $"/invite/{copied}/signin/{oidc.Id}");
        provider.OnAnswer = a => [a[1], new("error", "invalid_request")];
        var begun = await jo.GetAsync(Start(oidc, "&again=1"));
        var anew = await jo.GetAsync(Visitor.Back(provider, begun.Location!));
        Assert.Equal(303, anew.Status);
        Assert.Contains("prompt=login", anew.Location);
        Assert.DoesNotContain("max_age", anew.Location);
        provider.OnAnswer = a => a;
        provider.OnClaims = c => c["auth_time"] = scene.Clock.GetUtcNow().ToUnixTimeSeconds();
        await jo.GetAsync(Visitor.Back(provider, anew.Location!));
        Assert.Equal(200, (await jo.GetAsync("/w/acme/sign-in/connections/new")).Status);

        provider.OnAnswer = a => [a[1], new("error", "invalid_request")];
        begun = await jo.GetAsync(Start(oidc, "&again=1"));
        anew = await jo.GetAsync(Visitor.Back(provider, begun.Location!));
        Assert.Equal(403, (await jo.GetAsync(Visitor.Back(provider, anew.Location!))).Status); // and told, where neither is taken
    }

    [Theory, EachDatabase]
    public async Task A_provider_is_connected_changed_and_removed_while_the_server_runs(Database kind)
    {
        await using var scene = await Scene.NewAsync(kind);
        await using var provider = await HostileProvider.NewAsync(ConnectionKind.Oidc, scene.Clock);
        var first = await scene.ConnectAsync(provider, ConnectionKind.Oidc, "First");
        var second = await scene.ConnectAsync(provider, ConnectionKind.Oidc, "Second");
        var (copied, _) = await scene.InviteAsync("jo@acme.com");
        using var jo = new Visitor(scene.Server);
        var begun = await jo.GetAsync($"/invite/{copied}/signin/{first.Id}");
        Assert.Contains(Uri.EscapeDataString($"/signin/{first.Id}/callback"), begun.Location);
        var back = Visitor.Back(provider, begun.Location!);
        // one callback each
        Assert.Equal(403, (await jo.GetAsync(back.Replace(first.Id.ToString(), second.Id.ToString(), StringComparison.Ordinal))).Status);
        begun = await jo.GetAsync($"/invite/{copied}/signin/{first.Id}");
        back = Visitor.Back(provider, begun.Location!);
        _ = (
            await scene
                .Server.Service<ChangeConnection>()
                .RunAsync(
                    Membership.Access.Actor.Operator,
                    default,
                    first.Id,
                    null,
                    ConnectionDraft.Of(first) with
                    {
                        Name = "Renamed",
                    },
                    scene.Server.Service<ConnectionProbe>(),
                    default
                )
        ).Value;
        Assert.Equal("/w/acme", (await jo.GetAsync(back)).Location);
        _ = (await scene.Server.Service<RemoveConnection>().RunAsync(Membership.Access.Actor.Operator, default, first.Id, default)).Value;
        Assert.Equal(403, (await jo.GetAsync(Start(first))).Status);
        using var other = new Visitor(scene.Server);
        Assert.Equal(303, (await other.GetAsync(Start(second))).Status);
    }

    [Theory, EachDatabase]
    public async Task A_provider_that_is_asked_anew_and_then_refuses_is_asked_anew_the_next_time_too(Database kind)
    {
        await using var scene = await Scene.NewAsync(kind);
        await using var provider = await HostileProvider.NewAsync(ConnectionKind.Oidc, scene.Clock);
        provider.OnClaims = c => c.Remove("auth_time");
        var oidc = await scene.ConnectAsync(provider, ConnectionKind.Oidc, "Other");
        var (copied, _) = await scene.InviteAsync("jo@acme.com", "admin");
        using var jo = new Visitor(scene.Server);
        await jo.ComeThroughAsync(provider, $"/invite/{copied}/signin/{oidc.Id}");
        // by itself it proves nothing new
        Assert.StartsWith("/signin/again", (await jo.GetAsync("/w/acme/sign-in/connections/new")).Location);

        provider.OnAnswer = a => [new("error", "access_denied"), a[1]];
        var refused = await jo.ComeThroughAsync(provider, Start(oidc, "&again=1"));
        Assert.Contains("&amp;again=1", refused.Body);
        provider.OnAnswer = a => a;
        var begun = await jo.GetAsync(Start(oidc, "&again=1"));
        Assert.Contains("max_age=0", begun.Location);
        Assert.DoesNotContain("prompt=", begun.Location);
        await jo.GetAsync(Visitor.Back(provider, begun.Location!));
        var led = (await jo.GetAsync("/w/acme/sign-in/connections/new")).Location!;
        Assert.Contains("set up a second factor", (await jo.GetAsync(led)).Body); // it still does not say when

        provider.OnClaims = c => c["auth_time"] = scene.Clock.GetUtcNow().ToUnixTimeSeconds(); // one that hears the wish
        await jo.ComeThroughAsync(provider, Start(oidc, "&again=1"));
        Assert.Equal(200, (await jo.GetAsync("/w/acme/sign-in/connections/new")).Status);
    }

    [Theory, EachDatabase]
    public async Task A_workspaces_own_provider_sets_no_first_password_and_says_why(Database kind)
    {
        await using var scene = await Scene.NewAsync(kind);
        using var jo = await scene.JoinAsync("jo@acme.com");
        await using var provider = await HostileProvider.NewAsync(ConnectionKind.Oidc, scene.Clock);
        var own = await scene.ConnectAsync(
            provider,
            ConnectionKind.Oidc,
            "Their own",
            d => d with { Authority = "https://sign-in.acme.example" },
            scene.Workspace
        );
        await scene.Server.Store.ChangeAsync<Nothing>(
            Actor.System,
            null,
            "test",
            async attempt =>
            {
                var credential = await attempt.Db.LocalCredentials.AsNoTracking().SingleAsync(c => c.LoginKey == "jo@acme.com");
                attempt.Changes.Update(credential, credential with { PasswordHash = null, Version = credential.Version + 1 });
                attempt.Changes.Add(
                    new Login
                    {
                        Id = Id<Login>.New(attempt.Time),
                        ConnectionId = own.Id,
                        Issuer = own.Authority,
                        Subject = "jo",
                        AccountId = credential.AccountId,
                        CreatedAt = attempt.At,
                        Version = 1,
                    }
                );
                return default(Nothing);
            },
            default
        );
        using var visitor = new Visitor(scene.Server);
        visitor.Jar.Hold("__Host-session", (
                await scene
                    .Server.Service<SignInWithProvider>()
                    .RunAsync(
                        new()
                        {
                            ConnectionId = own.Id,
                            Kind = own.Kind,
                            Issuer = own.Authority,
                            Subject = "jo",
                            AuthenticatedAt = scene.Clock.Now,
                            StateHash = Secret.Hash(Secret.New()),
                            StateExpiresAt = scene.Clock.Now.AddMinutes(15),
                        },
                        new(scene.Workspace.Id),
                        Browser.Unknown,
                        default
                    )
            ).Value.Secret);
        var page = await visitor.GetAsync("/password");
        Assert.Equal(403, page.Status);
        Assert.Contains("speaks for you in one workspace only", page.Body);
        var posted = await visitor.SubmitAsync("/workspaces", "/password", ("password", "seven tall lighthouses"));
        Assert.Equal(403, posted.Status);
        Assert.Contains("speaks for you in one workspace only", posted.Body);
        Assert.Contains("Jo", (await jo.GetAsync("/w/acme/profile")).Body);
    }

    [Theory, EachDatabase]
    public async Task A_password_person_who_comes_by_a_provider_links_it_in_one_flow_and_a_wrong_password_links_nothing(Database kind)
    {
        await using var scene = await Scene.NewAsync(kind);
        using var jo = await scene.JoinAsync("jo@acme.com");
        await using var provider = await HostileProvider.NewAsync(ConnectionKind.Google, scene.Clock);
        var google = await scene.ConnectAsync(provider, ConnectionKind.Google, "Google");
        using var visitor = new Visitor(scene.Server);
        var refused = await visitor.ComeThroughAsync(provider, Start(google));
        Assert.Equal(403, refused.Status);
        Assert.Contains("I have an account with a password here", refused.Body);
        var pending = PendingField().Match(refused.Body).Groups[1].Value;

        async Task<Answer> LinkAsync(string password, Visitor by) =>
            await by.SubmitAsync(
                "/signin",
                "/profile/logins/pending",
                ("pending", pending),
                ("login", "jo@acme.com"),
                ("password", password)
            );
        Assert.Contains("not right", (await LinkAsync("wrong", visitor)).Body);
        Assert.Null(visitor.Session);
        var linked = await LinkAsync(Scene.Password, visitor);
        Assert.Equal((303, "/w/acme/profile"), (linked.Status, linked.Location));
        var who = (await scene.Server.Service<ReadSession>().RunAsync(visitor.Session, "acme", default))!;
        Assert.Equal(("google", "jo@acme.com"), (who.Session.SignedInBy, who.Member!.UserName));
        using var later = new Visitor(scene.Server);
        Assert.Contains("used already", (await LinkAsync(Scene.Password, later)).Body); // the answer opens one session
        Assert.Equal("/w/acme/profile", (await later.ComeThroughAsync(provider, Start(google))).Location);
    }

    [Theory, EachDatabase]
    public async Task A_link_by_password_waits_for_the_second_factor_and_asks_for_it_once(Database kind)
    {
        await using var scene = await Scene.NewAsync(kind);
        using var jo = await scene.JoinAsync("jo@acme.com");
        var (factors, setUp) = (scene.Server.Service<ReadSession>(), scene.Server.Service<SetUpTotp>());
        var made = (await factors.RunAsync(jo.Session, null, default))!;
        _ = (await setUp.BeginAsync(made, default)).Value;
        var key = (await setUp.ReadAsync(made, default)).Value!;
        var codes = (await setUp.ConfirmAsync(made, Totp.Code(key, Totp.StepAt(scene.Clock.Now)), default)).Value.RecoveryCodes!;
        await using var provider = await HostileProvider.NewAsync(ConnectionKind.Google, scene.Clock);
        var google = await scene.ConnectAsync(provider, ConnectionKind.Google, "Google");
        using var visitor = new Visitor(scene.Server);
        var pending = PendingField().Match((await visitor.ComeThroughAsync(provider, Start(google))).Body).Groups[1].Value;

        var asked = await visitor.SubmitAsync(
            "/signin",
            "/profile/logins/pending",
            ("pending", pending),
            ("login", "jo@acme.com"),
            ("password", Scene.Password)
        );
        Assert.Equal((200, 0), (asked.Status, (await MadeAsync(scene)).Logins));
        Assert.Contains("Confirm it is you", asked.Body);
        Assert.Equal(RequiredAction.SecondFactor, (await factors.RunAsync(visitor.Session, "acme", default))!.Demand);
        var carried = PendingField().Match(asked.Body).Groups[1].Value;
        var wrong = await visitor.PostAsync(
            "/signin/second",
            ("code", "000000"),
            ("pending", carried),
            ("__RequestVerificationToken", Visitor.Token(asked.Body))
        );
        Assert.Equal((403, 0), (wrong.Status, (await MadeAsync(scene)).Logins));
        var linked = await visitor.PostAsync(
            "/signin/second",
            ("code", codes[0]),
            ("pending", carried),
            ("__RequestVerificationToken", Visitor.Token(wrong.Body))
        );

        Assert.Equal((303, "/w/acme/profile"), (linked.Status, linked.Location));
        var who = (await factors.RunAsync(visitor.Session, "acme", default))!;
        Assert.Equal(("google", "jo@acme.com", RequiredAction.None), (who.Session.SignedInBy, who.Member!.UserName, who.Demand));
        using var later = new Visitor(scene.Server);
        await later.ComeThroughAsync(provider, Start(google));
        Assert.Equal(RequiredAction.SecondFactor, (await factors.RunAsync(later.Session, "acme", default))!.Demand);

        // The answer opens one session, also after the second factor; who comes with it again is signed in as nobody.
        using var again = new Visitor(scene.Server);
        asked = await again.SubmitAsync(
            "/signin",
            "/profile/logins/pending",
            ("pending", pending),
            ("login", "jo@acme.com"),
            ("password", Scene.Password)
        );
        var used = await again.PostAsync(
            "/signin/second",
            ("code", codes[1]),
            ("pending", carried),
            ("__RequestVerificationToken", Visitor.Token(asked.Body))
        );
        Assert.Contains("used already", used.Body);
        Assert.Null(again.Session);
    }

    [Theory, EachDatabase]
    public async Task A_link_of_another_site_replaces_no_running_session_without_a_word_and_neither_does_another_person(Database kind)
    {
        await using var scene = await Scene.NewAsync(kind);
        await using var provider = await HostileProvider.NewAsync(ConnectionKind.Google, scene.Clock);
        var google = await scene.ConnectAsync(provider, ConnectionKind.Google, "Google");
        var (copied, _) = await scene.InviteAsync("jo@acme.com");
        using (var eve = new Visitor(scene.Server))
        {
            Assert.Equal(303, (await eve.ComeThroughAsync(provider, $"/invite/{copied}/signin/{google.Id}")).Status);
        }

        using var ann = await scene.JoinAsync("ann@example.com");
        var (mine, before) = (ann.Session, await MadeAsync(scene));
        var asked = await ann.ComeThroughAsync(provider, Start(google)); // whoever's it is, it is not Ann's
        Assert.Equal((200, mine), (asked.Status, ann.Session));
        Assert.Contains("You are signed in already", asked.Body);
        Assert.Equal(before, await MadeAsync(scene));
        Assert.Equal(
            400,
            (
                await ann.PostAsync("/signin/instead", ("ticket", "made up"), ("__RequestVerificationToken", Visitor.Token(asked.Body)))
            ).Status
        );
        var taken = await ann.PostAsync(
            "/signin/instead",
            ("ticket", TicketField().Match(asked.Body).Groups[1].Value),
            ("__RequestVerificationToken", Visitor.Token(asked.Body))
        );
        Assert.Equal((303, "/w/acme/profile"), (taken.Status, taken.Location));
        var jo = ann.Session;
        Assert.NotEqual(mine, jo);

        // The same person goes on from a page of ours; from another site's they are asked.
        ann.SendAlways("Sec-Fetch-Site", "cross-site");
        Assert.Contains("You are signed in already", (await ann.ComeThroughAsync(provider, Start(google))).Body);
        Assert.Equal(jo, ann.Session);
        ann.SendAlways("Sec-Fetch-Site", "same-origin");
        Assert.Equal(303, (await ann.ComeThroughAsync(provider, Start(google))).Status);
        Assert.NotEqual(jo, ann.Session);
    }

    [Theory]
    [EachDatabase(ConnectionKind.Google)]
    [EachDatabase(ConnectionKind.Entra)]
    public async Task An_account_that_the_connections_list_does_not_name_reads_that_it_is_not_let_in_and_what_to_do(
        Database kind,
        ConnectionKind of
    )
    {
        await using var scene = await Scene.NewAsync(kind);
        await using var provider = await HostileProvider.NewAsync(of, scene.Clock);
        var connection = await scene.ConnectAsync(
            provider,
            of,
            "Theirs",
            d =>
                of == ConnectionKind.Google
                    ? d with
                    {
                        Domains = ["elsewhere.example"],
                    }
                    : d with
                    {
                        Tenants = ["99999999-2222-4333-8444-555555555555"],
                    }
        );
        using var visitor = new Visitor(scene.Server);
        var refused = await visitor.ComeThroughAsync(provider, Start(connection));
        Assert.Equal(403, refused.Status);
        Assert.All(
            ["This account is not let in here", "Use another account", "ask an admin", "choose=1"],
            text => Assert.Contains(text, refused.Body)
        );
        Assert.All(["googleDomain", "entraTenantAllowed", "whoever runs this server"], code => Assert.DoesNotContain(code, refused.Body));
    }

    [Theory, EachDatabase]
    public async Task A_refusal_of_the_core_leaves_one_line_without_a_claim_and_who_has_no_password_here_reads_so(Database kind)
    {
        await using var scene = await Scene.NewAsync(kind);
        await using var provider = await HostileProvider.NewAsync(ConnectionKind.Google, scene.Clock);
        var google = await scene.ConnectAsync(provider, ConnectionKind.Google, "Google");
        using var visitor = new Visitor(scene.Server);
        Assert.Equal(403, (await visitor.ComeThroughAsync(provider, Start(google))).Status);
        Assert.Single(
            scene.Server.Log.Split('\n'),
            l => l.Contains("unknownPerson", StringComparison.Ordinal) && l.Contains(google.Id.ToString(), StringComparison.Ordinal)
        );
        Assert.DoesNotContain("jo@acme.com", scene.Server.Log);
        Assert.Equal(
            "unknownPerson",
            Assert
                .Single(
                    (await scene.Server.Service<ReadFailedSignIns>().RunAsync(Actor.Operator, scene.Workspace.Id, google.Id, default))
                        .Value
                        .Last
                )
                .Kind
        );

        var (copied, _) = await scene.InviteAsync("jo@acme.com");
        Assert.Equal(303, (await visitor.ComeThroughAsync(provider, $"/invite/{copied}/signin/{google.Id}")).Status);
        var password = await visitor.GetAsync("/password");
        Assert.Equal(200, password.Status);
        Assert.Contains("You have no password here", password.Body);
        Assert.Contains("You sign in at Google", password.Body);

        var session = visitor.Session;
        var change = scene.Server.Service<ChangeConnection>();
        foreach (var on in (bool[])[false, true])
        {
            _ = (
                await change.RunAsync(
                    Actor.Operator,
                    default,
                    google.Id,
                    null,
                    ConnectionDraft.Of(google) with
                    {
                        Enabled = on,
                    },
                    (_, _) => Task.FromResult<Refusal?>(null),
                    default
                )
            ).Value;
        }

        Assert.Null(await scene.Server.Service<ReadSession>().RunAsync(session, null, default)); // switched on again, it revives nothing
        Assert.Equal(303, (await visitor.ComeThroughAsync(provider, Start(google))).Status);
    }

    [Theory, EachDatabase]
    public async Task Admins_read_what_the_provider_answered_and_why_a_start_failed_and_nothing_that_a_stranger_made_up(Database kind)
    {
        await using var scene = await Scene.NewAsync(kind);
        await using var provider = await HostileProvider.NewAsync(ConnectionKind.Google, scene.Clock);
        var google = await scene.ConnectAsync(provider, ConnectionKind.Google, "Google");
        var callback = $"/signin/{google.Id}/callback";

        // Neither an answer to nothing, nor one whose state is another's, nor one that is late or says a thing twice.
        foreach (
            var forged in (Func<string, string>[])
                [
                    _ => callback + "?state=made-up&error=access_denied",
                    b => b.Replace("state=", "state=x", StringComparison.Ordinal),
                    b => b + "&state=twice",
                ]
        )
        {
            using var stranger = new Visitor(scene.Server);
            Assert.Equal(403, (await stranger.ComeThroughAsync(provider, Start(google), forged)).Status);
        }

        using (var late = new Visitor(scene.Server))
        {
            var begun = await late.GetAsync(Start(google));
            scene.Clock.Advance(TimeSpan.FromMinutes(16));
            Assert.Equal(403, (await late.GetAsync(Visitor.Back(provider, begun.Location!))).Status);
        }

        Assert.Empty(await NotedAsync());

        // What it answered, however often and whatever code is put in its mouth, is one note of each check.
        for (var i = 0; i < 25; i++)
        {
            using var refused = new Visitor(scene.Server);
            provider.OnAnswer = a => [.. a.Where(p => p.Key is "state" or "iss"), new("error", $"made_up_{i}")];
            Assert.Equal(403, (await refused.ComeThroughAsync(provider, Start(google))).Status);
        }

        Assert.Equal("answerError", Assert.Single(await NotedAsync()).Kind);
        provider.OnAnswer = a => a;

        var unreachable = await scene.ConnectAsync(provider, ConnectionKind.Google, "Again");
        provider.InsteadOfDocument = http =>
        {
            http.Response.StatusCode = 503;
            return Task.CompletedTask;
        };
        for (var i = 0; i < 3; i++)
        {
            scene.Clock.Advance(TimeSpan.FromDays(1));
            using var visitor = new Visitor(scene.Server);
            Assert.NotEqual(303, (await visitor.GetAsync(Start(unreachable))).Status);
        }

        Assert.Equal("providerUnreachable", Assert.Single(await NotedAsync(unreachable)).Kind);

        async Task<IReadOnlyList<FailedSignIn>> NotedAsync(IdentityConnection? of = null) =>
            (await scene.Server.Service<ReadFailedSignIns>().RunAsync(Actor.Operator, scene.Workspace.Id, (of ?? google).Id, default))
                .Value
                .Last;
    }

    private static async Task<(int Accounts, int Logins, int Sessions, int Members)> MadeAsync(Scene scene)
    {
        await using var db = scene.Server.Store.Read();
        return (
            await db.Accounts.CountAsync(),
            await db.Logins.CountAsync(),
            await db.Sessions.CountAsync(),
            await db.Members.CountAsync(m => m.State == MemberState.Active)
        );
    }

    private static async Task<Actor> AdminAsync(Scene scene)
    {
        var secret = (
            await scene
                .Server.Service<InviteAdmin>()
                .RunAsync(Actor.Operator, scene.Workspace.Id, "ada@acme.example", TimeSpan.FromHours(1), default)
        ).Value;
        Assert.NotEmpty(secret);
        await using var db = scene.Server.Store.Read();
        var ada = await db.Members.SingleAsync(m => m.UserName == "ada@acme.example");
        return new()
        {
            Kind = ActorKind.Member,
            Door = Membership.Access.Door.Page,
            Name = ada.ShownName,
            Id = ada.Id.Value,
            Workspace = scene.Workspace.Id,
            Member = ada.Id,
            Role = ada.Role,
            Permissions = scene.Workspace.Configuration.PermissionsOf(ada.Role),
        };
    }

    private static async Task ConfigureAsync(Scene scene, Func<WorkspaceConfiguration, WorkspaceConfiguration> change)
    {
        await using var db = scene.Server.Store.Read();
        var row = await db.Workspaces.SingleAsync(w => w.Id == scene.Workspace.Id);
        _ = (
            await scene
                .Server.Service<ChangeConfiguration>()
                .RunAsync(Actor.Operator, scene.Workspace.Id, row.Version, change(WorkspaceContext.Of(db, row).Configuration), default)
        ).Value;
    }

    private static string Ask(string body) => AskField().Match(body).Groups[1].Value;

    [GeneratedRegex("name=\"ask\" value=\"([^\"]*)\"")]
    private static partial Regex AskField();

    [GeneratedRegex("href=\"(/profile/security/set-up[^\"]*)\"")]
    private static partial Regex SetUpHref();

    [GeneratedRegex("name=\"pending\" value=\"([^\"]*)\"")]
    private static partial Regex PendingField();

    [GeneratedRegex("name=\"ticket\" value=\"([^\"]*)\"")]
    private static partial Regex TicketField();

    [GeneratedRegex("name=\"login\" value=\"([0-9a-f-]{36})\"")]
    private static partial Regex LoginField();

    [GeneratedRegex("href=\"([^\"]*purpose=link[^\"]*)\"")]
    private static partial Regex LinkHref();
}
