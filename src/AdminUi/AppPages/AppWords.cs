using UserManagement.Membership.Apps;
using UserManagement.Ui.Parts;

namespace UserManagement.AdminUi.AppPages;

/// <summary>What pages say about apps.</summary>
internal static class AppWords
{
    /// <summary>The name of a kind.</summary>
    public static string Kind(AppKind kind) =>
        kind switch
        {
            AppKind.Browser => "Single-page app",
            AppKind.Native => "Desktop or mobile app",
            AppKind.Program => "Program",
            _ => "Web app",
        };

    /// <summary>A line that tells the kinds apart.</summary>
    public static string Detail(AppKind kind) =>
        kind switch
        {
            AppKind.Browser => "Runs in the browser alone, without a secret",
            AppKind.Native => "Runs on its user's machine, without a secret",
            AppKind.Program => "Acts for itself over REST or SCIM, nobody signs in",
            _ => "Signs people in, has a server that keeps a secret",
        };

    /// <summary>What an app may do, in a line.</summary>
    public static string May(ClientSettings settings, string? roleLabel)
    {
        var does = new List<string>();
        if (settings.RedirectUris.Count > 0)
        {
            does.Add(settings.NeedsSeat ? "Signs people with a seat in" : "Signs people in");
        }

        if (settings.AllowedScopes.Contains(AppScopeNames.Api))
        {
            does.Add($"REST as {roleLabel}");
        }

        if (settings.AllowedScopes.Contains(AppScopeNames.Scim))
        {
            does.Add("SCIM");
        }

        return does.Count == 0 ? "Acts for itself, opens nothing here" : string.Join(", ", does);
    }

    /// <summary>What some scopes tell of a person, for that person.</summary>
    public static IReadOnlyList<string> Learns(IReadOnlyList<string> scopes) =>
        [
            .. new[]
            {
                (AppScopeNames.Profile, "your name"),
                (AppScopeNames.Email, "your mail address"),
                (AppScopeNames.Workspace, "your role, license and seat"),
                (AppScopeNames.Groups, "your groups"),
            }
                .Where(w => scopes.Contains(w.Item1))
                .Select(w => w.Item2),
            .. AppScopeNames.AttributesIn(scopes).Select(a => $"your {a}"),
        ];

    /// <summary>The picture of a kind.</summary>
    public static IconName Icon(AppKind kind) => kind == AppKind.Program ? IconName.System : IconName.External;
}
