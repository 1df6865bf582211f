using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace UserManagement.Simulator.Tests;

/// <summary>A small honest SCIM server in memory, as a stand-in for the outer world, with faults to order.</summary>
public sealed partial class StandInServer : IAsyncDisposable
{
    public const string Token = "stand-in-token";
    private const string Enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
    private readonly Lock gate = new();
    private readonly Dictionary<string, List<JsonObject>> stored = new() { ["Users"] = [], ["Groups"] = [] };
    private WebApplication app;
    private int requests;
    private int drops;

    private StandInServer(Fault faults) => (app, Faults) = (Build("http://127.0.0.1:0"), faults);

    public Fault Faults { get; set; }

    public Uri Url => new(app.Urls.First() + "/scim/v2");

    /// <summary>The resources themselves, for tests that look or meddle.</summary>
    public List<JsonObject> Stored(string type) => stored[type];

    public static async Task<StandInServer> StartAsync(Fault faults = Fault.None)
    {
        var server = new StandInServer(faults);
        await server.app.StartAsync();
        return server;
    }

    /// <summary>Cuts every connection, is away for a while, and comes back on the same port with the same data.</summary>
    public async Task CrashAsync(TimeSpan away)
    {
        var address = app.Urls.First();
        await app.StopAsync(new CancellationToken(canceled: true));
        await app.DisposeAsync();
        await Task.Delay(away);
        app = Build(address);
        await app.StartAsync();
    }

