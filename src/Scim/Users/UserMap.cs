using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using UserManagement.Membership;
using UserManagement.Membership.Members;
using UserManagement.Scim.Protocol;
using UserManagement.Scim.Protocol.Schemas;

namespace UserManagement.Scim.Users;

/// <summary>
/// Between a SCIM User and a member. A few attributes are the member's columns; everything else is the member's
/// document. A column always wins over the document, so that a name corrected by an admin shows.
/// </summary>
internal static class UserMap
{
    private const int MostAddresses = 100;
    private static readonly string[] ShownHere = ["nickName", "title"];
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Attribute, sub-attribute, how it is read from a member, how it is said to the core. In the order of an answer.</summary>
    private static readonly Column[] Columns =
    [
        new("externalId", null, m => m.ExternalId, (f, v) => f with { ExternalId = v }),
        new("userName", null, m => m.SentUserName ?? m.UserName, (f, v) => f with { UserName = v ?? "" }),
        new("name", "givenName", m => m.GivenName, (f, v) => f with { GivenName = v }),
        new("name", "familyName", m => m.FamilyName, (f, v) => f with { FamilyName = v }),
        new("displayName", null, m => m.DisplayName, (f, v) => f with { DisplayName = v }),
    ];

    // what follows from elsewhere and is never kept
    private static readonly string[] Derived = ["schemas", "id", "meta", "groups", "active"];

    /// <summary>
    /// The resource of a member as PATCH works on it: all that is kept, with the id, without what is derived for an
    /// answer (<c>groups</c>, <c>meta</c>, the manager's name).
    /// </summary>
    public static JsonObject ToResource(Member member)
    {
        var kept = member.Document is { } document ? JsonNode.Parse(document)!.AsObject() : [];
        var resource = new JsonObject { ["id"] = member.Id.ToString() };
        foreach (var column in Columns)
        {
            if (column.Sub is not null && !resource.ContainsKey(column.Name))
            {
                resource[column.Name] = Detach(kept, column.Name) ?? new JsonObject();
            }

            if (column.Get(member) is { Length: > 0 } value)
            {
                (column.Sub is null ? resource : resource[column.Name]!.AsObject())[column.Sub ?? column.Name] = value;
            }
        }

        if (resource["name"] is JsonObject { Count: 0 })
        {
            resource.Remove("name");
        }

        resource["active"] = member.ShownActive();
        if (!kept.ContainsKey("emails") && member.Email is { Length: > 0 } email)
        {
            resource["emails"] = new JsonArray(
                new JsonObject
                {
                    ["value"] = email,
                    ["type"] = "work",
                    ["primary"] = true,
                }
            );
        }

        foreach (var name in kept.Select(pair => pair.Key).ToList())
        {
            resource[name] = Detach(kept, name);
        }

        return resource;
    }

    /// <summary>What a resource (canonical spelling) says to the core.</summary>
    /// <param name="resource">The resource; it stays as it is.</param>
    /// <param name="before">The member as it is; null for somebody new. Where <c>active</c> is not said it stays, so that nobody comes back
    /// by an omission.</param>
    /// <param name="type">The resource type User as the workspace speaks it.</param>
    public static ScimResult<MemberAttributes> ToFacts(JsonObject resource, Member? before, ScimResourceType type)
    {
        var kept = (JsonObject)resource.DeepClone();
        var facts = new MemberAttributes { UserName = "", Active = kept["active"]?.GetValue<bool>() ?? before?.ShownActive() ?? true };
        foreach (var column in Columns)
        {
            var holder = column.Sub is null ? kept : kept[column.Name] as JsonObject;
            facts = column.Set(facts, Text(holder?[column.Sub ?? column.Name]));
            holder?.Remove(column.Sub ?? column.Name);
        }

        if (kept["name"] is JsonObject { Count: 0 })
        {
            kept.Remove("name");
        }

        foreach (var name in Derived)
        {
            kept.Remove(name);
        }

        var addresses = (kept["emails"] as JsonArray ?? []).OfType<JsonObject>().ToList();
        if (addresses.Count > MostAddresses)
        {
            return ScimError.InvalidValue($"A person has at most {MostAddresses} values of 'emails'.");
        }

        foreach (var holder in (JsonObject?[])[kept, kept["name"] as JsonObject])
        {
            Clean(holder, holder == kept ? ShownHere : null, Key.Shown);
        }

        foreach (var address in addresses)
        {
            Clean(address, ["value"], text => Key.Shown(Key.Identifier(text)));
        }

        var manager = TakeManager(kept);
        KeepUnknown(kept, before?.Document, type);
        return facts with
        {
            Email = Primary(addresses),
            Keys = [.. Keys(addresses, manager)],
            Document = kept.Count == 0 ? null : AsKept(kept, before?.Document),
        };
    }

