using System.Text.Json;
using System.Text.Json.Nodes;
using UserManagement.Membership;
using UserManagement.Membership.Webhooks;

namespace UserManagement.Integrations.Webhooks;

/// <summary>
/// An event as a Security Event Token (RFC 8417): the SCIM events of RFC 9967 for what happens to the resource, CAEP's for what becomes of
/// sessions and claims, and an address of our own where neither has a word. The same event gives the same token at each try.
/// </summary>
/// <param name="sign">The provider's signature.</param>
/// <param name="links">The installation's addresses.</param>
public sealed class SecurityEventToken(SecurityEventSigner sign, Links links)
{
    /// <summary>The media type of the push (RFC 8935 section 2).</summary>
    public const string MediaType = "application/secevent+jwt";

    private const string Scim = "urn:ietf:params:scim:event:";
    private const string Caep = "https://schemas.openid.net/secevent/caep/event-type/";
    private const string Verification = "https://schemas.openid.net/secevent/ssf/event-type/verification";

    private static readonly Dictionary<string, string> ScimNames = new()
    {
        ["email"] = "emails",
        ["givenName"] = "name.givenName",
        ["familyName"] = "name.familyName",
        ["role"] = "roles",
        ["license"] = "entitlements",
        ["hasSeat"] = "entitlements",
    };

    /// <summary>The token.</summary>
    public string Write(OpenedDelivery sending)
    {
        ArgumentNullException.ThrowIfNull(sending);
        var told = JsonNode.Parse(sending.Payload)!;
        var at = sending.Event.At.ToUnixTimeSeconds();
        var claims = new Dictionary<string, object>
        {
            ["aud"] = sending.Webhook.Audience ?? sending.Webhook.Url,
            ["iat"] = at,
            ["toe"] = at,
            ["jti"] = sending.Event.Id.ToString(),
            ["txn"] = sending.Event.Id.ToString(),
            ["sub_id"] = Element(Subject(told)),
            ["events"] = Element(Events(sending.Event.Type, told, at)),
        };
        return sign(claims);
    }

    /// <summary>
    /// Whether an endpoint says that it will never take this token (RFC 8935 section 2.4); with a key or a credential that is not known yet
    /// trying again may help.
    /// </summary>
    public static bool IsRefused(WebhookAnswer answer)
    {
        ArgumentNullException.ThrowIfNull(answer);
        if (answer.Status != 400)
        {
            return false;
        }

        try
        {
            return JsonNode.Parse(answer.Beginning) is JsonObject o
                && o["err"]?.GetValueKind() == JsonValueKind.String
                && o["err"]!.GetValue<string>() is not ("invalid_key" or "authentication_failed");
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>RFC 9967 section 2.1; what is about nobody is about the workspace.</summary>
    private static JsonObject Subject(JsonNode told)
    {
        var (path, thing) = told["data"] switch
        {
            { } data when data["member"] is { } member => ("/Users/", member),
            { } data when data["group"] is { } group => ("/Groups/", group),
            _ => ("", null),
        };
        if (thing is null)
        {
            return new() { ["format"] = "opaque", ["id"] = told["workspace"]!["id"]!.DeepClone() };
        }

        var subject = new JsonObject { ["format"] = "scim", ["uri"] = path + thing["id"]!.GetValue<string>() };
        if (thing["externalId"] is { } external)
        {
            subject["externalId"] = external.DeepClone();
        }

        if (told["data"]!["previous"] is JsonObject previous && path == "/Users/" && previous["id"]?.GetValue<string>() is { } formerly)
        {
            // one person whose id is another now: a receiver knows them by the former one (RFC 9493 section 3.2.8)
            var former = new JsonObject { ["format"] = "scim", ["uri"] = path + formerly };
            return new() { ["format"] = "aliases", ["identifiers"] = new JsonArray(subject, former) };
        }

        return subject;
    }

    private JsonObject Events(string type, JsonNode told, long at)
    {
        var data = told["data"]!;
        return type switch
        {
            EventType.Joined => new()
            {
                [Scim + "prov:create:notice"] = Notice(data, ["userName", "displayName", "name", "emails", "roles", "entitlements"]),
                [Scim + "prov:activate"] = new JsonObject(),
            },
            EventType.Changed => new() { [Scim + "prov:patch:notice"] = Notice(data, Changed(data)) },
            EventType.Suspended => new() { [Scim + "prov:deactivate"] = new JsonObject(), [Caep + "session-revoked"] = Cause(told, at) },
            EventType.Restored => new() { [Scim + "prov:activate"] = new JsonObject() },
            EventType.Removed => new()
            {
                [Scim + (data["deleted"]?.GetValue<bool>() == true ? "prov:delete" : "prov:deactivate")] = new JsonObject(),
                [Caep + "session-revoked"] = Cause(told, at),
            },
            EventType.RoleChanged => Claim(told, data, at, "role"),
            EventType.LicenseChanged => Claim(told, data, at, "license"),
            EventType.SeatChanged => Claim(told, data, at, "hasSeat"),
            EventType.GroupsChanged => new() { [Scim + "prov:patch:notice"] = Notice(data, ["groups"]) },
            EventType.GroupCreated => new() { [Scim + "prov:create:notice"] = Notice(data, ["displayName", "externalId"]) },
            EventType.GroupChanged => new() { [Scim + "prov:patch:notice"] = Notice(data, Changed(data)) },
            EventType.GroupDeleted => new() { [Scim + "prov:delete"] = new JsonObject() },
            EventType.Test => new() { [Verification] = new JsonObject { ["state"] = told["id"]!.DeepClone() } },
            _ => new() { [links.Base + "/events/" + type] = data.DeepClone() },
        };
    }

    private static JsonObject Claim(JsonNode told, JsonNode data, long at, string name)
    {
        var change = Cause(told, at);
        change["claims"] = new JsonObject { [name == "hasSeat" ? "seat" : name] = data["member"]?[name]?.DeepClone() };
        return new() { [Scim + "prov:patch:notice"] = Notice(data, [ScimNames[name]]), [Caep + "token-claims-change"] = change };
    }

    private static JsonObject Notice(JsonNode data, IEnumerable<string> attributes)
    {
        var notice = new JsonObject { ["attributes"] = new JsonArray([.. attributes.Select(a => (JsonNode)a)]) };
        if (data["member"]?["version"] is { } version)
        {
            notice["version"] = $"W/\"{version}\"";
        }

        return notice;
    }

    private static IEnumerable<string> Changed(JsonNode data) =>
        data["previous"] is JsonObject previous ? previous.Select(p => ScimNames.GetValueOrDefault(p.Key, p.Key)) : ["displayName"];

    private static JsonObject Cause(JsonNode told, long at) =>
        new()
        {
            ["event_timestamp"] = at,
            ["initiating_entity"] = told["actor"]?["kind"]?.GetValue<string>() switch
            {
                "person" => "user",
                "system" => "system",
                "directory" => "policy",
                _ => "admin",
            },
        };

    private static JsonElement Element(JsonObject value) => JsonSerializer.SerializeToElement(value);
}
