using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace UserManagement.Membership.Apps;

/// <summary>A secret of an app as it is kept.</summary>
/// <param name="Id">Its id, to take it away.</param>
/// <param name="Hash">SHA-256 of it, in base64: it is random, so no slow hash is needed.</param>
/// <param name="End">Its last four characters, by which people know it.</param>
/// <param name="CreatedAt">When it was made.</param>
public sealed record ClientSecret(
    [property: JsonPropertyName("id")] Guid Id,
    [property: JsonPropertyName("hash")] string Hash,
    [property: JsonPropertyName("end")] string End,
    [property: JsonPropertyName("at")] DateTimeOffset CreatedAt
);

/// <summary>The secrets of an app, of which two may live at once, so that one takes the other's place without a moment between.</summary>
public static class ClientSecrets
{
    /// <summary>How many live at once.</summary>
    public const int Most = 2;

    /// <summary>What every secret begins with, so that scanners for leaked secrets find it.</summary>
    public const string Prefix = "umapp_";

    /// <summary>The secrets of an app.</summary>
    public static IReadOnlyList<ClientSecret> Of(Client client) => Read(client?.ClientSecret);

    /// <summary>Whether a secret is one of those that are kept.</summary>
    /// <param name="kept">As they are stored; null for none.</param>
    /// <param name="given">What was sent.</param>
    public static bool Match(string? kept, string given)
    {
        var hash = Secret.Hash(given);
        return Read(kept)
            .Aggregate(
                false,
                (found, secret) => CryptographicOperations.FixedTimeEquals(Convert.FromBase64String(secret.Hash), hash) | found
            );
    }

    /// <summary>One more, and how it is stored.</summary>
    internal static (string Clear, string Stored) Add(Client client, DateTimeOffset at)
    {
        var clear = Secret.New(Prefix);
        return (
            clear,
            Write([.. Of(client), new(Ids.Next(TimeProvider.System), Convert.ToBase64String(Secret.Hash(clear)), clear[^4..], at)])
        );
    }

    /// <summary>How they are stored.</summary>
    internal static string Write(IReadOnlyList<ClientSecret> secrets) => JsonSerializer.Serialize(secrets);

    private static ClientSecret[] Read(string? kept) =>
        string.IsNullOrEmpty(kept) ? [] : JsonSerializer.Deserialize<ClientSecret[]>(kept) ?? [];
}
