using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using UserManagement.Scim.Protocol.Filters;
using UserManagement.Scim.Protocol.Resources;
using UserManagement.Scim.Protocol.Schemas;

namespace UserManagement.Scim.Protocol.Bulk;

/// <summary>A bulk request that was found well-formed (RFC 7644, section 3.7).</summary>
/// <param name="Operations">The operations in their order; one that cannot be run carries its error.</param>
/// <param name="FailOnErrors">After how many errors to stop, or null to go on.</param>
public sealed record BulkRequest(IReadOnlyList<BulkOperation> Operations, int? FailOnErrors)
{
    private const int MaxName = 256;

    /// <summary>
    /// Reads a body. Refusals of the whole: 413 (too many operations), 400 invalidSyntax (not of the message's form: no
    /// schemas, no Operations, a method that is none of the four, no path, a POST without bulkId, no data), 400
    /// invalidValue (a bulkId twice, failOnErrors below 0). A path that leads nowhere is the error of its operation
    /// alone. Never throws.
    /// </summary>
    public static ScimResult<BulkRequest> Read(
        JsonObject body,
        IReadOnlyList<ScimResourceType> types,
        BulkLimits? limits = null,
        bool strict = false
    )
    {
        ArgumentNullException.ThrowIfNull(body);
        ArgumentNullException.ThrowIfNull(types);
        if (!Json.IsSound(body) || Json.SaysTwice(body))
        {
            return ScimError.InvalidSyntax("The body is not sound JSON.");
        }
        if (
            !Json.Find(body, "schemas", out var schemas)
            || schemas is not JsonArray urns
            || !urns.Any(urn => Json.Text(urn, out var text) && text.Equals(ScimUrn.BulkRequest, StringComparison.OrdinalIgnoreCase))
        )
        {
            return ScimError.InvalidSyntax($"'schemas' must contain {ScimUrn.BulkRequest}.");
        }
        if (!Json.Find(body, "Operations", out var node) || node is not JsonArray { Count: > 0 } list)
        {
            return ScimError.InvalidSyntax("'Operations' must list at least one operation.");
        }
        if ((limits ?? BulkLimits.Default).CheckOperations(list.Count) is { } tooMany)
        {
            return tooMany;
        }
        if (ReadFailOnErrors(body, out var failOnErrors) is { } malformed)
        {
            return malformed;
        }
        var operations = new List<BulkOperation>(list.Count);
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var item in list)
        {
            if (!ReadOperation(item, operations.Count, types, strict).TryGet(out var operation, out var error))
            {
                return error;
            }
            if (operation.BulkId is not null && !names.Add(operation.BulkId))
            {
                return ScimError.InvalidValue($"The bulkId '{Json.Short(operation.BulkId)}' stands twice in the request.");
            }
            operations.Add(operation);
        }
        return new BulkRequest(operations, failOnErrors);
    }

    private static ScimError? ReadFailOnErrors(JsonObject body, out int? failOnErrors)
    {
        failOnErrors = null;
        if (!Json.Find(body, "failOnErrors", out var node) || node is null)
        {
            return null;
        }
        if (
            node is not JsonValue
            || node.GetValueKind() != JsonValueKind.Number
            || !int.TryParse(node.ToString(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var limit)
        )
        {
            return ScimError.InvalidSyntax("'failOnErrors' must be a whole number.");
        }
        if (limit < 0)
        {
            return ScimError.InvalidValue("'failOnErrors' cannot be below 0.");
        }
        // clients with typed messages send 0 for "not given"
        failOnErrors = limit == 0 ? null : limit;
        return null;
    }

    private static ScimResult<BulkOperation> ReadOperation(JsonNode? node, int index, IReadOnlyList<ScimResourceType> types, bool strict)
    {
        if (node is not JsonObject json || Json.SaysTwice(json))
        {
            return ScimError.InvalidSyntax("Each operation is an object that says each thing once.");
        }
        if (
            !Json.Find(json, "method", out var methodNode)
            || !Json.Text(methodNode, out var word)
            || Method(word, strict) is not { } method
        )
        {
            return ScimError.InvalidSyntax("The 'method' of an operation is POST, PUT, PATCH or DELETE.");
        }
        if (!Json.Find(json, "path", out var pathNode) || !Json.Text(pathNode, out var path) || path.Length is 0 or > 1024)
        {
            return ScimError.InvalidSyntax("Each operation has a 'path' of 1 to 1024 characters.");
        }
        Json.Find(json, "bulkId", out var nameNode);
        Json.Find(json, "version", out var versionNode);
        if (
            (
                nameNode is not null
                && !(Json.Text(nameNode, out var name) && name.Length is > 0 and <= MaxName && !FilterTokens.IsBroken(name))
            ) || (versionNode is not null && !Json.Text(versionNode, out _))
        )
        {
            return ScimError.InvalidSyntax($"'bulkId' (1 to {MaxName} characters) and 'version' are strings.");
        }
        if (method == BulkMethod.Post && nameNode is null)
        {
            return ScimError.InvalidSyntax("A POST needs a 'bulkId'.");
        }
        Json.Find(json, "data", out var data);
        if (data is JsonArray operations && method == BulkMethod.Patch && !strict)
        {
            // the RFC's own example leaves the frame of a PATCH away (erratum 5050)
            data = new JsonObject { ["schemas"] = new JsonArray(ScimUrn.PatchOp), [nameof(Operations)] = operations.DeepClone() };
        }
        if (method != BulkMethod.Delete && data is not JsonObject)
        {
            return ScimError.InvalidSyntax($"A {word.ToUpperInvariant()} needs 'data', an object.");
        }
        var operation = new BulkOperation(index, method, path, nameNode?.ToString())
        {
            Version = method == BulkMethod.Post ? null : versionNode?.ToString(),
            Data = method == BulkMethod.Delete ? null : (JsonObject?)data?.DeepClone(),
        };
        return Locate(operation, types, strict);
    }

    /// <summary>Without what is passed over anyway: a reference in a user's <c>groups</c> neither waits for anything nor fails.</summary>
    private static JsonObject? Writable(JsonObject? data, ScimResourceType type)
    {
        foreach (var (key, _) in data?.ToList() ?? [])
        {
            if (AttributePath.Parse(key).TryGet(out var path, out _) && type.Resolve(path) is { Attribute.Mutability: Mutability.ReadOnly })
            {
                data!.Remove(key);
            }
        }
        return data;
    }

    private static BulkMethod? Method(string word, bool strict) =>
        (strict ? word : word.ToUpperInvariant()) switch
        {
            "POST" => BulkMethod.Post,
            "PUT" => BulkMethod.Put,
            "PATCH" => BulkMethod.Patch,
            "DELETE" => BulkMethod.Delete,
            _ => null,
        };

    /// <summary>
    /// Only <c>/Users</c> and <c>/Users/{id}</c> and their like lead anywhere: no other server, no query, no Bulk in Bulk.
    /// </summary>
    private static BulkOperation Locate(BulkOperation operation, IReadOnlyList<ScimResourceType> types, bool strict)
    {
        BulkOperation Refused(ScimError error) => operation with { Error = error };
        if (strict && operation.Path[0] != '/')
        {
            return Refused(ScimError.InvalidValue("'path' begins with a slash."));
        }
        var parts = operation.Path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length == 0)
        {
            return Refused(ScimError.NotFound("There is no endpoint '/'."));
        }
        if (parts[0].Equals("Bulk", StringComparison.OrdinalIgnoreCase))
        {
            return Refused(ScimError.InvalidValue("A bulk request cannot hold another one."));
        }
        var rule = strict ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase;
        if (types.FirstOrDefault(type => type.Endpoint.AsSpan().TrimStart('/').Equals(parts[0], rule)) is not { } type)
        {
            return Refused(ScimError.NotFound($"There is no endpoint '{Json.Short(operation.Path)}'."));
        }
        operation = operation with
        {
            Type = type,
            Data = operation.Method is BulkMethod.Post or BulkMethod.Put ? Writable(operation.Data, type) : operation.Data,
        };
        if (operation.Method == BulkMethod.Post)
        {
            return parts.Length == 1 ? operation : Refused(ScimError.InvalidValue($"A POST goes to an endpoint such as {type.Endpoint}."));
        }
        var id = parts.Length == 2 ? Uri.UnescapeDataString(parts[1]) : "";
        return
            id.Length is 0 or > 512
            || id is "." or ".."
            || id.AsSpan().IndexOfAny("/?#\\") >= 0
            || FilterTokens.IsBroken(id)
            || id.Any(char.IsControl)
            ? Refused(ScimError.InvalidValue($"A {operation.Verb} goes to a resource such as {type.Endpoint}/{{id}}."))
            : operation with
            {
                ResourceId = id,
            };
    }
}
