using System.Globalization;
using System.Text.Json.Nodes;
using UserManagement.Scim.Protocol.Filters;
using UserManagement.Scim.Protocol.Resources;
using UserManagement.Scim.Protocol.Schemas;

namespace UserManagement.Scim.Protocol.Queries;

/// <summary>The direction of an order (RFC 7644, section 3.4.2.3).</summary>
public enum SortOrder
{
    /// <summary>Smallest first, resources without a value last.</summary>
    Ascending,

    /// <summary>Greatest first, resources without a value first of all.</summary>
    Descending,
}

/// <summary>How the values of an attribute are ordered.</summary>
public enum SortKind
{
    /// <summary>Text where case counts: by code point.</summary>
    TextExact,

    /// <summary>Text where case does not count: by code point after lower-casing.</summary>
    Text,

    /// <summary>false before true.</summary>
    Boolean,

    /// <summary>By size.</summary>
    Number,

    /// <summary>By instant, whatever the zone it is written in.</summary>
    Time,
}

/// <summary>
/// An order that makes sense for a resource type (RFC 7644, section 3.4.2.3), for memory and for the storage side, which
/// takes the column of <see cref="Key"/> and orders it by <see cref="Kind"/>, no value being the greatest value.
/// </summary>
/// <param name="By">The attribute whose value counts, with its sub-attribute <c>value</c> filled in where none was named.</param>
/// <param name="Kind">How its values are ordered.</param>
/// <param name="Order">The direction.</param>
public sealed record Sort(ResolvedAttribute By, SortKind Kind, SortOrder Order) : IComparer<JsonObject>
{
    /// <summary>
    /// A stable key for tables from attribute to column: <c>userName</c>, <c>name.familyName</c>, <c>emails.value</c>, <c>meta.created</c>;
    /// with the URN in front for an extension.
    /// </summary>
    public string Key => By.Key;

    /// <summary>True for a list: the primary element's value counts, or the first one's.</summary>
    public bool IsOfList => By.Attribute.MultiValued;

    /// <summary>
    /// Finds what an order means. Refusals: 400 invalidValue for an attribute that the type does not know, that is made of
    /// parts (name one) or has no order; 403 sensitive for one that is never returned.
    /// </summary>
    public static ScimResult<Sort> Resolve(AttributePath path, SortOrder order, ScimResourceType type, bool strict = false)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(type);
        if (type.Resolve(path, strict) is not { } found)
        {
            return ScimError.InvalidValue($"'{Json.Short(path.ToString())}' is not an attribute that {type.Name} can be sorted by.");
        }
        if (found.Leaf.Returned == Returned.Never || found.Leaf.Mutability == Mutability.WriteOnly)
        {
            return ScimError.Sensitive($"'{found.Leaf.Path}' cannot be sorted by.");
        }
        // a list of complex values stands for its 'value'; a single complex value must name its part, says the letter
        var leaf = found.Leaf.IsComplex && strict && !found.Leaf.MultiValued ? null : found.Comparable;
        if (leaf is null || leaf.IsComplex)
        {
            return ScimError.InvalidValue($"'{found.Leaf.Path}' is made of sub-attributes: name one of them.");
        }
        SortKind? kind = leaf.Type switch
        {
            AttributeType.Boolean => SortKind.Boolean,
            AttributeType.Integer or AttributeType.Decimal => SortKind.Number,
            AttributeType.DateTime => SortKind.Time,
            AttributeType.Binary => null,
            _ => leaf.CaseExact ? SortKind.TextExact : SortKind.Text,
        };
        return kind is null
            ? ScimError.InvalidValue($"'{leaf.Path}' has no order.")
            : new Sort(found with { Sub = leaf == found.Attribute ? null : leaf }, kind.Value, order);
    }

    /// <summary>Compares two resources in canonical spelling. 0 for equal values: the caller adds a last word, such as the id.</summary>
    public int Compare(JsonObject? x, JsonObject? y) => SortValue.Compare(ValueOf(x), ValueOf(y), Order);

    /// <summary>The value of a resource that counts; null when it has none.</summary>
    public SortValue? ValueOf(JsonObject? resource)
    {
        var holder = By.Extension is null ? resource : resource?[By.Extension.Id] as JsonObject;
        var node = holder?[By.Attribute.Name];
        if (node is JsonArray list)
        {
            node = list.OfType<JsonObject>().FirstOrDefault(element => Json.IsTrue(element["primary"])) ?? list.FirstOrDefault();
        }
        if (By.Sub is not null)
        {
            node = (node as JsonObject)?[By.Sub.Name];
            node = node is JsonArray inner ? inner.FirstOrDefault() : node;
        }
        return node is JsonValue ? SortValue.Read(node.ToString(), Kind) : null;
    }
}

/// <summary>One value in an order. Texts that are empty or do not fit the kind are none.</summary>
/// <param name="Kind">How it is ordered.</param>
/// <param name="Text">A text in the case that order is made in; empty for the other kinds.</param>
/// <param name="Number">The number of the other kinds: ticks for a time, 0 or 1 for a boolean.</param>
public readonly record struct SortValue(SortKind Kind, string Text, decimal Number)
{
    internal static SortValue? Read(string text, SortKind kind) =>
        kind switch
        {
            _ when text.Length == 0 => null,
            SortKind.Boolean => bool.TryParse(text, out var truth) ? new SortValue(kind, "", truth ? 1 : 0) : null,
            SortKind.Number => decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
                ? new SortValue(kind, "", number)
                : null,
            SortKind.Time => FilterValue.ReadTime(text) is { } time ? new SortValue(kind, "", time.UtcTicks) : null,
            _ => new SortValue(kind, kind == SortKind.Text ? TextOrder.Fold(text) : text, 0),
        };

    /// <summary>Compares two values in a direction; no value counts as the greatest.</summary>
    public static int Compare(SortValue? x, SortValue? y, SortOrder order)
    {
        var ascending = (x, y) switch
        {
            (null, null) => 0,
            (null, _) => 1,
            (_, null) => -1,
            ({ } a, { } b) when IsText(a.Kind) && IsText(b.Kind) => TextOrder.Compare(a.Text, b.Text),
            ({ } a, { } b) => a.Kind == b.Kind ? a.Number.CompareTo(b.Number) : a.Kind.CompareTo(b.Kind),
        };
        return order == SortOrder.Ascending ? ascending : -ascending;
    }

    private static bool IsText(SortKind kind) => kind is SortKind.Text or SortKind.TextExact;
}
