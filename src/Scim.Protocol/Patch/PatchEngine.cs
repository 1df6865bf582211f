using System.Text.Json.Nodes;
using UserManagement.Scim.Protocol.Filters;
using UserManagement.Scim.Protocol.Resources;
using UserManagement.Scim.Protocol.Schemas;

namespace UserManagement.Scim.Protocol.Patch;

/// <summary>What a PATCH made.</summary>
/// <param name="Resource">The new resource; the old one is untouched.</param>
/// <param name="Changed">False when nothing is different: then <c>lastModified</c> and the version must stay.</param>
/// <param name="Ignored">What the client sent and nobody keeps.</param>
public sealed record PatchResult(JsonObject Resource, bool Changed, IReadOnlyList<PassedOver> Ignored);

/// <summary>
/// Applies a PATCH to one working copy, in order, all or nothing (RFC 7644, section 3.5.2). It knows no member lists of
/// groups: see <see cref="GroupPatch"/>.
/// </summary>
public sealed class PatchEngine
{
    private readonly JsonObject _resource;
    private readonly ScimResourceType _type;
    private readonly List<PassedOver> _ignored;
    private readonly ValueReader _values;
    private readonly ElementPatch _elements;
    private readonly PatchOptions _options;

    private PatchEngine(JsonObject resource, PatchRequest request, ScimResourceType type, PatchOptions options)
    {
        _resource = resource;
        _type = type;
        _options = options;
        _ignored = [.. request.Ignored];
        _values = new ValueReader(options.Values, _ignored);
        _elements = new ElementPatch(_values);
    }

    /// <summary>
    /// Applies the request to a resource in canonical spelling (as <see cref="ResourceReader"/> gives it and as it is
    /// kept). Refusals: 400 invalidValue, mutability, noTarget, invalidPath. Never throws, never changes the input.
    /// </summary>
    public static ScimResult<PatchResult> Apply(
        JsonObject resource,
        PatchRequest request,
        ScimResourceType type,
        PatchOptions? options = null
    )
    {
        ArgumentNullException.ThrowIfNull(resource);
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(type);
        var engine = new PatchEngine((JsonObject)resource.DeepClone(), request, type, options ?? PatchOptions.Default);
        foreach (var operation in request.Operations)
        {
            var error = operation.Path is null
                ? engine.RunObject(operation.Op, (JsonObject)operation.Value!, null)
                : engine.RunPath(operation, operation.Path, isKey: false);
            if (error is not null)
            {
                return error;
            }
        }
        return engine.Finish(resource);
    }

    private ScimResult<PatchResult> Finish(JsonObject before)
    {
        foreach (var extension in _type.Extensions.Where(extension => _resource[extension.Id] is JsonObject { Count: 0 }))
        {
            _resource.Remove(extension.Id);
        }
        if (ResourceReader.CheckRequired(_resource, _type) is { } error)
        {
            return error;
        }
        // 'schemas' follows from the rest and is no change of its own
        var old = before["schemas"]?.DeepClone();
        if (old is null)
        {
            _resource.Remove("schemas");
        }
        else
        {
            _resource["schemas"] = old;
        }
        var changed = !JsonNode.DeepEquals(before, _resource);
        return new PatchResult(ScimResource.WithSchemas(_resource, _type), changed, _ignored);
    }

    /// <summary>The value of an operation without path: each key is a path, as in Entra's <c>"name.givenName"</c>.</summary>
    private ScimError? RunObject(PatchOp op, JsonObject json, ScimSchema? within)
    {
        // null says nothing (RFC 7643, section 2.5): where an attribute stands there twice, once as null, the other one counts
        foreach (
            var (key, value, place) in _values.Strict
                ? Keys(json, within, isFlat: false)
                : Keys(json, within, isFlat: true).OrderBy(pair => pair.Value is null ? 0 : 1)
        )
        {
            if (RunKey(op, key, value, place) is { } error)
            {
                return error;
            }
        }
        return null;
    }

