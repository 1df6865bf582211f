using Microsoft.EntityFrameworkCore;
using UserManagement.Membership;
using UserManagement.Membership.Access;
using UserManagement.Membership.Accounts;
using UserManagement.Membership.Members;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Identity.Tests;

public sealed class SignInPagesTests
{
    [Theory, EachDatabase]
    public async Task A_person_signs_in_and_out_and_the_old_cookie_is_dead(Database kind)
    {
        await using var scene = await Scene.NewAsync(kind);
        using var made = await scene.JoinAsync("jo@example.com");
        using var visitor = new Visitor(scene.Server);
        Assert.Equal("/signin?returnUrl=%2Fw%2Facme%2Fprofile", (await visitor.GetAsync("/w/acme/profile")).Location);

        var signedIn = await visitor.SignInAsync("jo@example.com", returnUrl: "/w/acme/profile");

        Assert.Equal((303, "/w/acme/profile"), (signedIn.Status, signedIn.Location));
        var cookie = Assert.Single(signedIn.Cookies, c => c.StartsWith("__Host-session=", StringComparison.Ordinal)).ToLowerInvariant();
        Assert.All(["secure", "httponly", "samesite=lax", "path=/"], flag => Assert.Contains(flag, cookie));
        Assert.DoesNotContain("domain=", cookie);
        Assert.Contains("Harbour", (await visitor.GetAsync("/w/acme/profile")).Body);
        Assert.Equal("/w/acme", (await visitor.GetAsync("/")).Location);

        var old = visitor.Session!;
        var out_ = await visitor.SubmitAsync("/workspaces", "/signout");
        Assert.Equal((303, "/signin?notice=signed-out"), (out_.Status, out_.Location));
        Assert.Null(visitor.Session);
        Assert.Equal(303, (await SendAsync(scene, old)).Status);
        Assert.Equal(200, (await made.GetAsync("/workspaces")).Status); // the other browser stays in
    }

    [Theory, EachDatabase]
    public async Task A_name_that_was_copied_with_what_nobody_sees_signs_in(Database kind)
    {
        await using var scene = await Scene.NewAsync(kind);
        using var made = await scene.JoinAsync("jo@bücher.example");
        foreach (
            var typed in (string[])["jo@\u200Bbücher.\u200Bexample", "\uFEFFJO@xn--bcher-kva.example", "ｊo@bu\u0308cher.example\u00A0"]
        )
        {
            using var visitor = new Visitor(scene.Server);
            Assert.Equal(303, (await visitor.SignInAsync(typed)).Status);
        }
    }

    [Theory, EachDatabase]
    public async Task A_cookie_from_before_signing_in_never_becomes_a_session(Database kind)
    {
        await using var scene = await Scene.NewAsync(kind);
        using var made = await scene.JoinAsync("jo@example.com");
        var before = made.Session!;

        await made.GetAsync("/signin");
        using var visitor = new Visitor(scene.Server);
        await visitor.SignInAsync("jo@example.com");

        Assert.NotEqual(before, visitor.Session);
        Assert.Equal(43, visitor.Session!.Length);
    }

    [Theory]
    [EachDatabase("remove")]
    [EachDatabase("suspend")]
    [Shows("S1-27", "S2-30")]
    public async Task Removal_and_suspension_hold_at_the_next_request(Database kind, string how)
    {
        await using var scene = await Scene.NewAsync(kind);
        using var boss = await scene.JoinAsync("boss@example.com", "admin");
        using var visitor = await scene.JoinAsync("jo@example.com");
        Assert.Equal(200, (await visitor.GetAsync("/w/acme/profile")).Status);
        var id = (await scene.Server.Service<ReadSession>().RunAsync(visitor.Session, "acme", default))!.Member!.Id;

        _ =
            how == "remove"
                ? (await scene.Server.Service<RemoveMember>().RunAsync(Actor.Operator, scene.Workspace.Id, id, default)).Value
                : (await scene.Server.Service<SuspendMember>().RunAsync(Actor.Operator, scene.Workspace.Id, id, default)).Value;

        var sentence = how == "remove" ? "You were removed from Acme" : "Your access to Acme is switched off";
        foreach (var path in (string[])["/w/acme/profile", "/w/acme", "/w/acme/members"])
        {
            var answer = await visitor.GetAsync(path);
            Assert.Equal(403, answer.Status);
            Assert.Contains(sentence, answer.Body);
            Assert.DoesNotContain("Page not found", answer.Body);
        }

        Assert.Contains(sentence, (await visitor.GetAsync("/workspaces")).Body);
        Assert.Equal(404, (await visitor.GetAsync("/w/elsewhere/members")).Status);
        using var stranger = new Visitor(scene.Server);
        await stranger.SignInAsync("boss@example.com");
        Assert.DoesNotContain("switched off", (await stranger.GetAsync("/workspaces")).Body);
    }

