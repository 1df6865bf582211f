using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using UserManagement.Membership;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Api.Http;

/// <summary>One request of a known caller; made by <see cref="ApiDoor"/>, every act of this door begins with it.</summary>
internal sealed class ApiCall(HttpContext http, ApiRoute route, ApiCaller caller)
{
    private byte[]? _bytes;
    private IReadOnlySet<string> _sent = new HashSet<string>();

    /// <summary>The request.</summary>
    public HttpContext Http { get; } = http;

    /// <summary>Who sends it.</summary>
    public ApiCaller Caller { get; } = caller;

    /// <summary>As what it acts; only where the address names a workspace, and at an operator's call.</summary>
    public Actor Actor => Caller.Actor!;

    /// <summary>The workspace of the address.</summary>
    public WorkspaceContext Workspace => Caller.Workspace!;

    /// <summary>Stops work when the client went away.</summary>
    public CancellationToken Ct => Http.RequestAborted;

    /// <summary>The time of this request.</summary>
    public DateTimeOffset Now => Act<Store>().Time.Now();

    /// <summary>An act or query of the core.</summary>
    public T Act<T>()
        where T : notnull => Http.RequestServices.GetRequiredService<T>();

    /// <summary>A path of this workspace in this door.</summary>
    public string Path(string below) => $"{ApiTable.Root}/workspaces/{Workspace.Row.Slug}{below}";

    /// <summary>An id in the address; the empty id, which names nothing, when it is none.</summary>
    public Id<T> RouteId<T>(string name = "id") => Id<T>.TryParse(Http.GetRouteValue(name) as string, out var id) ? id : default;

    /// <summary>A parameter of the query; null when it was not sent or is empty.</summary>
    public string? Query(string name) => Http.Request.Query[name] is [{ Length: > 0 } value] ? value : null;

    /// <summary>A parameter that is one word of an enumeration.</summary>
    public T? Word<T>(string name)
        where T : struct, Enum => Query(name) is { } text ? Enum.Parse<T>(text, ignoreCase: true) : null;

    /// <summary>A parameter that is some words of an enumeration; empty when it was not sent.</summary>
    public IReadOnlyList<T> Words<T>(string name)
        where T : struct, Enum =>
        [.. (Query(name) ?? "").Split(',').Where(w => w.Length > 0).Select(w => Enum.Parse<T>(w, ignoreCase: true))];

    /// <summary>A parameter that is a time.</summary>
    public DateTimeOffset? Time(string name) =>
        Query(name) is { } text
            ? DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal).ToUniversalTime()
            : null;

    /// <summary>How many items a page is to have.</summary>
    public int Limit => Query("limit") is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : 50;

    /// <summary>Where the page goes on.</summary>
    public PageCursor? Cursor => PageCursor.Read(Query("cursor")?[1..]);

    /// <summary>Whether the cursor leads back instead of on.</summary>
    public bool GoesBack => Query("cursor") is ['p', ..];

    /// <summary>The cursor of the next page.</summary>
    public static string? Next(PageCursor? place) => place is { } p ? "n" + p : null;

    /// <summary>The cursor of the previous page.</summary>
    public static string? Previous(PageCursor? place) => place is { } p ? "p" + p : null;

    /// <summary>
    /// The version that If-Match names; null when it names none. What is no version of ours matches nothing, so it is
    /// stale; a weak one too, for the comparison is strong (RFC 9110 section 13.1.1).
    /// </summary>
    public long? Seen =>
        Http.Request.Headers.IfMatch.ToString() switch
        {
            "" or "*" => null,
            ['"', .. var inner, '"']
                when long.TryParse(inner.Split('.', 2)[0], NumberStyles.None, CultureInfo.InvariantCulture, out var version) => version,
            _ => -1,
        };

    /// <summary>The same as a question.</summary>
    public Func<long, bool>? Accepts => Seen is { } seen ? version => version == seen : null;

    /// <summary>Whether a field was sent in the body that was read.</summary>
    public bool Sent(string field) => _sent.Contains(field);

    /// <summary>The body as bytes; read once.</summary>
    public async Task<(byte[] Bytes, Problem? Problem)> BytesAsync()
    {
        if (_bytes is null)
        {
            var (bytes, problem) = await ApiBody.BytesAsync(Http.Request, route.MostBytes, Ct);
            if (problem is not null)
            {
                return ([], problem);
            }

            _bytes = bytes;
        }

        return (_bytes, null);
    }

    /// <summary>Reads the body, then runs the rest with it.</summary>
    public async Task<ApiAnswer> WithAsync<T>(Func<T, Task<ApiAnswer>> rest)
        where T : class
    {
        var (bytes, tooLarge) = await BytesAsync();
        if (tooLarge is not null)
        {
            return tooLarge;
        }

        (var value, _sent, var wrong) = ApiBody.Read<T>(Http.Request, bytes);
        return wrong is not null ? wrong : await rest(value!);
    }

    /// <summary>What is wrong with the query; null when nothing is.</summary>
    public Problem? CheckQuery()
    {
        foreach (var (name, values) in Http.Request.Query)
        {
            if (route.Query.FirstOrDefault(p => p.Name == name) is not { } known)
            {
                var names = string.Join(", ", route.Query.Select(p => p.Name));
                return Problem.BadRequest(
                    "unknownParameter",
                    names.Length == 0 ? "This call takes no parameters." : $"Known parameters here: {names}.",
                    Key.Cut(string.Concat(name.Where(char.IsAsciiLetterOrDigit)), 60)
                );
            }

            if (values is not [{ Length: <= 2048 } value] || !Key.IsText(value))
            {
                return Wrong(known, "one text of at most 2048 characters");
            }

            if (value.Length > 0 && Check(known, value) is { } wanted)
            {
                return Wrong(known, wanted);
            }
        }

        return null;
    }

    private static string? Check(ApiParameter known, string value) =>
        known switch
        {
            { Choices: { } several, IsList: true } => value.Split(',').All(several.Contains)
                ? null
                : "some of " + string.Join(", ", several) + ", with commas between",
            { IsTime: true } => DateTimeOffset.TryParse(value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out _)
                ? null
                : "a time like 2026-01-31T12:00:00Z",
            { Choices: { } choices } => choices.Contains(value) ? null : "one of " + string.Join(", ", choices),
            { Range: var (least, most) } => int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number >= least
            && number <= most
                ? null
                : $"a whole number from {least} to {most}",
            { IsCursor: true } => value is ['n' or 'p', ..] && PageCursor.Read(value[1..]) is { } place && Key.IsText(place.Key)
                ? null
                : "a cursor that a page gave",
            { IsId: true } => Guid.TryParseExact(value, "D", out _) ? null : "an id (a UUID)",
            _ => null,
        };

    private static Problem Wrong(ApiParameter known, string wanted) =>
        Problem.BadRequest("invalidParameter", $"{known.Name} must be {wanted}.", known.Name);
}
