using UserManagement.Scim.Protocol.Schemas;

namespace UserManagement.Scim.Protocol.Filters;

/// <summary>
/// Says whether a filter makes sense for a resource type: known attributes, operators and values that fit their types.
/// What does not is declined (RFC 7644, section 3.4.2.2), never answered with everything or nothing.
/// </summary>
public static class FilterCheck
{
    /// <summary>
    /// Null when the filter can be served. Refusals: 400 invalidFilter; 403 sensitive for attributes that are never
    /// returned, whose value a filter could otherwise find out.
    /// </summary>
    public static ScimError? Run(Filter filter, ScimResourceType type, bool strict = false)
    {
        ArgumentNullException.ThrowIfNull(filter);
        ArgumentNullException.ThrowIfNull(type);
        return filter switch
        {
            And and => First(and.Terms, term => Run(term, type, strict)),
            Or or => First(or.Terms, term => Run(term, type, strict)),
            Not not => Run(not.Term, type, strict),
            Present present => Known(present.Path, type.Resolve(present.Path, strict), out _),
            Compare compare => Known(compare.Path, type.Resolve(compare.Path, strict), out var found)
                ?? Fits(compare, found!.Comparable, strict),
            ValuePath valuePath => Known(valuePath.Path, type.Resolve(valuePath.Path, strict), out var list)
                ?? RunElement(valuePath.Inner, list!.Leaf, strict),
            _ => ScimError.InvalidFilter("The filter has an unknown term."),
        };
    }

    /// <summary>The same for the filter inside brackets, whose paths are sub-attributes of <paramref name="attribute"/>.</summary>
    public static ScimError? RunElement(Filter filter, ScimAttribute attribute, bool strict = false)
    {
        ArgumentNullException.ThrowIfNull(filter);
        ArgumentNullException.ThrowIfNull(attribute);
        if (!attribute.IsComplex)
        {
            return ScimError.InvalidFilter($"'{attribute.Path}' has no sub-attributes to filter on.");
        }
        return filter switch
        {
            And and => First(and.Terms, term => RunElement(term, attribute, strict)),
            Or or => First(or.Terms, term => RunElement(term, attribute, strict)),
            Not not => RunElement(not.Term, attribute, strict),
            Present present => Part(present.Path, attribute) is null ? Unknown(present.Path) : null,
            Compare compare => Part(compare.Path, attribute) is { } part ? Fits(compare, part, strict) : Unknown(compare.Path),
            _ => ScimError.InvalidFilter("A value path cannot stand inside another one."),
        };
    }

    /// <summary>
    /// The same for a query over several types, such as the one at the root (RFC 7644, section 3.4.2.1): an attribute
    /// that a type does not know has no value there. Declined is what no type knows, and what one that does cannot serve.
    /// </summary>
    public static ScimError? RunAcross(Filter filter, IReadOnlyList<ScimResourceType> types, bool strict = false)
    {
        ArgumentNullException.ThrowIfNull(filter);
        ArgumentNullException.ThrowIfNull(types);
        switch (filter)
        {
            case And and:
                return First(and.Terms, term => RunAcross(term, types, strict));
            case Or or:
                return First(or.Terms, term => RunAcross(term, types, strict));
            case Not not:
                return RunAcross(not.Term, types, strict);
        }
        var path = filter switch
        {
            Present present => present.Path,
            Compare compare => compare.Path,
            ValuePath valuePath => valuePath.Path,
            _ => null,
        };
        if (path is null)
        {
            return ScimError.InvalidFilter("The filter has an unknown term.");
        }
        var knowing = types.Where(type => type.Resolve(path, strict) is not null).ToList();
        return knowing.Count == 0
            ? Unknown(path)
            : knowing.Select(type => Run(filter, type, strict)).FirstOrDefault(error => error is not null);
    }

    internal static ScimAttribute? Part(AttributePath path, ScimAttribute attribute) =>
        path.Urn is null && path.Sub is null ? attribute.Find(path.Name) : null;

    private static ScimError? First(IReadOnlyList<Filter> terms, Func<Filter, ScimError?> check) =>
        terms.Select(check).FirstOrDefault(error => error is not null);

    private static ScimError? Known(AttributePath path, ResolvedAttribute? resolved, out ResolvedAttribute? found)
    {
        found = resolved;
        if (resolved is null)
        {
            return Unknown(path);
        }
        return resolved.Leaf.Returned == Returned.Never || resolved.Leaf.Mutability == Mutability.WriteOnly
            ? ScimError.Sensitive($"'{resolved.Leaf.Path}' cannot be filtered on.")
            : null;
    }

    private static ScimError? Fits(Compare compare, ScimAttribute? attribute, bool strict)
    {
        if (attribute is null)
        {
            return ScimError.InvalidFilter($"'{compare.Path}' is made of sub-attributes: name one of them.");
        }
        var equality = compare.Operator is CompareOperator.Eq or CompareOperator.Ne;
        var order = compare.Operator is CompareOperator.Gt or CompareOperator.Ge or CompareOperator.Lt or CompareOperator.Le;
        var value = compare.Value;
        if (value.Kind == FilterValueKind.Null)
        {
            return equality ? null : ScimError.InvalidFilter("null can only be compared with eq and ne.");
        }
        var fits = attribute.Type switch
        {
            AttributeType.Boolean => equality && value.AsBoolean() is not null && (!strict || value.Kind == FilterValueKind.Boolean),
            AttributeType.Integer or AttributeType.Decimal => (equality || order)
                && value.AsNumber() is not null
                && (!strict || value.Kind == FilterValueKind.Number),
            AttributeType.DateTime => (equality || order) && value.AsTime() is not null,
            AttributeType.Binary => equality && value.Kind == FilterValueKind.Text,
            _ => !strict || value.Kind == FilterValueKind.Text,
        };
        return fits ? null : ScimError.InvalidFilter($"'{compare}' does not fit the type of '{attribute.Path}'.");
    }

    private static ScimError Unknown(AttributePath path) =>
        ScimError.InvalidFilter($"'{path}' is not an attribute that can be filtered on.");
}