    [Theory, EachDatabase]
    public async Task Nothing_tells_whether_an_account_exists(Database kind)
    {
        await using var scene = await Scene.NewAsync(kind);
        using var made = await scene.JoinAsync("jo@example.com");
        foreach (var page in new[] { "/signin", "/forgot" })
        {
            var answers = new List<string>();
            foreach (var login in new[] { "jo@example.com", "nobody@example.com" })
            {
                using var visitor = new Visitor(scene.Server);
                var answer = await visitor.SubmitAsync(page, page, ("login", login), ("password", "wrong password"));
                answers.Add(answer.Comparable.Replace(login, "LOGIN", StringComparison.Ordinal));
            }

            Assert.Equal(answers[0], answers[1]);
        }
    }

    [Theory, EachDatabase]
    public async Task A_known_and_an_unknown_name_cost_the_same_work(Database kind)
    {
        using var log = StatementLog.Start();
        using var meter = MeterLog.Start(MembershipMeter.Name);
        await using var scene = await Scene.NewAsync(kind);
        using var made = await scene.JoinAsync("jo@example.com");
        var signIn = scene.Server.Service<SignInLocally>();
        var costs = new List<(string Who, string Reads, int Writes, string Hashes)>();
        for (var tries = 0; tries < SignInLocally.TriesBeforeLock + 2; tries++) // the last ones find the lock
        {
            foreach (var login in (string[])["jo@example.com", "nobody@example.com"])
            {
                log.Clear();
                meter.Clear();
                Assert.Equal("signInFailed", (await signIn.RunAsync(login, "wrong", Browser.Unknown, default)).Refusal?.Code);
                costs.Add(
                    (
                        login,
                        string.Join(";\n", log.Statements),
                        meter.Of("usermanagement.commit.duration").Count,
                        string.Join(", ", meter.Of("usermanagement.password_hashes"))
                    )
                );
            }
        }

        Assert.All(costs, cost => Assert.Equal(costs[0] with { Who = cost.Who }, cost));
        Assert.Equal((1, "1 iterations=2000"), (costs[0].Writes, costs[0].Hashes));
    }

    [Theory, EachDatabase]
    public async Task A_mailed_reset_is_used_once_from_a_page_that_uses_nothing_up(Database kind)
    {
        await using var scene = await Scene.NewAsync(kind);
        using var made = await scene.JoinAsync("jo@example.com");
        using var visitor = new Visitor(scene.Server);
        Assert.Equal("/signin?notice=reset-sent", (await visitor.SubmitAsync("/forgot", "/forgot", ("login", "jo@example.com"))).Location);
        var secret = await ResetSecretAsync(scene);

        Assert.Equal(200, (await visitor.GetAsync($"/reset/{secret}")).Status);
        var weak = await visitor.SubmitAsync($"/reset/{secret}", "/reset", ("secret", secret), ("password", "password123"));
        Assert.Equal(422, weak.Status);
        Assert.Contains("most used", weak.Body);
        var done = await visitor.SubmitAsync($"/reset/{secret}", "/reset", ("secret", secret), ("password", "seven tall lighthouses"));
        Assert.Equal((303, "/signin?notice=password-set"), (done.Status, done.Location));

        Assert.Equal(404, (await visitor.GetAsync($"/reset/{secret}")).Status);
        Assert.Equal(
            404,
            (await visitor.SubmitAsync("/forgot", "/reset", ("secret", secret), ("password", "seven tall lighthouses"))).Status
        );
        Assert.Equal(303, (await made.GetAsync("/workspaces")).Status);
        Assert.Equal(403, (await visitor.SignInAsync("jo@example.com")).Status);
        Assert.Equal(303, (await visitor.SignInAsync("jo@example.com", "seven tall lighthouses")).Status);
    }

