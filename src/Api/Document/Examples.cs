using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using UserManagement.Api.Http;
using UserManagement.Api.Operators;
using UserManagement.Api.Workspaces;
using UserManagement.Membership.Plans;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Api.Document;

/// <summary>
/// Examples of everything that is sent and answered, made from the same types: what a field is called says what stands in it, so an
/// example always has the shape that it is an example of.
/// </summary>
internal static class Examples
{
    private const string Time = "2026-01-31T12:00:00Z";

    private static readonly Dictionary<string, string> Texts = new(StringComparer.Ordinal)
    {
        ["userName"] = "ada@example.com",
        ["email"] = "ada@example.com",
        ["notifyEmail"] = "ada@example.com",
        ["mailTo"] = "ada@example.com",
        ["displayName"] = "Ada Lovelace",
        ["givenName"] = "Ada",
        ["familyName"] = "Lovelace",
        ["externalId"] = "9f3c-ada",
        ["role"] = "editor",
        ["roleLabel"] = "Editor",
        ["license"] = "pro",
        ["slug"] = "acme",
        ["workspace"] = "acme",
        ["name"] = "Billing",
        ["url"] = "https://app.example.com/webhooks",
        ["type"] = "member.suspended",
        ["secret"] = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        ["key"] = "editor",
        ["label"] = "Editor",
        ["end"] = "aSw=",
        ["link"] = "https://people.example.com/invite/...",
        ["token"] = "umscim_...",
        ["baseUrl"] = "https://people.example.com/scim/acme/v2",
        ["authority"] = "https://idp.example.com",
        ["clientId"] = "people",
        ["act"] = "member.suspended",
        ["actorName"] = "Grace Hopper",
        ["targetKind"] = "member",
        ["targetName"] = "Ada Lovelace",
        ["madeBy"] = "Grace Hopper",
        ["givenBy"] = "Grace Hopper",
        ["invitedBy"] = "Grace Hopper",
        ["nextCursor"] = "n...",
        ["answer"] = "ok",
        ["preset"] = "seats",
        ["permissions"] = "members.read",
        ["features"] = "export",
        ["types"] = "member.suspended",
        ["userNames"] = "ada@example.com",
    };

    /// <summary>A plan that holds together: mails are limited in one way alone.</summary>
    private static readonly PlanTermsJson Plan = new()
    {
        Tier = PlanTier.Business,
        Seats = 50,
        GracePercent = 10,
        GraceDays = 30,
        MemberSlots = null,
        Pools = new Dictionary<string, int?> { ["pro"] = 20, ["business"] = null },
        MailsInAll = null,
        MailsPerDay = 500,
        TrialEnds = null,
        Contact = "Ada Lovelace, ada@example.com",
        Customer = null,
    };

    /// <summary>What stands as null: there is nothing to show, or it belongs to another case.</summary>
    private static readonly HashSet<string> Absent =
    [
        "previousCursor",
        "total",
        "problem",
        "error",
        "disabledReason",
        "failingSince",
        "audience",
        "erasedAt",
        "reason",
        "wanted",
        "next",
        "after",
        "invitationId",
        "tenantId",
        "field",
        "retryAfter",
    ];

    /// <summary>An example of a type; null for what has none: a text, a document without a shape.</summary>
    public static JsonNode? Of(Type type) =>
        type == typeof(string) || type == typeof(JsonElement) ? null
        : type == typeof(ConfigurationPatch) ? JsonNode.Parse("""{ "invitations": { "lifetimeDays": 14 } }""")
        : type == typeof(PlanTermsPatch) ? JsonNode.Parse("""{ "seats": 50 }""")
        : type == typeof(PlanTermsJson) ? JsonSerializer.SerializeToNode(Plan, ApiJson.Options)
        : type == typeof(WorkspaceConfiguration) ? JsonSerializer.SerializeToNode(Preset.Named("seats"), ApiJson.Options)
        : Of(ApiJson.Options.GetTypeInfo(type), "", 0);

    private static JsonNode? Of(JsonTypeInfo info, string name, int depth)
    {
        var type = Nullable.GetUnderlyingType(info.Type) ?? info.Type;
        return type switch
        {
            _ when depth > 8 => null,
            _ when type == typeof(string) => Texts.GetValueOrDefault(name, "..."),
            _ when type == typeof(bool) => name is not ("replay" or "refused" or "again" or "isDirectoryManaged" or "totalIsExact"),
            _ when type == typeof(int) || type == typeof(long) => name switch
            {
                "status" or "lastStatus" => 200,
                "days" => 90,
                "duration" => 84,
                "limit" => 25,
                "free" => 13,
                "used" => 12,
                _ => 1,
            },
            _ when type == typeof(Guid) => "0198c2f1-7c1e-7a53-9d0b-2f6f0f1f5a11",
            _ when type == typeof(DateTimeOffset) => Time,
            _ when type.IsEnum => Shown(type),
            _ when type == typeof(JsonElement) => new JsonObject(),
            _ => info.Kind switch
            {
                JsonTypeInfoKind.Enumerable => new JsonArray(Of(ApiJson.Options.GetTypeInfo(info.ElementType!), name, depth + 1)),
                JsonTypeInfoKind.Dictionary => new JsonObject
                {
                    ["editor"] = Of(ApiJson.Options.GetTypeInfo(info.ElementType!), name, depth + 1),
                },
                JsonTypeInfoKind.Object => new JsonObject(
                    info.Properties.Where(p => p.Get is not null || p.Set is not null)
                        .Select(p =>
                            KeyValuePair.Create(
                                p.Name,
                                Absent.Contains(p.Name) && p.IsGetNullable && !p.IsRequired
                                    ? null
                                    : Of(ApiJson.Options.GetTypeInfo(p.PropertyType), p.Name, depth + 1)
                            )
                        )
                ),
                _ => null,
            },
        };
    }

    /// <summary>A word that goes with the other values: somebody active, something delivered.</summary>
    private static JsonNode? Shown(Type type)
    {
        var words = ApiWords.Of(type).Select(w => w!.GetValue<string>()).ToList();
        return words.FirstOrDefault(w => w is "active" or "delivered" or "person" or "rest" or "entra" or "member") ?? words[0];
    }
}
