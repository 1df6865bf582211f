using System.Text.Json.Nodes;

namespace UserManagement.Scim.Tests.Clients;

/// <summary>
/// A file in <c>Clients/Fixtures</c>, named by client and symptom: what one client really sends, and what it needs back.
/// <c>title</c> says it in a sentence, <c>rows</c> name lines of <c>rows.txt</c>, <c>strict</c> and
/// <c>uniqueGroupNames</c> set the workspace's switches, <c>start</c> is what is there before (people and groups under a name that requests
/// write as <c>{name}</c>),
/// <c>steps</c> are requests with expected answers as in <see cref="Rig.Script"/>, <c>end</c> is what GET shows afterwards.
/// </summary>
/// <param name="Name">The file without its ending.</param>
/// <param name="Content">What it holds.</param>
public sealed record ClientFixture(string Name, JsonObject Content)
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Clients");

    /// <summary>All names.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        .. Directory
            .EnumerateFiles(Path.Combine(Folder, "Fixtures"), "*.json")
            .Select(f => Path.GetFileNameWithoutExtension(f))
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>The rows: id and what it is about.</summary>
    public static IReadOnlyList<(string Id, string About)> Rows { get; } =
    [
        .. File.ReadLines(Path.Combine(Folder, "rows.txt"))
            .Where(l => l.Length > 0 && l[0] != '#')
            .Select(l => l.Split(' ', 2) is [var id, var about] ? (id, about.Trim()) : (l, "")),
    ];

    /// <summary>What it shows, in a sentence.</summary>
    public string Title => Content["title"]!.GetValue<string>();

    /// <summary>The rows that it stands for.</summary>
    public IReadOnlyList<string> RowIds => [.. Content["rows"]!.AsArray().Select(r => r!.GetValue<string>())];

    /// <summary>Whether the workspace is to follow the letter.</summary>
    public bool Strict => Content["strict"]?.GetValue<bool>() == true;

    /// <summary>Whether the workspace wants names of groups to be unique, as it does unless told otherwise.</summary>
    public bool UniqueGroupNames => Content["uniqueGroupNames"]?.GetValue<bool>() != false;

    /// <summary>Reads one.</summary>
    public static ClientFixture Read(string name) =>
        new(name, JsonNode.Parse(File.ReadAllText(Path.Combine(Folder, "Fixtures", name + ".json")))!.AsObject());

    /// <summary>Its steps in full: the start as POSTs, the steps, the end as GETs.</summary>
    public JsonObject Script()
    {
        var steps = new JsonArray();
        foreach (var (type, urn) in new[] { ("Users", "User"), ("Groups", "Group") })
        {
            foreach (var (name, body) in Content["start"]?[type] as JsonObject ?? [])
            {
                var resource = body!.DeepClone().AsObject();
                resource["schemas"] ??= new JsonArray($"urn:ietf:params:scim:schemas:core:2.0:{urn}");
                steps.Add(
                    new JsonObject
                    {
                        ["send"] = $"POST /{type}",
                        ["body"] = resource,
                        ["status"] = 201,
                        ["keep"] = new JsonObject { [name] = "id" },
                    }
                );
            }
        }

        foreach (var step in Content["steps"]!.AsArray())
        {
            steps.Add(step!.DeepClone());
        }

        foreach (var (path, answer) in Content["end"] as JsonObject ?? [])
        {
            steps.Add(
                new JsonObject
                {
                    ["send"] = $"GET {path}",
                    ["status"] = 200,
                    ["answer"] = answer!.DeepClone(),
                }
            );
        }

        return new JsonObject { ["steps"] = steps };
    }
}
