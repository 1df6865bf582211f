namespace UserManagement.Scim.Protocol.Filters;

/// <summary>The comparison operators of RFC 7644, table 3.</summary>
public enum CompareOperator
{
    /// <summary>eq: equal.</summary>
    Eq,

    /// <summary>ne: not equal, or no value at all.</summary>
    Ne,

    /// <summary>co: contains.</summary>
    Co,

    /// <summary>sw: starts with.</summary>
    Sw,

    /// <summary>ew: ends with.</summary>
    Ew,

    /// <summary>gt: greater than, later than.</summary>
    Gt,

    /// <summary>ge: greater or equal.</summary>
    Ge,

    /// <summary>lt: less than, earlier than.</summary>
    Lt,

    /// <summary>le: less or equal.</summary>
    Le,
}

/// <summary>
/// A filter as a tree (RFC 7644, section 3.4.2.2). <see cref="object.ToString"/> prints it as a filter that reads back
/// into the same tree.
/// </summary>
public abstract record Filter
{
    private protected Filter() { }

    /// <summary>Reads a filter; see <see cref="FilterParser.Parse"/>.</summary>
    public static ScimResult<Filter> Parse(string? text, FilterOptions? options = null) => FilterParser.Parse(text, options);

    private protected static string Grouped(Filter term) => term is Or ? $"({term})" : term.ToString()!;
}

/// <summary><c>path pr</c>: there is a value that is neither empty nor null.</summary>
public sealed record Present(AttributePath Path) : Filter
{
    /// <inheritdoc/>
    public override string ToString() => $"{Path} pr";
}

/// <summary><c>path op value</c>: one value of a list is enough.</summary>
public sealed record Compare(AttributePath Path, CompareOperator Operator, FilterValue Value) : Filter
{
    /// <inheritdoc/>
    public override string ToString() => $"{Path} {Word} {Value}";

    /// <summary>
    /// What the comparison says of a resource that has no such value, or whose type does not know the attribute: nothing
    /// equals null and differs from everything else.
    /// </summary>
    public bool HoldsWithoutValue => Operator == (Value.Kind == FilterValueKind.Null ? CompareOperator.Eq : CompareOperator.Ne);

    private string Word =>
        Operator switch
        {
            CompareOperator.Eq => "eq",
            CompareOperator.Ne => "ne",
            CompareOperator.Co => "co",
            CompareOperator.Sw => "sw",
            CompareOperator.Ew => "ew",
            CompareOperator.Gt => "gt",
            CompareOperator.Ge => "ge",
            CompareOperator.Lt => "lt",
            _ => "le",
        };
}

/// <summary>All terms hold. Two or more terms.</summary>
public sealed record And(IReadOnlyList<Filter> Terms) : Filter
{
    /// <inheritdoc/>
    public override string ToString() => string.Join(" and ", Terms.Select(Grouped));
}

/// <summary>At least one term holds. Two or more terms.</summary>
public sealed record Or(IReadOnlyList<Filter> Terms) : Filter
{
    /// <inheritdoc/>
    public override string ToString() => string.Join(" or ", Terms);
}

/// <summary><c>not (term)</c>.</summary>
public sealed record Not(Filter Term) : Filter
{
    /// <inheritdoc/>
    public override string ToString() => $"not ({Term})";
}

/// <summary>
/// <c>path[inner]</c>: one and the same element of the list fulfils the whole inner filter, whose paths are the
/// element's sub-attributes. <c>path[inner].sub op v</c> is read as <c>path[inner and sub op v]</c>, which means the same.
/// </summary>
public sealed record ValuePath(AttributePath Path, Filter Inner) : Filter
{
    /// <inheritdoc/>
    public override string ToString() => $"{Path}[{Inner}]";
}
