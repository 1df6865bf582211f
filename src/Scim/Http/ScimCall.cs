using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using UserManagement.Membership;
using UserManagement.Membership.Access;
using UserManagement.Membership.Workspaces;
using UserManagement.Scim.Discovery;
using UserManagement.Scim.Protocol;
using UserManagement.Scim.Protocol.Bulk;
using UserManagement.Scim.Protocol.Filters;
using UserManagement.Scim.Protocol.Patch;
using UserManagement.Scim.Protocol.Queries;
using UserManagement.Scim.Protocol.Resources;
using UserManagement.Scim.Protocol.Schemas;
using UserManagement.Scim.Queries;
using UserManagement.Scim.Stories;

namespace UserManagement.Scim.Http;

/// <summary>A request whose caller is known.</summary>
/// <param name="Http">The request.</param>
/// <param name="Directory">Who calls, and the workspace.</param>
/// <param name="ServerUrl">The server's public address, without a slash at the end.</param>
/// <param name="MaxBodyBytes">The largest body that is read, members of groups not counted.</param>
/// <param name="Log">Where to note what was passed over.</param>
internal sealed record ScimCall(HttpContext Http, RecognizedDirectory Directory, string ServerUrl, int MaxBodyBytes, ILogger Log)
{
    private const int MostTold = 20;
    private static readonly QueryOptions Tolerant = new() { Filter = new FilterOptions { MaxTerms = 50 } };
    private static readonly QueryOptions ByTheLetter = new()
    {
        Strict = true,
        Filter = new FilterOptions { MaxTerms = 50, Strict = true },
    };

    /// <summary>The operation of a bulk request that this call stands for; null for a request of its own.</summary>
    public BulkOperation? Operation { get; init; }

    /// <summary>The largest body with members that is read.</summary>
    public required int MaxGroupBodyBytes { get; init; }

    /// <summary>How much a query may cost that no index serves.</summary>
    public required ListingLimits Limits { get; init; }

    /// <summary>Told the body of the request, for what it says about the client.</summary>
    public Action<JsonObject> Saw { get; init; } = _ => { };

    /// <summary>What the provisioning log is told of it.</summary>
    public required RequestStory Story { get; init; }

    /// <summary>Counts the request as so many more for the limit of requests a second.</summary>
    public Action<int> Charge { get; init; } = _ => { };

    /// <summary>The directory as an actor.</summary>
    public Actor Actor => Directory.Actor;

    /// <summary>The workspace.</summary>
    public Id<Workspace> Workspace => Directory.Workspace.Id;

    /// <summary>Whether user names of its directories are mapped, or were once.</summary>
    public bool IsMapped => Directory.Workspace.Configuration.Scim.Mappings is not null;

    /// <summary>The schemas that the workspace speaks.</summary>
    public WorkspaceSchemas Schemas => WorkspaceSchemas.Of(Directory.Workspace.Configuration.Scim);

    /// <summary>Whether the workspace asks for the letter of the RFC.</summary>
    public bool Strict => Directory.Workspace.Configuration.Scim.Strict;

    /// <summary>The SCIM base URL of the workspace.</summary>
    public string BaseUrl => $"{ServerUrl}{ScimOptions.Prefix}/{Directory.Workspace.Row.Slug}";

    /// <summary>How resources are read.</summary>
    public ReadOptions ReadOptions => Strict ? ReadOptions.ByTheLetter : ReadOptions.Default;

    /// <summary>How PATCH bodies are read.</summary>
    public PatchOptions PatchOptions => Strict ? PatchOptions.ByTheLetter : PatchOptions.Default;

    /// <summary>The filter as it was sent; null when none was.</summary>
    public string? FilterText => Query("filter");

    /// <summary>Which versions the caller accepts for a write; null for any (RFC 7644 section 3.14).</summary>
    public Func<long, bool>? Accepts
    {
        get
        {
            var match = Operation is null ? Http.Request.Headers.IfMatch.ToString() : Operation.Version ?? "";
            var none = Operation is null ? Http.Request.Headers.IfNoneMatch.ToString() : "";
            return match.Length == 0 && none.Length == 0
                ? null
                : version => Etag.IfMatchAllows(match, version) && !Etag.IfNoneMatchHolds(none, version);
        }
    }

    /// <summary>A part of the address.</summary>
    public string Route(string name) =>
        Operation is not null ? (name == "id" ? Operation.ResourceId ?? "" : "") : Http.Request.RouteValues[name] as string ?? "";

    /// <summary>The id of the resource that is named; null where none is, as in a POST.</summary>
    public string? ResourceId => Route("id") is { Length: > 0 } id ? id : null;

    /// <summary>
    /// A query parameter, whose name may be in any case; null when it was not sent. Sent twice, it is a list with commas.
    /// </summary>
    public string? Query(string name) =>
        Operation is null && Http.Request.Query.TryGetValue(name, out var values) && values.ToString() is { Length: > 0 } text
            ? text
            : null;

