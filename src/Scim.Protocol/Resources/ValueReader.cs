using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using UserManagement.Scim.Protocol.Filters;
using UserManagement.Scim.Protocol.Schemas;

namespace UserManagement.Scim.Protocol.Resources;

/// <summary>
/// Turns a value as a client wrote it into the value that its attribute has: canonical names, the attribute's own type,
/// fresh nodes. null stands for "unassigned", which null, an empty list and an empty object all mean (RFC 7643, section 2.5).
/// </summary>
internal sealed class ValueReader(ReadOptions options, ICollection<PassedOver> ignored)
{
    public bool Strict => options.Strict;

    public int MaxTextLength => options.MaxTextLength;

    /// <summary>Notes that something of an attribute is not kept.</summary>
    public void PassOver(ScimAttribute attribute, PassedOverReason reason) => ignored.Add(new PassedOver(attribute.Path, reason));

    /// <summary>Reads the value of an attribute, list or single.</summary>
    public ScimError? Read(ScimAttribute attribute, JsonNode? raw, out JsonNode? value)
    {
        if (attribute.MultiValued)
        {
            var refused = ReadList(attribute, raw, out var list);
            value = list;
            return refused;
        }
        return ReadOne(attribute, raw, false, out value);
    }

    /// <summary>
    /// Reads a single complex value for merging: a part that is set to null stays in the object as null, so that the
    /// caller can clear it. An object without any part of the attribute comes back empty; null means unassigned.
    /// </summary>
    public ScimError? ReadForMerge(ScimAttribute attribute, JsonNode? raw, out JsonObject? value)
    {
        var refused = ReadOne(attribute, raw, true, out var node);
        value = node as JsonObject;
        return refused;
    }

    /// <summary>Reads a list; a single value counts as a list of one in a tolerant reading.</summary>
    public ScimError? ReadList(ScimAttribute attribute, JsonNode? raw, out JsonArray? list)
    {
        list = null;
        if (raw is not JsonArray array)
        {
            if (raw is null)
            {
                return null;
            }
            if (!Strict && IsEmptyText(raw))
            {
                return MissingWhole(attribute);
            }
            if (Strict)
            {
                return Mismatch(attribute, "a list");
            }
            array = [raw.DeepClone()];
        }
        if (CheckCount(attribute, array.Count) is { } tooMany)
        {
            return tooMany;
        }
        var seen = new Dictionary<string, JsonNode>(StringComparer.Ordinal);
        JsonObject? primary = null;
        var result = new JsonArray();
        foreach (var item in array)
        {
            if (ReadElement(attribute, item, out var element) is { } error)
            {
                return error;
            }
            if (element is null && MissingWhole(attribute) is { } nothing)
            {
                return nothing;
            }
            if (element is null)
            {
                PassOver(attribute, PassedOverReason.Empty);
                continue;
            }
            var isNew = seen.TryAdd(Twins.Key(attribute, element), element);
            var stays = isNew ? element as JsonObject : seen[Twins.Key(attribute, element)] as JsonObject;
            if (element is JsonObject json && stays is not null && Json.IsTrue(json["primary"]))
            {
                if (primary is not null && primary != stays && Strict)
                {
                    return ScimError.InvalidValue($"Only one value of '{attribute.Path}' can be primary.");
                }
                if (primary is not null && primary != stays)
                {
                    json["primary"] = false;
                }
                primary ??= stays;
            }
            if (isNew)
            {
                result.Add(element);
            }
            else if (stays is not null)
            {
                Twins.Join(stays, (JsonObject)element);
            }
        }
        list = result.Count == 0 ? null : result;
        return null;
    }

    /// <summary>Null unless a list has more values than are taken.</summary>
    public ScimError? CheckCount(ScimAttribute attribute, int count) =>
        count > options.MaxValues && attribute.ValueAttribute?.Mutability != Mutability.Immutable
            ? ScimError.InvalidValue($"'{attribute.Path}' has more than {options.MaxValues} values.")
            : null;

    /// <summary>Reads one element of a list.</summary>
    public ScimError? ReadElement(ScimAttribute attribute, JsonNode? raw, out JsonNode? element) =>
        raw is null ? Nothing(out element)
        : attribute.IsComplex ? ReadComplex(attribute, raw, false, out element)
        : ReadSimple(attribute, raw, out element);

    private ScimError? ReadOne(ScimAttribute attribute, JsonNode? raw, bool keepNulls, out JsonNode? value)
    {
        if (raw is JsonArray array)
        {
            if (array.Count > 1 || (Strict && array.Count == 1))
            {
                value = null;
                return Mismatch(attribute, "a single value");
            }
            // an older Entra job wraps single values in a list of one
            raw = array.Count == 0 ? null : array[0];
        }
        if (raw is null)
        {
            return Nothing(out value);
        }
        return attribute.IsComplex ? ReadComplex(attribute, raw, keepNulls, out value) : ReadSimple(attribute, raw, out value);
    }

    private ScimError? ReadComplex(ScimAttribute attribute, JsonNode raw, bool keepNulls, out JsonNode? value)
    {
        value = null;
        if (raw is JsonValue && !Strict && attribute.ValueAttribute is not null)
        {
            if (IsEmptyText(raw))
            {
                return null;
            }
            raw = new JsonObject { ["value"] = raw.DeepClone() };
        }
        if (raw is not JsonObject json)
        {
            return Mismatch(attribute, "an object");
        }
        var parts = new Dictionary<ScimAttribute, JsonNode?>();
        foreach (var (key, item) in json)
        {
            if (attribute.Find(key) is not { } part)
            {
                if (Strict)
                {
                    return ScimError.InvalidSyntax($"'{attribute.Path}' has no sub-attribute '{Json.Short(key)}'.");
                }
                ignored.Add(new PassedOver($"{attribute.Path}.{Json.Short(key)}", PassedOverReason.Unknown));
                continue;
            }
            if (part.Mutability == Mutability.ReadOnly)
            {
                continue;
            }
            if (Read(part, item, out var inner) is { } error)
            {
                return error;
            }
            if (!parts.TryAdd(part, inner) && !Strict && (inner is null || parts[part] is null))
            {
                parts[part] ??= inner; // null says nothing beside a value
            }
            else if (parts[part] != inner)
            {
                return ScimError.InvalidSyntax($"'{part.Path}' stands twice in one object.");
            }
        }
        return Compose(attribute, parts, keepNulls, out value);
    }

