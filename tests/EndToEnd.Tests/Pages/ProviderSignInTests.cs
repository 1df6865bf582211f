using Microsoft.Playwright;
using UserManagement.EndToEnd.Tests.Rig;
using UserManagement.Membership.Invitations;
using UserManagement.Testing;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace UserManagement.EndToEnd.Tests.Pages;

/// <summary>People who come in through Google or Entra, in a browser and against a certified provider.</summary>
public class ProviderSignInTests(BrowserSession browser, Upstream upstream) : IClassFixture<Upstream>
{
    private const string Name = "E-mail address or user name";

    [Theory, EachDatabase]
    [Shows("B-03", "S3-09", "S3-10", "S3-30")]
    public async Task A_person_invited_to_google_signs_in_there_and_is_in_with_role_and_seat(Database kind)
    {
        await using var at = await upstream.SiteAsync(browser, kind);
        await at.ConfigureAsync(c =>
            c with
            {
                Invitations = c.Invitations with { Providers = [IdentityProvider.Any, IdentityProvider.Google] },
            }
        );
        var page = await at.Site.NewPageAsync();
        // the link leads straight to the one provider that fits
        await page.GotoAsync(await at.InviteAsync("grace@acme.example", IdentityProvider.Google, role: "member"));
        await Upstream.ChooseAsync(page, "grace@acme.example");
        await Expect(page).ToHaveURLAsync(at.Site.Server.PublicUrl + "w/acme");
        await page.GotoAsync("/w/acme/profile");
        await Expect(page.GetByText("You hold a seat")).ToBeVisibleAsync();
        await Expect(page.GetByText("Member", new() { Exact = true })).ToBeVisibleAsync();
        await Expect(page.GetByLabel("Last name")).ToHaveValueAsync("Hopper");
        Assert.Empty(at.Site.Complaints(page));
    }

    [Theory, EachDatabase]
    [Shows("B-04", "S3-11", "S3-12")]
    public async Task A_person_invited_to_entra_with_a_tenant_is_in_and_the_same_name_of_another_tenant_is_not(Database kind)
    {
        await using var at = await upstream.SiteAsync(browser, kind, "provider");
        var link = await at.InviteAsync("alan@contoso.example", IdentityProvider.Entra, Upstream.Contoso);
        var page = await at.Site.NewPageAsync();
        await page.GotoAsync(link);
        await Upstream.ChooseAsync(page, "alan@fabrikam.example");
        await Expect(page.GetByText("asks for a Microsoft account of another organisation")).ToBeVisibleAsync();
        await PictureAsync(at, page, kind, "wrong-tenant");

        await page.GetByRole(AriaRole.Link, new() { Name = "Use another account" }).ClickAsync();
        await Upstream.ChooseAsync(page, "alan@contoso.example");
        await Expect(page).ToHaveURLAsync(at.Site.Server.PublicUrl + "w/acme");
        await page.GotoAsync(link); // the second visit simply leads in
        await Expect(page).ToHaveURLAsync(at.Site.Server.PublicUrl + "w/acme");
        Assert.Empty(at.Site.Complaints(page));
    }

    [Theory, EachDatabase]
    [Shows("S3-10", "S3-12")]
    public async Task Each_mismatch_says_what_is_wrong_and_what_to_do(Database kind)
    {
        var clock = new HandClock(TimeProvider.System.GetUtcNow());
        await using var at = await upstream.SiteAsync(browser, kind, "provider", clock);
        await at.Site.AdminLinkAsync();
        var page = await at.Site.NewPageAsync();
        var link = await at.InviteAsync("grace@acme.example");

        await page.GotoAsync(link);
        await page.GetByRole(AriaRole.Link, new() { Name = "Continue with Google" }).ClickAsync();
        await Upstream.ChooseAsync(page, "eve@acme.example");
        await Expect(page.GetByText("This invitation is for another account.")).ToBeVisibleAsync();
        await Expect(page.GetByText("grace@")).ToHaveCountAsync(0);
        await PictureAsync(at, page, kind, "wrong-name");
        await page.GetByRole(AriaRole.Button, new() { Name = "Ask the inviter to correct it" }).ClickAsync();
        await Expect(page.GetByText("We told the person who invited you")).ToBeVisibleAsync();
        await PictureAsync(at, page, kind, "asked");

        page = await at.Site.NewPageAsync(); // the provider remembers people
        await page.GotoAsync(link);
        await page.GetByRole(AriaRole.Link, new() { Name = "Continue with Google" }).ClickAsync();
        await Upstream.ChooseAsync(page, "Cancel");
        await Expect(page.GetByText("did not let you in, or you cancelled")).ToBeVisibleAsync();
        await PictureAsync(at, page, kind, "cancelled");

        var bound = await at.InviteAsync("bound@acme.example", IdentityProvider.Google);
        await page.GotoAsync($"{bound}/signin/{at.Entra.Id}");
        await Upstream.ChooseAsync(page, "alan@contoso.example");
        await Expect(page.GetByText("This invitation asks for a Google account.")).ToBeVisibleAsync();
        await PictureAsync(at, page, kind, "wrong-provider");

        await at.ConfigureAsync(c => c with { Capacity = c.Capacity with { MemberSlots = 1 } });
        await page.GotoAsync(link);
        await page.GetByRole(AriaRole.Link, new() { Name = "Continue with Google" }).ClickAsync();
        await Upstream.ChooseAsync(page, "grace@acme.example");
        await Expect(page.GetByText("No member slot is free")).ToBeVisibleAsync();
        await PictureAsync(at, page, kind, "full");

        var other = await at.Site.NewPageAsync();
        await other.GotoAsync($"/signin/{at.Entra.Id}/start?returnUrl=/w/acme");
        await Upstream.ChooseAsync(other, "alan@contoso.example");
        await Expect(other.GetByText("Nobody here knows this account yet")).ToBeVisibleAsync();
        await PictureAsync(at, other, kind, "unknown");
        clock.Advance(TimeSpan.FromDays(15));
        await other.GotoAsync(bound);
        await Expect(other.GetByText("This invitation has expired")).ToBeVisibleAsync();
        Assert.Empty(at.Site.Complaints(page));
    }

