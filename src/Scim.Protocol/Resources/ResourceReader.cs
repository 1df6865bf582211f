using System.Text.Json.Nodes;
using UserManagement.Scim.Protocol.Filters;
using UserManagement.Scim.Protocol.Schemas;

namespace UserManagement.Scim.Protocol.Resources;

/// <summary>A resource that was read and found good.</summary>
/// <param name="Resource">
/// Canonical spelling and types, without readOnly attributes, without the password, without nulls and empty lists, with
/// <c>schemas</c> computed from what it holds.
/// </param>
/// <param name="Ignored">What the client sent and nobody keeps.</param>
public sealed record ReadResource(JsonObject Resource, IReadOnlyList<PassedOver> Ignored)
{
    /// <summary>
    /// What a PUT puts in the place of a resource: this, and of an attribute that came only in values which are too large to be kept
    /// (<see cref="PassedOverReason.TooLarge"/>) what is there already.
    /// </summary>
    /// <param name="before">The resource as it is; it stays as it is.</param>
    public JsonObject Over(JsonObject before)
    {
        ArgumentNullException.ThrowIfNull(before);
        var left = Ignored
            .Where(one => one.Reason == PassedOverReason.TooLarge && Resource[one.Path] is null && before[one.Path] is not null)
            .ToList();
        if (left.Count == 0)
        {
            return Resource;
        }
        var resource = (JsonObject)Resource.DeepClone();
        left.ForEach(one => resource[one.Path] = before[one.Path]!.DeepClone());
        return resource;
    }
}

