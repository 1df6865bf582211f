using System.Net;
using UserManagement.Membership.Workspaces;
using Xunit;

namespace UserManagement.AdminUi.Tests.Rig;

/// <summary>Settings as an admin changes them, and as they then stand.</summary>
public static class SettingsActs
{
    /// <summary>Fills the form of a page, looks at the preview and saves from there.</summary>
    /// <param name="site">The site.</param>
    /// <param name="page">The page below the settings.</param>
    /// <param name="query">What is typed.</param>
    public static async Task SaveSettingsAsync(this AdminSite site, string page, string query)
    {
        await site.Admin.GetAsync("/w/acme/settings/roles"); // the note of the save before, with its Undo
        var preview = await site.Admin.GetAsync($"/w/acme/settings/{page}/review?version={await site.VersionAsync()}&{query}");
        Assert.True(preview.Status == HttpStatusCode.OK, preview.Text);
        var saved = await site.Admin.PressAsync(preview, "/w/acme/settings/" + page);
        Assert.True(saved.Status == HttpStatusCode.SeeOther, saved.Text);
    }

    /// <summary>The version of the workspace.</summary>
    public static async Task<long> VersionAsync(this AdminSite site) => (await site.ContextAsync()).Row.Version;

    /// <summary>Its configuration.</summary>
    public static async Task<WorkspaceConfiguration> ConfigurationAsync(this AdminSite site) => (await site.ContextAsync()).Configuration;

    /// <summary>The workspace.</summary>
    public static async Task<WorkspaceContext> ContextAsync(this AdminSite site)
    {
        await using var db = site.Server.Store.Read();
        return (await WorkspaceContext.ByIdAsync(db, site.Workspace.Id, TestContext.Current.CancellationToken))!;
    }
}
