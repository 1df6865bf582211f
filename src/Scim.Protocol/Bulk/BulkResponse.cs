using System.Globalization;
using System.Text.Json.Nodes;

namespace UserManagement.Scim.Protocol.Bulk;

/// <summary>The result of one operation.</summary>
/// <param name="Method">The word of the method.</param>
/// <param name="BulkId">The client's name for it, or null.</param>
/// <param name="Outcome">What the door answered.</param>
public sealed record BulkResult(string Method, string? BulkId, BulkOutcome Outcome)
{
    /// <summary>The result as it stands in the answer; <c>status</c> is a string (RFC 7644, section 3.7.3).</summary>
    public JsonObject ToJson()
    {
        var json = new JsonObject();
        if (Outcome.Location is not null)
        {
            json["location"] = Outcome.Location;
        }
        json["method"] = Method;
        if (BulkId is not null)
        {
            json["bulkId"] = BulkId;
        }
        if (Outcome.Version is not null)
        {
            json["version"] = Outcome.Version;
        }
        json["status"] = Outcome.Status.ToString(CultureInfo.InvariantCulture);
        if ((Outcome.Error?.ToJson() ?? Outcome.Body?.DeepClone()) is { } response)
        {
            json["response"] = response;
        }
        else if (!Outcome.IsSuccess)
        {
            json["response"] = new ScimError(Outcome.Status, null, "The operation did not succeed.").ToJson();
        }
        return json;
    }
}

/// <summary>The answer to a bulk request, sent with 200 whatever became of the single operations.</summary>
/// <param name="Results">The results in the order of the request, without those of operations that were not run.</param>
public sealed record BulkResponse(IReadOnlyList<BulkResult> Results)
{
    /// <summary>The message body.</summary>
    public JsonObject ToJson() =>
        new()
        {
            ["schemas"] = new JsonArray(ScimUrn.BulkResponse),
            ["Operations"] = new JsonArray([.. Results.Select(result => result.ToJson())]),
        };
}
