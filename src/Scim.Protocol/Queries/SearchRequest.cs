using System.Text.Json;
using System.Text.Json.Nodes;
using UserManagement.Scim.Protocol.Filters;
using UserManagement.Scim.Protocol.Resources;

namespace UserManagement.Scim.Protocol.Queries;

/// <summary>
/// Reads a <see cref="Query"/> from an address or from the body of a POST to <c>/.search</c> (RFC 7644, sections 3.4.2 and 3.4.3).
/// </summary>
public static class SearchRequest
{
    private static readonly string[] Known =
    [
        "schemas",
        "attributes",
        "excludedAttributes",
        "filter",
        "sortBy",
        "sortOrder",
        "startIndex",
        "count",
        "cursor",
    ];

    /// <summary>
    /// Reads the parameters of an address. Refusals: 400 invalidFilter; invalidValue (order, start, count, attributes
    /// with excludedAttributes); invalidCount where a cursor is given.
    /// </summary>
    /// <param name="parameter">Gives the decoded value of a parameter by its name; null when it was not sent, empty for
    /// <c>?cursor&amp;count=10</c>.</param>
    /// <param name="options">Strictness and caps.</param>
    public static ScimResult<Query> Read(Func<string, string?> parameter, QueryOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(parameter);
        return Build(
            new Words(
                parameter("filter"),
                parameter("sortBy"),
                parameter("sortOrder"),
                parameter("startIndex"),
                parameter("count"),
                parameter("cursor"),
                Names(parameter("attributes")),
                Names(parameter("excludedAttributes"))
            ),
            options ?? QueryOptions.Default
        );
    }

    /// <summary>
    /// Reads a body. Refusals: as for an address, and 400 invalidSyntax when the body is no SearchRequest or a value has
    /// another type than the message gives it.
    /// </summary>
    public static ScimResult<Query> Read(JsonObject body, QueryOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(body);
        options ??= QueryOptions.Default;
        if (!Json.IsSound(body) || Json.SaysTwice(body))
        {
            return ScimError.InvalidSyntax("The body is not sound JSON.");
        }
        if (
            !Json.Find(body, "schemas", out var schemas)
            || schemas is not JsonArray urns
            || !urns.Any(urn => Json.Text(urn, out var text) && text.Equals(ScimUrn.SearchRequest, StringComparison.OrdinalIgnoreCase))
        )
        {
            return ScimError.InvalidSyntax($"'schemas' must contain {ScimUrn.SearchRequest}.");
        }
        if (options.Strict && body.FirstOrDefault(pair => !Known.Contains(pair.Key, StringComparer.OrdinalIgnoreCase)).Key is { } unknown)
        {
            return ScimError.InvalidSyntax($"'{Json.Short(unknown)}' is no part of a search.");
        }
        string? wrong = null;
        string? Text(string key)
        {
            Json.Find(body, key, out var node);
            if (node is not null && !Json.Text(node, out _))
            {
                wrong ??= key;
            }
            return Json.Text(node, out var text) ? text : null;
        }
        string? Number(string key)
        {
            Json.Find(body, key, out var node);
            var kind = (node as JsonValue)?.GetValueKind();
            if (node is not null && kind != JsonValueKind.Number && (options.Strict || kind != JsonValueKind.String))
            {
                wrong ??= key;
            }
            return node?.ToString();
        }
        List<string>? List(string key)
        {
            Json.Find(body, key, out var node);
            if (node is JsonArray array && array.All(item => Json.Text(item, out _) || (item is null && !options.Strict)))
            {
                return [.. array.Where(item => item is not null).Select(item => item!.ToString().Trim()).Where(name => name.Length > 0)];
            }
            if (node is not null && (options.Strict || !Json.Text(node, out _)))
            {
                wrong ??= key;
            }
            return Names(node is JsonValue ? node.ToString() : null);
        }
        var words = new Words(
            Text("filter"),
            Text("sortBy"),
            Text("sortOrder"),
            Number("startIndex"),
            Number("count"),
            Text("cursor"),
            List("attributes"),
            List("excludedAttributes")
        );
        return wrong is not null ? ScimError.InvalidSyntax($"'{wrong}' has a value of the wrong type.") : Build(words, options);
    }

    private static ScimResult<Query> Build(Words words, QueryOptions options)
    {
        Filter? filter = null;
        if (
            words.Filter is not null
            && (options.Strict || !string.IsNullOrWhiteSpace(words.Filter))
            && !Filters.Filter.Parse(words.Filter, options.Filter).TryGet(out filter, out var error)
        )
        {
            return error;
        }
        AttributePath? sortBy = null;
        if (!string.IsNullOrWhiteSpace(words.SortBy) && !AttributePath.Parse(words.SortBy.Trim()).TryGet(out sortBy, out error))
        {
            return ScimError.InvalidValue($"'sortBy': {error.Detail}");
        }
        if (Order(words.SortOrder) is not { } order)
        {
            return ScimError.InvalidValue("'sortOrder' is ascending or descending.");
        }
        if (!Paging.Whole(words.StartIndex, 1, out var start))
        {
            return ScimError.InvalidValue("'startIndex' must be a whole number.");
        }
        if (!Paging.Whole(words.Count, options.DefaultCount, out var count))
        {
            const string Detail = "'count' must be a whole number.";
            return words.Cursor is null ? ScimError.InvalidValue(Detail) : ScimError.InvalidCount(Detail);
        }
        if (options.Strict && words.Cursor is not null && !string.IsNullOrWhiteSpace(words.StartIndex))
        {
            return ScimError.InvalidValue("'cursor' and 'startIndex' cannot be used together.");
        }
        if (words.Attributes is { Count: > 0 } && words.Excluded is { Count: > 0 })
        {
            return ScimError.InvalidValue("'attributes' and 'excludedAttributes' cannot be used together.");
        }
        if (words.Attributes?.Count > options.MaxAttributes || words.Excluded?.Count > options.MaxAttributes)
        {
            return ScimError.InvalidValue($"'attributes' and 'excludedAttributes' have at most {options.MaxAttributes} names.");
        }
        return new Query
        {
            Filter = filter,
            SortBy = sortBy,
            SortOrder = order,
            StartIndex = Math.Max(start, 1),
            Count = Math.Clamp(count, 0, options.MaxCount),
            Cursor = words.Cursor?.Trim(),
            Attributes = words.Attributes ?? [],
            ExcludedAttributes = words.Excluded ?? [],
        };
    }

    private static SortOrder? Order(string? text) =>
        text?.Trim().ToUpperInvariant() switch
        {
            null or "" or "ASCENDING" => SortOrder.Ascending,
            "DESCENDING" => SortOrder.Descending,
            _ => null,
        };

    private static List<string>? Names(string? text) =>
        text is null ? null : [.. text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)];

    private sealed record Words(
        string? Filter,
        string? SortBy,
        string? SortOrder,
        string? StartIndex,
        string? Count,
        string? Cursor,
        List<string>? Attributes,
        List<string>? Excluded
    );
}