    [Fact]
    public async Task One_address_field_leads_to_the_provider_and_back_by_keyboard_alone()
    {
        await using var at = await upstream.SiteAsync(browser, Database.Sqlite);
        var (session, _) = await at.Site.JoinAsync("grace@acme.example", "member", "Grace", "Hopper");
        await at.ConfigureAsync(c => c with { SignIn = c.SignIn with { Domains = ["acme.example"] } });
        var linking = await at.Site.SignedInPageAsync(session, path: "/profile/logins");
        await Looks.Good(at.Site, linking, "provider-logins");
        await linking.GetByRole(AriaRole.Link, new() { Name = "Link Google" }).ClickAsync();
        await Upstream.ChooseAsync(linking, "grace@acme.example");
        await Expect(linking.GetByText("It is linked")).ToBeVisibleAsync();
        await Looks.Good(at.Site, linking, "provider-logins-linked");

        var page = await at.Site.NewPageAsync();
        await page.GotoAsync("/w/acme/signin");
        await Looks.Good(at.Site, page, "provider-signin");
        await page.ReloadAsync();
        await Expect(page.GetByLabel(Name)).ToBeFocusedAsync();
        await page.Keyboard.TypeAsync("grace@acme.example");
        await page.Keyboard.PressAsync("Enter"); // the form's answer goes on by itself, which the policy lets no redirect do
        var account = page.GetByRole(AriaRole.Button, new() { Name = "grace@acme.example" });
        await account.FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await Expect(page).ToHaveURLAsync(at.Site.Server.PublicUrl + "w/acme");

        var local = await at.Site.NewPageAsync();
        await local.GotoAsync("/signin");
        await local.GetByLabel(Name).FillAsync("somebody.with.a.rather.long.name@a.department.of.a.subsidiary.example.com");
        await local.GetByRole(AriaRole.Button, new() { Name = "Next" }).ClickAsync();
        await Expect(local.GetByLabel("Password", new() { Exact = true })).ToBeFocusedAsync();
        await Looks.Good(at.Site, local, "provider-signin-password");
        Assert.Empty(at.Site.Complaints(page));
    }

    [Fact]
    public async Task A_password_person_who_comes_by_google_links_it_in_one_form()
    {
        await using var at = await upstream.SiteAsync(browser, Database.Sqlite);
        await at.Site.JoinAsync("grace.hopper@acme.example", "member", "Grace", "Hopper");
        var page = await at.Site.NewPageAsync();
        await page.GotoAsync("/w/acme/signin");
        await page.GetByRole(AriaRole.Link, new() { Name = "Continue with Google" }).ClickAsync();
        await Upstream.ChooseAsync(page, "grace@acme.example");
        await page.GetByText("I have an account with a password here").ClickAsync();
        await Looks.Good(at.Site, page, "provider-link-password");
        await page.GetByLabel(Name).FillAsync("grace.hopper@acme.example");
        await page.GetByLabel("Password", new() { Exact = true }).FillAsync("not this one");
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in and link Google" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Alert)).ToBeVisibleAsync();
        await Looks.Good(at.Site, page, "provider-link-wrong");
        await page.GetByLabel("Password", new() { Exact = true }).FillAsync(Site.Password);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in and link Google" }).ClickAsync();
        await Expect(page).ToHaveURLAsync(at.Site.Server.PublicUrl + "w/acme");
        Assert.Empty(at.Site.Complaints(page));
    }

    private static async Task PictureAsync(Connected at, IPage page, Database kind, string name)
    {
        if (kind == Database.Sqlite)
        {
            await Looks.Good(at.Site, page, "provider-" + name);
        }
    }
}
