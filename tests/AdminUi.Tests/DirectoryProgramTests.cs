using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using UserManagement.AdminUi.Tests.Rig;
using UserManagement.Membership.Access;
using UserManagement.Membership.Apps;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.AdminUi.Tests;

/// <summary>Directories that come in by OAuth client credentials, on the page of directories.</summary>
public sealed class DirectoryProgramTests
{
    private const string OlderPatch =
        """{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"Replace","path":"active","value":"False"}]}""";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory, EachDatabase]
    public async Task A_directory_with_client_id_and_secret_is_shown_with_its_last_use_and_what_is_set_up_badly(Database kind)
    {
        await using var site = await AdminSite.StartAsync(kind);
        var (_, stranger) = await AdminSite.NewWorkspaceAsync(site.Server, "other", "Other", "seats", "olga@example.com");
        var settings = new ClientSettings
        {
            ClientName = "Provisioner " + AdminSite.Hostile[..20],
            AllowClientCredentials = true,
            AllowedScopes = [AppScopeNames.Scim],
        };
        var made = (
            await new CreateClient(site.Server.Store).RunAsync(Actor.Operator, site.Workspace.Id, "entra-oauth", settings, Ct)
        ).Value;
        var before = (await site.Admin.GetAsync("/w/acme/directory")).Text;
        Assert.Contains(new Uri(site.Server.PublicUrl, "/connect/token").ToString(), before, StringComparison.Ordinal);
        Assert.Contains("id=\"oauth-scope\"", before, StringComparison.Ordinal);
        Assert.Contains("entra-oauth", before, StringComparison.Ordinal);
        Assert.Contains("No directory has asked yet", before, StringComparison.Ordinal);
        Assert.DoesNotContain(
            "<script>",
            before[before.IndexOf("id=\"programs\"", StringComparison.Ordinal)..][..2000],
            StringComparison.Ordinal
        );
        Assert.DoesNotContain("entra-oauth", (await stranger.GetAsync("/w/other/directory")).Text, StringComparison.Ordinal);

        await PatchAsync(site, await TokenAsync(site, made.Secret!));
        var seen = (await site.Admin.GetAsync("/w/acme/directory")).Text;
        Assert.Contains("Microsoft Entra ID, recognized by what it sends", seen, StringComparison.Ordinal);
        Assert.Contains("Client id and secret (OAuth)", seen, StringComparison.Ordinal);
        Assert.Contains("Put ?aadOptscim062020 behind the tenant URL", seen, StringComparison.Ordinal);
        Assert.DoesNotContain("No directory has asked yet", seen, StringComparison.Ordinal);
        Assert.DoesNotContain(made.Secret!, seen, StringComparison.Ordinal);

        // the next token of ten minutes is the same directory
        await PatchAsync(site, await TokenAsync(site, made.Secret!));
        await using (var db = site.Server.Store.Read())
        {
            Assert.Equal(made.Row.Id, db.ScimCredentialUses.Single(u => u.WorkspaceId == site.Workspace.Id).CredentialId.Value);
        }

        var secret = ClientSecrets.Of(made.Row).Single().Id;
        await new RemoveClientSecret(site.Server.Store).RunAsync(Actor.Operator, site.Workspace.Id, "entra-oauth", secret, Ct);
        Assert.Contains("No secret", (await site.Admin.GetAsync("/w/acme/directory")).Text, StringComparison.Ordinal);

        Assert.True((await new RemoveClient(site.Server.Store).RunAsync(Actor.Operator, site.Workspace.Id, "entra-oauth", Ct)).Done);
        Assert.DoesNotContain("entra-oauth", (await site.Admin.GetAsync("/w/acme/directory")).Text, StringComparison.Ordinal);
        await using var after = site.Server.Store.Read();
        Assert.Empty(after.ScimCredentialUses.Where(u => u.WorkspaceId == site.Workspace.Id));
    }

    private static async Task<string> TokenAsync(AdminSite site, string secret)
    {
        using var form = new FormUrlEncodedContent([
            new("grant_type", "client_credentials"),
            new("client_id", "entra-oauth"),
            new("client_secret", secret),
        ]);
        using var answer = await site.Server.Client.PostAsync(new Uri("/connect/token", UriKind.Relative), form, Ct);
        var body = await answer.Content.ReadAsStringAsync(Ct);
        Assert.True(answer.IsSuccessStatusCode, body);
        using var json = JsonDocument.Parse(body);
        return json.RootElement.GetProperty("access_token").GetString()!;
    }

    private static async Task PatchAsync(AdminSite site, string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Patch, "/scim/v2/acme/Users/0198a000-0000-7000-8000-000000000000");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        request.Content = new StringContent(OlderPatch, Encoding.UTF8, "application/scim+json");
        using var answer = await site.Server.Client.SendAsync(request, Ct);
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }
}