    private WebApplication Build(string address)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls(address);
        builder.Logging.ClearProviders();
        var built = builder.Build();
        built.Run(HandleAsync);
        return built;
    }

    public async ValueTask DisposeAsync() => await app.DisposeAsync();

    private async Task HandleAsync(HttpContext context)
    {
        var request = context.Request;
        var number = Interlocked.Increment(ref requests);
        var parts = request.Path.Value!.Trim('/').Split('/');
        var body = request.ContentLength > 0 ? await JsonNode.ParseAsync(request.Body, cancellationToken: context.RequestAborted) as JsonObject : null;
        if (Faults.HasFlag(Fault.BusyAtTimes) && number % 20 == 7)
        {
            context.Response.Headers.RetryAfter = "0";
            await AnswerAsync(context, Error(number % 40 == 7 ? 429 : 503, "busy"));
            return;
        }

        (int, JsonObject?) answer;
        lock (gate)
        {
            answer = request.Headers.Authorization != "Bearer " + Token ? Error(401, "no")
                : Faults.HasFlag(Fault.SometimesFails) && number % 23 == 0 ? Error(500, $"boom {number}00000")
                : parts is ["scim", "v2", "Users" or "Groups", ..] ? Handle(request, parts[2], parts.ElementAtOrDefault(3), body)
                : Error(404, "no such path");
        }

        await Task.Delay(Faults.HasFlag(Fault.Slow) ? 5 : 0);

        // the work is done, the answer never arrives
        if ((Faults.HasFlag(Fault.DropsAfterPost) && request.Method == "POST" && Interlocked.Increment(ref drops) % 4 == 1)
            || (Faults.HasFlag(Fault.DropsAfterDelete) && request.Method == "DELETE" && Interlocked.Increment(ref drops) % 3 == 1))
        {
            context.Abort();
            return;
        }

        await AnswerAsync(context, answer);
    }

    private static Task AnswerAsync(HttpContext context, (int Status, JsonObject? Body) answer)
    {
        (context.Response.StatusCode, context.Response.ContentType) = (answer.Status, answer.Body is null ? null : "application/scim+json");
        return answer.Body is null ? Task.CompletedTask : context.Response.WriteAsync(answer.Body.ToJsonString());
    }

    private (int, JsonObject?) Handle(HttpRequest request, string type, string? id, JsonObject? body)
    {
        var one = stored[type].FirstOrDefault(r => (string?)r["id"] == id);
        return (request.Method, id) switch
        {
            ("POST", null) => Create(type, body!),
            ("GET", null) => List(type, request.Query),
            (_, not null) when one is null => Error(404, $"{id} not found"),
            ("GET", not null) => (200, Shown(one!, request.Query)),
            ("PATCH", not null) => Patch(type, one!, body!),
            ("DELETE", not null) => Delete(type, one!),
            _ => Error(501, "not here"),
        };
    }

    private (int, JsonObject?) Create(string type, JsonObject body)
    {
        var unique = type == "Users" ? "userName" : "displayName";
        if (!Faults.HasFlag(Fault.AcceptsDuplicates) && stored[type].Any(r => Same((string?)r[unique], (string?)body[unique])))
        {
            return Error(409, $"{unique} is taken", "uniqueness");
        }

        var made = (JsonObject)body.DeepClone();
        made["id"] = Guid.CreateVersion7().ToString();
        if (made["active"] is JsonValue active && active.TryGetValue<string>(out var text))
        {
            made["active"] = bool.Parse(text);
        }

        stored[type].Add(made);
        return (201, (JsonObject)made.DeepClone());
    }

    private (int, JsonObject?) Delete(string type, JsonObject one)
    {
        if (!Faults.HasFlag(Fault.DeletedStays))
        {
            stored[type].Remove(one);
            foreach (var group in stored["Groups"])
            {
                RemoveMembers(group, [(string)one["id"]!]);
            }
        }

        return (204, null);
    }

    private (int, JsonObject?) List(string type, IQueryCollection query)
    {
        IEnumerable<JsonObject> found = stored[type];
        if ((string?)query["filter"] is { } filter)
        {
            foreach (var term in filter.Split(" and "))
            {
                var match = Term().Match(term);
                if (!match.Success)
                {
                    return Error(400, "only eq and and", "invalidFilter");
                }

                var value = match.Groups[2].Value.Replace("\\\"", "\"", StringComparison.Ordinal).Replace("\\\\", "\\", StringComparison.Ordinal);
                found = found.Where(r => Matches(r, match.Groups[1].Value, value));
            }
        }

        var all = found.ToList();
        var start = int.TryParse(query["startIndex"], out var s) ? Math.Max(1, s) : 1;
        var page = all.Skip(start - 1).Take(int.TryParse(query["count"], out var c) ? c : 200).Select(r => Shown(r, query)).ToArray();
        return (200, new JsonObject
        {
            ["schemas"] = new JsonArray("urn:ietf:params:scim:api:messages:2.0:ListResponse"),
            ["totalResults"] = all.Count,
            ["startIndex"] = start,
            ["itemsPerPage"] = page.Length,
            ["Resources"] = new JsonArray([.. page]),
        });
    }

    private bool Matches(JsonObject resource, string attribute, string value) => attribute switch
    {
        "id" => (string?)resource["id"] == value,
        "userName" when Faults.HasFlag(Fault.CaseSensitiveFilter) => (string?)resource["userName"] == value,
        "userName" or "displayName" => Same((string?)resource[attribute], value),
        _ when Faults.HasFlag(Fault.UnknownFilterFindsAll) => true,
        "externalId" => (string?)resource["externalId"] == value,
        "manager" => (string?)resource[Enterprise]?["manager"]?["value"] == value,
        "members" => Members(resource).Contains(value),
        _ => false,
    };

    private static JsonObject Shown(JsonObject resource, IQueryCollection query)
    {
        var copy = (JsonObject)resource.DeepClone();
        _ = query["excludedAttributes"] == "members" && copy.Remove("members");
        return copy;
    }

    private (int, JsonObject?) Patch(string type, JsonObject resource, JsonObject body)
    {
        if (Faults.HasFlag(Fault.ForgetsPatches))
        {
            return (204, null);
        }

        foreach (var operation in body["Operations"]!.AsArray().OfType<JsonObject>())
        {
            var op = ((string)operation["op"]!).ToLowerInvariant();
            var path = (string?)operation["path"];
            if (path is null)
            {
                foreach (var (key, value) in operation["value"]!.AsObject())
                {
                    Set(resource, key, value);
                }
            }
            else if (path.StartsWith("members", StringComparison.Ordinal))
            {
                PatchMembers(resource, op, path, operation["value"] as JsonArray);
            }
            else
            {
                Set(resource, path, op == "remove" ? null : operation["value"]);
            }
        }

        return type == "Groups" ? (204, null) : (200, (JsonObject)resource.DeepClone());
    }

    private void PatchMembers(JsonObject group, string op, string path, JsonArray? value)
    {
        var ids = value?.Select(m => (string)m!["value"]!).ToList() ?? [];
        if (op == "remove")
        {
            var one = Term().Match(path.Replace("members[", "", StringComparison.Ordinal).TrimEnd(']'));
            RemoveMembers(group, Faults.HasFlag(Fault.EmptiesGroupOnRemove) ? Members(group) : one.Success ? [one.Groups[2].Value] : ids);
            return;
        }

        var members = group["members"] as JsonArray ?? [];
        foreach (var id in ids.Except(Members(group)).ToList())
        {
            members.Add(new JsonObject { ["value"] = id, ["type"] = "User" });
        }

        group["members"] = members.DeepClone();
    }

    private void Set(JsonObject resource, string path, JsonNode? value)
    {
        if (path == "active" && value is JsonValue v && v.TryGetValue<string>(out var text))
        {
            resource[path] = Faults.HasFlag(Fault.IgnoresActiveText) ? resource[path]?.DeepClone() : bool.Parse(text);
        }
        else if (path.StartsWith(Enterprise + ":", StringComparison.Ordinal))
        {
            var extension = Child(resource, Enterprise);
            var name = path[(Enterprise.Length + 1)..];
            var id = name == "manager" ? (string?)(value is JsonObject o ? o["value"] : value is JsonArray a ? a[0]!["value"] : value) : null;
            extension[name] = name != "manager" ? value?.DeepClone() : string.IsNullOrEmpty(id) ? null : new JsonObject { ["value"] = id };
        }
        else if (Typed().Match(path) is { Success: true } typed)
        {
            var (all, type) = ((JsonArray)(resource[typed.Groups[1].Value] ??= new JsonArray()), typed.Groups[2].Value);
            if (all.FirstOrDefault(e => (string?)e!["type"] == type) is not { } one)
            {
                all.Add(one = new JsonObject { ["type"] = type });
            }

            one["value"] = value?.DeepClone();
        }
        else
        {
            var parts = path.Split('.');
            (parts.Length == 2 ? Child(resource, parts[0]) : resource)[parts[^1]] = value?.DeepClone();
        }
    }

    private static JsonObject Child(JsonObject resource, string name) => (JsonObject)(resource[name] ??= new JsonObject());

    private static List<string> Members(JsonObject group) => [.. (group["members"] as JsonArray ?? []).Select(m => (string)m!["value"]!)];

    private static void RemoveMembers(JsonObject group, List<string> ids) =>
        group["members"] = new JsonArray([.. Members(group).Except(ids).Select(id => new JsonObject { ["value"] = id, ["type"] = "User" })]);

    private static bool Same(string? left, string? right) => string.Equals(left, right, StringComparison.OrdinalIgnoreCase);
    private static (int, JsonObject?) Error(int status, string detail, string? type = null) => (status, new JsonObject
    {
        ["schemas"] = new JsonArray("urn:ietf:params:scim:api:messages:2.0:Error"),
        ["status"] = $"{status}",
        ["scimType"] = type,
        ["detail"] = detail,
    });

    [GeneratedRegex("^(\\w+) eq \"(.*)\"$")]
    private static partial Regex Term();

    [GeneratedRegex("^(\\w+)\\[type eq \"(\\w+)\"\\]\\.value$")]
    private static partial Regex Typed();
}
