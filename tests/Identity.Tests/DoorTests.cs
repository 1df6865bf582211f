using System.Net;
using UserManagement.Identity.Http;
using UserManagement.Membership;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Identity.Tests;

public sealed class DoorTests
{
    [Theory]
    [InlineData("//evil.example")]
    [InlineData("/\\evil.example")]
    [InlineData("\\\\evil.example")]
    [InlineData("/\t/evil.example")]
    [InlineData("/%09/evil.example")]
    [InlineData("/\r\n/evil.example")]
    [InlineData("https:evil.example")]
    [InlineData("https://evil.example")]
    [InlineData("javascript:alert(1)")]
    [InlineData("data:text/html,x")]
    [InlineData("evil.example")]
    [InlineData("/@evil.example")]
    [InlineData("/x@evil.example//y")]
    [InlineData("/%2f%2fevil.example")]
    [InlineData("/%252f%252fevil.example")]
    [InlineData("/a/../../evil")]
    [InlineData("/a//evil.example")]
    [InlineData("/\u2028evil")]
    [InlineData("")]
    [InlineData(null)]
    public void A_target_that_could_be_another_site_becomes_the_start_page(string? wanted) => Assert.Equal("/", ReturnUrl.Local(wanted));

    [Theory]
    [InlineData("/")]
    [InlineData("/w/acme/members?sort=name&q=jo%40example")]
    [InlineData("/w/acme")]
    public void A_path_of_this_site_is_kept(string wanted) => Assert.Equal(wanted, ReturnUrl.Local(wanted));

    [Fact]
    public void Every_kind_of_refusal_has_a_status() =>
        Assert.All(Enum.GetValues<RefusalKind>(), kind => Assert.InRange(Refusals.Status(kind), 400, 503));

    [Theory, EachDatabase]
    public async Task No_form_is_taken_without_its_token_or_with_that_of_another_person(Database kind)
    {
        await using var scene = await Scene.NewAsync(kind);
        using var jo = await scene.JoinAsync("jo@example.com");
        using var eve = await scene.JoinAsync("eve@example.com");
        var foreign = Visitor.Token((await eve.GetAsync("/workspaces")).Body);
        foreach (
            var action in new[]
            {
                "/signin",
                "/signout",
                "/forgot",
                "/reset",
                "/enter",
                "/password",
                "/invite/create",
                "/invite/signin",
                "/invite/join",
                "/invite/switch",
                "/w/acme/profile",
            }
        )
        {
            Assert.Equal((400, action), ((await jo.PostAsync(action, ("login", "jo@example.com"))).Status, action));
            Assert.Equal((400, action), ((await jo.PostAsync(action, ("__RequestVerificationToken", foreign))).Status, action));
        }

        Assert.Equal(200, (await jo.GetAsync("/workspaces")).Status); // still signed in
    }

