using System.Net;
using System.Text.RegularExpressions;
using UserManagement.AdminUi.Tests.Rig;
using UserManagement.Membership.Apps;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.AdminUi.Tests;

/// <summary>The apps of a workspace, by their pages.</summary>
public partial class AppPagesTests
{
    private const string Back = "https://notes.example.com/cb";

    private static readonly string[] OtherAddresses = ["signedOut", "logout", "start"];

    [Theory, EachDatabase]
    public async Task An_app_is_added_changed_given_another_secret_tried_and_removed(Database kind)
    {
        await using var site = await AdminSite.StartAsync(kind);
        var made = await site.Admin.PostAsync(
            "/w/acme/apps",
            ("kind", "web"),
            ("name", "Notes " + AdminSite.Hostile),
            ("redirects", Back + "\r\n\r\nhttps://notes.example.com/other"),
            ("scope-email", "true")
        );
        Assert.Equal(HttpStatusCode.Created, made.Status);
        var secret = Secret().Match(made.Text).Value;
        Assert.True(secret.Length > 40, made.Text);
        Assert.DoesNotContain("<script>alert", made.Text, StringComparison.Ordinal);
        var row = (await ReadAsync(site)).Single();
        var path = "/w/acme/apps/" + row.ClientId;
        Assert.Equal(["email"], ClientSettings.Of(row).AllowedScopes);
        Assert.Equal(2, ClientSettings.Of(row).RedirectUris.Count);
        foreach (var page in new[] { "/w/acme/apps", path, "/w/acme/audit" })
        {
            Assert.DoesNotMatch(Secret(), (await site.Admin.GetAsync(page)).Text);
        }

        // an app with a server may do without PKCE, where somebody says so; any other may not
        var older = PageForm.Of((await site.Admin.GetAsync(path)).Text).Single(f => f.Action == path);
        await site.Admin.PostBareAsync(path, [.. older.Fields, new("noPkce", "true")]);
        row = (await ReadAsync(site)).Single();
        Assert.False(ClientSettings.Of(row).RequirePkce);
        await site.Admin.PostAsync("/w/acme/apps", ("kind", "native"), ("name", "x"), ("redirects", Back), ("noPkce", "true"));
        var native = (await ReadAsync(site)).Single(r => r.Id != row.Id);
        Assert.True(ClientSettings.Of(native).RequirePkce);
        await site.Admin.PressAsync(
            await site.Admin.GetAsync($"/w/acme/apps/{native.ClientId}/remove"),
            $"/w/acme/apps/{native.ClientId}/remove"
        );

        // what the form does not show stays
        var form = PageForm.Of((await site.Admin.GetAsync(path)).Text).Single(f => f.Action == path);
        var changed = await site.Admin.PostBareAsync(path, [.. form.Fields]);
        Assert.Equal("/w/acme/apps", changed.Location);
        var same = (await ReadAsync(site)).Single();
        Assert.Equal(Json(row), Json(same));
        Assert.Equal(row.Version + 1, same.Version);
        var stale = await site.Admin.PostAsync(path, ("version", "0"), ("name", "Mine"), ("redirects", Back));
        Assert.Equal(HttpStatusCode.Conflict, stale.Status);
        Assert.Contains("value=\"Mine\"", stale.Text, StringComparison.Ordinal);

        var more = await site.Admin.PostAsync(path + "/secrets");
        Assert.Equal(HttpStatusCode.Created, more.Status);
        Assert.NotEqual(secret, Secret().Match(more.Text).Value);
        Assert.Equal(HttpStatusCode.Conflict, (await site.Admin.PostAsync(path + "/secrets")).Status);
        var asked = await site.Admin.GetAsync(path + "/secrets/remove");
        Assert.Contains("…" + secret[^4..], asked.Text, StringComparison.Ordinal);
        Assert.Equal(path, (await site.Admin.PressAsync(asked, path + "/secrets/remove")).Location);
        Assert.False(ClientSecrets.Match((await ReadAsync(site)).Single().ClientSecret, secret));

        var tried = await site.Admin.GetAsync($"/connect/try?workspace=acme&client_id={row.ClientId}");
        Assert.Equal(HttpStatusCode.OK, tried.Status);
        Assert.Contains("You would get in", tried.Text, StringComparison.Ordinal);
        Assert.Contains("email_verified", tried.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("preferred_username", tried.Text, StringComparison.Ordinal);

        // loaded anew by its button, it tells what a refresh would: here, what the app may learn since
        var wider = PageForm.Of((await site.Admin.GetAsync(path)).Text).Single(f => f.Action == path);
        await site.Admin.PostBareAsync(path, [.. wider.Fields, new("scope-profile", "true")]);
        var again = WebUtility.HtmlDecode(tried.Text).Split("href=\"/connect/try?")[1].Split('"')[0];
        Assert.Contains("preferred_username", (await site.Admin.GetAsync("/connect/try?" + again)).Text, StringComparison.Ordinal);

        var remove = await site.Admin.GetAsync(path + "/remove");
        Assert.Contains("Nobody is signed in through it now", remove.Text, StringComparison.Ordinal);
        Assert.Equal("/w/acme/apps", (await site.Admin.PressAsync(remove, path + "/remove")).Location);
        Assert.Empty(await ReadAsync(site));
        Assert.Equal(HttpStatusCode.NotFound, (await site.Admin.GetAsync(path)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await site.Admin.PostAsync(path, ("name", "x"))).Status);
    }

    [Theory, EachDatabase]
    public async Task What_is_wrong_stands_beside_its_field_with_what_was_typed(Database kind)
    {
        await using var site = await AdminSite.StartAsync(kind);
        var wrong = await site.Admin.PostAsync(
            "/w/acme/apps",
            ("kind", "web"),
            ("name", "Notes"),
            ("redirects", "http://one.example.com/cb\nhttps://two.example.com/cb#x")
        );
        Assert.Equal(HttpStatusCode.UnprocessableEntity, wrong.Status);
        Assert.Contains("Use https://; http is for localhost alone.", wrong.Text, StringComparison.Ordinal);
        Assert.Contains("an address has no fragment", wrong.Text, StringComparison.Ordinal);
        Assert.Contains("https://two.example.com/cb#x</textarea>", wrong.Text, StringComparison.Ordinal);
        foreach (
            var fields in new (string, string)[][]
            {
                [("kind", "web"), ("name", ""), ("redirects", Back)],
                [("kind", "web"), ("name", new string('n', 101)), ("redirects", Back)],
                [("kind", "native"), ("name", "x")],
                [("kind", "program"), ("name", "x"), ("scope-api", "true")],
                [("kind", "program"), ("name", "x"), ("scope-api", "true"), ("role", "emperor")],
                [("kind", "browser"), ("name", "x"), ("redirects", string.Join('\n', Enumerable.Range(0, 21).Select(i => Back + i)))],
                [("kind", "web"), ("name", "x"), ("redirects", Back), ("jwks", "{}")],
            }
        )
        {
            Assert.Equal(HttpStatusCode.UnprocessableEntity, (await site.Admin.PostAsync("/w/acme/apps", fields)).Status);
        }

        // each address that no app may have, in the field for redirects and in one of the others; once, for no database is asked
        var bad = AppAddresses.Bad.Where(a => a.Address.Length > 0 && a.Address.Trim() == a.Address).ToList();
        for (var i = 0; i < bad.Count && kind == Database.Sqlite; i++)
        {
            foreach (var field in new[] { "redirects", OtherAddresses[i % OtherAddresses.Length] })
            {
                var answer = await site.Admin.PostAsync(
                    "/w/acme/apps",
                    [
                        ("kind", bad[i].OwnSchemes ? "native" : "web"),
                        ("name", "Notes"),
                        .. field == "redirects" ? [] : new[] { ("redirects", Back) },
                        (field, bad[i].Address),
                    ]
                );
                Assert.True(
                    answer.Status == HttpStatusCode.UnprocessableEntity
                        && WebUtility.HtmlDecode(answer.Text).Contains(bad[i].Sentence, StringComparison.Ordinal),
                    $"{field} {bad[i].Address}: {answer.Status}"
                );
            }
        }

        Assert.Empty(await ReadAsync(site));
        var program = await site.Admin.PostAsync(
            "/w/acme/apps",
            ("kind", "program"),
            ("name", "Nightly"),
            ("scope-api", "true"),
            ("role", "viewer")
        );
        Assert.Equal(HttpStatusCode.Created, program.Status);
        var row = (await ReadAsync(site)).Single();
        Assert.Equal(("viewer", true), (row.Role, ClientSettings.Of(row).AllowClientCredentials));
        Assert.Equal(HttpStatusCode.Conflict, (await site.Admin.GetAsync($"/connect/try?workspace=acme&client_id={row.ClientId}")).Status);
    }

    [Theory, EachDatabase]
    public async Task Only_an_admin_of_the_workspace_tries_its_apps(Database kind)
    {
        await using var site = await AdminSite.StartAsync(kind);
        var id = await site.Server.MakeAsync(site.Workspace, RouteThing.Client, "Notes");
        var (viewer, _) = await site.JoinAsync("viewer@example.com", "viewer");
        var (_, stranger) = await AdminSite.NewWorkspaceAsync(site.Server, "other", "Other", "seats", "stranger@example.com");
        using var nobody = new Person(site.Server, null);
        var path = $"/connect/try?workspace=acme&client_id={id}";
        Assert.Equal(HttpStatusCode.Forbidden, (await viewer.GetAsync(path)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await stranger.GetAsync(path)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await stranger.GetAsync($"/connect/try?workspace=other&client_id={id}")).Status);
        Assert.StartsWith("/signin?", (await nobody.GetAsync(path)).Location, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.BadRequest, (await site.Admin.GetAsync("/connect/try?workspace=acme")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await site.Admin.GetAsync("/connect/try?workspace=acme&client_id=nowhere")).Status);
        viewer.Dispose();
        stranger.Dispose();
    }

    private static string Json(Client row) => System.Text.Json.JsonSerializer.Serialize(ClientSettings.Of(row));

    private static async Task<IReadOnlyList<Client>> ReadAsync(AdminSite site) =>
        (await site.Server.Service<ListClients>().RunAsync(Membership.Access.Actor.Operator, site.Workspace.Id, default)).Value;

    [GeneratedRegex("umapp_[A-Za-z0-9_-]{30,}")]
    private static partial Regex Secret();
}
