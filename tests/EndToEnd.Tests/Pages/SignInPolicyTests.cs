using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using UserManagement.EndToEnd.Tests.Rig;
using UserManagement.Membership;
using UserManagement.Membership.Access;
using UserManagement.Membership.Connections;
using UserManagement.Testing;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace UserManagement.EndToEnd.Tests.Pages;

/// <summary>The pages about connections and the sign-in policy, as people see and use them: see <see cref="Looks"/>.</summary>
public class SignInPolicyTests(BrowserSession browser)
{
    private const string Tenant = "11111111-2222-4333-8444-555555555555";

    [Fact]
    public async Task Pages_about_sign_in_look_right()
    {
        await using var site = await StartAsync();
        await site.JoinAsync(Site.Ada, "admin", "Ada", "Lovelace");
        var page = await site.AdminPageAsync(path: "/w/acme/sign-in");
        await Looks.Good(site, page, "sign-in-empty");

        var google = await MakeAsync(site, default, ConnectionKind.Google, "Google");
        await MakeAsync(site, default, ConnectionKind.Entra, "Microsoft");
        var own = await MakeAsync(
            site,
            site.Workspace.Id,
            ConnectionKind.Oidc,
            "Keycloak of the subsidiary for Europe, the Middle East and Africa, with a long name"
        );
        var off = await MakeAsync(
            site,
            site.Workspace.Id,
            ConnectionKind.Entra,
            "Contoso",
            d => d with { Tenants = [Tenant], Enabled = false }
        );
        foreach (
            var (path, name) in ((string, string)[])
                [
                    ("", "full"),
                    ("/connections/new?kind=google", "new-google"),
                    ("/connections/new?kind=entra", "new-entra"),
                    ($"/connections/{own.Id}", "edit"),
                    ($"/connections/{off.Id}", "edit-off"),
                    ($"/connections/{own.Id}/remove", "remove"),
                ]
        )
        {
            Assert.Equal(200, (await page.GotoAsync("/w/acme/sign-in" + path))!.Status);
            await Looks.Good(site, page, "sign-in-" + name);
        }

        // The refusals, each on its page, with what was typed.
        await page.GotoAsync("/w/acme/sign-in/connections/new?kind=oidc");
        await page.GetByLabel("Name", new() { Exact = true }).FillAsync("Down");
        await page.GetByLabel("Issuer").FillAsync("https://down.example.com");
        await page.GetByLabel("Client id").FillAsync("client");
        await page.GetByLabel("Client secret").FillAsync("secret");
        await page.GetByRole(AriaRole.Button, new() { Name = "Check" }).ClickAsync();
        await Expect(page.Locator(".field-error")).ToBeVisibleAsync();
        await Looks.Good(site, page, "sign-in-check-refused");
        await page.GetByLabel("Issuer").FillAsync("https://up.example.com");
        await page.GetByRole(AriaRole.Button, new() { Name = "Check" }).ClickAsync();
        await Expect(page.GetByText("The provider answers as it should")).ToBeVisibleAsync();
        await Looks.Good(site, page, "sign-in-check-good");

        await page.GotoAsync("/w/acme/sign-in");
        await page.GetByLabel("Not enabled").CheckAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Save policy" }).ClickAsync();
        await Expect(page.GetByText("You could not get in any more")).ToBeVisibleAsync();
        await Looks.Good(site, page, "sign-in-locks-out");

        await page.GetByLabel("Try it with").SelectOptionAsync(google.Id.ToString());
        await page.GetByRole(AriaRole.Button, new() { Name = "Try it first" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "Sign in with Google" })).ToBeVisibleAsync();
        await Looks.Good(site, page, "sign-in-test");
    }

    [Fact]
    public async Task A_connection_is_added_switched_off_and_removed_by_keyboard()
    {
        await using var site = await StartAsync();
        var page = await site.AdminPageAsync(path: "/w/acme/sign-in");
        await page.GetByRole(AriaRole.Button, new() { Name = "Add connection" }).FocusAsync();
        await page.Keyboard.PressAsync("ArrowDown");
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "Google Google Workspace" })).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Enter");
        await page.GetByLabel("Client id").FocusAsync();
        await page.Keyboard.TypeAsync("client-of-ours");
        await page.GetByLabel("Client secret").FocusAsync();
        await page.Keyboard.TypeAsync("a-secret");
        await page.GetByLabel("Domains").FocusAsync();
        await page.Keyboard.TypeAsync("acme.com");
        await page.GetByRole(AriaRole.Button, new() { Name = "Connect" }).FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.GetByText("Google is connected")).ToBeVisibleAsync();

        await page.GetByRole(AriaRole.Button, new() { Name = "Actions: Google" }).FocusAsync();
        await page.Keyboard.PressAsync("ArrowUp");
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "Remove" })).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Enter");
        var dialog = page.GetByRole(AriaRole.Dialog);
        await Expect(dialog.GetByText("Nobody has signed in")).ToBeVisibleAsync();
        await Looks.Good(site, page, "sign-in-remove-dialog");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Remove connection" }).FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.GetByText("Google is removed")).ToBeVisibleAsync();
        await Expect(page.GetByText("No connection yet")).ToBeVisibleAsync();
    }

    /// <summary>A site whose providers are the test's: they answer what the test says.</summary>
    private Task<Site> StartAsync() =>
        Site.StartAsync(
            browser,
            Database.Sqlite,
            configure: builder =>
                builder.Services.AddSingleton<ConnectionProbe>(
                    (connection, _) =>
                        Task.FromResult(
                            connection.Authority.Contains("down", StringComparison.Ordinal)
                                ? new Refusal(
                                    RefusalKind.Unavailable,
                                    "providerUnreachable",
                                    $"{connection.Name} does not answer as it should. Try again in a while.",
                                    "authority"
                                )
                                : null
                        )
                )
        );

    private static async Task<IdentityConnection> MakeAsync(
        Site site,
        Id<Membership.Workspaces.Workspace> workspace,
        ConnectionKind kind,
        string name,
        Func<ConnectionDraft, ConnectionDraft>? change = null
    )
    {
        var draft = new ConnectionDraft
        {
            Kind = kind,
            Name = name,
            Authority = kind switch
            {
                ConnectionKind.Google => ConnectionCheck.Google,
                ConnectionKind.Entra => "https://login.microsoftonline.com/organizations/v2.0",
                _ => "https://sign-in.subsidiary.with.a.long.name.example.com/realms/employees-of-the-whole-group",
            },
            ClientId = "client",
            Credential = "secret",
        };
        return (
            await site
                .Server.Service<CreateConnection>()
                .RunAsync(Actor.Operator, workspace, change?.Invoke(draft) ?? draft, (_, _) => Task.FromResult<Refusal?>(null), default)
        ).Value;
    }
}
