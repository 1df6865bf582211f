using System.Text.Json.Nodes;
using UserManagement.Scim.Protocol.Filters;
using UserManagement.Scim.Protocol.Resources;
using UserManagement.Scim.Protocol.Schemas;

namespace UserManagement.Scim.Protocol.Patch;

/// <summary>What an operation does.</summary>
public enum PatchOp
{
    /// <summary>add</summary>
    Add,

    /// <summary>replace</summary>
    Replace,

    /// <summary>remove</summary>
    Remove,
}

/// <summary>One operation of a PATCH.</summary>
/// <param name="Op">What is done.</param>
/// <param name="Path">Where, or null: then the value is an object and each of its keys is a path.</param>
/// <param name="Value">With what; null also where the client wrote null.</param>
/// <param name="HasValue">True when the client sent a value, be it null.</param>
public sealed record PatchOperation(PatchOp Op, PatchPath? Path, JsonNode? Value, bool HasValue);

/// <summary>A PATCH body that was found well-formed (RFC 7644, section 3.5.2), before anything is looked up.</summary>
/// <param name="Operations">The operations in their order.</param>
/// <param name="Ignored">Paths that name no known attribute and are left out in a tolerant reading.</param>
public sealed record PatchRequest(IReadOnlyList<PatchOperation> Operations, IReadOnlyList<string> Ignored)
{
    /// <summary>
    /// Reads and checks a body. Refusals: 400 invalidSyntax (schemas, Operations, op), 413 (too many operations),
    /// 400 invalidPath, invalidFilter, mutability (path to a readOnly attribute), noTarget (remove without path),
    /// invalidValue (value missing). Never throws.
    /// </summary>
    public static ScimResult<PatchRequest> Read(JsonObject body, ScimResourceType type, PatchOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(body);
        ArgumentNullException.ThrowIfNull(type);
        options ??= PatchOptions.Default;
        if (!Json.IsSound(body) || Json.SaysTwice(body))
        {
            return ScimError.InvalidSyntax("The body is not sound JSON.");
        }
        if (!Json.Find(body, "schemas", out var schemas) || schemas is not JsonArray urns
            || !urns.Any(urn => Json.Text(urn, out var text) && text.Equals(ScimUrn.PatchOp, StringComparison.OrdinalIgnoreCase)))
        {
            return ScimError.InvalidSyntax($"'schemas' must contain {ScimUrn.PatchOp}.");
        }
        if (!Json.Find(body, "Operations", out var node) || node is not JsonArray { Count: > 0 } list)
        {
            return ScimError.InvalidSyntax("'Operations' must list at least one operation.");
        }
        if (list.Count > options.MaxOperations)
        {
            return ScimError.TooLarge($"A PATCH has at most {options.MaxOperations} operations.");
        }
        var operations = new List<PatchOperation>(list.Count);
        var ignored = new List<string>();
        foreach (var item in list)
        {
            if (!ReadOperation(item, type, options).TryGet(out var operation, out var error))
            {
                return error;
            }
            if (operation.Path is { } path && IsUnknown(path, type, options))
            {
                ignored.Add(Json.Short(path.ToString()));
            }
            else
            {
                operations.Add(operation);
            }
        }
        return new PatchRequest(operations, ignored);
    }

    private static ScimResult<PatchOperation> ReadOperation(JsonNode? node, ScimResourceType type, PatchOptions options)
    {
        if (node is not JsonObject json || !Json.Find(json, "op", out var opNode) || !Json.Text(opNode, out var word))
        {
            return ScimError.InvalidSyntax("Each operation is an object with an 'op'.");
        }
        if (Json.SaysTwice(json))
        {
            return ScimError.InvalidSyntax("An operation has one 'op', and one 'path' and 'value' at most.");
        }
        PatchOp? op = word.ToUpperInvariant() switch
        {
            "ADD" => PatchOp.Add,
            "REPLACE" => PatchOp.Replace,
            "REMOVE" => PatchOp.Remove,
            _ => null,
        };
        if (op is null)
        {
            return ScimError.InvalidSyntax("'op' is add, replace or remove.");
        }
        var hasValue = Json.Find(json, "value", out var value);
        if (!Json.Find(json, "path", out var pathNode) || pathNode is null || (!options.Strict && Json.Text(pathNode, out var blank) && blank.Length == 0))
        {
            return WithoutPath(op.Value, value);
        }
        if (!Json.Text(pathNode, out var text))
        {
            return ScimError.InvalidPath("'path' must be a string.");
        }
        if (!PatchPath.Parse(text, options).TryGet(out var path, out var error))
        {
            return error;
        }
        if (CheckTarget(path, type, options) is { } refused)
        {
            return refused;
        }
        return op != PatchOp.Remove && !hasValue
            ? ScimError.InvalidValue($"An operation on '{Json.Short(text)}' has no value.")
            : new PatchOperation(op.Value, path, value, hasValue);
    }

    private static ScimResult<PatchOperation> WithoutPath(PatchOp op, JsonNode? value)
    {
        if (op == PatchOp.Remove)
        {
            return ScimError.NoTarget("A remove needs a path.");
        }
        if (value is JsonArray { Count: 1 } wrapped)
        {
            value = wrapped[0];
        }
        return value is JsonObject
            ? new PatchOperation(op, null, value, true)
            : ScimError.InvalidValue("An operation without a path needs an object of attributes as its value.");
    }

    private static ScimError? CheckTarget(PatchPath path, ScimResourceType type, PatchOptions options)
    {
        if (type.ResolveExtension(path.Attribute) is { } whole && path.ValueFilter is null)
        {
            return whole.IsReadOnly ? ScimError.Mutability($"'{whole.Id}' cannot be written.") : null;
        }
        if (type.Resolve(path.Attribute, options.Strict) is not { } found)
        {
            // a URN that nobody serves is a mistake; a plain attribute that we do not keep is everyday life
            return options.Strict || !IsServed(path.Attribute, type) ? ScimError.InvalidPath($"'{Json.Short(path.ToString())}' is not an attribute of {type.Name}.") : null;
        }
        if (found.Leaf.Mutability == Mutability.ReadOnly || found.Attribute.Mutability == Mutability.ReadOnly)
        {
            return ScimError.Mutability($"'{found.Leaf.Path}' cannot be written.");
        }
        if (path.ValueFilter is null)
        {
            return null;
        }
        return found.Attribute is { MultiValued: true, IsComplex: true }
            ? FilterCheck.RunElement(path.ValueFilter, found.Attribute, options.Strict)
            : ScimError.InvalidPath($"'{found.Attribute.Path}' is not a list that a filter could choose from.");
    }

    private static bool IsServed(AttributePath path, ScimResourceType type) =>
        path.Urn is null || type.Core.Is(path.Urn) || type.FindExtension(path.Urn) is not null
        || type.Core.Is($"{path.Urn}:{path.Name}") || type.FindExtension($"{path.Urn}:{path.Name}") is not null;

    private static bool IsUnknown(PatchPath path, ScimResourceType type, PatchOptions options) =>
        type.Resolve(path.Attribute, options.Strict) is null && type.ResolveExtension(path.Attribute) is null;
}