/// <summary>Reads the body of POST and PUT (RFC 7644, sections 3.3 and 3.5.1) by the schema.</summary>
public sealed class ResourceReader
{
    private readonly ScimResourceType _type;
    private readonly List<PassedOver> _ignored = [];
    private readonly ValueReader _values;
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);
    private readonly JsonObject _resource = [];
    private readonly string? _id;

    private ResourceReader(ScimResourceType type, ReadOptions options, string? id)
    {
        (_type, _id) = (type, id);
        _values = new ValueReader(options, _ignored);
    }

    /// <summary>
    /// Reads and validates. Refusals: 400 invalidSyntax (no <c>schemas</c>, a key twice; strict: unknown attribute, <c>schemas</c> that are
    /// not those of the body), 400 invalidValue (wrong type, too long, required missing) with the attribute's path. Never throws.
    /// </summary>
    /// <param name="body">The body.</param>
    /// <param name="type">Its type.</param>
    /// <param name="options">How it is read; null for the tolerant reading.</param>
    /// <param name="id">
    /// Whose PUT it is; null for a POST. What is readOnly is passed over and told, except what a client sends back as it was shown:
    /// <c>meta</c>, and in a PUT this id and <c>groups</c>.
    /// </param>
    public static ScimResult<ReadResource> Read(JsonObject body, ScimResourceType type, ReadOptions? options = null, string? id = null)
    {
        ArgumentNullException.ThrowIfNull(body);
        ArgumentNullException.ThrowIfNull(type);
        if (!Json.IsSound(body))
        {
            return ScimError.InvalidSyntax("The body is not sound JSON.");
        }
        options ??= ReadOptions.Default;
        var reader = new ResourceReader(type, options, id);
        var error = CheckSchemas(body, type, options.Strict) ?? reader.ReadKeys(body, null) ?? CheckRequired(reader._resource, type);
        return error is not null ? error : new ReadResource(ScimResource.WithSchemas(reader._resource, type), reader._ignored);
    }

    /// <summary>
    /// For PUT: null unless an immutable attribute that has a value is changed (400 mutability).
    /// </summary>
    public static ScimError? CheckImmutable(JsonObject before, JsonObject after, ScimResourceType type)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        ArgumentNullException.ThrowIfNull(type);
        ScimError? Check(JsonObject? old, JsonObject? now, IEnumerable<ScimAttribute> attributes) =>
            attributes
                .Where(attribute =>
                    attribute.Mutability == Mutability.Immutable
                    && old?[attribute.Name] is { } value
                    && !JsonNode.DeepEquals(value, now?[attribute.Name])
                )
                .Select(attribute => ScimError.Mutability($"'{attribute.Path}' cannot be changed once it is set."))
                .FirstOrDefault();
        return Check(before, after, type.Core.Attributes)
            ?? type.Extensions.Select(extension =>
                    Check(before[extension.Id] as JsonObject, after[extension.Id] as JsonObject, extension.Attributes)
                )
                .FirstOrDefault(error => error is not null);
    }

    /// <summary>Null unless a required attribute has no value (400 invalidValue).</summary>
    internal static ScimError? CheckRequired(JsonObject resource, ScimResourceType type)
    {
        var missing = type.Core.Attributes.FirstOrDefault(attribute => attribute.Required && resource[attribute.Name] is null);
        return missing is null ? null : ScimError.InvalidValue($"'{missing.Path}' is required.");
    }

    private static ScimError? CheckSchemas(JsonObject body, ScimResourceType type, bool strict)
    {
        if (
            !Json.Find(body, "schemas", out var node)
            || node is not JsonArray list
            || !list.Any(item => Json.Text(item, out _))
            || !list.All(item => Json.Text(item, out _) || (item is null && !strict))
        )
        {
            return ScimError.InvalidSyntax("'schemas' must list the URNs of the resource's schemas.");
        }
        // tolerant: templates in the field carry URNs of SCIM 1, of Microsoft's own, or with a slip in them
        return strict ? CheckSchemasByTheLetter(body, [.. list.Select(item => item!.ToString())], type) : null;
    }

    /// <summary>RFC 7643, section 3: the base schema, extensions of the type, each once, and all that the body makes use of.</summary>
    private static ScimError? CheckSchemasByTheLetter(JsonObject body, List<string> urns, ScimResourceType type)
    {
        if (!urns.Exists(type.Core.Is))
        {
            return ScimError.InvalidSyntax($"'schemas' must contain {type.Core.Id}.");
        }
        if (urns.Find(urn => !type.Core.Is(urn) && type.FindExtension(urn) is null) is { } unknown)
        {
            return ScimError.InvalidSyntax($"'{Json.Short(unknown)}' in 'schemas' is no schema of {type.Name}.");
        }
        if (urns.Distinct(StringComparer.OrdinalIgnoreCase).Count() < urns.Count)
        {
            return ScimError.InvalidSyntax("'schemas' has a URN twice.");
        }
        var unsaid = type.Extensions.FirstOrDefault(extension =>
            !urns.Exists(extension.Is) && body.Any(pair => extension.Is(pair.Key) && pair.Value is JsonObject { Count: > 0 })
        );
        return unsaid is null ? null : ScimError.InvalidSyntax($"'schemas' must contain {unsaid.Id}, whose attributes the body has.");
    }

    private ScimError? ReadKeys(JsonObject json, ScimSchema? within)
    {
        foreach (var (key, value) in json)
        {
            if (ReadKey(key, value, within) is { } error)
            {
                return error;
            }
        }
        return null;
    }

    private ScimError? ReadKey(string key, JsonNode? value, ScimSchema? within)
    {
        if (within is null && _type.FindExtension(key) is { } extension)
        {
            return ReadSchemaObject(key, value, extension);
        }
        if (within is null && _type.Core.Is(key))
        {
            return ReadSchemaObject(key, value, null);
        }
        if (!AttributePath.Parse(key).TryGet(out var path, out _))
        {
            return Unknown(key);
        }
        var found =
            within is null ? _type.Resolve(path, _values.Strict)
            : path.Urn is null ? _type.Resolve(path with { Urn = within.Id }, _values.Strict)
            : null;
        if (found is null || (_values.Strict && (path.Urn is not null || path.Sub is not null)))
        {
            return Unknown(key);
        }
        if (found.Attribute.Name == "schemas")
        {
            return null;
        }
        if (found.Leaf.Mutability == Mutability.ReadOnly || found.Attribute.Mutability == Mutability.ReadOnly)
        {
            if (value is not (null or JsonArray { Count: 0 } or JsonObject { Count: 0 }) && !IsSentBack(found, value))
            {
                _ignored.Add(new PassedOver(found.Key, PassedOverReason.ReadOnly));
            }
            return null;
        }
        if (found.Leaf.Returned == Returned.Never)
        {
            _ignored.Add(new PassedOver(found.Key, PassedOverReason.NotKept));
            return null;
        }
        if (!_values.Strict && value is null)
        {
            return null; // null says nothing (RFC 7643, section 2.5), also beside the same attribute in its extension
        }
        if (!_seen.Add(found.Key))
        {
            return ScimError.InvalidSyntax($"'{found.Key}' stands twice in the body.");
        }
        if (!_values.Strict && Photos.LeaveOut(found, value, _values) is { } left)
        {
            _ignored.Add(new PassedOver(found.Key, PassedOverReason.TooLarge));
            value = left.Rest;
        }
        return _values.Read(found.Leaf, value, out var read) ?? (read is null ? null : Put(found, read));
    }

    private bool IsSentBack(ResolvedAttribute found, JsonNode value) =>
        found.Extension is null
        && found.Attribute.Name switch
        {
            "meta" => true,
            "groups" => _id is not null,
            "id" => _id is not null && Json.Text(value, out var text) && text.Equals(_id, StringComparison.OrdinalIgnoreCase),
            _ => false,
        };

    private ScimError? ReadSchemaObject(string key, JsonNode? value, ScimSchema? extension) =>
        value switch
        {
            null => null,
            JsonObject json => ReadKeys(json, extension),
            _ when _values.Strict => ScimError.InvalidValue($"'{key}' must be an object."),
            _ => Unknown(key),
        };

    private ScimError? Put(ResolvedAttribute found, JsonNode value)
    {
        var holder = found.Extension is null ? _resource : ScimResource.Child(_resource, found.Extension.Id);
        if (found.Sub is null)
        {
            // a dotted key such as name.givenName may have come first
            if (value is JsonObject whole && holder[found.Attribute.Name] is JsonObject begun)
            {
                foreach (var (name, item) in begun)
                {
                    whole.TryAdd(name, item?.DeepClone());
                }
            }
            holder[found.Attribute.Name] = value;
            return null;
        }
        if (found.Attribute.MultiValued)
        {
            return Unknown(found.Key);
        }
        ScimResource.Child(holder, found.Attribute.Name)[found.Sub.Name] = value;
        return null;
    }

    private ScimError? Unknown(string key)
    {
        if (_values.Strict)
        {
            return ScimError.InvalidSyntax($"'{Json.Short(key)}' is not an attribute of {_type.Name}.");
        }
        _ignored.Add(new PassedOver(Json.Short(key), PassedOver.ReasonOf(key, _type)));
        return null;
    }
}
