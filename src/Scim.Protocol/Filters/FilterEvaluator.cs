using System.Globalization;
using System.Text.Json.Nodes;
using UserManagement.Precis;
using UserManagement.Scim.Protocol.Schemas;

namespace UserManagement.Scim.Protocol.Filters;

/// <summary>
/// Says whether a resource in memory fulfils a filter. It is the reference for every translation into SQL. An
/// attribute that the type does not know counts as one without a value; run <see cref="FilterCheck"/> first to refuse it.
/// </summary>
public static class FilterEvaluator
{
    /// <summary>
    /// True when the resource (canonical spelling, as <see cref="Resources.ResourceReader"/> gives it) fulfils the filter.
    /// </summary>
    public static bool Matches(Filter filter, JsonObject resource, ScimResourceType type)
    {
        ArgumentNullException.ThrowIfNull(resource);
        ArgumentNullException.ThrowIfNull(type);
        return filter switch
        {
            And and => and.Terms.All(term => Matches(term, resource, type)),
            Or or => or.Terms.Any(term => Matches(term, resource, type)),
            Not not => !Matches(not.Term, resource, type),
            Present present => type.Resolve(present.Path) is { } found && Values(resource, found).Any(IsPresent),
            Compare compare => type.Resolve(compare.Path) is { Comparable: { } attribute } found
                ? Holds(
                    compare,
                    attribute,
                    Values(resource, found with { Sub = found.Leaf.IsComplex ? attribute : found.Sub }, isCompared: true)
                )
                : compare.HoldsWithoutValue,
            ValuePath path => type.Resolve(path.Path) is { } list
                && Values(resource, list).OfType<JsonObject>().Any(element => MatchesElement(path.Inner, element, list.Leaf)),
            _ => false,
        };
    }

    /// <summary>True when one element of a complex attribute fulfils the filter inside the brackets.</summary>
    public static bool MatchesElement(Filter filter, JsonObject element, ScimAttribute attribute)
    {
        ArgumentNullException.ThrowIfNull(element);
        ArgumentNullException.ThrowIfNull(attribute);
        return filter switch
        {
            And and => and.Terms.All(term => MatchesElement(term, element, attribute)),
            Or or => or.Terms.Any(term => MatchesElement(term, element, attribute)),
            Not not => !MatchesElement(not.Term, element, attribute),
            Present present => FilterCheck.Part(present.Path, attribute) is { } part && IsPresent(element[part.Name]),
            Compare compare => FilterCheck.Part(compare.Path, attribute) is { } part
                ? Holds(compare, part, Flat(element[part.Name] ?? Assumed(part)))
                : compare.HoldsWithoutValue,
            _ => false,
        };
    }

    /// <summary>An element that does not say whether it is the primary one is not (RFC 7643, section 2.4).</summary>
    private static JsonValue? Assumed(ScimAttribute part) =>
        part is { Name: "primary", Type: AttributeType.Boolean, Parent.MultiValued: true } ? JsonValue.Create(false) : null;

    private static IEnumerable<JsonNode> Values(JsonObject resource, ResolvedAttribute path, bool isCompared = false)
    {
        var holder = path.Extension is null ? resource : resource[path.Extension.Id] as JsonObject;
        var values = Flat(holder?[path.Attribute.Name]);
        return path.Sub is null
            ? values
            : values.OfType<JsonObject>().SelectMany(element => Flat(element[path.Sub.Name] ?? (isCompared ? Assumed(path.Sub) : null)));
    }

    private static IEnumerable<JsonNode> Flat(JsonNode? node) =>
        node switch
        {
            null => [],
            JsonArray array => array.OfType<JsonNode>(),
            _ => [node],
        };

    private static bool IsPresent(JsonNode? node) =>
        node switch
        {
            null => false,
            JsonArray array => array.Any(IsPresent),
            JsonObject json => json.Any(pair => IsPresent(pair.Value)),
            _ => node.ToString().Length > 0,
        };

    private static bool Holds(Compare compare, ScimAttribute attribute, IEnumerable<JsonNode> values)
    {
        var present = values.Where(IsPresent).ToList();
        if (present.Count == 0 || compare.Value.Kind == FilterValueKind.Null)
        {
            return compare.HoldsWithoutValue != (present.Count > 0);
        }
        return present.Exists(value => Holds(compare, attribute, value));
    }

    private static bool Holds(Compare compare, ScimAttribute attribute, JsonNode node)
    {
        var text = node.ToString();
        switch (attribute.Type)
        {
            case AttributeType.Boolean:
                return bool.TryParse(text, out var truth)
                    && compare.Value.AsBoolean() is { } wanted
                    && Ordered(compare.Operator, truth == wanted ? 0 : null);
            case AttributeType.Integer or AttributeType.Decimal:
                return decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
                    && compare.Value.AsNumber() is { } bound
                    && Ordered(compare.Operator, number.CompareTo(bound));
            case AttributeType.DateTime:
                return FilterValue.ReadTime(text) is { } time
                    && compare.Value.AsTime() is { } instant
                    && Ordered(compare.Operator, time.CompareTo(instant));
            default:
                var isPart = compare.Operator is CompareOperator.Co or CompareOperator.Sw or CompareOperator.Ew;
                var wantedText = compare.Value.Text;
                if (!attribute.CaseExact)
                {
                    text = ComparisonKey.Of(text);
                    wantedText = isPart ? ComparisonKey.Piece(wantedText) : ComparisonKey.Of(wantedText);
                }

                return compare.Operator switch
                {
                    CompareOperator.Co => text.Contains(wantedText, StringComparison.Ordinal),
                    CompareOperator.Sw => text.StartsWith(wantedText, StringComparison.Ordinal),
                    CompareOperator.Ew => text.EndsWith(wantedText, StringComparison.Ordinal),
                    _ => Ordered(compare.Operator, TextOrder.Compare(text, wantedText)),
                };
        }
    }

    /// <summary>A null difference means: not equal, and without an order.</summary>
    private static bool Ordered(CompareOperator comparison, int? difference) =>
        comparison switch
        {
            CompareOperator.Eq => difference == 0,
            CompareOperator.Ne => difference != 0,
            CompareOperator.Gt => difference > 0,
            CompareOperator.Ge => difference >= 0,
            CompareOperator.Lt => difference < 0,
            CompareOperator.Le => difference <= 0,
            _ => false,
        };
}
