using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using UserManagement.Api.Http;

namespace UserManagement.Api.Document;

/// <summary>
/// The OpenAPI 3.1 document, written from the same descriptions of the routes by which requests are checked. It is the
/// same for everybody and names no server but this one.
/// </summary>
internal static partial class ApiDocument
{
    private static readonly JsonSerializerOptions Written = new()
    {
        WriteIndented = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The document as text, indented, lines ended by a line feed.</summary>
    public static string Write(IEnumerable<ApiRoute> routes)
    {
        var schemas = new Schemas();
        var problem = schemas.Of(typeof(Problem));
        var paths = new JsonObject();
        foreach (var path in routes.GroupBy(r => r.Pattern).OrderBy(p => p.Key, StringComparer.Ordinal))
        {
            var item = new JsonObject();
            foreach (var route in path.OrderBy(r => Array.IndexOf(["GET", "POST", "PUT", "PATCH", "DELETE"], r.Method)))
            {
                item[route.Method.ToLowerInvariant()] = Operation(route, schemas);
            }

            paths[path.Key] = item;
        }

        var document = new JsonObject
        {
            ["openapi"] = "3.1.1",
            ["info"] = new JsonObject
            {
                ["title"] = "UserManagement REST API",
                ["version"] = "1",
                ["summary"] =
                    "Members, invitations, groups, roles, licenses, seats, connections, sessions, credentials and the audit "
                    + "log of a workspace.",
                ["description"] =
                    "Every problem is a problem document (RFC 9457) with a stable code; /docs/api lists them all. Unknown fields and parameters of a "
                    + "request are refused; an answer may get more fields. A list goes on at nextCursor. "
                    + "A POST may bear an Idempotency-Key: it then runs once, and the same answer comes again for 24 hours. "
                    + "What has an ETag is changed on a version with If-Match. RateLimit headers tell how many requests are "
                    + "left in this minute.",
                ["license"] = new JsonObject { ["name"] = "Apache-2.0", ["identifier"] = "Apache-2.0" },
            },
            ["servers"] = new JsonArray(new JsonObject { ["url"] = ApiTable.Root }),
            ["security"] = new JsonArray(
                new JsonObject { ["apiKey"] = new JsonArray() },
                new JsonObject { ["oauth2"] = new JsonArray("api") },
                new JsonObject { ["session"] = new JsonArray(), ["antiforgery"] = new JsonArray() }
            ),
            ["paths"] = paths,
            ["components"] = new JsonObject
            {
                ["schemas"] = schemas.All(),
                ["responses"] = ProblemResponses(problem),
                ["securitySchemes"] = SecuritySchemes.All(),
            },
        };
        return document.ToJsonString(Written).Replace("\r\n", "\n", StringComparison.Ordinal) + "\n";
    }

    private static JsonObject Operation(ApiRoute route, Schemas schemas)
    {
        var operation = new JsonObject
        {
            ["operationId"] = Id(route),
            ["summary"] = route.Summary,
            ["tags"] = new JsonArray(Tag(route)),
        };
        var description = string.Join(
            ' ',
            new[]
            {
                route.Description,
                route.Permission is { } needed ? $"Needs the permission {needed}." : "",
                route.ForPeople ? "For people who are signed in; no key." : "",
                route.ForOperators
                    ? "For whoever runs the server: with an operator key, or signed in as an operator; to others it is not there."
                    : "",
            }.Where(t => t.Length > 0)
        );
        if (description.Length > 0)
        {
            operation["description"] = description;
        }

        if (Parameters(route) is { Count: > 0 } parameters)
        {
            operation["parameters"] = parameters;
        }

        if (route.Body is { } body)
        {
            var content = new JsonObject { ["application/json"] = WithExample(schemas.Of(body), body) };
            if (route.TextBody is { } text)
            {
                content[text] = new JsonObject { ["schema"] = new JsonObject { ["type"] = "string" } };
            }

            operation["requestBody"] = new JsonObject { ["required"] = true, ["content"] = content };
        }

        var done = new JsonObject
        {
            ["description"] = route.Status switch
            {
                201 => "Made.",
                204 => "Done.",
                202 => "It is on its way.",
                _ => "Done; what there is now.",
            },
        };
        if (route.Answer is { } answer)
        {
            done["content"] = new JsonObject
            {
                [route.MediaType.Split(';')[0]] =
                    answer == typeof(string)
                        ? new JsonObject { ["schema"] = new JsonObject { ["type"] = "string" } }
                        : WithExample(schemas.Of(answer), answer),
            };
        }

        if (route.IsVersioned)
        {
            done["headers"] = new JsonObject
            {
                ["ETag"] = new JsonObject
                {
                    ["description"] = "The version.",
                    ["schema"] = new JsonObject { ["type"] = "string" },
                },
            };
        }

        if (route.ForPeople || route.ForOperators)
        {
            var session =
                route.Method == "GET"
                    ? new JsonObject { ["session"] = new JsonArray() }
                    : new JsonObject { ["session"] = new JsonArray(), ["antiforgery"] = new JsonArray() };
            operation["security"] = route.ForOperators
                ? new JsonArray(new JsonObject { ["operatorKey"] = new JsonArray() }, session)
                : new JsonArray(session);
        }

        var responses = new JsonObject { [route.Status.ToString(CultureInfo.InvariantCulture)] = done };
        if (route is { Method: "GET", IsVersioned: true })
        {
            responses["304"] = new JsonObject { ["description"] = "The version that If-None-Match names is still the current one." };
        }

        foreach (var status in Refusals(route))
        {
            responses[status.ToString(CultureInfo.InvariantCulture)] = new JsonObject
            {
                ["$ref"] = $"#/components/responses/Problem{status}",
            };
        }

        responses["default"] = new JsonObject { ["$ref"] = "#/components/responses/Problem" };
        operation["responses"] = responses;
        return operation;
    }

    private static JsonObject WithExample(JsonNode schema, Type type)
    {
        var content = new JsonObject { ["schema"] = schema };
        if (Examples.Of(type) is { } example)
        {
            content["example"] = example;
        }

        return content;
    }

    /// <summary>The refusals that a call may meet, by status; the page of codes says which words come with each.</summary>
    private static IEnumerable<int> Refusals(ApiRoute route) =>
        new (int Status, bool May)[]
        {
            (400, true),
            (401, true),
            (403, true),
            (404, route.ForOperators || route.Pattern.Contains('{', StringComparison.Ordinal)),
            (409, route.Method != "GET"),
            (412, route.TakesIfMatch),
            (413, route.Body is not null),
            (415, route.Body is not null),
            (422, route.Body is not null || route.Query.Any(q => q.Name is "role" or "license")),
            (428, route.NeedsIfMatch),
            (429, true),
            (503, true),
        }
            .Where(r => r.May)
            .Select(r => r.Status);

    /// <summary>The answer of each status, with the words that come with it.</summary>
    private static JsonObject ProblemResponses(JsonNode schema)
    {
        var responses = new JsonObject
        {
            ["Problem"] = new JsonObject
            {
                ["description"] = "Why it was not done. /docs/api lists every code.",
                ["content"] = new JsonObject { [Problem.MediaType] = new JsonObject { ["schema"] = schema.DeepClone() } },
            },
        };
        foreach (var codes in ProblemCodes.All.Where(c => c.Status is not (405 or 500)).GroupBy(c => c.Status))
        {
            var response = new JsonObject
            {
                ["description"] = $"{Problem.TitleOf(codes.Key)} Codes: {string.Join(", ", codes.Select(c => c.Code).Distinct())}.",
                ["content"] = new JsonObject
                {
                    [Problem.MediaType] = new JsonObject
                    {
                        ["schema"] = schema.DeepClone(),
                        ["example"] = JsonSerializer.SerializeToNode(
                            new Problem
                            {
                                Status = codes.Key,
                                Code = codes.First().Code,
                                Detail = codes.First().Meaning,
                            },
                            ApiJson.Options
                        ),
                    },
                },
            };
            if (codes.Key is 429 or 503)
            {
                response["headers"] = new JsonObject
                {
                    ["Retry-After"] = new JsonObject
                    {
                        ["description"] = "After how many seconds trying again may work.",
                        ["schema"] = new JsonObject { ["type"] = "integer" },
                    },
                };
            }

            responses[$"Problem{codes.Key}"] = response;
        }

        return responses;
    }

    private static JsonArray Parameters(ApiRoute route)
    {
        var parameters = new JsonArray();
        foreach (var name in Names().Matches(route.Pattern).Select(m => m.Groups[1].Value))
        {
            var schema = new JsonObject { ["type"] = "string" };
            var isName = name is "slug" or "workspace";
            if (!isName)
            {
                schema["format"] = "uuid";
            }

            parameters.Add(Parameter(name, "path", isName ? "The workspace's name in addresses." : "The id.", schema, required: true));
        }

        foreach (var query in route.Query)
        {
            var schema = new JsonObject { ["type"] = query.Range is null ? "string" : "integer" };
            if (query.Range is var (least, most))
            {
                (schema["minimum"], schema["maximum"]) = (least, most);
            }

            if (query.IsTime)
            {
                schema["format"] = "date-time";
            }

            if (query.Choices is { } choices && !query.IsList)
            {
                schema["enum"] = new JsonArray([.. choices.Select(c => (JsonNode)c)]);
            }

            if (query.IsId)
            {
                schema["format"] = "uuid";
            }

            parameters.Add(Parameter(query.Name, "query", query.Meaning, schema));
        }

        if (route.TakesIfMatch)
        {
            parameters.Add(
                Parameter(
                    "If-Match",
                    "header",
                    route.NeedsIfMatch
                        ? "The ETag on which the change is based, or * for any; another version is 412, none is 428."
                        : "The ETag on which the change is based; another version is 412.",
                    new() { ["type"] = "string" },
                    required: route.NeedsIfMatch
                )
            );
        }

        if (route is { Method: "GET", IsVersioned: true })
        {
            parameters.Add(Parameter("If-None-Match", "header", "The ETag that the client has.", new() { ["type"] = "string" }));
        }

        if (route.Method == "POST")
        {
            parameters.Add(
                Parameter(
                    "Idempotency-Key",
                    "header",
                    "A text of the client's choice, best a UUID, with which this request runs once.",
                    new() { ["type"] = "string", ["maxLength"] = 255 }
                )
            );
        }

        return parameters;
    }

    private static JsonObject Parameter(string name, string place, string meaning, JsonObject schema, bool required = false)
    {
        var parameter = new JsonObject
        {
            ["name"] = name,
            ["in"] = place,
            ["description"] = meaning,
        };
        if (required)
        {
            parameter["required"] = true;
        }

        parameter["schema"] = schema;
        return parameter;
    }

    /// <summary>List members is listMembers.</summary>
    public static string Id(ApiRoute route)
    {
        var words = Words()
            .Matches(route.Summary.Replace("'", "", StringComparison.Ordinal))
            .Select(m => m.Value)
            .Where(w => w is not ("a" or "an" or "the"))
            .ToList();
        return string.Concat(words.Select((w, i) => i == 0 ? char.ToLowerInvariant(w[0]) + w[1..] : char.ToUpperInvariant(w[0]) + w[1..]));
    }

    /// <summary>What a call is about.</summary>
    public static string Tag(ApiRoute route) =>
        route.Pattern.Split('/') is ["", "workspaces", "{slug}", var thing, ..] ? thing.Split('.')[0]
        : route.Pattern.StartsWith("/sessions", StringComparison.Ordinal) ? "sessions"
        : route.ForOperators ? "operator"
        : "workspaces";

    [GeneratedRegex(@"\{(\w+)\}")]
    private static partial Regex Names();

    [GeneratedRegex("[A-Za-z0-9]+")]
    private static partial Regex Words();
}
