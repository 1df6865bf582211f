using Microsoft.AspNetCore.Http;
using UserManagement.Identity.Http;
using UserManagement.Membership.Accounts;
using UserManagement.Ui.Layout;
using UserManagement.Ui.Parts;

namespace UserManagement.Identity.Home;

/// <summary>The pages of a person's own account, side by side.</summary>
public enum AccountPlace
{
    /// <summary>Own names in a workspace.</summary>
    Profile,

    /// <summary>Second factors and the password.</summary>
    Security,

    /// <summary>Linked accounts of providers.</summary>
    Logins,

    /// <summary>Where one is signed in.</summary>
    Sessions,
}

/// <summary>
/// What stands around the pages of a person's own account: the workspace one came from with a way back to it, one's own menu, and the
/// pages side by side. Only the first of these pages is a workspace's own; the others remember where one came from.
/// </summary>
/// <param name="Shell">For the layout.</param>
/// <param name="Tabs">The pages, the one in view marked.</param>
/// <param name="BackHref">The workspace one came from; the choice of workspaces where none is known.</param>
/// <param name="BackLabel">Its name.</param>
public sealed record AccountFrame(Shell Shell, IReadOnlyList<NavItem> Tabs, string BackHref, string BackLabel)
{
    /// <summary>The query of a link that leads here from a workspace: its name in addresses.</summary>
    public const string From = "from";

    private const string Cookie = "__Host-um-from";

    /// <summary>Reads all that it shows.</summary>
    internal static async Task<AccountFrame> ReadAsync(Visit visit, AccountPlace at)
    {
        var who = visit.Who!;
        var mine = await visit.Act<ListWorkspaces>().RunAsync(who, visit.Ct);
        var here = Here(visit, mine);
        NavItem? profile = here is null ? null : new("Profile", $"/w/{here.Slug}/profile", IconName.Person, at == AccountPlace.Profile);
        List<NavItem> tabs =
        [
            .. profile is null ? [] : new[] { profile },
            new("Security", "/profile/security", IconName.Shield, at == AccountPlace.Security),
            new("Sign-in", "/profile/logins", IconName.Key, at == AccountPlace.Logins),
            new("Sessions", "/profile/sessions", IconName.System, at == AccountPlace.Sessions),
        ];
        var back = here is null ? "/workspaces" : "/w/" + here.Slug;
        var shell = new Shell([], who.Member?.ShownName ?? who.Account.DisplayName, who.Member?.UserName, "/signout")
        {
            UserSeed = here?.MemberId.ToString(),
            WorkspaceName = here?.Name,
            LogoHref = here?.Logo is { } logo ? $"/logos/{here.Slug}/{logo}" : null,
            Workspaces = [.. mine.Select(w => new WorkspaceChoice(w.Name, "/w/" + w.Slug, w.Role, w == here))],
            UserLinks = [.. tabs.Select(t => t with { Current = false })],
            HomeHref = back,
        };
        return new(shell, [.. tabs.Select(t => t with { Icon = null })], back, here?.Name ?? "Your workspaces");
    }

    /// <summary>The workspace in the address, else the one that a link or the last of these pages came from, else the only one.</summary>
    private static MyWorkspace? Here(Visit visit, IReadOnlyList<MyWorkspace> mine)
    {
        var kept = visit.Http.Request.Cookies[Cookie];
        if (Of(visit.Slug ?? visit.Query(From)) is not { } named)
        {
            return Of(kept) ?? (mine is [var only] ? only : null);
        }

        if (named.Slug != kept)
        {
            visit.Http.Response.Cookies.Append(
                Cookie,
                named.Slug,
                new()
                {
                    Secure = true,
                    HttpOnly = true,
                    SameSite = SameSiteMode.Lax,
                    Path = "/",
                    IsEssential = true,
                }
            );
        }

        return named;

        MyWorkspace? Of(string? slug) => mine.FirstOrDefault(w => w.Slug == slug);
    }
}