    /// <summary>Names and addresses of the document as the core keeps its own: see <see cref="MemberAttributes"/>.</summary>
    /// <param name="holder">The object; null for none.</param>
    /// <param name="names">Which of its attributes; null for all.</param>
    /// <param name="clean">What is kept; null for nothing.</param>
    private static void Clean(JsonObject? holder, string[]? names, Func<string?, string?> clean)
    {
        foreach (var name in names ?? holder?.Select(pair => pair.Key).ToArray() ?? [])
        {
            if (Text(holder?[name]) is { } text && clean(text) is var kept && kept != text)
            {
                holder![name] = kept ?? "";
            }
        }
    }

    /// <summary>
    /// What a later version put into the document under names that no schema here has, or what stands in an extension that the workspace
    /// took away: nobody can say it now, so nobody takes it away.
    /// </summary>
    private static void KeepUnknown(JsonObject kept, string? before, ScimResourceType type)
    {
        if (before is null)
        {
            return;
        }

        foreach (var (name, value) in JsonNode.Parse(before)!.AsObject())
        {
            if (!kept.ContainsKey(name) && type.Find(name) is null && type.FindExtension(name) is null)
            {
                kept[name] = value?.DeepClone();
            }
        }
    }

    /// <summary>The document; as it was where only its keys come in another order, which is no change (RFC 7643 section 2.3.8).</summary>
    private static string AsKept(JsonObject kept, string? before)
    {
        var text = kept.ToJsonString(Plain);
        return before?.Length == text.Length && JsonNode.DeepEquals(JsonNode.Parse(before), kept) ? before : text;
    }

    /// <summary>The id of the manager in a resource; null for none.</summary>
    public static string? Manager(JsonObject resource) => ManagerObject(resource) is { } manager ? Text(manager["value"]) : null;

    /// <summary>The manager in a resource, always an object; null for none.</summary>
    public static JsonObject? ManagerObject(JsonObject resource) =>
        (resource[ScimUrn.EnterpriseUser] as JsonObject)?["manager"] as JsonObject;

    private static IEnumerable<FindableBy> Keys(List<JsonObject> addresses, string? manager)
    {
        foreach (var key in addresses.SelectMany(a => Text(a["value"]) is { } value ? DocumentKeys.OfAddress(value, Text(a["type"])) : []))
        {
            yield return key;
        }

        if (manager is not null)
        {
            yield return new(MemberKey.Manager, manager);
        }
    }

    private static string? Primary(List<JsonObject> addresses)
    {
        var valued = addresses.Where(a => Text(a["value"]) is not null).ToList();
        var primary =
            valued.Find(a => a["primary"] is JsonValue flag && flag.GetValueKind() == JsonValueKind.True)
            ?? valued.Find(a => "work".Equals(Text(a["type"]), StringComparison.OrdinalIgnoreCase))
            ?? valued.FirstOrDefault();
        return Text(primary?["value"]);
    }

    // the address and the name of the manager are made anew for each answer
    private static string? TakeManager(JsonObject kept)
    {
        if (ManagerObject(kept) is not { } manager)
        {
            return null;
        }

        manager.Remove("$ref");
        manager.Remove("displayName");
        return Text(manager["value"]);
    }

    private static JsonNode? Detach(JsonObject from, string name)
    {
        from.Remove(name, out var value);
        return value;
    }

    private static string? Text(JsonNode? node) =>
        node is JsonValue && node.GetValueKind() == JsonValueKind.String && node.GetValue<string>() is { Length: > 0 } text ? text : null;

    private sealed record Column(
        string Name,
        string? Sub,
        Func<Member, string?> Get,
        Func<MemberAttributes, string?, MemberAttributes> Set
    );
}
