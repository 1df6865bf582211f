using System.Net;
using UserManagement.AdminUi.Tests.Rig;
using UserManagement.Membership.Workspaces;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.AdminUi.Tests;

/// <summary>Settings: typed in a form, looked at in a preview, saved from there.</summary>
public sealed class SettingsPagesTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory, EachDatabase]
    public async Task A_setting_is_previewed_saved_from_there_and_taken_back(Database kind)
    {
        await using var site = await AdminSite.StartAsync(kind);
        var version = await site.VersionAsync();
        foreach (var path in (string[])["workspace", "joining", "list", "directory", "role?key=member", "role", "license", "roles"])
        {
            Assert.Equal(HttpStatusCode.OK, (await site.Admin.GetAsync("/w/acme/settings/" + path)).Status);
        }

        Assert.Equal(HttpStatusCode.NotFound, (await site.Admin.GetAsync("/w/acme/settings/role?key=nosuch")).Status);
        var query =
            $"version={version}&terms.tenant=team&terms.person=colleague&terms.people=colleagues&terms.termsOfUse=https://acme.test/terms";
        var preview = await site.Admin.GetAsync("/w/acme/settings/workspace/review?" + query);
        Assert.Equal(HttpStatusCode.OK, preview.Status);
        Assert.Contains("Pages and mails say team, colleague and colleagues.", preview.Text, StringComparison.Ordinal);
        Assert.Equal("workspace", (await site.ConfigurationAsync()).Terms.Tenant); // nothing yet
        Assert.Equal("/w/acme/settings/workspace", (await site.Admin.PressAsync(preview, "/w/acme/settings/workspace")).Location);
        Assert.Equal(
            ("team", "https://acme.test/terms"),
            ((await site.ConfigurationAsync()).Terms.Tenant, (await site.ConfigurationAsync()).Terms.TermsOfUse)
        );

        using (var nobody = new Person(site.Server, null))
        {
            var signIn = await nobody.GetAsync("/w/acme/signin");
            Assert.Contains("href=\"https://acme.test/terms\" rel=\"noopener noreferrer\"", signIn.Text, StringComparison.Ordinal);
        }

        // whoever sets them accepts them too, and finds what was said of the change afterwards
        var asked = (await site.Admin.GetAsync("/w/acme/settings/workspace")).Location!;
        Assert.Equal("/w/acme/terms?returnUrl=%2Fw%2Facme%2Fsettings%2Fworkspace", asked);
        var accepted = await site.Admin.PressAsync(await site.Admin.GetAsync(asked), "/w/acme/terms", ("terms", "1"));
        Assert.Equal("/w/acme/settings/workspace", accepted.Location);
        var after = await site.Admin.GetAsync("/w/acme/settings/workspace");
        Assert.Contains("Undo", after.Text, StringComparison.Ordinal);
        var undone = await site.Admin.PressAsync(after, "/w/acme/settings/workspace");
        Assert.Equal(HttpStatusCode.SeeOther, undone.Status);
        Assert.Equal(
            ("workspace", null),
            ((await site.ConfigurationAsync()).Terms.Tenant, (await site.ConfigurationAsync()).Terms.TermsOfUse)
        );

        // based on what is no more: what was typed stays, and nothing is saved
        var stale = await site.Admin.GetAsync("/w/acme/settings/workspace/review?" + query);
        Assert.Equal(HttpStatusCode.Conflict, stale.Status);
        Assert.Contains("https://acme.test/terms", stale.Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Conflict, (await site.Admin.PressAsync(preview, "/w/acme/settings/workspace")).Status);
        var wrong = await site.Admin.GetAsync(
            $"/w/acme/settings/workspace/review?version={await site.VersionAsync()}&terms.tenant=team&terms.person=a&terms.people=b&terms.termsOfUse=javascript:alert(1)"
        );
        Assert.Equal(HttpStatusCode.UnprocessableEntity, wrong.Status);
        Assert.Contains("aria-invalid=\"true\"", wrong.Text, StringComparison.Ordinal);
    }

    [Theory, EachDatabase]
    public async Task Roles_licenses_columns_and_invitations_each_have_their_page(Database kind)
    {
        await using var site = await AdminSite.StartAsync(kind, "licensed");
        var (bob, _) = await site.JoinAsync("bob@example.com", "user");
        bob.Dispose();

        // a role: its name and what it may do
        var form = await site.Admin.GetAsync("/w/acme/settings/role?key=user");
        Assert.Matches("name=\"appPermissions\"[^>]*>\\s*chat.use\\s+settings.personal\\s+tools.create<", WebUtility.HtmlDecode(form.Text));
        await site.SaveSettingsAsync(
            "role",
            "key=user&label=Guest&description=Looks&rank=10&assignable=true&permissions=members.read&permissions=server.health"
                + "&appPermissions=chat.use%0Aai.use"
        );
        var role = (await site.ConfigurationAsync()).Role("user")!;
        Assert.Equal("Guest", role.Label);
        Assert.Equal(["members.read", "server.health", "chat.use", "ai.use"], role.Permissions); // of this product and of apps

        // one of its own, and away with it
        await site.SaveSettingsAsync("role", "label=Night shift&like=user");
        Assert.Equal("Night shift", (await site.ConfigurationAsync()).Role("night-shift")?.Label);
        await site.SaveSettingsAsync("role", "key=night-shift&remove=true");
        Assert.Null((await site.ConfigurationAsync()).Role("night-shift"));
        await site.SaveSettingsAsync("license", "label=Trial&features=chat%0Atools");
        Assert.Equal(["chat", "tools"], (await site.ConfigurationAsync()).License("trial")!.Features);
        var refused = await site.Admin.GetAsync($"/w/acme/settings/license/review?version={await site.VersionAsync()}&key=pro&remove=true");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.Status); // newcomers get it
        Assert.Contains("The license of newcomers must be there", refused.Text, StringComparison.Ordinal);
        var held = await site.Admin.GetAsync(
            $"/w/acme/settings/role/review?version={await site.VersionAsync()}&key=admin&label=Boss&rank=100"
        );
        Assert.Equal(HttpStatusCode.UnprocessableEntity, held.Status); // an admin who may nothing

        // columns in the order of their places
        await site.SaveSettingsAsync(
            "list",
            "memberList.columns.role=2&memberList.columns.joined=1&memberList.columns.email=&advice.warnBelowAdmins=3&advice.reviewEveryDays=30"
        );
        var now = await site.ConfigurationAsync();
        Assert.Equal((3, 30), (now.Advice.WarnBelowAdmins, now.Advice.ReviewEveryDays));
        Assert.Equal(["joined", "role", "name"], now.MemberList.Columns);
        await site.SaveSettingsAsync(
            "joining",
            "join.defaultLicense=business&join.licenseRequired=true&invitations.providers=google&invitations.resend=never&invitations.revokeLabel=Delete"
        );
        now = await site.ConfigurationAsync();
        Assert.Equal(
            ("business", true, ResendWhen.Never, false),
            (now.Join.DefaultLicense, now.Join.LicenseRequired, now.Invitations.Resend, now.Invitations.CopyLink)
        );
        foreach (
            var query in (string[])
                [
                    "joining/review?invitations.resend=sometimes",
                    "joining/review?invitations.resend=never&invitations.revokeLabel=x&join.defaultLicense=pro&join.licenseRequired=true",
                    "list/review?advice.warnBelowAdmins=many",
                    "role/review?key=admin&label=Boss&rank=1&permissions=members.read",
                    "role/review?label=&like=user",
                    "role/review?label=Boss&like=admin",
                ]
        )
        {
            var wrong = await site.Admin.GetAsync($"/w/acme/settings/{query}&version={await site.VersionAsync()}");
            Assert.True(wrong.Status is HttpStatusCode.UnprocessableEntity or HttpStatusCode.NotFound, $"{query}: {wrong.Status}");
        }
    }

    [Theory, EachDatabase]
    public async Task A_workspace_is_renamed_on_its_page_and_the_slip_is_taken_back(Database kind)
    {
        await using var site = await AdminSite.StartAsync(kind);
        var form = await site.Admin.GetAsync("/w/acme/settings/workspace");
        Assert.Contains("/w/acme", form.Text, StringComparison.Ordinal);
        var wrong = await site.Admin.PressAsync(form, "/w/acme/settings/name", ("name", " "));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, wrong.Status);
        Assert.Equal(
            "/w/acme/settings/workspace",
            (await site.Admin.PressAsync(form, "/w/acme/settings/name", ("name", AdminSite.Hostile))).Location
        );
        var page = await site.Admin.GetAsync("/w/acme/settings/workspace");
        Assert.Contains(AdminSite.Hostile, WebUtility.HtmlDecode(page.Text), StringComparison.Ordinal);
        Assert.DoesNotContain("<script>alert", page.Text, StringComparison.Ordinal);
        var stale = await site.Admin.PressAsync(form, "/w/acme/settings/name", ("name", "Other"));
        Assert.Equal(HttpStatusCode.Conflict, stale.Status);
        Assert.Contains(
            "renamed the workspace",
            (await site.Admin.GetAsync("/w/acme/audit?act=workspace.")).Text,
            StringComparison.Ordinal
        );
    }

    [Theory, EachDatabase]
    public async Task A_logo_is_uploaded_shown_and_served_as_a_picture_and_nothing_else(Database kind)
    {
        await using var site = await AdminSite.StartAsync(kind);
        byte[] png =
        [
            0x89,
            0x50,
            0x4e,
            0x47,
            0x0d,
            0x0a,
            0x1a,
            0x0a,
            0,
            0,
            0,
            13,
            .. "IHDR"u8,
            0,
            0,
            0,
            64,
            0,
            0,
            0,
            64,
            8,
            6,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
        ];
        async Task<Answer> UploadAsync(byte[] file) =>
            await site.Admin.UploadAsync("/w/acme/settings/logo", file, "logo", ("version", $"{await site.VersionAsync()}"));

        foreach (
            var wrong in (byte[][])
                [
                    [],
                    "<svg onload='alert(1)'/>"u8.ToArray(),
                    new byte[300_000],
                ]
        )
        {
            Assert.Equal(HttpStatusCode.UnprocessableEntity, (await UploadAsync(wrong)).Status);
        }

        Assert.Equal("/w/acme/settings/workspace", (await UploadAsync(png)).Location);
        var page = await site.Admin.GetAsync("/w/acme/settings/workspace");
        var address = $"/logos/acme/{(await site.ContextAsync()).Row.Logo}";
        Assert.Contains($"src=\"{address}\"", page.Text, StringComparison.Ordinal);
        using var nobody = new Person(site.Server, null);
        Assert.Contains($"src=\"{address}\"", (await nobody.GetAsync("/w/acme/signin")).Text, StringComparison.Ordinal);
        var served = await nobody.GetAsync(address);
        Assert.Equal(
            (HttpStatusCode.OK, "image/png", "nosniff", "public, max-age=31536000, immutable"),
            (served.Status, served.Headers["Content-Type"], served.Headers["X-Content-Type-Options"], served.Headers["Cache-Control"])
        );
        Assert.Contains("sandbox", served.Headers["Content-Security-Policy"], StringComparison.Ordinal);
        await site.Admin.PostAsync("/w/acme/settings/logo", ("none", "true"), ("version", $"{await site.VersionAsync()}"));
        Assert.Equal(HttpStatusCode.NotFound, (await nobody.GetAsync(address)).Status);
    }
}
