using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace UserManagement.Membership.Webhooks;

/// <summary>A secret of an endpoint as it is kept.</summary>
/// <param name="Id">Its id, to take it away.</param>
/// <param name="Sealed">The secret under the master key, in base64: it must be read again to sign.</param>
/// <param name="End">Its last four characters, by which people know it.</param>
/// <param name="CreatedAt">When it was made.</param>
public sealed record WebhookSecret(
    [property: JsonPropertyName("id")] Guid Id,
    [property: JsonPropertyName("sealed")] string Sealed,
    [property: JsonPropertyName("end")] string End,
    [property: JsonPropertyName("at")] DateTimeOffset CreatedAt
);

/// <summary>
/// The secrets of an endpoint, of which two may live at once: each delivery is signed by both, so that the app changes over when it
/// likes. In the form of Standard Webhooks: <c>whsec_</c> and 32 bytes in base64.
/// </summary>
public static class WebhookSecrets
{
    /// <summary>How many live at once.</summary>
    public const int Most = 2;

    /// <summary>What every secret begins with.</summary>
    public const string Prefix = "whsec_";

    /// <summary>What they are sealed for.</summary>
    internal const string Purpose = "webhook";

    /// <summary>The secrets of an endpoint, oldest first.</summary>
    public static IReadOnlyList<WebhookSecret> Of(Webhook webhook)
    {
        ArgumentNullException.ThrowIfNull(webhook);
        return JsonSerializer.Deserialize<WebhookSecret[]>(webhook.Secrets) ?? [];
    }

    /// <summary>The keys to sign with; one that cannot be opened is left out.</summary>
    public static IReadOnlyList<byte[]> KeysOf(Webhook webhook, SecretBox box)
    {
        ArgumentNullException.ThrowIfNull(box);
        return [.. Of(webhook).Select(s => box.Open(Purpose, Convert.FromBase64String(s.Sealed))).OfType<byte[]>()];
    }

    /// <summary>One more secret.</summary>
    internal static (string Clear, WebhookSecret Kept) New(SecretBox box, DateTimeOffset at)
    {
        var key = RandomNumberGenerator.GetBytes(32);
        var clear = Prefix + Convert.ToBase64String(key);
        return (clear, new(Ids.Next(TimeProvider.System), Convert.ToBase64String(box.Seal(Purpose, key)), clear[^4..], at));
    }

    /// <summary>How they are stored.</summary>
    internal static string Write(IEnumerable<WebhookSecret> secrets) => JsonSerializer.Serialize(secrets);
}
