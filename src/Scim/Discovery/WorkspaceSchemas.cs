using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using UserManagement.Membership.Mappings;
using UserManagement.Membership.Workspaces;
using UserManagement.Scim.Protocol.Schemas;

namespace UserManagement.Scim.Discovery;

/// <summary>
/// The schemas that one workspace speaks: those of <c>scim-schemas/</c>, and the extension of its own attributes where it defines any.
/// Made once for each version of its rules.
/// </summary>
internal sealed class WorkspaceSchemas
{
    private static readonly WorkspaceSchemas Common = new(SchemaRegistry.Full, SchemaRegistry.Default);
    private static readonly ConditionalWeakTable<ScimRules, WorkspaceSchemas> Known = new();

    private WorkspaceSchemas(SchemaRegistry full, SchemaRegistry listed)
    {
        (Full, Listed) = (full, listed);
        User = full.User;
    }

    /// <summary>All that is understood.</summary>
    public SchemaRegistry Full { get; }

    /// <summary>What discovery lists.</summary>
    public SchemaRegistry Listed { get; }

    /// <summary>The resource type User.</summary>
    public ScimResourceType User { get; }

    /// <summary>The schemas of a workspace with these rules.</summary>
    public static WorkspaceSchemas Of(ScimRules rules) => rules.Attributes is not { Count: > 0 } ? Common : Known.GetValue(rules, Made);

    private static WorkspaceSchemas Made(ScimRules rules)
    {
        var extension = new JsonObject
        {
            ["schemas"] = new JsonArray("urn:ietf:params:scim:schemas:core:2.0:Schema"),
            ["id"] = rules.SchemaOfAttributes,
            ["name"] = "WorkspaceUser",
            ["description"] = "What this workspace adds to a user.",
            ["attributes"] = new JsonArray([.. rules.Attributes!.Select(Attribute)]),
        };
        return new(SchemaRegistry.Full.WithOfUser(extension), SchemaRegistry.Default.WithOfUser(extension));
    }

    private static JsonObject Attribute(CustomAttribute attribute) =>
        new()
        {
            ["name"] = attribute.Name,
            ["type"] = attribute.Type switch
            {
                CustomType.Boolean => "boolean",
                CustomType.WholeNumber => "integer",
                CustomType.Number => "decimal",
                CustomType.DateTime => "dateTime",
                _ => "string",
            },
            ["multiValued"] = attribute.Several,
            ["description"] = attribute.Description ?? attribute.Name,
            ["required"] = false,
            ["caseExact"] = false,
            ["mutability"] = "readWrite",
            ["returned"] = "default",
            ["uniqueness"] = "none",
        };
}
