using System.Text.Json;
using UserManagement.Membership.Mappings;

namespace UserManagement.Membership.Apps;

/// <summary>What an app's settings must hold before they are stored.</summary>
internal static class ClientCheck
{
    private const int MostAddresses = 20;
    private static readonly HashSet<string> Signing =
    [
        "kty",
        "use",
        "kid",
        "alg",
        "n",
        "e",
        "crv",
        "x",
        "y",
        "x5c",
        "x5t",
        "x5t#S256",
        "key_ops",
    ];

    /// <summary>The first thing that is wrong; null when nothing is.</summary>
    /// <param name="settings">The settings.</param>
    /// <param name="ofWorkspace">Whether the app is a workspace's own.</param>
    public static Refusal? Of(ClientSettings settings, bool ofWorkspace)
    {
        var isNative = settings.IsNative || !settings.RequireClientSecret;
        return Key.Check("clientName", settings.ClientName) is not null || settings.ClientName.Length > 100
                ? Refusal.Invalid("clientName", "An app has a name of 1 to 100 characters.")
            : settings.RedirectUris.Count > MostAddresses || settings.PostLogoutRedirectUris.Count > MostAddresses
                ? Refusal.Invalid("redirectUris", $"At most {MostAddresses} addresses.")
            : Wrong("redirectUris", settings.RedirectUris, isNative) is { } back ? back
            : Wrong("postLogoutRedirectUris", settings.PostLogoutRedirectUris, isNative) is { } after ? after
            : Wrong("backChannelLogoutUri", settings.BackChannelLogoutUri is { } logout ? [logout] : [], false) is { } told ? told
            : Wrong("clientUri", settings.ClientUri is { } start ? [start] : [], false) is { } begin ? begin
            : settings.AllowedScopes.Except([.. AppScopeNames.All, .. AppScopeNames.OfPrograms]).FirstOrDefault() is { } scope
                ? Refusal.Invalid(
                    "allowedScopes",
                    $"There is no scope {Key.Cut(scope, 40)}. There are: {string.Join(", ", [.. AppScopeNames.All, .. AppScopeNames.OfPrograms])}."
                )
            : settings.Attributes.Count > CustomAttribute.Most
            || settings.Attributes.FirstOrDefault(a => !CustomAttribute.IsName(a)) is not null
                ? Refusal.Invalid(
                    "attributes",
                    $"Name at most {CustomAttribute.Most} attributes: 1 to 60 letters and digits each, beginning with a letter."
                )
            : settings.Attributes.Count > 0 && !settings.AllowedScopes.Contains(AppScopeNames.Profile)
                ? Refusal.Invalid(
                    "attributes",
                    "An app learns attributes of people with the scope profile: allow it that, or none of them."
                )
            : OfProgram(settings, ofWorkspace) is { } program ? program
            : settings.RedirectUris.Count == 0 && !settings.AllowClientCredentials
                ? Refusal.Invalid(
                    "redirectUris",
                    "An app that signs people in has an address to which they come back. Only one that acts for itself has none."
                )
            : settings is { AllowClientCredentials: true, RequireClientSecret: false }
                ? Refusal.Invalid("allowClientCredentials", "An app that acts for itself must prove itself.")
            : settings.RequirePkce is false && (!settings.RequireClientSecret || settings.IsNative || settings.RedirectUris.Count == 0)
                ? Refusal.Invalid(
                    "requirePkce",
                    "Only an app that signs people in and keeps a secret on a server can do without PKCE: nothing else protects the codes of others."
                )
            : settings is { JsonWebKeySet: not null, RequireClientSecret: false }
                ? Refusal.Invalid("jsonWebKeySet", "An app with a key proves itself by it: it is no public client.")
            : settings.JsonWebKeySet is { } keys && !IsPublicKeySet(keys)
                ? Refusal.Invalid("jsonWebKeySet", "This is no JWK set of public keys (RFC 7517), with at least one and at most ten.")
            : null;
    }

    /// <summary>What an app may do for itself belongs to a workspace, and is done by an app that proves itself.</summary>
    private static Refusal? OfProgram(ClientSettings settings, bool ofWorkspace)
    {
        var opens = settings.AllowedScopes.Intersect(AppScopeNames.OfPrograms).ToList();
        var hasApi = opens.Contains(AppScopeNames.Api);
        return opens.Count > 0 && !ofWorkspace
                ? Refusal.Invalid(
                    "allowedScopes",
                    $"{string.Join(" and ", opens)}: only an app of one workspace opens its doors, and one of the installation opens none. "
                        + "Register an app in each workspace where it is to work."
                )
            : opens.Count > 0 && !settings.AllowClientCredentials
                ? Refusal.Invalid(
                    "allowedScopes",
                    $"{string.Join(" and ", opens)}: only for an app that acts for itself (client credentials)."
                )
            : hasApi && string.IsNullOrEmpty(settings.Role)
                ? Refusal.Invalid("role", "An app that speaks REST has a role: it does what that role may.")
            : !hasApi && settings.Role is not null ? Refusal.Invalid("role", "A role is for an app with the scope api.")
            : null;
    }

    /// <summary>A sentence for each address that is none, at most ten of them.</summary>
    private static Refusal? Wrong(string field, IReadOnlyList<string> addresses, bool ownSchemes)
    {
        var sentences = addresses.Select(a => ClientAddress.WhatIsWrong(a, ownSchemes)).OfType<string>().Distinct().Take(10).ToList();
        return sentences.Count == 0 ? null : Refusal.Invalid(field, string.Join(' ', sentences));
    }

    private static bool IsPublicKeySet(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            return text.Length <= 20_000
                && document.RootElement.TryGetProperty("keys", out var keys)
                && keys.GetArrayLength() is > 0 and <= 10
                && keys.EnumerateArray()
                    .All(key =>
                        key.TryGetProperty("kty", out var kind)
                        && kind.GetString() is "RSA" or "EC"
                        && key.EnumerateObject().All(p => Signing.Contains(p.Name))
                    );
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            return false;
        }
    }
}
