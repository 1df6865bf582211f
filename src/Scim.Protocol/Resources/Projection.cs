using System.Text.Json.Nodes;
using UserManagement.Scim.Protocol.Filters;
using UserManagement.Scim.Protocol.Schemas;

namespace UserManagement.Scim.Protocol.Resources;

/// <summary>
/// Which attributes an answer has: <c>attributes</c> or <c>excludedAttributes</c> (RFC 7644, section 3.9) over what the
/// schema says about each (<see cref="Returned"/>).
/// </summary>
public sealed class Projection
{
    private readonly ScimResourceType _type;
    private readonly bool _only;

    // attribute -> null for the whole of it, or the named sub-attributes
    private readonly Dictionary<ScimAttribute, HashSet<ScimAttribute>?> _named = [];

    private Projection(ScimResourceType type, bool only)
    {
        _type = type;
        _only = only;
    }

    /// <summary>True when the client named attributes to have; then a PATCH must be answered with a body.</summary>
    public bool IsExplicit => _only;

    /// <summary>True when the client asks for nothing in particular.</summary>
    public bool IsDefault => !_only && _named.Count == 0;

    /// <summary>The projection when the client asks for nothing in particular.</summary>
    public static Projection Default(ScimResourceType type) => new(type, only: false);

    /// <summary>
    /// Reads the two parameters: names with commas between; null or empty means not given. Names that the type does not
    /// know select nothing. Refusal: 400 invalidValue when both are given.
    /// </summary>
    public static ScimResult<Projection> Read(string? attributes, string? excludedAttributes, ScimResourceType type)
    {
        ArgumentNullException.ThrowIfNull(type);
        var only = !string.IsNullOrWhiteSpace(attributes);
        if (only && !string.IsNullOrWhiteSpace(excludedAttributes))
        {
            return ScimError.InvalidValue("'attributes' and 'excludedAttributes' cannot be used together.");
        }
        var projection = new Projection(type, only);
        if (!only && string.IsNullOrEmpty(excludedAttributes))
        {
            return projection;
        }
        foreach (
            var name in ((only ? attributes : excludedAttributes) ?? "").Split(
                ',',
                StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries
            )
        )
        {
            projection.Name(name);
        }
        return projection;
    }

    /// <summary>
    /// Whether any part of a top attribute can be in the answer; ask before loading what is dear, such as
    /// <c>members</c>. False for attributes that the type does not know.
    /// </summary>
    public bool Wants(string attribute) =>
        AttributePath.Parse(attribute).TryGet(out var path, out _) && _type.Resolve(path) is { } found && Wants(found.Attribute);

    /// <summary>A new resource with the chosen attributes. The input (canonical spelling) stays as it is.</summary>
    public JsonObject Apply(JsonObject resource)
    {
        ArgumentNullException.ThrowIfNull(resource);
        var result = new JsonObject();
        foreach (var (name, value) in resource)
        {
            if (_type.FindExtension(name) is { } extension)
            {
                if (value is JsonObject json && Pick(json, extension.Find) is { Count: > 0 } part)
                {
                    result[name] = part;
                }
            }
            else if (_type.Find(name) is { } attribute && Wants(attribute) && Cut(attribute, value) is { } cut)
            {
                result[name] = cut;
            }
        }
        return result;
    }

    private void Name(string text)
    {
        if (_type.FindExtension(text) is { } whole)
        {
            foreach (var attribute in whole.Attributes)
            {
                _named[attribute] = null;
            }
            return;
        }
        if (!AttributePath.Parse(text).TryGet(out var path, out _) || _type.Resolve(path) is not { } found)
        {
            return;
        }
        if (found.Sub is null)
        {
            _named[found.Attribute] = null;
        }
        else if (!_named.TryGetValue(found.Attribute, out var parts))
        {
            _named[found.Attribute] = [found.Sub];
        }
        else
        {
            parts?.Add(found.Sub);
        }
    }

    private bool Wants(ScimAttribute attribute) =>
        attribute.Returned switch
        {
            Returned.Never => false,
            Returned.Always => true,
            Returned.Request => _only && _named.ContainsKey(attribute),
            _ when _only => _named.ContainsKey(attribute),
            _ => !(_named.TryGetValue(attribute, out var parts) && parts is null),
        };

    private JsonObject Pick(JsonObject json, Func<string, ScimAttribute?> find)
    {
        var result = new JsonObject();
        foreach (var (name, value) in json)
        {
            if (find(name) is { } attribute && Wants(attribute) && Cut(attribute, value) is { } cut)
            {
                result[name] = cut;
            }
        }
        return result;
    }

    /// <summary>The wanted parts of a value; null when it has none of them.</summary>
    private JsonNode? Cut(ScimAttribute attribute, JsonNode? value)
    {
        if (!attribute.IsComplex)
        {
            return value?.DeepClone();
        }
        return value switch
        {
            JsonArray { Count: 0 } => new JsonArray(),
            JsonArray list => list.Select(item => Cut(attribute, item)).OfType<JsonNode>().ToArray() is { Length: > 0 } items
                ? new JsonArray(items)
                : null,
            JsonObject json => CutParts(attribute, json) is { Count: > 0 } parts ? parts : null,
            _ => value?.DeepClone(),
        };
    }

    private JsonObject CutParts(ScimAttribute attribute, JsonObject json)
    {
        var parts = _named.GetValueOrDefault(attribute);
        var result = new JsonObject();
        foreach (var (name, value) in json)
        {
            var part = attribute.Find(name);
            var wanted = part?.Returned switch
            {
                Returned.Always => true,
                Returned.Never => false,
                Returned.Request => _only && parts?.Contains(part) == true,
                _ => parts is null || part is null || parts.Contains(part) == _only,
            };
            if (wanted)
            {
                result[name] = value?.DeepClone();
            }
        }
        return result;
    }
}
