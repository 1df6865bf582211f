using System.Text.Json.Nodes;
using UserManagement.Scim.Protocol.Filters;
using UserManagement.Scim.Protocol.Resources;
using UserManagement.Scim.Protocol.Schemas;

namespace UserManagement.Scim.Protocol.Queries;

/// <summary>
/// An order over resources of several types, as a query at the root needs it (RFC 7644, section 3.4.2.1): where a type
/// does not know the attribute, its resources have no value.
/// </summary>
public sealed class SortAcross : IComparer<JsonObject>
{
    private readonly Dictionary<string, Sort> _byType;
    private readonly SortOrder _order;

    private SortAcross(Dictionary<string, Sort> byType, SortOrder order)
    {
        _byType = byType;
        _order = order;
    }

    /// <summary>
    /// Finds what an order means for each type. Refusals: those of <see cref="Sort.Resolve"/> when no type knows the attribute or one that
    /// does cannot be sorted by it.
    /// </summary>
    public static ScimResult<SortAcross> Resolve(
        AttributePath path,
        SortOrder order,
        IReadOnlyList<ScimResourceType> types,
        bool strict = false
    )
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(types);
        var found = new Dictionary<string, Sort>(StringComparer.OrdinalIgnoreCase);
        foreach (var type in types.Where(type => type.Resolve(path, strict) is not null))
        {
            if (!Sort.Resolve(path, order, type, strict).TryGet(out var sort, out var error))
            {
                return error;
            }
            found[type.Name] = sort;
        }
        return found.Count == 0
            ? ScimError.InvalidValue($"'{Json.Short(path.ToString())}' is not an attribute that can be sorted by.")
            : new SortAcross(found, order);
    }

    /// <summary>
    /// The order for one type; null when the type does not know the attribute: then all its resources are without a value.
    /// </summary>
    public Sort? For(ScimResourceType type)
    {
        ArgumentNullException.ThrowIfNull(type);
        return _byType.GetValueOrDefault(type.Name);
    }

    /// <summary>Compares two values of resources of any type in the direction of the order.</summary>
    public int Compare(SortValue? x, SortValue? y) => SortValue.Compare(x, y, _order);

    /// <summary>Compares two whole resources; <c>meta.resourceType</c> says of which type they are.</summary>
    public int Compare(JsonObject? x, JsonObject? y) => SortValue.Compare(ValueOf(x), ValueOf(y), _order);

    private SortValue? ValueOf(JsonObject? resource) =>
        resource?["meta"]?["resourceType"]?.ToString() is { } name && _byType.TryGetValue(name, out var sort)
            ? sort.ValueOf(resource)
            : null;
}
