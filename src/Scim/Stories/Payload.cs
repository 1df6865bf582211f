using System.Buffers;
using System.Collections.Frozen;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using UserManagement.Scim.Protocol.Schemas;

namespace UserManagement.Scim.Stories;

/// <summary>
/// A body as the provisioning log keeps it: without secrets and without the names of others, and not longer than it may be. What the
/// schema never returns or nobody may read is a secret, and so is what is called like one in a schema that we do not know.
/// </summary>
internal static class Payload
{
    /// <summary>How much is kept of one body, in bytes.</summary>
    public const int Most = 8 * 1024;

    /// <summary>What stands in the place of a secret.</summary>
    public const string LeftOut = "(left out)";

    private const int MostText = 512;
    private const int MostDepth = 16;
    private static readonly JsonWriterOptions Options = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };

    private static readonly string[] SecretWords = ["password", "passwd", "secret", "token", "credential", "authorization", "privatekey"];

    private static readonly FrozenSet<string> Secrets = SchemaRegistry
        .Full.Schemas.SelectMany(s => s.Attributes)
        .SelectMany(a => a.SubAttributes.Prepend(a))
        .Where(a => a.Returned == Returned.Never || a.Mutability == Mutability.WriteOnly)
        .Select(a => a.Name)
        .ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>The body as text, and whether something was cut; null where it cannot be written down.</summary>
    public static (string? Text, bool IsCut) Of(JsonNode body)
    {
        try
        {
            var bytes = new ArrayBufferWriter<byte>(1024);
            using var json = new Utf8JsonWriter(bytes, Options);
            var scribe = new Scribe(json);
            var isWhole = scribe.Write(body, false, 0);
            json.Flush();
            return (Encoding.UTF8.GetString(bytes.WrittenSpan), !isWhole || scribe.IsCut);
        }
        catch (Exception fault) when (fault is InvalidOperationException or ArgumentException or JsonException)
        {
            return (null, true); // a text that is none, such as half of a surrogate pair
        }
    }

    /// <summary>Whether an attribute of this name, or a path that ends with it, is a secret.</summary>
    public static bool IsSecret(string path)
    {
        var name = path.AsSpan(path.LastIndexOfAny([':', '.']) + 1);
        foreach (var word in SecretWords)
        {
            if (name.Contains(word, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return Secrets.GetAlternateLookup<ReadOnlySpan<char>>().Contains(name);
    }

    private sealed class Scribe(Utf8JsonWriter json)
    {
        public bool IsCut { get; private set; }

        /// <returns>False when there is no room for the rest: nothing more is written then.</returns>
        public bool Write(JsonNode? node, bool isSecret, int depth)
        {
            if (json.BytesCommitted + json.BytesPending > Most || depth > MostDepth)
            {
                return false;
            }

            switch (node)
            {
                case JsonObject some:
                    return Write(some, isSecret, depth);
                case JsonArray list:
                    json.WriteStartArray();
                    foreach (var item in list)
                    {
                        if (!Write(item, isSecret, depth + 1))
                        {
                            return false;
                        }
                    }

                    json.WriteEndArray();
                    return true;
                case null:
                    json.WriteNullValue();
                    return true;
                case var value when isSecret:
                    json.WriteStringValue(LeftOut);
                    return true;
                case JsonValue text when text.GetValueKind() == JsonValueKind.String:
                    var whole = text.GetValue<string>();
                    IsCut |= whole.Length > MostText;
                    json.WriteStringValue(whole.Length > MostText ? Membership.Key.Cut(whole, MostText) + "…" : whole);
                    return true;
                default:
                    node.WriteTo(json);
                    return true;
            }
        }

        private bool Write(JsonObject some, bool isSecret, int depth)
        {
            json.WriteStartObject();
            // an operation of PATCH says in its path what its value is
            var isOfSecret =
                isSecret
                || some.Any(p =>
                    p.Key.Equals("path", StringComparison.OrdinalIgnoreCase)
                    && p.Value is JsonValue path
                    && path.GetValueKind() == JsonValueKind.String
                    && IsSecret(path.GetValue<string>())
                );
            // beside the id of a manager or of a member of a group stands somebody else's name
            var isReference = some.Any(p => p.Key.Equals("value", StringComparison.OrdinalIgnoreCase) || p.Key == "$ref");
            foreach (var (name, value) in some)
            {
                if (
                    isReference
                    && (
                        name.Equals("display", StringComparison.OrdinalIgnoreCase)
                        || name.Equals("displayName", StringComparison.OrdinalIgnoreCase)
                    )
                )
                {
                    continue;
                }

                json.WritePropertyName(name.Length > MostText ? Membership.Key.Cut(name, MostText) : name);
                var isNamed = IsSecret(name) || (isOfSecret && name.Equals("value", StringComparison.OrdinalIgnoreCase));
                if (!Write(value, isSecret || isNamed, depth + 1))
                {
                    return false;
                }
            }

            json.WriteEndObject();
            return true;
        }
    }
}
