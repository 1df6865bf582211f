using System.Text;
using Microsoft.AspNetCore.Http;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace UserManagement.Provider.Protocol;

/// <summary>
/// A caller who shows a token in two places (RFC 6750 section 2), or is one app by its header and another by its form (RFC 6749 section
/// 2.3): which was meant nobody guesses. OpenIddict takes the header's.
/// </summary>
internal static class TwoWays
{
    private const string Bearer = "Bearer ";
    private const string Basic = "Basic ";

    /// <summary>Whether it is so.</summary>
    public static bool Are(HttpRequest request, IFormCollection form)
    {
        var header = request.Headers.Authorization.ToString();
        return (form.ContainsKey(Parameters.AccessToken) && header.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase))
            || (
                header.StartsWith(Basic, StringComparison.OrdinalIgnoreCase)
                && form[Parameters.ClientId] is [{ Length: > 0 } named]
                && AppOf(header[Basic.Length..].Trim()) is { } proved
                && proved != named
            );
    }

    /// <summary>The app that a Basic header names; null for one that is no such header.</summary>
    private static string? AppOf(string credentials)
    {
        var bytes = new byte[credentials.Length];
        return
            Convert.TryFromBase64String(credentials, bytes, out var length)
            && Encoding.UTF8.GetString(bytes, 0, length).Split(':') is [{ Length: > 0 } id, _, ..]
            ? Uri.UnescapeDataString(id)
            : null;
    }
}
