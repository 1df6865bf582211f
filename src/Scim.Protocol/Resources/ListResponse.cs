using System.Text.Json;
using System.Text.Json.Nodes;

namespace UserManagement.Scim.Protocol.Resources;

/// <summary>The answer to a query (RFC 7644, section 3.4.2).</summary>
/// <param name="TotalResults">How many there are in all.</param>
/// <param name="StartIndex">The first one of this page, counted from 1; 0 where pages are not counted (see <see cref="ByCursor"/>).</param>
/// <param name="Resources">This page. The nodes are moved into the answer: they must not have a parent.</param>
public sealed record ListResponse(long TotalResults, int StartIndex, IReadOnlyList<JsonObject> Resources)
{
    /// <summary>The cursor of the next page (RFC 9865), or null on the last one and where pages are counted.</summary>
    public string? NextCursor { get; init; }

    /// <summary>The cursor of the page before, or null on the first one and where it is not offered.</summary>
    public string? PreviousCursor { get; init; }

    /// <summary>
    /// A page of a query by cursor (RFC 9865, section 2): no <c>startIndex</c>, and a next cursor on all pages but the last.
    /// </summary>
    public static ListResponse ByCursor(
        long totalResults,
        IReadOnlyList<JsonObject> resources,
        string? nextCursor,
        string? previousCursor = null
    ) => new(totalResults, 0, resources) { NextCursor = nextCursor, PreviousCursor = previousCursor };

    /// <summary>
    /// The message body. <c>Resources</c> is there even when empty, and <c>itemsPerPage</c> is how many are really in it:
    /// Entra and Okta look at both.
    /// </summary>
    public JsonObject ToJson()
    {
        var json = new JsonObject { ["schemas"] = new JsonArray(ScimUrn.ListResponse), ["totalResults"] = TotalResults };
        if (StartIndex > 0)
        {
            json["startIndex"] = StartIndex;
        }
        json["itemsPerPage"] = Resources.Count;
        if (NextCursor is not null)
        {
            json["nextCursor"] = NextCursor;
        }
        if (PreviousCursor is not null)
        {
            json["previousCursor"] = PreviousCursor;
        }
        json[nameof(Resources)] = new JsonArray([.. Resources]);
        return json;
    }

    /// <summary>
    /// Begins to write the message body of <see cref="ToJson"/> around resources that write themselves, which follow, and
    /// then <see cref="EndTo"/>; <see cref="Resources"/> is not looked at.
    /// </summary>
    /// <param name="writer">Where to.</param>
    /// <param name="count">How many resources this page has.</param>
    public void BeginTo(Utf8JsonWriter writer, int count)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteStartObject();
        writer.WriteStartArray("schemas"u8);
        writer.WriteStringValue(ScimUrn.ListResponse);
        writer.WriteEndArray();
        writer.WriteNumber("totalResults"u8, TotalResults);
        if (StartIndex > 0)
        {
            writer.WriteNumber("startIndex"u8, StartIndex);
        }
        writer.WriteNumber("itemsPerPage"u8, count);
        if (NextCursor is not null)
        {
            writer.WriteString("nextCursor"u8, NextCursor);
        }
        if (PreviousCursor is not null)
        {
            writer.WriteString("previousCursor"u8, PreviousCursor);
        }
        writer.WriteStartArray("Resources"u8);
    }

    /// <summary>Ends what <see cref="BeginTo"/> began.</summary>
    public static void EndTo(Utf8JsonWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteEndArray();
        writer.WriteEndObject();
    }
}
