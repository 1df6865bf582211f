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
/// <param name="Ignored">Paths that name no known attribute, or one of a schema that is not served, and are left out in a tolerant
/// reading.</param>
public sealed record PatchRequest(IReadOnlyList<PatchOperation> Operations, IReadOnlyList<PassedOver> Ignored)
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
        if (
            !Json.Find(body, "schemas", out var schemas)
            || schemas is not JsonArray urns
            || !urns.Any(urn => Json.Text(urn, out var text) && text.Equals(ScimUrn.PatchOp, StringComparison.OrdinalIgnoreCase))
        )
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
        var ignored = new List<PassedOver>();
        foreach (var item in list)
        {
            PassedOver? left = null;
            if (!ReadOperation(item, type, options, ref left).TryGet(out var operation, out var error))
            {
                return error;
            }
            if (left is not null)
            {
                ignored.Add(left);
            }
            else
            {
                operations.Add(operation);
            }
        }
        return new PatchRequest(operations, ignored);
    }

    private static ScimResult<PatchOperation> ReadOperation(
        JsonNode? node,
        ScimResourceType type,
        PatchOptions options,
        ref PassedOver? left
    )
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
        if (
            !Json.Find(json, "path", out var pathNode)
            || pathNode is null
            || (!options.Strict && Json.Text(pathNode, out var blank) && blank.Length == 0)
        )
        {
            return WithoutPath(op.Value, value);
        }
        if (!Json.Text(pathNode, out var text))
        {
            return ScimError.InvalidPath("'path' must be a string.");
        }
        if (!options.Strict && type.Core.Is(text.Trim()))
        {
            // the schema of the resource itself: the same as no path
            return WithoutPath(op.Value, value);
        }
        if (!PatchPath.Parse(text, options).TryGet(out var path, out var error))
        {
            // what stands before the bracket says first whether this concerns us at all
            var head = text.Length > options.MaxPathLength ? null : PatchPath.Head(text);
            if (
                options.Strict
                || !(head is not null ? IsUnknown(head, type, options) : error.ScimType == "invalidPath" && IsForeign(text, type, options))
            )
            {
                return error;
            }
            left = new PassedOver(
                Json.Short(text.Trim()),
                head is not null ? PassedOver.ReasonOf(head.ToString(), type) : PassedOverReason.Unserved
            );
            return new PatchOperation(op.Value, null, null, hasValue);
        }
        if (CheckTarget(path, type, options) is { } refused)
        {
            return refused;
        }
        if (op != PatchOp.Remove && (!hasValue || (options.Strict && op == PatchOp.Add && value is null or JsonArray { Count: 0 })))
        {
            return ScimError.InvalidValue($"An operation on '{Json.Short(text)}' has no value.");
        }
        if (IsUnknown(path.Attribute, type, options))
        {
            left = new PassedOver(Json.Short(path.ToString()), PassedOver.ReasonOf(path.ToString(), type));
        }
        return new PatchOperation(op.Value, path, value, hasValue);
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
            // what we do not keep is everyday life, whether an attribute or a whole schema
            return options.Strict ? ScimError.InvalidPath($"'{Json.Short(path.ToString())}' is not an attribute of {type.Name}.") : null;
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

    /// <summary>
    /// True for a path that cannot be taken apart and begins with the name of some schema that is not served: the URNs of
    /// SCIM 1 (<c>scim:schemas:extension:enterprise:1.0.department</c>) and URIs of vendors have other forms than RFC 7643 gives them.
    /// </summary>
    private static bool IsForeign(string text, ScimResourceType type, PatchOptions options)
    {
        var bracket = text.IndexOf('[', StringComparison.Ordinal);
        var name = (bracket < 0 ? text : text[..bracket]).Trim();
        return text.Length <= options.MaxPathLength
            && name.Contains(':', StringComparison.Ordinal)
            && (char.IsAsciiLetter(name[0]) || name[0] == ':')
            && !name.Any(char.IsControl)
            && PassedOver.ReasonOf(name, type) == PassedOverReason.Unserved;
    }

    private static bool IsUnknown(AttributePath path, ScimResourceType type, PatchOptions options) =>
        type.Resolve(path, options.Strict) is null && type.ResolveExtension(path) is null;
}