    /// <summary>
    /// The keys of a value without path, on request with those of the schemas' objects in it as if they stood at the top.
    /// </summary>
    private IEnumerable<(string Key, JsonNode? Value, ScimSchema? Within)> Keys(JsonObject json, ScimSchema? within, bool isFlat)
    {
        foreach (var (key, value) in json)
        {
            if (
                isFlat
                && within is null
                && value is JsonObject { Count: > 0 } inner
                && (_type.Core.Is(key) ? _type.Core : _type.FindExtension(key)) is { } schema
            )
            {
                foreach (var (name, part) in inner)
                {
                    yield return (name, part, schema == _type.Core ? null : schema);
                }
            }
            else
            {
                yield return (key, value, within);
            }
        }
    }

    private ScimError? RunKey(PatchOp op, string key, JsonNode? value, ScimSchema? within)
    {
        if (within is null && (_type.Core.Is(key) || _type.FindExtension(key) is not null))
        {
            return RunSchema(op, key, value, _type.FindExtension(key));
        }
        if (!PatchPath.Parse(key, _options).TryGet(out var path, out var malformed))
        {
            // a path of a served attribute that cannot be read chooses nobody: that is no attribute that we do not keep
            return
                PatchPath.Head(key) is { } head && IsServed(head.Urn is null && within is not null ? head with { Urn = within.Id } : head)
                ? malformed
                : Unknown(key);
        }
        if (within is not null && path.Attribute.Urn is null)
        {
            path = path with { Attribute = path.Attribute with { Urn = within.Id } };
        }
        return RunPath(new PatchOperation(op, path, value, true), path, isKey: true);
    }

    private ScimError? RunSchema(PatchOp op, string key, JsonNode? value, ScimSchema? extension)
    {
        if (value is JsonObject json)
        {
            return RunObject(op, json, extension);
        }
        if (value is null && extension is not null)
        {
            if (!extension.IsReadOnly)
            {
                _resource.Remove(extension.Id);
            }
            return null;
        }
        return ScimError.InvalidValue($"'{Json.Short(key)}' must be an object.");
    }

    /// <summary>A remove of a whole extension; one that has a value takes away the attributes that this names.</summary>
    private ScimError? RemoveSchema(PatchOperation operation, ScimSchema extension)
    {
        if (!operation.HasValue || _values.Strict)
        {
            return RunSchema(operation.Op, extension.Id, null, extension);
        }
        var named = operation.Value is JsonArray { Count: 1 } wrapped ? wrapped[0] : operation.Value;
        if (named is null or JsonArray { Count: 0 } or JsonObject { Count: 0 })
        {
            PassOver(extension.Id, PassedOverReason.Empty);
            return null;
        }
        return named is JsonObject json
            ? RunObject(operation.Op, json, extension)
            : ScimError.InvalidValue($"The remove names no attribute of '{extension.Id}'. To remove all of them, leave 'value' out.");
    }

    private bool IsServed(AttributePath path) =>
        _type.Resolve(path, _values.Strict) is not null || _type.ResolveExtension(path) is not null;

