using System.Text.Json;

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
    public static Refusal? Of(ClientSettings settings)
    {
        var isNative = settings.IsNative || !settings.RequireClientSecret;
        return Key.Check("clientName", settings.ClientName) is not null || settings.ClientName.Length > 100
                ? Refusal.Invalid("clientName", "An app has a name of 1 to 100 characters.")
            : settings.RedirectUris.Count > MostAddresses || settings.PostLogoutRedirectUris.Count > MostAddresses
                ? Refusal.Invalid("redirectUris", $"At most {MostAddresses} addresses.")
            : settings.RedirectUris.FirstOrDefault(u => !IsAddress(u, isNative)) is not null ? Refusal.Invalid("redirectUris", Address)
            : settings.PostLogoutRedirectUris.FirstOrDefault(u => !IsAddress(u, isNative)) is not null
                ? Refusal.Invalid("postLogoutRedirectUris", Address)
            : settings.BackChannelLogoutUri is { } logout && !IsAddress(logout, false) ? Refusal.Invalid("backChannelLogoutUri", Address)
            : settings.AllowedScopes.Except(AppScopeNames.All).FirstOrDefault() is { } scope
                ? Refusal.Invalid("allowedScopes", $"There is no scope {scope}. There are: {string.Join(", ", AppScopeNames.All)}.")
            : settings.RedirectUris.Count == 0 && !settings.AllowClientCredentials
                ? Refusal.Invalid(
                    "redirectUris",
                    "An app that signs people in has an address to which they come back. Only one that acts for itself has none."
                )
            : settings is { AllowClientCredentials: true, RequireClientSecret: false }
                ? Refusal.Invalid("allowClientCredentials", "An app that acts for itself must prove itself.")
            : settings is { JsonWebKeySet: not null, RequireClientSecret: false }
                ? Refusal.Invalid("jsonWebKeySet", "An app with a key proves itself by it: it is no public client.")
            : settings.JsonWebKeySet is { } keys && !IsPublicKeySet(keys)
                ? Refusal.Invalid("jsonWebKeySet", "This is no JWK set of public keys (RFC 7517), with at least one and at most ten.")
            : null;
    }

    private const string Address =
        "An address is absolute, without a fragment, a user or a wildcard: https, or http at localhost; for an app on its "
        + "user's machine also a scheme of its own such as com.example.app.";

    private static bool IsAddress(string text, bool isNative) =>
        text.Length is > 0 and <= 2000
        && !text.Any(c => char.IsControl(c) || char.IsWhiteSpace(c) || c is '#' or '*' or '\\')
        && Uri.TryCreate(text, UriKind.Absolute, out var uri)
        && uri.UserInfo.Length == 0
        && uri.OriginalString == text
        && (
            uri.Scheme == Uri.UriSchemeHttps
            || (uri.Scheme == Uri.UriSchemeHttp && uri.IsLoopback)
            || (isNative && uri.Scheme.Contains('.', StringComparison.Ordinal))
        )
        && !text.Contains("..", StringComparison.Ordinal);

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