    private static ScimError? Compose(
        ScimAttribute attribute,
        Dictionary<ScimAttribute, JsonNode?> parts,
        bool keepNulls,
        out JsonNode? value
    )
    {
        value = null;
        if (attribute.ValueAttribute is { } main)
        {
            var named = parts.TryGetValue(main, out var content);
            if (named && (content is null || IsEmptyText(content)))
            {
                // {"value": ""} is how some clients take a manager away; a member without an id is a mistake
                return MissingWhole(attribute);
            }
            if (!named && MissingWhole(attribute) is { } missing)
            {
                return missing;
            }
        }
        var result = new JsonObject();
        foreach (var part in attribute.SubAttributes)
        {
            if (parts.TryGetValue(part, out var content) && (keepNulls || content is not null))
            {
                result[part.Name] = content;
            }
            else if (part.Required && !keepNulls)
            {
                return ScimError.InvalidValue($"'{part.Path}' is required.");
            }
        }
        // to merge nothing changes nothing, which is not the same as to take all away
        value = result.Count == 0 && !keepNulls ? null : result;
        return null;
    }

    private ScimError? ReadSimple(ScimAttribute attribute, JsonNode raw, out JsonNode? value)
    {
        value = null;
        if (!Strict && raw is JsonObject json && Json.Find(json, "value", out var inner))
        {
            if (inner is null)
            {
                return null;
            }
            raw = inner;
        }
        if (raw is not JsonValue)
        {
            return Mismatch(attribute, "a simple value");
        }
        var kind = raw.GetValueKind();
        var text = raw.ToString();
        switch (attribute.Type)
        {
            case AttributeType.Boolean:
                if (kind is JsonValueKind.True or JsonValueKind.False || (!Strict && bool.TryParse(text, out _)))
                {
                    value = bool.Parse(text);
                    return null;
                }
                return !Strict && text.Length == 0 ? null : Mismatch(attribute, "true or false");
            case AttributeType.Integer:
                if (
                    (kind == JsonValueKind.Number || !Strict)
                    && long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole)
                )
                {
                    value = whole;
                    return null;
                }
                return Mismatch(attribute, "a whole number");
            case AttributeType.Decimal:
                if (
                    (kind == JsonValueKind.Number || !Strict)
                    && decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
                )
                {
                    value = number;
                    return null;
                }
                return Mismatch(attribute, "a number");
            default:
                if (kind != JsonValueKind.String && Strict)
                {
                    return Mismatch(attribute, "a string");
                }
                if (text.Length == 0 && !Strict && !attribute.Required)
                {
                    return null;
                }
                value = text;
                return CheckText(attribute, text);
        }
    }

    private ScimError? CheckText(ScimAttribute attribute, string text)
    {
        var longest =
            attribute.Uniqueness != Uniqueness.None || attribute.Name == "externalId" ? options.MaxKeyLength : options.MaxTextLength;
        if (text.Length > longest)
        {
            return ScimError.InvalidValue($"'{attribute.Path}' is longer than {longest} characters.");
        }
        if (FilterTokens.IsBroken(text))
        {
            return ScimError.InvalidValue($"'{attribute.Path}' is not valid Unicode, or holds a NUL character.");
        }
        if (attribute.Required && string.IsNullOrWhiteSpace(text))
        {
            return ScimError.InvalidValue($"'{attribute.Path}' is required and cannot be empty.");
        }
        return attribute.Type switch
        {
            AttributeType.DateTime when FilterValue.ReadTime(text) is null => Mismatch(attribute, "a dateTime"),
            AttributeType.Binary when Strict && !IsBase64(text) => Mismatch(attribute, "base64"),
            AttributeType.Reference when Strict && !Uri.IsWellFormedUriString(text, UriKind.RelativeOrAbsolute) => Mismatch(
                attribute,
                "a URI"
            ),
            _ => null,
        };
    }

    // the padding may be left out (RFC 7643, section 2.3.6)
    private static bool IsBase64(string text) =>
        Convert.TryFromBase64String(
            text.Length % 4 is 0 or 1 ? text : text.PadRight((text.Length / 4 * 4) + 4, '='),
            new byte[text.Length + 3],
            out _
        );

    private static bool IsEmptyText(JsonNode node) =>
        node is JsonValue && node.GetValueKind() == JsonValueKind.String && node.ToString().Length == 0;

    private static ScimError? Nothing(out JsonNode? value)
    {
        value = null;
        return null;
    }

    /// <summary>
    /// Of a list of references, such as a group's members, nothing is left out as "unassigned": what names nobody must never be read as
    /// "nobody". Null for every other attribute.
    /// </summary>
    private static ScimError? MissingWhole(ScimAttribute attribute) =>
        attribute is { MultiValued: true, ValueAttribute: { Mutability: Mutability.Immutable } main }
            ? ScimError.InvalidValue($"'{main.Path}' is missing.")
            : null;

    private static ScimError Mismatch(ScimAttribute attribute, string wanted) =>
        ScimError.InvalidValue($"'{attribute.Path}' must be {wanted}.");
}
