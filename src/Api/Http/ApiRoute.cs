using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace UserManagement.Api.Http;

/// <summary>An act of this door: translates in, calls one act of the core, translates out.</summary>
internal delegate Task<ApiAnswer> ApiAct(ApiCall call);

/// <summary>
/// One route: what it takes and what it answers. The door checks requests by it and the OpenAPI document is written from
/// it, so that neither says what the other does not do. What somebody may do is decided by the core's act alone.
/// </summary>
internal sealed class ApiRoute(string method, string pattern)
{
    /// <summary>The HTTP method.</summary>
    public string Method { get; } = method;

    /// <summary>The pattern below the door's root: <c>/workspaces/{slug}/members</c>.</summary>
    public string Pattern { get; } = pattern;

    /// <summary>One line: "List members".</summary>
    public string Summary { get; private set; } = "";

    /// <summary>More sentences; empty for none.</summary>
    public string Description { get; private set; } = "";

    /// <summary>The permission that the core's act asks for, for readers; null for being in the workspace.</summary>
    public string? Permission { get; private set; }

    /// <summary>The parameters of the query; others are refused.</summary>
    public IReadOnlyList<ApiParameter> Query { get; private set; } = [];

    /// <summary>The type of the body; null for none.</summary>
    public Type? Body { get; private set; }

    /// <summary>The media type of another body that it takes, as text; null for none.</summary>
    public string? TextBody { get; private set; }

    /// <summary>The largest body, in bytes.</summary>
    public int MostBytes { get; private set; } = ApiBody.MostBytes;

    /// <summary>The type of what is answered; null for nothing.</summary>
    public Type? Answer { get; private set; }

    /// <summary>The status when it was done.</summary>
    public int Status { get; private set; } = StatusCodes.Status204NoContent;

    /// <summary>The media type of the answer.</summary>
    public string MediaType { get; private set; } = "application/json";

    /// <summary>Whether the answer has a version: ETag, and If-None-Match on GET.</summary>
    public bool IsVersioned { get; private set; }

    /// <summary>Whether it listens to If-Match.</summary>
    public bool TakesIfMatch { get; private set; }

    /// <summary>Whether it asks for If-Match: blind, it would overwrite what somebody else wrote meanwhile.</summary>
    public bool NeedsIfMatch { get; private set; }

    /// <summary>Whether only a signed-in person may send it, no key.</summary>
    public bool ForPeople { get; private set; }

    /// <summary>Whether it is for whoever runs the installation: to everybody else it is not there.</summary>
    public bool ForOperators { get; private set; }

    /// <summary>Says what it does.</summary>
    public ApiRoute Says(string summary, string description = "")
    {
        (Summary, Description) = (summary, description);
        return this;
    }

    /// <summary>Names the permission that the act asks for.</summary>
    public ApiRoute Needs(string permission)
    {
        Permission = permission;
        return this;
    }

    /// <summary>Takes these parameters.</summary>
    public ApiRoute Takes(params IReadOnlyList<ApiParameter> query)
    {
        Query = query;
        return this;
    }

    /// <summary>Takes a body.</summary>
    public ApiRoute Reads<T>()
    {
        Body = typeof(T);
        return this;
    }

    /// <summary>Takes a text of this media type in the body's place, and bodies of that size.</summary>
    public ApiRoute OrReads(string mediaType, int mostBytes)
    {
        (TextBody, MostBytes) = (mediaType, mostBytes);
        return this;
    }

    /// <summary>Answers with this.</summary>
    public ApiRoute Gives<T>(int status = StatusCodes.Status200OK, string mediaType = "application/json")
    {
        (Answer, Status, MediaType) = (typeof(T), status, mediaType);
        return this;
    }

    /// <summary>The answer bears a version.</summary>
    public ApiRoute Versioned()
    {
        IsVersioned = true;
        return this;
    }

    /// <summary>Listens to If-Match.</summary>
    public ApiRoute IfMatch()
    {
        TakesIfMatch = true;
        return this;
    }

    /// <summary>Listens to If-Match and asks for it (428, RFC 6585 section 3); <c>*</c> says that any version will do.</summary>
    public ApiRoute IfMatchOnly()
    {
        NeedsIfMatch = true;
        return IfMatch();
    }

    /// <summary>For people only.</summary>
    public ApiRoute PeopleOnly()
    {
        ForPeople = true;
        return this;
    }

    /// <summary>For whoever runs the installation: with an operator key, or signed in as an operator.</summary>
    public ApiRoute OperatorsOnly()
    {
        ForOperators = true;
        return this;
    }
}

/// <summary>A parameter of the query.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Meaning">What it is, in a sentence.</param>
internal sealed record ApiParameter(string Name, string Meaning)
{
    /// <summary>The place from which a list goes on.</summary>
    public static ApiParameter Cursor { get; } =
        new("cursor", "Where the page goes on: nextCursor or previousCursor of the page before. Absent for the first page.")
        {
            IsCursor = true,
        };

    /// <summary>The length of a page.</summary>
    public static ApiParameter Limit { get; } = new("limit", "How many items a page has, 1 to 200. Default: 50.") { Range = (1, 200) };

    /// <summary>The values it may have; null for any text.</summary>
    public IReadOnlyList<string>? Choices { get; init; }

    /// <summary>Whether several of the choices may be named, with commas between.</summary>
    public bool IsList { get; init; }

    /// <summary>Whether it is a time.</summary>
    public bool IsTime { get; init; }

    /// <summary>The least and the most, for a whole number; null for text.</summary>
    public (int Least, int Most)? Range { get; init; }

    /// <summary>Whether it is a place in a list.</summary>
    public bool IsCursor { get; init; }

    /// <summary>Whether it is an id.</summary>
    public bool IsId { get; init; }
}

/// <summary>Puts routes into the host; each endpoint file says its routes with it.</summary>
internal sealed class ApiTable(IEndpointRouteBuilder endpoints)
{
    /// <summary>Where the door stands.</summary>
    public const string Root = "/api/v1";

    /// <summary>Reads.</summary>
    public ApiRoute Get(string pattern, ApiAct act) => Add(HttpMethods.Get, pattern, act);

    /// <summary>Does something, also again when sent again, unless an Idempotency-Key says otherwise.</summary>
    public ApiRoute Post(string pattern, ApiAct act) => Add(HttpMethods.Post, pattern, act);

    /// <summary>Puts something in the place of another.</summary>
    public ApiRoute Put(string pattern, ApiAct act) => Add(HttpMethods.Put, pattern, act);

    /// <summary>Changes the fields that are sent (RFC 7396).</summary>
    public ApiRoute Patch(string pattern, ApiAct act) => Add(HttpMethods.Patch, pattern, act);

    /// <summary>Takes away.</summary>
    public ApiRoute Delete(string pattern, ApiAct act) => Add(HttpMethods.Delete, pattern, act);

    private ApiRoute Add(string method, string pattern, ApiAct act)
    {
        var route = new ApiRoute(method, pattern);
        endpoints
            .MapMethods(Root + pattern, [method], http => http.RequestServices.GetRequiredService<ApiDoor>().RunAsync(http, route, act))
            .WithMetadata(route)
            .ExcludeFromDescription();
        return route;
    }
}