    private ScimError? RunPath(PatchOperation operation, PatchPath path, bool isKey)
    {
        if (_type.ResolveExtension(path.Attribute) is { } extension && path.ValueFilter is null)
        {
            return operation.Op == PatchOp.Remove
                ? RemoveSchema(operation, extension)
                : RunSchema(operation.Op, extension.Id, operation.Value, extension);
        }
        if (_type.Resolve(path.Attribute, _values.Strict) is not { } found)
        {
            return Unknown(path.ToString());
        }
        if (found.Attribute.Name == "schemas")
        {
            // it follows from the values, and no resource is without it
            return operation.Op == PatchOp.Remove ? ScimError.Mutability("'schemas' cannot be removed.") : null;
        }
        if (found.Leaf.Mutability == Mutability.ReadOnly || found.Attribute.Mutability == Mutability.ReadOnly)
        {
            var isSame = IsSame(found, operation.Value);
            if (isKey && !isSame && !_values.Strict && found.Attribute.Name is not ("meta" or "groups"))
            {
                PassOver(found.Key, PassedOverReason.ReadOnly);
            }
            return isKey && (!_values.Strict || isSame) ? null : ScimError.Mutability($"'{found.Leaf.Path}' cannot be written.");
        }
        if (found.Leaf.Returned == Returned.Never)
        {
            // a password may come and is not kept
            PassOver(found.Key, PassedOverReason.NotKept);
            return null;
        }
        if (found.Leaf.IsState && SaysNothing(operation, found.Leaf, out var wrong))
        {
            return wrong ?? Unassign(operation.Op, found, isKey);
        }
        if (!_values.Strict && Photos.LeaveOut(found, operation.Value, _values) is { } left)
        {
            PassOver(found.Key, PassedOverReason.TooLarge);
            if (left.IsAll)
            {
                return null;
            }
            operation = operation with { Value = left.Rest };
        }
        var holder =
            found.Extension is null ? _resource
            : operation.Op == PatchOp.Remove ? _resource[found.Extension.Id] as JsonObject ?? []
            : ScimResource.Child(_resource, found.Extension.Id);
        var fixedValue = found.Attribute.Mutability == Mutability.Immutable ? holder[found.Attribute.Name]?.DeepClone() : null;
        return Run(operation, holder, found, path.ValueFilter) is { } error ? error
            : fixedValue is null || JsonNode.DeepEquals(fixedValue, holder[found.Attribute.Name]) ? null
            : ScimError.Mutability($"'{found.Attribute.Path}' cannot be changed once it is set.");
    }

    private ScimError? Run(PatchOperation operation, JsonObject holder, ResolvedAttribute found, Filter? filter)
    {
        if (filter is not null)
        {
            return
                found.Attribute is { MultiValued: true, IsComplex: true }
                && FilterCheck.RunElement(filter, found.Attribute, _values.Strict) is null
                ? _elements.RunFiltered(operation, holder, found, filter)
                : ScimError.InvalidPath($"'{found.Attribute.Path}' is not a list that this filter could choose from.");
        }
        return found.Sub is null
            ? _elements.RunWhole(operation, holder, found.Attribute)
            : _elements.RunSub(operation, holder, found.Attribute, found.Sub);
    }

    private bool IsSame(ResolvedAttribute found, JsonNode? value)
    {
        var holder = found.Extension is null ? _resource : _resource[found.Extension.Id] as JsonObject;
        var current = holder?[found.Attribute.Name];
        return JsonNode.DeepEquals(found.Sub is null ? current : (current as JsonObject)?[found.Sub.Name], value);
    }

    private bool SaysNothing(PatchOperation operation, ScimAttribute attribute, out ScimError? error)
    {
        error = null;
        if (operation.Op == PatchOp.Remove)
        {
            return true;
        }
        error = _values.Read(attribute, operation.Value, out var value);
        return value is null;
    }

    /// <summary>A state is one of two and has no third, so that nothing is done by leaving it out.</summary>
    private ScimError? Unassign(PatchOp op, ResolvedAttribute found, bool isKey)
    {
        if (op == PatchOp.Remove)
        {
            return ScimError.Mutability($"'{found.Leaf.Path}' is true or false and cannot be removed.");
        }
        if (!isKey || _values.Strict)
        {
            return ScimError.InvalidValue($"'{found.Leaf.Path}' must be true or false.");
        }
        PassOver(found.Key, PassedOverReason.Empty);
        return null;
    }

    private ScimError? Unknown(string key)
    {
        if (_values.Strict)
        {
            return ScimError.InvalidPath($"'{Json.Short(key)}' is not an attribute of {_type.Name}.");
        }
        PassOver(Json.Short(key), PassedOver.ReasonOf(key, _type));
        return null;
    }

    private void PassOver(string path, PassedOverReason reason) => _ignored.Add(new PassedOver(path, reason));
}
