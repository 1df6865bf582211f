using System.Text.Json.Nodes;

namespace UserManagement.Scim.Protocol;

/// <summary>Takes what a long list holds beyond its beginning, a few elements at a time, so that they need not be kept as a tree.</summary>
public interface ILongList
{
    /// <summary>Takes elements, in their order.</summary>
    void Take(JsonArray elements);
}

/// <summary>
/// The lists of a body that are too long to be kept as a tree of JSON: the members of a group, of which the letter of
/// RFC 7643 knows no limit. The tree has the beginning of each; the rest was handed to an <see cref="ILongList"/>.
/// </summary>
/// <param name="begin">Makes what takes the rest of one list.</param>
public sealed class LongLists(Func<ILongList> begin)
{
    /// <summary>How many elements of a list are always in the tree.</summary>
    public const int Beginning = 100;

    private readonly Dictionary<JsonArray, ILongList> _rests = new(ReferenceEqualityComparer.Instance as IEqualityComparer<JsonArray>);

    /// <summary>Whether the tree lacks something that was sent.</summary>
    public bool HasRest => _rests.Count > 0;

    /// <summary>What took the rest of a list of the tree; null for one that has no more than the tree shows.</summary>
    public ILongList? RestOf(JsonNode? list) => list is JsonArray array ? _rests.GetValueOrDefault(array) : null;

    /// <summary>Whether a list under a key may go on beyond the tree: <c>members</c>, and the <c>value</c> of an operation.</summary>
    internal static bool MayBeLong(string key) =>
        key.Equals("members", StringComparison.OrdinalIgnoreCase)
        || key.Equals("value", StringComparison.OrdinalIgnoreCase)
        || key.EndsWith(":members", StringComparison.OrdinalIgnoreCase);

    /// <summary>Hands elements over.</summary>
    internal void Take(JsonArray list, JsonArray elements)
    {
        if (!_rests.TryGetValue(list, out var rest))
        {
            _rests[list] = rest = begin();
        }

        rest.Take(elements);
    }
}
