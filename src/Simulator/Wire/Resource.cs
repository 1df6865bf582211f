using System.Text.Json.Nodes;
using UserManagement.Simulator.Directories;

namespace UserManagement.Simulator.Wire;

/// <summary>Reads a User or Group (RFC 7643) without trusting its form: whatever is missing or of another type is null.</summary>
/// <param name="Body">The resource; null when there was none.</param>
public readonly record struct Resource(JsonObject? Body)
{
    /// <summary>The enterprise extension's URN.</summary>
    public const string Enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

    /// <summary>The server's id.</summary>
    public string? Id => JsonText.Of(Body?["id"]);

    /// <summary>The directory's own id for it.</summary>
    public string? ExternalId => JsonText.Of(Body?["externalId"]);

    /// <summary>The sign-in name of a user.</summary>
    public string? UserName => JsonText.Of(Body?["userName"]);

    /// <summary>The shown name of a user or group.</summary>
    public string? DisplayName => JsonText.Of(Body?["displayName"]);

    /// <summary><c>active</c> when it is a JSON boolean; null otherwise (a string is not read as one).</summary>
    public bool? Active => Body?["active"] is JsonValue v && v.TryGetValue<bool>(out var b) ? b : null;

    /// <summary>The raw manager node of the enterprise extension; null when there is none.</summary>
    public JsonNode? Manager => (Body?[Enterprise] as JsonObject)?["manager"];

    /// <summary>The id of the manager; null when there is none.</summary>
    public string? ManagerId
    {
        get
        {
            var id = JsonText.Of(Manager is JsonObject o ? o["value"] : Manager);
            return string.IsNullOrEmpty(id) ? null : id;
        }
    }

    /// <summary>The value of the e-mail whose type is <c>work</c>.</summary>
    public string? WorkMail => ValueOfType("emails", "work");

    /// <summary>The ids of a group's members; empty when there are none.</summary>
    public IReadOnlyList<string> Members =>
        Body?["members"] is JsonArray members
            ? [.. members.OfType<JsonObject>().Select(m => JsonText.Of(m["value"])).OfType<string>()]
            : [];

    /// <summary>The attributes that a run compares, under the names of <see cref="AttributeName"/>.</summary>
    /// <param name="attribute">One of the constants of <see cref="AttributeName"/>.</param>
    /// <returns>The value as text (<c>true</c>/<c>false</c> for active); null when unassigned.</returns>
    public string? Read(string attribute) =>
        attribute switch
        {
            AttributeName.UserName => UserName,
            AttributeName.DisplayName => DisplayName,
            AttributeName.ExternalId => ExternalId,
            AttributeName.Active => Active switch
            {
                true => "true",
                false => "false",
                _ => JsonText.Of(Body?["active"]),
            },
            AttributeName.GivenName => JsonText.Of((Body?["name"] as JsonObject)?["givenName"]),
            AttributeName.FamilyName => JsonText.Of((Body?["name"] as JsonObject)?["familyName"]),
            AttributeName.Title => JsonText.Of(Body?["title"]),
            AttributeName.Department => JsonText.Of((Body?[Enterprise] as JsonObject)?["department"]),
            AttributeName.WorkMail => WorkMail,
            AttributeName.MobilePhone => ValueOfType("phoneNumbers", "mobile"),
            AttributeName.Manager => ManagerId,
            _ => throw new ArgumentOutOfRangeException(nameof(attribute), attribute, "Not an attribute that a run compares."),
        };

    private string? ValueOfType(string attribute, string type) =>
        (Body?[attribute] as JsonArray)
            ?.OfType<JsonObject>()
            .Where(m => string.Equals(JsonText.Of(m["type"]), type, StringComparison.OrdinalIgnoreCase))
            .Select(m => JsonText.Of(m["value"]))
            .FirstOrDefault();
}

/// <summary>Text of a JSON node that may be anything.</summary>
public static class JsonText
{
    /// <summary>The string inside the node; null when the node is absent, null or not a string.</summary>
    /// <param name="node">Any node.</param>
    public static string? Of(JsonNode? node) => node is JsonValue v && v.TryGetValue<string>(out var s) ? s : null;
}
