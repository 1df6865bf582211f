using System.Text.Json.Nodes;
using UserManagement.Simulator.Directories;
using UserManagement.Simulator.Wire;

namespace UserManagement.Simulator.Entra;

/// <summary>Builds PATCH bodies (RFC 7644 section 3.5.2) as Entra writes them in each dialect.</summary>
/// <param name="dialect">The dialect.</param>
public sealed class EntraPatch(EntraDialect dialect)
{
    private const string PatchOp = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
    private const string ManagerPath = Resource.Enterprise + ":manager";

    private bool Legacy => dialect == EntraDialect.Legacy;

    /// <summary>Disables or restores somebody.</summary>
    /// <param name="active">The new value.</param>
    /// <param name="asAdd">True writes <c>Add</c> in place of <c>Replace</c>, which the legacy dialect does when it restores.</param>
    public JsonObject Active(bool active, bool asAdd = false) =>
        Legacy
            ? Body(Operation(asAdd ? "Add" : "Replace", "active", active ? "True" : "False"))
            : Body(Operation("replace", "active", active));

    /// <summary>Sets attributes of a person or group.</summary>
    /// <param name="values">Names of <see cref="AttributeName"/> or other attribute paths, with their new values.</param>
    /// <param name="unassigned">Those that had no value before: legacy then writes <c>Add</c>, the other dialect <c>replace</c> all the
    /// same.</param>
    public JsonObject Set(IReadOnlyDictionary<string, string?> values, params IReadOnlyCollection<string> unassigned)
    {
        var all = values
            .Select(v => (Path: v.Key == AttributeName.Department ? Resource.Enterprise + ":department" : v.Key, v.Value))
            .ToList();
        if (Legacy)
        {
            return Body([.. all.Select(v => Operation(unassigned.Contains(v.Path) ? "Add" : "Replace", v.Path, v.Value))]);
        }

        // value paths stay operations of their own, the rest becomes one path-less replace with dotted and URN-qualified keys
        var operations = all.Where(v => v.Path.Contains('[', StringComparison.Ordinal))
            .Select(v => Operation("replace", v.Path, v.Value))
            .ToList();
        var rest = all.Where(v => !v.Path.Contains('[', StringComparison.Ordinal)).ToList();
        if (rest.Count > 0)
        {
            operations.Add(
                new JsonObject
                {
                    ["op"] = "replace",
                    ["value"] = new JsonObject(rest.Select(v => KeyValuePair.Create(v.Path, (JsonNode?)v.Value))),
                }
            );
        }

        return Body([.. operations]);
    }

    /// <summary>Sets the manager.</summary>
    /// <param name="id">The manager's id on the server.</param>
    /// <param name="form">Any number: it chooses among the forms in which Entra is known to write it in the legacy dialect.</param>
    public JsonObject SetManager(string id, int form)
    {
        var reference = new JsonObject { ["value"] = id };
        return (Legacy, form % 3) switch
        {
            (true, 0) => Body(Operation("Add", ManagerPath, id)),
            (true, 1) => Body(
                Operation("Replace", ManagerPath, new JsonArray(new JsonObject { ["$ref"] = $"../Users/{id}", ["value"] = id }))
            ),
            (true, _) => Body(Operation("Add", ManagerPath, reference)),
            _ => Body(Operation("replace", ManagerPath, reference)),
        };
    }

    /// <summary>Removes the manager.</summary>
    /// <param name="byEmptyValue">True writes an empty value in place of a removal, as Microsoft's validator does.</param>
    public JsonObject RemoveManager(bool byEmptyValue) =>
        (byEmptyValue, Legacy) switch
        {
            (true, true) => Body(Operation("Replace", ManagerPath, "")),
            (true, false) => Body(Operation("replace", ManagerPath, "")),
            (false, true) => Body(new JsonObject { ["op"] = "Remove", ["path"] = ManagerPath }),
            (false, false) => Body(new JsonObject { ["op"] = "remove", ["path"] = ManagerPath }),
        };

    /// <summary>Adds members.</summary>
    /// <param name="ids">Ids of users, at most a hundred.</param>
    public JsonObject AddMembers(IEnumerable<string> ids) => Body(Operation(Legacy ? "Add" : "add", "members", References(ids)));

    /// <summary>Removes members, and only those.</summary>
    /// <param name="ids">Ids of users.</param>
    public JsonObject RemoveMembers(IEnumerable<string> ids) =>
        Legacy
            ? Body(Operation("Remove", "members", References(ids)))
            : Body([.. ids.Select(id => new JsonObject { ["op"] = "remove", ["path"] = $"members[value eq {ScimPath.Quote(id)}]" })]);

    private JsonArray References(IEnumerable<string> ids) =>
        new([.. ids.Select(id => Legacy ? new JsonObject { ["$ref"] = null, ["value"] = id } : new JsonObject { ["value"] = id })]);

    private static JsonObject Operation(string op, string path, JsonNode? value) =>
        new()
        {
            ["op"] = op,
            ["path"] = path,
            ["value"] = value,
        };

    private static JsonObject Body(params JsonObject[] operations) =>
        new() { ["schemas"] = new JsonArray(PatchOp), ["Operations"] = new JsonArray([.. operations]) };
}
