using System.Text.Json.Nodes;

namespace UserManagement.Scim.Protocol.Resources;

/// <summary>The answer to a query (RFC 7644, section 3.4.2).</summary>
/// <param name="TotalResults">How many there are in all.</param>
/// <param name="StartIndex">The first one of this page, counted from 1.</param>
/// <param name="Resources">This page. The nodes are moved into the answer: they must not have a parent.</param>
public sealed record ListResponse(long TotalResults, int StartIndex, IReadOnlyList<JsonObject> Resources)
{
    /// <summary>
    /// The message body. <c>Resources</c> is there even when empty, and <c>itemsPerPage</c> is how many are really in it:
    /// Entra and Okta look at both.
    /// </summary>
    public JsonObject ToJson() => new()
    {
        ["schemas"] = new JsonArray(ScimUrn.ListResponse),
        ["totalResults"] = TotalResults,
        ["startIndex"] = StartIndex,
        ["itemsPerPage"] = Resources.Count,
        [nameof(Resources)] = new JsonArray([.. Resources]),
    };
}
