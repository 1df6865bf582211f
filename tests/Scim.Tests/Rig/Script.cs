using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Xunit;

namespace UserManagement.Scim.Tests.Rig;

/// <summary>
/// Plays a fixture: steps of request and expected answer, in order, against one server. A step's <c>keep</c> gives names
/// to values of its answer (<c>{"ada": "id"}</c>), which later steps write as <c>{ada}</c>. In an expected answer
/// <c>"*"</c> is any value and <c>"~"</c> is none; what is not named is not looked at; lists must match in full.
/// </summary>
/// <param name="server">The server.</param>
/// <param name="slug">The workspace; null for <c>acme</c>.</param>
/// <param name="token">Its token; null for that of <c>acme</c>.</param>
public sealed partial class Script(DoorServer server, string? slug = null, string? token = null)
{
    private readonly Dictionary<string, string> _kept = new() { ["base"] = $"{DoorServer.PublicUrl}{ScimOptions.Prefix}/{slug ?? "acme"}" };

    /// <summary>The fixtures, by name.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        .. Directory
            .EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "Fixtures"), "*.json")
            .Select(f => Path.GetFileNameWithoutExtension(f))
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>Reads a fixture.</summary>
    public static JsonObject Read(string name) =>
        JsonNode.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Fixtures", name + ".json")))!.AsObject();

    /// <summary>Plays all its steps.</summary>
    public async Task PlayAsync(JsonObject fixture)
    {
        var number = 0;
        foreach (var step in fixture["steps"]!.AsArray())
        {
            number++;
            await PlayAsync(
                number,
                JsonNode
                    .Parse(
                        Variable()
                            .Replace(
                                step!.ToJsonString(),
                                m => _kept.TryGetValue(m.Groups[1].Value, out var value) ? JsonSerializer.Serialize(value)[1..^1] : m.Value
                            )
                    )!
                    .AsObject()
            );
        }
    }

    private async Task PlayAsync(int number, JsonObject step)
    {
        var (method, path) = step["send"]!.GetValue<string>().Split(' ', 2) is [var verb, var rest]
            ? (verb, rest)
            : throw new InvalidOperationException("send: METHOD /path");
        var answer = await server.SendAsync(
            method,
            path,
            null,
            request =>
            {
                if (slug is not null)
                {
                    request.RequestUri = new Uri($"{ScimOptions.Prefix}/{slug}{path}", UriKind.Relative);
                    request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
                }

                if ((step["text"]?.GetValue<string>() ?? step["body"]?.ToJsonString()) is { } body)
                {
                    request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
                    request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(
                        step["type"]?.GetValue<string>() ?? "application/scim+json; charset=utf-8"
                    );
                }

                foreach (var (name, value) in step["headers"] as JsonObject ?? [])
                {
                    request.Headers.Remove(name);
                    request.Headers.TryAddWithoutValidation(name, value!.GetValue<string>());
                }
            }
        );
        var where = $"step {number}, {method} {path}: {answer.Status} {answer.Text}";
        Assert.True(step["status"]!.GetValue<int>() == answer.Status, where);
        Assert.True(answer.Text.Length == 0 || answer.ContentType == "application/scim+json", where + " is " + answer.ContentType);
        foreach (var (name, value) in step["answerHeaders"] as JsonObject ?? [])
        {
            Assert.True(Differs(value, answer.Header(name), name) is null, $"{where} has {name}: {answer.Header(name)}");
        }

        if (step.TryGetPropertyValue("answer", out var expected))
        {
            var difference = expected is null
                ? (answer.Text.Length == 0 ? null : "a body")
                : Differs(expected, JsonNode.Parse(answer.Text), "$");
            Assert.True(difference is null, $"{where}\n{difference}");
        }

        foreach (var (name, key) in step["keep"] as JsonObject ?? [])
        {
            _kept[name] = key!
                .GetValue<string>()
                .Split('/')
                .Aggregate((JsonNode?)answer.Json, (node, part) => int.TryParse(part, out var index) ? node![index] : node![part])!
                .ToString();
        }
    }

    private static string? Differs(JsonNode? expected, JsonNode? actual, string path) =>
        expected switch
        {
            JsonValue any when any.ToString() == "*" => actual is null ? $"{path}: nothing" : null,
            JsonValue none when none.ToString() == "~" => actual is null ? null : $"{path}: {actual.ToJsonString()}",
            JsonObject json => actual is JsonObject found
                ? json.Select(pair => Differs(pair.Value, found[pair.Key], $"{path}.{pair.Key}")).FirstOrDefault(d => d is not null)
                : $"{path}: no object but {actual?.ToJsonString()}",
            JsonArray list => actual is JsonArray items && items.Count == list.Count
                ? list.Select((item, i) => Differs(item, items[i], $"{path}[{i}]")).FirstOrDefault(d => d is not null)
                : $"{path}: not {list.Count} but {actual?.ToJsonString()}",
            _ => JsonNode.DeepEquals(expected, actual)
                ? null
                : $"{path}: not {expected?.ToJsonString() ?? "null"} but {actual?.ToJsonString() ?? "null"}",
        };

    [GeneratedRegex(@"\{(\w+)\}")]
    private static partial Regex Variable();
}
