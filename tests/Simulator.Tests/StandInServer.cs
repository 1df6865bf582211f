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
    private readonly List<(string Id, string Name)> former = [];
    private WebApplication app;
    private int requests;
    private int drops;
    private (int At, TaskCompletionSource Reached)? hold;

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

    /// <summary>From now on the request of that place, counted from here, is done and never answered.</summary>
    /// <returns>Ends when the request is there: whoever sent it waits for an answer.</returns>
    public Task HoldAsync(int place)
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (gate)
        {
            hold = (requests + place, reached);
        }

        return reached.Task;
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

    /// <summary>How many tokens the token endpoint gave; the last alone opens, and for forty requests.</summary>
    public int Tokens { get; private set; }

    private int left;

    private bool IsLetIn(HttpRequest request) =>
        request.Headers.Authorization == "Bearer " + Token
        || (Tokens > 0 && request.Headers.Authorization == $"Bearer short-{Tokens}" && left-- > 0);

    private async Task GiveTokenAsync(HttpContext context)
    {
        var form = await context.Request.ReadFormAsync();
        var isRight =
            form["grant_type"] == "client_credentials" && form["client_id"] == "simulator" && form["client_secret"] == "stand-in-secret";
        lock (gate)
        {
            (Tokens, left) = isRight ? (Tokens + 1, 40) : (Tokens, left);
        }

        context.Response.StatusCode = isRight ? 200 : 401;
        await context.Response.WriteAsJsonAsync(
            isRight
                ? new JsonObject
                {
                    ["access_token"] = $"short-{Tokens}",
                    ["token_type"] = "Bearer",
                    ["expires_in"] = 600,
                }
                : new JsonObject { ["error"] = "invalid_client" }
        );
    }

    private async Task HandleAsync(HttpContext context)
    {
        var request = context.Request;
        var number = Interlocked.Increment(ref requests);
        var parts = request.Path.Value!.Trim('/').Split('/');
        if (parts is ["token"])
        {
            await GiveTokenAsync(context);
            return;
        }

        var body =
            request.ContentLength > 0
                ? await JsonNode.ParseAsync(request.Body, cancellationToken: context.RequestAborted) as JsonObject
                : null;
        if (Faults.HasFlag(Fault.BusyAtTimes) && number % 20 == 7)
        {
            context.Response.Headers.RetryAfter = "0";
            await AnswerAsync(context, Error(number % 40 == 7 ? 429 : 503, "busy"));
            return;
        }

        (int, JsonObject?) answer;
        TaskCompletionSource? held = null;
        lock (gate)
        {
            if (hold is { } wanted && number >= wanted.At)
            {
                (held, hold) = (wanted.Reached, null);
            }

            answer =
                !IsLetIn(request) && !Faults.HasFlag(Fault.AnyToken) ? Error(401, "no")
                : Faults.HasFlag(Fault.SometimesFails) && number % 23 == 0 ? Error(500, $"boom {number}00000")
                : parts is ["scim", "v2", "Users" or "Groups", ..] ? Handle(request, parts[2], parts.ElementAtOrDefault(3), body)
                : Error(404, "no such path");
        }

        if (held is not null)
        {
            held.SetResult();
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
            return;
        }

        // the work is done, the answer never arrives
        if (
            (Faults.HasFlag(Fault.DropsAfterPost) && request.Method == "POST" && Interlocked.Increment(ref drops) % 4 == 1)
            || (Faults.HasFlag(Fault.DropsAfterDelete) && request.Method == "DELETE" && Interlocked.Increment(ref drops) % 3 == 1)
        )
        {
            context.Abort();
            return;
        }

        if (request.Method == "POST" && answer is (201, { } made) && !Faults.HasFlag(Fault.NoLocation))
        {
            context.Response.Headers.Location = (string)made["meta"]!["location"]!;
        }

        await AnswerAsync(context, answer);
    }

    private Task AnswerAsync(HttpContext context, (int Status, JsonObject? Body) answer)
    {
        if (answer.Status >= 400 && Faults.HasFlag(Fault.HtmlErrors))
        {
            (context.Response.StatusCode, context.Response.ContentType) = (answer.Status, "text/html");
            return context.Response.WriteAsync("<h1>Something went wrong</h1>");
        }

        if (answer.Status == 201 && Faults.HasFlag(Fault.Creates200))
        {
            answer.Status = 200;
        }

        if (answer.Status >= 400 && Faults.HasFlag(Fault.BareErrors))
        {
            answer.Body = null;
        }

        if (answer.Status == 503 && (Faults.HasFlag(Fault.HoldsGroups) || Faults.HasFlag(Fault.HalfEmpties)))
        {
            context.Response.Headers.RetryAfter = "3600";
        }

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
            (_, not null) when one is null || IsHidden(one) => Error(404, $"{id} not found"),
            ("GET", not null) => (200, Shown(one!, request.Query)),
            ("PUT", not null) => Put(type, one!, body!),
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

        if (
            Faults.HasFlag(Fault.UniqueExternalId)
            && stored[type].Any(r => r["externalId"] is { } taken && (string?)taken == (string?)body["externalId"])
        )
        {
            return Error(409, "externalId is taken", "uniqueness");
        }

        if (
            Faults.HasFlag(Fault.RefusesUnknownSchema)
            && body["schemas"]!.AsArray().Any(s => ((string)s!).Contains("1.0", StringComparison.Ordinal))
        )
        {
            return Error(400, "unknown schema", "invalidValue");
        }

        var made = Cleaned(body);
        var id = Guid.CreateVersion7().ToString();
        made["id"] = id;
        made["meta"] = new JsonObject { ["resourceType"] = type.TrimEnd('s'), ["location"] = $"{Url}/{type}/{id}" };
        stored[type].Add(made);
        return (201, Shown(made));
    }

    // What a client sends, without what the server alone decides, and with booleans as booleans.
    private JsonObject Cleaned(JsonObject body)
    {
        var made = (JsonObject)body.DeepClone();
        made.Remove("groups");
        _ = Faults.HasFlag(Fault.ShowsPassword) || made.Remove("password");
        if (made["active"] is JsonValue active && active.TryGetValue<string>(out var text))
        {
            made["active"] = bool.Parse(text);
        }

        return made;
    }

    private (int, JsonObject?) Put(string type, JsonObject one, JsonObject body)
    {
        if (Faults.HasFlag(Fault.PutRefusesReadOnly) && (body["id"] ?? body["meta"] ?? body["groups"]) is not null)
        {
            return Error(400, "id, meta and groups are read-only", "mutability");
        }

        if (Refused(type, one, body) is { } refused)
        {
            return refused;
        }

        var (id, meta) = ((string)one["id"]!, one["meta"]!.DeepClone());
        Former(one, body);
        if (!Faults.HasFlag(Fault.ForgetsPuts))
        {
            one.Clear();
            foreach (var (key, value) in Cleaned(body))
            {
                one[key] = value?.DeepClone();
            }
        }

        (one["id"], one["meta"]) = (id, meta.DeepClone());
        foreach (var group in Faults.HasFlag(Fault.PutLosesMemberships) && type == "Users" ? stored["Groups"] : [])
        {
            RemoveMembers(group, [id]);
        }

        var shown = Shown(one);
        _ = Faults.HasFlag(Fault.PutLosesId) && shown.Remove("id");
        return (200, shown);
    }

    private bool IsHidden(JsonObject? one) =>
        Faults.HasFlag(Fault.HidesInactive) && one?["active"] is JsonValue active && active.TryGetValue<bool>(out var value) && !value;

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
        IEnumerable<JsonObject> found = stored[type].Where(r => !IsHidden(r));
        if (query.ContainsKey("filter") && Faults.HasFlag(Fault.RefusesFilter))
        {
            return Error(400, "filters are not supported", "invalidFilter");
        }

        if ((string?)query["filter"] is { } filter && !Faults.HasFlag(Fault.IgnoresFilter))
        {
            foreach (var term in filter.Split(" and "))
            {
                var match = Term().Match(term);
                if (!match.Success)
                {
                    return Error(400, "only eq and and", "invalidFilter");
                }

                var value = match
                    .Groups[2]
                    .Value.Replace("\\\"", "\"", StringComparison.Ordinal)
                    .Replace("\\\\", "\\", StringComparison.Ordinal);
                found = found.Where(r => Matches(r, match.Groups[1].Value, value));
            }
        }

        var all = (Faults.HasFlag(Fault.ListsThree) ? found.Take(3) : found).ToList();
        if (all.Count == 0 && Faults.HasFlag(Fault.EmptyIs404))
        {
            return Error(404, "nobody found");
        }

        var asked = int.TryParse(query["count"], out var c) ? c : 200;
        var start = int.TryParse(query["startIndex"], out var s) ? Math.Max(1, s) : 1;
        var page = all.Skip(Faults.HasFlag(Fault.ZeroBased) ? s : start - 1).Take(asked).Select(r => Shown(r, query)).ToArray();
        var list = new JsonObject
        {
            ["schemas"] = new JsonArray("urn:ietf:params:scim:api:messages:2.0:ListResponse"),
            ["totalResults"] = all.Count + (Faults.HasFlag(Fault.WrongTotal) ? 1 : 0),
            ["startIndex"] = start,
            ["itemsPerPage"] = Faults.HasFlag(Fault.ItemsPerPageAsAsked) ? asked : page.Length,
            ["Resources"] = new JsonArray([.. page]),
        };
        _ = page.Length == 0 && Faults.HasFlag(Fault.NoResourcesWhenEmpty) && list.Remove("Resources");
        return (200, list);
    }

    private bool Matches(JsonObject resource, string attribute, string value) =>
        attribute switch
        {
            "id" => (string?)resource["id"] == value,
            "userName" when former.Contains(((string)resource["id"]!, value)) => true,
            "userName" when Faults.HasFlag(Fault.CaseSensitiveFilter) => (string?)resource["userName"] == value,
            "userName" or "displayName" => Same((string?)resource[attribute], value),
            _ when Faults.HasFlag(Fault.UnknownFilterFindsAll) => true,
            "externalId" => (string?)resource["externalId"] == value,
            "manager" => (string?)resource[Enterprise]?["manager"]?["value"] == value,
            "members" => Members(resource).Contains(value),
            _ => false,
        };

    private JsonObject Shown(JsonObject resource, IQueryCollection? query = null)
    {
        var copy = (JsonObject)resource.DeepClone();
        _ = (string?)query?["excludedAttributes"] == "members" && copy.Remove("members");
        _ = Faults.HasFlag(Fault.NoSchemas) && copy.Remove("schemas");
        if (Faults.HasFlag(Fault.ActiveAsText) && copy["active"] is { } active)
        {
            copy["active"] = active.ToJsonString();
        }

        return copy;
    }

    private (int, JsonObject?) Patch(string type, JsonObject resource, JsonObject body)
    {
        if (Faults.HasFlag(Fault.ForgetsPatches))
        {
            return (204, null);
        }

        if (Refused(type, resource, body) is { } refused)
        {
            return refused;
        }

        Former(resource, body);
        foreach (var operation in body["Operations"]!.AsArray().OfType<JsonObject>())
        {
            var op = ((string)operation["op"]!).ToLowerInvariant();
            var path = (string?)operation["path"];
            if (
                path is null
                && (
                    Faults.HasFlag(Fault.WantsPath)
                    || (Faults.HasFlag(Fault.RefusesIdInValue) && operation["value"]!.AsObject().ContainsKey("id"))
                )
            )
            {
                return Error(400, "not without a path, or not with id", "mutability");
            }

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

        return type == "Groups" ? (204, null) : (200, Shown(resource));
    }

    // What a PUT or a PATCH would make of the resource, where that is no good or is held.
    private (int, JsonObject?)? Refused(string type, JsonObject one, JsonObject body)
    {
        if (type == "Groups")
        {
            var all = Members(one);
            var isEmptied =
                all.Count > 0
                && (
                    body["Operations"] is JsonArray operations
                        ? operations
                            .OfType<JsonObject>()
                            .Any(o =>
                                (string?)o["path"] == "members"
                                && o["value"] is JsonArray value
                                && (
                                    Same((string)o["op"]!, "replace")
                                        ? value.Count == 0
                                        : Same((string)o["op"]!, "remove") && value.Count == all.Count
                                )
                            )
                        : body["members"] is JsonArray { Count: 0 }
                );
            if (isEmptied && Faults.HasFlag(Fault.HalfEmpties))
            {
                RemoveMembers(one, [.. all.Take((all.Count + 1) / 2)]);
            }

            return isEmptied && (Faults.HasFlag(Fault.HoldsGroups) || Faults.HasFlag(Fault.HalfEmpties)) ? Error(503, "held") : null;
        }

        if (NewName(body) is not { } name)
        {
            return null;
        }

        var refused =
            name.Length == 0
                ? Faults.HasFlag(Fault.LosesNames)
                    ? ((int, JsonObject?)?)null
                    : Error(400, "userName is required", "invalidValue")
                : !Faults.HasFlag(Fault.SharesNames) && stored["Users"].Any(u => u != one && Same((string?)u["userName"], name))
                    ? Error(409, "userName is taken", "uniqueness")
                    : null;
        if (refused is not null && Faults.HasFlag(Fault.RefusesHalf))
        {
            one["displayName"] = "Half";
        }

        return refused;
    }

    private static string? NewName(JsonObject body) =>
        (string?)body["userName"]
        ?? (body["Operations"] as JsonArray)
            ?.OfType<JsonObject>()
            .Select(o =>
                Same((string?)o["path"] ?? "", "userName") ? (string?)o["value"]
                : o["path"] is null && o["value"] is JsonObject values ? (string?)values["userName"]
                : null
            )
            .FirstOrDefault(name => name is not null);

    private void Former(JsonObject one, JsonObject body)
    {
        if (Faults.HasFlag(Fault.FindsOldNames) && NewName(body) is not null)
        {
            former.Add(((string)one["id"]!, (string)one["userName"]!));
        }
    }

    private void PatchMembers(JsonObject group, string op, string path, JsonArray? value)
    {
        var ids = value?.Select(m => (string)m!["value"]!).ToList() ?? [];
        if (op == "remove")
        {
            var one = Term().Match(path.Replace("members[", "", StringComparison.Ordinal).TrimEnd(']'));
            RemoveMembers(
                group,
                Faults.HasFlag(Fault.EmptiesGroupOnRemove) ? Members(group)
                    : one.Success ? [one.Groups[2].Value]
                    : ids
            );
            return;
        }

        if (op == "replace")
        {
            ReplaceMembers(group, ids);
            return;
        }

        ids = [.. ids.Where(id => stored["Users"].Any(u => (string)u["id"]! == id))];
        if (Faults.HasFlag(Fault.DropsPushWithUnknown) && ids.Count < value!.Count)
        {
            return;
        }

        var members = Faults.HasFlag(Fault.AddReplacesMembers) ? [] : group["members"] as JsonArray ?? [];
        foreach (var id in ids.Except(Members(group)).ToList())
        {
            members.Add(new JsonObject { ["value"] = id, ["type"] = "User" });
        }

        group["members"] = members.DeepClone();
    }

    private void ReplaceMembers(JsonObject group, List<string> ids)
    {
        if (ids.Count > 0 || !Faults.HasFlag(Fault.IgnoresEmptyMembers))
        {
            group["members"] = new JsonArray([.. ids.Select(id => new JsonObject { ["value"] = id, ["type"] = "User" })]);
        }
    }

    private void Set(JsonObject resource, string path, JsonNode? value)
    {
        if (path is "id" or "password")
        {
            _ = path == "password" && Faults.HasFlag(Fault.ShowsPassword) ? resource[path] = value?.DeepClone() : null;
        }
        else if (path == "members")
        {
            ReplaceMembers(resource, [.. value!.AsArray().Select(m => (string)m!["value"]!)]);
        }
        else if (path == "active" && Faults.HasFlag(Fault.KeepsLeavers))
        {
            return; // and says that all is well
        }
        else if (path == "active" && value is JsonValue v && v.TryGetValue<string>(out var text))
        {
            resource[path] = Faults.HasFlag(Fault.IgnoresActiveText) ? resource[path]?.DeepClone() : bool.Parse(text);
        }
        else if (path.StartsWith(Enterprise + ":", StringComparison.Ordinal))
        {
            var extension = Child(resource, Enterprise);
            var name = path[(Enterprise.Length + 1)..];
            var id =
                name == "manager"
                    ? (string?)(
                        value is JsonObject o ? o["value"]
                        : value is JsonArray a ? a[0]!["value"]
                        : value
                    )
                    : null;
            extension[name] =
                name != "manager" ? value?.DeepClone()
                : string.IsNullOrEmpty(id) ? null
                : new JsonObject { ["value"] = id };
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
        group["members"] = new JsonArray([
            .. Members(group).Except(ids).Select(id => new JsonObject { ["value"] = id, ["type"] = "User" }),
        ]);

    private static bool Same(string? left, string? right) => string.Equals(left, right, StringComparison.OrdinalIgnoreCase);

    private static (int, JsonObject?) Error(int status, string detail, string? type = null) =>
        (
            status,
            new JsonObject
            {
                ["schemas"] = new JsonArray("urn:ietf:params:scim:api:messages:2.0:Error"),
                ["status"] = $"{status}",
                ["scimType"] = type,
                ["detail"] = detail,
            }
        );

    [GeneratedRegex("^(\\w+) eq \"(.*)\"$")]
    private static partial Regex Term();

    [GeneratedRegex("^(\\w+)\\[type eq \"(\\w+)\"\\]\\.value$")]
    private static partial Regex Typed();
}
