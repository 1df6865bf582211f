using System.Globalization;
using UserManagement.AdminUi.Http;
using UserManagement.Membership.Apps;
using UserManagement.Membership.Workspaces;

namespace UserManagement.AdminUi.AppPages;

/// <summary>What kinds of apps the form knows; everything else about them follows from their settings.</summary>
public enum AppKind
{
    /// <summary>It has a server, which keeps a secret.</summary>
    Web,

    /// <summary>It runs in the browser alone.</summary>
    Browser,

    /// <summary>It runs on its user's machine.</summary>
    Native,

    /// <summary>It acts for itself, without people.</summary>
    Program,
}

/// <summary>What the form of an app holds, as it was typed.</summary>
public sealed record AppForm
{
    /// <summary>Which fields it has.</summary>
    public required AppKind Kind { get; init; }

    /// <summary>The version on which the form is based; 0 for a new one.</summary>
    public long Seen { get; init; }

    /// <summary>What was typed, as settings; whether they are right is the core's to say.</summary>
    public required ClientSettings Settings { get; init; }

    /// <summary>An empty form.</summary>
    public static AppForm New(AppKind kind) =>
        new()
        {
            Kind = kind,
            Settings = new()
            {
                ClientName = "",
                RequireClientSecret = kind is AppKind.Web or AppKind.Program,
                IsNative = kind == AppKind.Native,
                RequireConsent = false,
                AllowClientCredentials = kind == AppKind.Program,
                AllowedScopes =
                    kind == AppKind.Program ? [AppScopeNames.Api] : [AppScopeNames.Profile, AppScopeNames.Email, AppScopeNames.Workspace],
            },
        };

    /// <summary>The form of an app that is there.</summary>
    public static AppForm Of(Client row)
    {
        var settings = ClientSettings.Of(row);
        return new()
        {
            Kind = KindOf(settings),
            Seen = row.Version,
            Settings = settings,
        };
    }

    /// <summary>Which kind it is.</summary>
    public static AppKind KindOf(ClientSettings settings) =>
        settings.RedirectUris.Count == 0 && settings.AllowClientCredentials ? AppKind.Program
        : settings.RequireClientSecret ? AppKind.Web
        : settings.IsNative ? AppKind.Native
        : AppKind.Browser;

    /// <summary>The kind that a word names.</summary>
    public static AppKind KindOf(string? word) =>
        Enum.TryParse<AppKind>(word, ignoreCase: true, out var kind) && Enum.IsDefined(kind) ? kind : AppKind.Web;

    /// <summary>The workspace's own attributes that the form offers: those that there are, and what the app may learn already.</summary>
    public static IEnumerable<string> Offered(ScimRules scim, ClientSettings settings) =>
        (scim.Attributes ?? []).Select(a => a.Name).Concat(settings.Attributes).Distinct(StringComparer.OrdinalIgnoreCase);

    /// <summary>What was posted.</summary>
    /// <param name="visit">The request.</param>
    /// <param name="before">The app as it is: what the form does not show stays; null for a new one.</param>
    public static AppForm Read(Visit visit, Client? before)
    {
        var start = before is null ? New(KindOf(visit.Field("kind"))) : Of(before);
        var of = start.Settings;
        var people = start.Kind != AppKind.Program;
        var doors = AppScopeNames.OfPrograms.Where(d => start.HasPrograms && visit.Ticked("scope-" + d)).ToList();
        List<string> scopes = [.. AppScopeNames.All.Where(s => people && visit.Ticked("scope-" + s)), .. doors];
        var hadDoors = of.AllowedScopes.Intersect(AppScopeNames.OfPrograms).Any();
        return start with
        {
            Seen = long.TryParse(visit.Field("version"), NumberStyles.None, CultureInfo.InvariantCulture, out var seen) ? seen : 0,
            Settings = of with
            {
                ClientName = visit.Field("name"),
                ClientUri = Text(visit, "start"),
                RedirectUris = people ? Lines(visit.Field("redirects")) : [],
                PostLogoutRedirectUris = people ? Lines(visit.Field("signedOut")) : [],
                BackChannelLogoutUri = people ? Text(visit, "logout") : null,
                AllowedScopes = scopes,
                Attributes = !people ? [] : [.. Offered(visit.Configuration.Scim, of).Where(a => visit.Ticked("attribute-" + a))],
                RequireConsent = people && visit.Ticked("consent"),
                NeedsSeat = people && visit.Ticked("needsSeat"),
                AllowOfflineAccess = people && visit.Ticked("offline"),
                PairwiseSubject = people && visit.Ticked("pairwise"),
                AllowIdTokenFormPost = people && visit.Ticked("idTokenPost"),
                RequirePkce = start.Kind != AppKind.Web || !visit.Ticked("noPkce"),
                RequirePushedAuthorization = people && visit.Ticked("pushed"),
                AllowClientCredentials = !people || doors.Count > 0 || (of.AllowClientCredentials && !hadDoors),
                Role = scopes.Contains(AppScopeNames.Api) ? Text(visit, "role") : null,
                JsonWebKeySet = start.HasPrograms ? Text(visit, "jwks") : null,
            },
        };
    }

    /// <summary>Whether an app of this kind can prove itself, and so act for itself.</summary>
    public bool HasPrograms => Kind is AppKind.Web or AppKind.Program;

    /// <summary>Addresses as people type them: one a line.</summary>
    private static List<string> Lines(string text) =>
        [.. text.Split(['\n', '\r'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Take(100)];

    private static string? Text(Visit visit, string field) => visit.Field(field) is { Length: > 0 } text ? text : null;
}