    [Theory, EachDatabase]
    public async Task A_second_tab_leaves_the_form_of_the_first_as_it_was_and_pages_leave_no_warnings(Database kind)
    {
        await using var scene = await Scene.NewAsync(kind);
        using var visitor = new Visitor(scene.Server);
        var first = await visitor.GetAsync("/signin");
        var cookie = Assert.Single(first.Cookies, c => c.StartsWith("__Host-um-form=", StringComparison.Ordinal));
        // with it a browser also comes by a link of another site
        Assert.Contains("samesite=lax", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain((await visitor.GetAsync("/forgot")).Cookies, c => c.StartsWith("__Host-um-form=", StringComparison.Ordinal));
        Assert.Equal(
            403,
            (
                await visitor.PostAsync(
                    "/signin",
                    ("login", "jo@example.com"),
                    ("password", "wrong"),
                    ("__RequestVerificationToken", Visitor.Token(first.Body))
                )
            ).Status
        );
        foreach (var path in (string[])["/signin", "/forgot", "/invite/x", "/w/acme/signin"])
        {
            using var nobody = new Visitor(scene.Server);
            await nobody.GetAsync(path);
        }

        Assert.DoesNotContain("Cache-Control", scene.Server.Log);
        Assert.DoesNotContain("warn", scene.Server.Log, StringComparison.OrdinalIgnoreCase);
    }

    [Theory, EachDatabase]
    public async Task A_body_that_is_no_form_or_too_large_is_refused_with_a_page(Database kind)
    {
        await using var scene = await Scene.NewAsync(kind);
        using var http = scene.Server.NewClient();
        using var json = new StringContent("{\"login\":\"jo\"}", System.Text.Encoding.UTF8, "text/plain");
        Assert.Equal(HttpStatusCode.BadRequest, (await http.PostAsync("/signin", json)).StatusCode);
        using var large = new FormUrlEncodedContent([new("login", new string('x', 1_000_000))]);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await http.PostAsync("/signin", large)).StatusCode);
    }

    [Theory, EachDatabase]
    public async Task Every_page_and_error_carries_the_headers_and_is_stored_by_nobody(Database kind)
    {
        await using var scene = await Scene.NewAsync(kind);
        using var jo = await scene.JoinAsync("jo@example.com");
        var (copied, _) = await scene.InviteAsync("new@example.com");
        using var nobody = new Visitor(scene.Server);
        List<Answer> answers =
        [
            await nobody.GetAsync("/signin"),
            await nobody.GetAsync("/forgot"),
            await nobody.GetAsync($"/invite/{copied}"),
            await nobody.GetAsync("/invite/x"),
            await nobody.GetAsync("/reset/x"),
            await nobody.GetAsync("/enter/x"),
            await nobody.PostAsync("/signin"),
            await nobody.GetAsync("/"),
            await jo.GetAsync("/workspaces"),
            await jo.GetAsync("/password"),
            await jo.GetAsync("/w/acme/profile"),
            await jo.GetAsync("/w/elsewhere/profile"),
        ];

        Assert.All(
            answers,
            answer =>
            {
                string Header(string name) => answer.Response.Headers.TryGetValues(name, out var values) ? string.Join(',', values) : "";
                Assert.Contains("default-src 'self'", Header("Content-Security-Policy"));
                Assert.DoesNotContain("unsafe", Header("Content-Security-Policy"));
                Assert.Equal("nosniff", Header("X-Content-Type-Options"));
                Assert.Equal("no-referrer", Header("Referrer-Policy"));
                Assert.Equal("same-origin", Header("Cross-Origin-Opener-Policy"));
                Assert.Contains("no-store", Header("Cache-Control"));
                Assert.DoesNotContain("<script>", answer.Body);
                Assert.DoesNotContain("style=\"", answer.Body);
            }
        );
    }

    [Theory, EachDatabase]
    public async Task One_address_may_post_and_open_links_only_so_often(Database kind)
    {
        await using var scene = await Scene.NewAsync(kind, set: [("SignIn:PostsPerMinute", "6"), ("SignIn:LinksPerMinute", "6")]);
        using var visitor = new Visitor(scene.Server);
        for (var i = 0; i < 6; i++)
        {
            Assert.Equal(403, (await visitor.SignInAsync($"somebody{i}@example.com")).Status);
            Assert.Equal(404, (await visitor.GetAsync("/invite/" + Secret.New())).Status);
        }

        var post = await visitor.SignInAsync("another@example.com");
        Assert.Equal(429, post.Status);
        Assert.Contains("Too many tries", post.Body);
        Assert.NotNull(post.Response.Headers.RetryAfter);
        Assert.Equal(429, (await visitor.GetAsync("/invite/" + Secret.New())).Status);
        Assert.Equal(200, (await visitor.GetAsync("/signin")).Status);
    }

    [Theory, EachDatabase]
    public async Task A_mailed_link_names_the_configured_address_whatever_the_request_said(Database kind)
    {
        await using var scene = await Scene.NewAsync(kind);
        using var jo = await scene.JoinAsync("jo@example.com");
        using var http = scene.Server.NewClient();
        using var poisoned = new HttpRequestMessage(HttpMethod.Get, "/forgot");
        poisoned.Headers.Host = "evil.example";
        Assert.Equal(HttpStatusCode.BadRequest, (await http.SendAsync(poisoned)).StatusCode);

        var token = Visitor.Token(await (await http.GetAsync("/forgot")).Content.ReadAsStringAsync());
        using var ask = new HttpRequestMessage(HttpMethod.Post, "/forgot")
        {
            Content = new FormUrlEncodedContent([new("login", "jo@example.com"), new("__RequestVerificationToken", token)]),
        };
        ask.Headers.Add("X-Forwarded-Host", "evil.example");
        ask.Headers.Add("Forwarded", "host=evil.example");
        Assert.Equal(HttpStatusCode.SeeOther, (await http.SendAsync(ask)).StatusCode);

        var mail = await Until.FoundAsync(() =>
            scene.Server.Mails.FirstOrDefault(m => m.Raw.Contains("/reset/", StringComparison.Ordinal))
        );
        Assert.All(mail.Links, link => Assert.StartsWith(scene.Server.Links.Base, link));
        Assert.DoesNotContain("evil", mail.Raw);
    }

    [Theory, EachDatabase]
    public async Task No_secret_stands_in_the_log(Database kind)
    {
        await using var scene = await Scene.NewAsync(kind);
        var (copied, mailed) = await scene.InviteAsync("jo@example.com");
        using var visitor = new Visitor(scene.Server);
        await visitor.GetAsync($"/invite/{copied}");
        await visitor.SubmitAsync(
            $"/invite/{mailed}",
            "/invite/create",
            ("secret", mailed!),
            ("login", "jo@example.com"),
            ("password", Scene.Password)
        );
        await visitor.SubmitAsync("/forgot", "/forgot", ("login", "jo@example.com"));
        var reset = await SignInPagesTests.ResetSecretAsync(scene);
        await visitor.GetAsync($"/reset/{reset}");

        Assert.Empty(SecretScan.Find(scene.Server.Log, [copied, mailed!, Scene.Password, visitor.Session!, reset]));
    }
}