    /// <summary>Whether a read is for another version only (If-Match): RFC 9110 section 13.1.1 holds for every method.</summary>
    public bool Declines(long version) => !Etag.IfMatchAllows(Http.Request.Headers.IfMatch.ToString(), version);

    /// <summary>Whether the client holds this version already (If-None-Match on a read).</summary>
    public bool Holds(long version) => Etag.IfNoneMatchHolds(Http.Request.Headers.IfNoneMatch.ToString(), version);

    /// <summary>Which attributes the answer has.</summary>
    public ScimResult<Projection> Projection(ScimResourceType type) =>
        Protocol.Resources.Projection.Read(Query("attributes"), Query("excludedAttributes"), type);

    /// <summary>What the address asks of a list of these types, its filter checked against them.</summary>
    public ScimResult<Query> ListQuery(params IReadOnlyList<ScimResourceType> types) =>
        Check(
            SearchRequest.Read(
                name =>
                    name == "cursor"
                        ? Http.Request.Query.TryGetValue(name, out var cursor)
                            ? cursor.ToString()
                            : null // empty asks for the first page
                        : Query(name),
                Strict ? ByTheLetter : Tolerant
            ),
            types
        );

    /// <summary>What a body asks of a list (RFC 7644 section 3.4.3), as <see cref="ListQuery"/>.</summary>
    public async Task<ScimResult<Query>> SearchQueryAsync(CancellationToken ct, params IReadOnlyList<ScimResourceType> types) =>
        (await BodyAsync(ct)).TryGet(out var body, out var error)
            ? Check(SearchRequest.Read(body, Strict ? ByTheLetter : Tolerant), types)
            : error;

    /// <summary>Reads the body: a JSON object of a SCIM media type, not too large. Refusals: 400, 413, 415.</summary>
    public Task<ScimResult<JsonObject>> BodyAsync(CancellationToken ct) =>
        BodyAsync(MaxBodyBytes, body => ScimJson.ReadObjectAsync(body, MaxBodyBytes, ct));

    /// <summary>The same for a body with members: their rest, which is not kept as a tree, may be larger.</summary>
    public async Task<ScimResult<JsonObject>> BodyAsync(LongLists lists, CancellationToken ct)
    {
        var read = await BodyAsync(MaxGroupBodyBytes, body => ScimJson.ReadObjectAsync(body, lists, MaxBodyBytes, MaxGroupBodyBytes, ct));
        if (lists.HasRest)
        {
            Story.SawPart();
        }

        return read;
    }

    private async Task<ScimResult<JsonObject>> BodyAsync(int maxBytes, Func<Stream, Task<ScimResult<JsonObject>>> readAsync)
    {
        if (Operation is not null)
        {
            return Operation.Data is { } data ? data : ScimError.InvalidSyntax("The operation has no 'data'.");
        }

        if (Http.Request.ContentLength > maxBytes)
        {
            return ScimError.TooLarge($"The body is larger than {maxBytes} bytes.");
        }

        if (ScimMedia.Check(Http) is { } refused)
        {
            return refused;
        }

        var read = await readAsync(Http.Request.Body);
        if (read.TryGet(out var body, out _))
        {
            Saw(body);
        }

        return read;
    }

    private ScimResult<Query> Check(ScimResult<Query> read, IReadOnlyList<ScimResourceType> types)
    {
        if (!read.TryGet(out var query, out var error))
        {
            return error;
        }

        return
            query.Filter is { } filter
            && (types.Count == 1 ? FilterCheck.Run(filter, types[0], Strict) : FilterCheck.RunAcross(filter, types, Strict))
                is { } senseless
            ? senseless
            : query;
    }

    /// <summary>
    /// Notes in the server's log what a client sent and nobody keeps; the workspace's own log has it from the core's act.
    /// </summary>
    public void Note(IReadOnlyList<PassedOver> passedOver)
    {
        if (passedOver.Count > 0 && Log.IsEnabled(LogLevel.Information))
        {
            ScimLog.Ignored(Log, Directory.Workspace.Row.Slug, Http.Request.Method, string.Join(", ", Lines(passedOver)));
        }
    }

    /// <summary>What was passed over as the core's acts tell it: each path and reason once, and not many of them.</summary>
    public static IReadOnlyList<string> Lines(IEnumerable<PassedOver> passedOver) =>
        [.. passedOver.Distinct().Take(MostTold).Select(one => ScimLog.OneLine(one.ToString()))];

    /// <summary>Notes ids in a list of members that name nobody here.</summary>
    public void NoteUnknown(int count)
    {
        if (count > 0)
        {
            ScimLog.UnknownMembers(Log, Directory.Workspace.Row.Slug, count);
        }
    }
}