    [Theory, EachDatabase]
    public async Task The_first_admin_enters_by_the_link_and_sets_a_password(Database kind)
    {
        await using var scene = await Scene.NewAsync(kind);
        var secret = (
            await scene
                .Server.Service<InviteAdmin>()
                .RunAsync(Actor.Operator, scene.Workspace.Id, "boss@example.com", TimeSpan.FromHours(1), default)
        ).Value;
        using var visitor = new Visitor(scene.Server);
        Assert.Equal(200, (await visitor.GetAsync($"/enter/{secret}")).Status);

        var entered = await visitor.SubmitAsync($"/enter/{secret}", "/enter", ("secret", secret));
        Assert.Equal((303, "/password?returnUrl=%2Fw%2Facme%2Fprofile"), (entered.Status, entered.Location));
        Assert.Equal(404, (await visitor.GetAsync($"/enter/{secret}")).Status);
        var first = visitor.Session;
        var back = ("returnUrl", "/w/acme/profile");
        var weak = await visitor.SubmitAsync(entered.Location!, "/password", ("password", "short"), back);
        Assert.Equal(422, weak.Status);
        Assert.Contains("value=\"/w/acme/profile\"", weak.Body, StringComparison.Ordinal); // what was asked for is still there
        var set = await visitor.SubmitAsync(entered.Location!, "/password", ("password", "seven tall lighthouses"), back);
        Assert.Equal((303, "/w/acme/profile"), (set.Status, set.Location));
        Assert.NotEqual(first, visitor.Session);
        Assert.Contains("First name", (await visitor.GetAsync(set.Location!)).Body, StringComparison.Ordinal);
        var named = await visitor.SubmitAsync(set.Location!, set.Location!, ("givenName", "Bo"), ("familyName", "Ss"));
        Assert.Equal((303, "/w/acme"), (named.Status, named.Location));
        var elsewhere = await visitor.GetAsync("/password?returnUrl=https%3A%2F%2Fevil.example");
        Assert.DoesNotContain("evil.example", elsewhere.Body, StringComparison.Ordinal);
        Assert.Equal("/w/acme", (await visitor.GetAsync("/")).Location);

        var wrong = await visitor.SubmitAsync("/password", "/password", ("current", "no"), ("password", "eight tall lighthouses"));
        Assert.Equal(403, wrong.Status);
        using var again = new Visitor(scene.Server);
        Assert.Equal(303, (await again.SignInAsync("boss@example.com", "seven tall lighthouses")).Status);
    }

    internal static async Task<string> ResetSecretAsync(Scene scene)
    {
        // The page answers before the link is made: the outbox does that, at once.
        await using var db = scene.Server.Store.Read();
        await Until.TrueAsync(() => db.OneTimeLinks.AnyAsync(TestContext.Current.CancellationToken));
        var link = db.OneTimeLinks.AsNoTracking().OrderByDescending(l => l.Id).First();
        return scene.Server.Store.Box.OpenText(OneTimeLink.Purpose, link.SecretSealed)
            ?? scene
                .Server.Mails.Select(m =>
                    System.Text.RegularExpressions.Regex.Match(string.Join(" ", m.Links), "/reset/([A-Za-z0-9_-]{43})")
                )
                .Last(m => m.Success)
                .Groups[1]
                .Value;
    }

    private static async Task<Answer> SendAsync(Scene scene, string session)
    {
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false })
        {
            BaseAddress = scene.Server.PublicUrl,
        };
        http.DefaultRequestHeaders.Add("Cookie", "__Host-session=" + session);
        var response = await http.GetAsync("/workspaces");
        return new((int)response.StatusCode, "", null, response);
    }
}
