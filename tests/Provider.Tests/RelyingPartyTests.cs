using UserManagement.Membership.Access;
using UserManagement.Membership.Members;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Provider.Tests;

/// <summary>
/// Relying parties that nobody here wrote sign somebody in, refresh and sign them out: openid-client and mod_auth_openidc here,
/// oidc-client-ts in a browser in EndToEnd.
/// </summary>
public sealed class RelyingPartyTests
{
    [Theory, EachDatabase]
    public async Task Openid_client_and_mod_auth_openidc_sign_in_refresh_and_sign_out(Database kind)
    {
        await using var scene = await AppScene.NewAsync(kind, TimeProvider.System.GetUtcNow());
        var issuer = scene.Server.PublicUrl.ToString().TrimEnd('/');
        await Task.WhenAll(ByOpenidClientAsync(scene, issuer), ByApacheAsync(scene, issuer));
    }

    private static async Task ByOpenidClientAsync(AppScene scene, string issuer)
    {
        var app = await scene.AppAsync();
        using var jo = await scene.JoinAsync("jo@acme.com");
        var member = await scene.MemberAsync("jo@acme.com");
        var learned = await NodeClient.RunAsync(
            async url =>
                (await jo.GoAsync(new Uri(url).PathAndQuery)) is { Location: { } location }
                    ? location
                    : throw new InvalidOperationException("It leads nowhere: " + url),
            issuer,
            app.Id,
            app.Secret!,
            TestApp.Back,
            "https://app.example.org/signed-out"
        );
        string? Text(string name) => learned.GetProperty(name).GetString();
        Assert.Equal((member.AccountId.ToString(), member.AccountId.ToString()), (Text("sub"), Text("refreshedSub")));
        Assert.Equal((member.Role, "Jo Harbour", "out", "invalid_grant"), (Text("role"), Text("name"), Text("state"), Text("after")));
        Assert.True(learned.GetProperty("active").GetBoolean());
        Assert.False(learned.GetProperty("still").GetBoolean());
    }

    private static async Task ByApacheAsync(AppScene scene, string issuer)
    {
        var url = FreePort.Url();
        var app = await scene.AppAsync(s =>
            s with
            {
                RedirectUris = [url + "/oidc"],
                PostLogoutRedirectUris = [url + "/out.html"],
                BackChannelLogoutUri = url + "/oidc?logout=backchannel",
            }
        );
        using var ann = await scene.JoinAsync("ann@acme.com");
        await using var apache = await ApacheClient.StartAsync(url, issuer, app.Id, app.Secret!);
        async Task<Answer> OpenAsync(string path)
        {
            // a browser: cookies of localhost go to both, and so it goes to and fro
            var answer = await ann.GetAsync(url + path);
            for (var i = 0; i < 10 && answer.Status is 302 or 303; i++)
            {
                answer = await ann.GetAsync(answer.Location!);
            }

            return answer;
        }

        static string? RoleOf(Answer answer) => answer.Response.Headers.TryGetValues("X-Role", out var role) ? role.Single() : null;
        async Task<string> TokenAsync() =>
            System
                .Text.Json.JsonDocument.Parse((await OpenAsync("/oidc?info=json")).Body)
                .RootElement.GetProperty("access_token")
                .GetString()!;

        var member = await scene.MemberAsync("ann@acme.com");
        var page = await OpenAsync("/");
        Assert.True(
            (200, "for who is signed in", member.Role) == (page.Status, page.Body, RoleOf(page)),
            $"{page.Status} {page.Body}\n{apache.Log}"
        );

        var before = await TokenAsync();
        page = await OpenAsync($"/oidc?refresh={Uri.EscapeDataString(url + "/")}&access_token={Uri.EscapeDataString(before)}");
        Assert.True(page.Status == 200, $"{page.Body}\n{apache.Log}");
        var after = await TokenAsync();
        Assert.NotEqual(before, after);
        Assert.True(await app.IsActiveAsync(after));

        page = await OpenAsync($"/oidc?logout={Uri.EscapeDataString(url + "/out.html")}");
        Assert.True(page.Body == "signed out", $"{page.Status} {page.Body}\n{apache.Log}");
        Assert.False(await app.IsActiveAsync(after));
        Assert.Contains("name=\"login\"", (await OpenAsync("/")).Body);

        // and told from here: the next request of the browser is nobody's
        await AppScene.SignInAsync(ann, await ann.GoAsync("/signin"), "ann@acme.com");
        Assert.Equal(member.Role, RoleOf(await OpenAsync("/")));
        await scene.Server.Service<SuspendMember>().RunAsync(Actor.Operator, scene.Workspace.Id, member.Id, null, default);
        await Until.TrueAsync(async () => RoleOf(await ann.GetAsync(url + "/")) is null, "Apache was told");
    }
}
