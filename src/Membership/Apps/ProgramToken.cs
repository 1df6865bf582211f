using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace UserManagement.Membership.Apps;

/// <summary>
/// What is kept beside a token of an app that acts for itself: the doors that it opens and the proof that it rests on. The token itself
/// is random and known by its hash; it holds no longer than the app, its secret and its settings do.
/// </summary>
/// <param name="Scopes">The doors, of <see cref="AppScopeNames.OfPrograms"/>.</param>
/// <param name="Proof">The id of the secret, or a hash of the keys, by which the app proved itself.</param>
public sealed record ProgramToken(
    [property: JsonPropertyName("um_scopes")] IReadOnlyList<string> Scopes,
    [property: JsonPropertyName("um_proof")] string Proof
)
{
    /// <summary>What every such token begins with, so that doors tell it from others and scanners for leaked secrets find it.</summary>
    public const string Prefix = "umat_";

    /// <summary>Whether a bearer token may be one.</summary>
    public static bool IsOne(string token)
    {
        ArgumentNullException.ThrowIfNull(token);
        return token.Length is > 40 and <= 100 && token.StartsWith(Prefix, StringComparison.Ordinal);
    }

    /// <summary>Under what it is kept, in the form in which the protocol's own endpoints look it up.</summary>
    internal static string ReferenceOf(string token) => Convert.ToBase64String(Secret.Hash(token));

    /// <summary>By what an app proves itself with this secret, or with its keys; null when it proves nothing.</summary>
    internal static string? ProofOf(Client client, string? secret) =>
        secret is null
            ? client.JsonWebKeySet is null
                ? null
                : KeysOf(client.JsonWebKeySet)
            : ClientSecrets.Of(client).FirstOrDefault(s => s.Hash == Convert.ToBase64String(Secret.Hash(secret)))?.Id.ToString("N");

    /// <summary>Whether the app has still what it proved itself by, and may still open the door.</summary>
    internal bool Opens(Client client, string scope)
    {
        if (!Scopes.Contains(scope))
        {
            return false;
        }

        var settings = ClientSettings.Of(client);
        return settings.AllowClientCredentials
            && settings.RequireClientSecret
            && settings.AllowedScopes.Contains(scope)
            && (
                ClientSecrets.Of(client).Any(s => s.Id.ToString("N") == Proof)
                || (client.JsonWebKeySet is { } keys && KeysOf(keys) == Proof)
            );
    }

    internal string Write() => JsonSerializer.Serialize(this);

    /// <summary>As it is kept; null for a token of another sort.</summary>
    internal static ProgramToken? Read(string? kept) =>
        string.IsNullOrEmpty(kept) || JsonSerializer.Deserialize<ProgramToken>(kept) is not { Scopes: not null, Proof: not null } read
            ? null
            : read;

    private static string KeysOf(string keys) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(keys)));
}
