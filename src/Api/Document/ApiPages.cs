using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using UserManagement.Api.Http;
using UserManagement.Membership;

namespace UserManagement.Api.Document;

/// <summary>A call as the page shows it.</summary>
/// <param name="Id">For links.</param>
/// <param name="Method">The HTTP method.</param>
/// <param name="Path">The path below the door's root.</param>
/// <param name="Summary">One line.</param>
/// <param name="Description">More; empty for none.</param>
/// <param name="Needs">Who may.</param>
/// <param name="Parameters">Of the query.</param>
/// <param name="Body">An example of the body; null for none.</param>
/// <param name="Status">When it was done.</param>
/// <param name="Answer">An example of the answer; null for none.</param>
public sealed record CallShown(
    string Id,
    string Method,
    string Path,
    string Summary,
    string Description,
    string Needs,
    IReadOnlyList<(string Name, string Meaning)> Parameters,
    string? Body,
    int Status,
    string? Answer
);

/// <summary>Calls about one thing.</summary>
/// <param name="Id">For links.</param>
/// <param name="Name">For people.</param>
/// <param name="Calls">In the order of the document.</param>
public sealed record CallGroup(string Id, string Name, IReadOnlyList<CallShown> Calls);

/// <summary>What people read of this door: <c>/docs/api</c>; the addresses of problem types and of the door itself lead there.</summary>
internal static class ApiPages
{
    private const string Page = "/docs/api";
    private static readonly JsonSerializerOptions Readable = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet(Page, Show).ExcludeFromDescription();
        endpoints.MapGet(ApiTable.Root, http => Results.Redirect(Page).ExecuteAsync(http)).ExcludeFromDescription();
        endpoints
            .MapGet(
                Problem.TypePath + "{code}",
                http =>
                    Results.Redirect($"{Page}#{ProblemCodes.Of((string)http.GetRouteValue("code")!)?.Code ?? "codes"}").ExecuteAsync(http)
            )
            .ExcludeFromDescription();
    }

    private static Task Show(HttpContext http) =>
        new RazorComponentResult<DocsPage>(
            new
            {
                ServerUrl = http.RequestServices.GetRequiredService<Links>().Base,
                Groups = Groups(ApiStray.Routes(http.RequestServices)),
            }
        ).ExecuteAsync(http);

    private static List<CallGroup> Groups(IEnumerable<ApiRoute> routes) =>
        [
            .. routes
                .GroupBy(ApiDocument.Tag)
                .OrderBy(g => g.Key is "workspaces" ? "" : g.Key, StringComparer.Ordinal)
                .Select(g => new CallGroup(g.Key, Title(g.Key), [.. g.OrderBy(r => r.Pattern, StringComparer.Ordinal).Select(Shown)])),
        ];

    private static string Title(string tag) =>
        tag.StartsWith("api-", StringComparison.Ordinal) ? "API" + tag[3..].Replace('-', ' ')
        : tag.StartsWith("scim-", StringComparison.Ordinal) ? "SCIM" + tag[4..].Replace('-', ' ')
        : char.ToUpperInvariant(tag[0]) + tag[1..].Replace('-', ' ');

    private static CallShown Shown(ApiRoute route) =>
        new(
            ApiDocument.Id(route),
            route.Method,
            route.Pattern,
            route.Summary,
            route.Description,
            route.ForPeople ? "For people who are signed in; no key."
                : route.ForOperators ? "For whoever runs the server: with an operator key, or signed in as an operator."
                : route.Permission is { } permission ? $"Needs the permission {permission}."
                : "For everybody in the workspace.",
            [.. route.Query.Select(q => (q.Name, q.Meaning + (q.Choices is { } choices ? $" One of {string.Join(", ", choices)}." : "")))],
            route.Body is { } body ? Text(Examples.Of(body)) : null,
            route.Status,
            route.Answer is { } answer && answer != typeof(string) ? Text(Examples.Of(answer)) : null
        );

    private static string? Text(JsonNode? node) => node?.ToJsonString(Readable);
}
