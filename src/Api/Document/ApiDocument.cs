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
                    "Every problem is a problem document (RFC 9457) with a stable code. Unknown fields and parameters of a "
                    + "request are refused; an answer may get more fields. A list goes on at nextCursor. "
                    + "A POST may bear an Idempotency-Key: it then runs once, and the same answer comes again for 24 hours. "
                    + "What has an ETag is changed on a version with If-Match. RateLimit headers tell how many requests are "
                    + "left in this minute.",
                ["license"] = new JsonObject { ["name"] = "Apache-2.0", ["identifier"] = "Apache-2.0" },
            },
            ["servers"] = new JsonArray(new JsonObject { ["url"] = ApiTable.Root }),
            ["security"] = new JsonArray(
                new JsonObject { ["apiKey"] = new JsonArray() },
                new JsonObject { ["session"] = new JsonArray(), ["antiforgery"] = new JsonArray() }
            ),
            ["paths"] = paths,
            ["components"] = new JsonObject
            {
                ["schemas"] = schemas.All(),
                ["responses"] = new JsonObject
                {
                    ["Problem"] = new JsonObject
                    {
                        ["description"] =
                            "Why it was not done: 400 and 422 for what was sent, 401 and 403 for who sent it, 404, 409 for the "
                            + "present state, 412 for the version, 413, 415, 429 with Retry-After, 503.",
                        ["content"] = new JsonObject { [Problem.MediaType] = new JsonObject { ["schema"] = problem } },
                    },
                },
                ["securitySchemes"] = new JsonObject
                {
                    ["apiKey"] = new JsonObject
                    {
                        ["type"] = "http",
                        ["scheme"] = "bearer",
                        ["description"] = "An API key of one workspace: umapi_...",
                    },
                    ["session"] = new JsonObject
                    {
                        ["type"] = "apiKey",
                        ["in"] = "cookie",
                        ["name"] = "__Host-session",
                        ["description"] = "The cookie of somebody who is signed in, for pages of this origin.",
                    },
                    ["antiforgery"] = new JsonObject
                    {
                        ["type"] = "apiKey",
                        ["in"] = "header",
                        ["name"] = "RequestVerificationToken",
                        ["description"] = "The page's antiforgery token; needed with the cookie for all but GET.",
                    },
                },
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
            var content = new JsonObject { ["application/json"] = new JsonObject { ["schema"] = schemas.Of(body) } };
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
                _ => "Done; what there is now.",
            },
        };
        if (route.Answer is { } answer)
        {
            done["content"] = new JsonObject
            {
                [route.MediaType.Split(';')[0]] = new JsonObject
                {
                    ["schema"] = answer == typeof(string) ? new JsonObject { ["type"] = "string" } : schemas.Of(answer),
                },
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

        if (route.ForPeople)
        {
            operation["security"] = new JsonArray(
                route.Method == "GET"
                    ? new JsonObject { ["session"] = new JsonArray() }
                    : new JsonObject { ["session"] = new JsonArray(), ["antiforgery"] = new JsonArray() }
            );
        }

        var responses = new JsonObject { [route.Status.ToString(CultureInfo.InvariantCulture)] = done };
        if (route is { Method: "GET", IsVersioned: true })
        {
            responses["304"] = new JsonObject { ["description"] = "The version that If-None-Match names is still the current one." };
        }

        responses["default"] = new JsonObject { ["$ref"] = "#/components/responses/Problem" };
        operation["responses"] = responses;
        return operation;
    }

    private static JsonArray Parameters(ApiRoute route)
    {
        var parameters = new JsonArray();
        foreach (var name in Names().Matches(route.Pattern).Select(m => m.Groups[1].Value))
        {
            var schema = new JsonObject { ["type"] = "string" };
            if (name != "slug")
            {
                schema["format"] = "uuid";
            }

            parameters.Add(
                Parameter(name, "path", name == "slug" ? "The workspace's name in addresses." : "The id.", schema, required: true)
            );
        }

        foreach (var query in route.Query)
        {
            var schema = new JsonObject { ["type"] = query.Range is null ? "string" : "integer" };
            if (query.Range is var (least, most))
            {
                (schema["minimum"], schema["maximum"]) = (least, most);
            }

            if (query.Choices is { } choices)
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
                    "The ETag on which the change is based; another version is 412.",
                    new() { ["type"] = "string" }
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
    private static string Id(ApiRoute route)
    {
        var words = Words()
            .Matches(route.Summary.Replace("'", "", StringComparison.Ordinal))
            .Select(m => m.Value)
            .Where(w => w is not ("a" or "an" or "the"))
            .ToList();
        return string.Concat(words.Select((w, i) => i == 0 ? char.ToLowerInvariant(w[0]) + w[1..] : char.ToUpperInvariant(w[0]) + w[1..]));
    }

    private static string Tag(ApiRoute route) =>
        route.Pattern.Split('/') is ["", "workspaces", "{slug}", var thing, ..] ? thing.Split('.')[0]
        : route.Pattern.StartsWith("/sessions", StringComparison.Ordinal) ? "sessions"
        : "workspaces";

    [GeneratedRegex(@"\{(\w+)\}")]
    private static partial Regex Names();

    [GeneratedRegex("[A-Za-z0-9]+")]
    private static partial Regex Words();
}
