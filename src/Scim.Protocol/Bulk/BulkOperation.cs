using System.Text.Json.Nodes;
using UserManagement.Scim.Protocol.Schemas;

namespace UserManagement.Scim.Protocol.Bulk;

/// <summary>What a bulk operation does (RFC 7644, section 3.7).</summary>
public enum BulkMethod
{
    /// <summary>POST: makes a resource.</summary>
    Post,

    /// <summary>PUT: replaces a resource.</summary>
    Put,

    /// <summary>PATCH: changes a resource.</summary>
    Patch,

    /// <summary>DELETE: deletes a resource.</summary>
    Delete,
}

/// <summary>One operation of a bulk request. Handed to the door, it holds no <c>bulkId:</c> any more, only ids.</summary>
/// <param name="Index">Its place in the request, from 0.</param>
/// <param name="Method">What is done.</param>
/// <param name="Path">The path as the client wrote it.</param>
/// <param name="BulkId">The client's name for it; never null for POST.</param>
public sealed record BulkOperation(int Index, BulkMethod Method, string Path, string? BulkId)
{
    /// <summary>The resource type that the path names; null when it names none, and then <see cref="Error"/> says so.</summary>
    public ScimResourceType? Type { get; init; }

    /// <summary>The id in the path, or null for POST. Before the run it may be <c>bulkId:</c> and a name.</summary>
    public string? ResourceId { get; init; }

    /// <summary>The entity tag that the client holds, as If-Match would give it; null for POST and where none was sent.</summary>
    public string? Version { get; init; }

    /// <summary>The body as a single request would have it; null for DELETE.</summary>
    public JsonObject? Data { get; init; }

    /// <summary>Why it cannot be run, whatever the state of the server; null when it can.</summary>
    public ScimError? Error { get; init; }

    /// <summary>True for the PATCH that sets a reference which could not be set when the resource was made.</summary>
    public bool IsFollowUp { get; init; }

    /// <summary>The word of the method.</summary>
    public string Verb => Method.ToString().ToUpperInvariant();
}

/// <summary>What a door answers to one operation.</summary>
/// <param name="Status">The HTTP status that a single request would have had.</param>
public sealed record BulkOutcome(int Status)
{
    /// <summary>The id of the resource, needed after a POST: other operations may refer to it.</summary>
    public string? ResourceId { get; init; }

    /// <summary>The absolute address of the resource; null only when there is none.</summary>
    public string? Location { get; init; }

    /// <summary>The entity tag, or null after a DELETE or an error.</summary>
    public string? Version { get; init; }

    /// <summary>The refusal, or null. Its status is <see cref="Status"/>.</summary>
    public ScimError? Error { get; init; }

    /// <summary>The body to show, or null to leave it out; not needed for a refusal.</summary>
    public JsonObject? Body { get; init; }

    /// <summary>Whether the operations that follow would meet the same fault, so that none of them is run: a store that is away.</summary>
    public bool EndsRun { get; init; }

    /// <summary>True for a status of the 200 series.</summary>
    public bool IsSuccess => Error is null && Status is >= 200 and < 300;

    /// <summary>A refusal as an outcome.</summary>
    public static BulkOutcome Refused(ScimError error)
    {
        ArgumentNullException.ThrowIfNull(error);
        return new BulkOutcome(error.Status) { Error = error };
    }
}
