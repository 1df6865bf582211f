using System.Text.Json.Nodes;
using UserManagement.Membership.Data;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Declared;

/// <summary>The configuration, with roles and licenses: one act for all that differs.</summary>
internal sealed class DeclaredConfiguration : IDeclaredPart
{
    private const string Path = "configuration";
    private const int MostSaid = 100;

    public Task<WorkspaceFile> ReadAsync(MembershipDb db, WorkspaceContext workspace, WorkspaceFile file, CancellationToken ct) =>
        Task.FromResult(file with { Configuration = workspace.Configuration });

    public Task<IReadOnlyList<DeclaredStep>> PlanAsync(Applying call, WorkspaceFile file, CancellationToken ct)
    {
        if (file.Configuration is not { } wanted)
        {
            return Task.FromResult<IReadOnlyList<DeclaredStep>>([]);
        }

        var (before, after) = (JsonNode.Parse(call.Workspace.Configuration.Write()), JsonNode.Parse(wanted.Write()));
        var differs = Differences(Path, before, after).ToList();
        return Task.FromResult<IReadOnlyList<DeclaredStep>>(
            differs.Count == 0
                ? []
                :
                [
                    new(
                        Path,
                        string.Join("\n", differs.Take(MostSaid))
                            + (differs.Count > MostSaid ? $"\nand {differs.Count - MostSaid} more" : ""),
                        async stop =>
                            (
                                await new ChangeConfiguration(call.Store).RunAsync(
                                    call.Actor,
                                    call.Workspace.Id,
                                    call.Workspace.Row.Version,
                                    wanted,
                                    stop
                                )
                            ).Refusal
                    )
                    {
                        Wrong = ConfigurationCheck.Check(wanted),
                    },
                ]
        );
    }

    /// <summary>What differs, a line each; entries that have a key are compared by it, wherever they stand.</summary>
    private static IEnumerable<string> Differences(string path, JsonNode? before, JsonNode? after)
    {
        if (JsonNode.DeepEquals(before, after))
        {
            return [];
        }

        if (before is JsonObject was && after is JsonObject now)
        {
            return was.Select(p => p.Key).Union(now.Select(p => p.Key)).SelectMany(k => Differences($"{path}.{k}", was[k], now[k]));
        }

        if (before is JsonArray many && after is JsonArray others && Keyed(many) is { } old && Keyed(others) is { } young)
        {
            var order = old.Keys.Where(young.ContainsKey).SequenceEqual(young.Keys.Where(old.ContainsKey))
                ? []
                : (string[])[$"{path}: in another order"];
            return old
                .Keys.Union(young.Keys)
                .SelectMany(k =>
                    !old.TryGetValue(k, out var one) ? [$"{path}: {k} is added"]
                    : !young.TryGetValue(k, out var other) ? [$"{path}: {k} is removed"]
                    : Differences($"{path}[{k}]", one, other)
                )
                .Concat(order);
        }

        return [$"{path}: {Text(before)} becomes {Text(after)}"];
    }

    private static Dictionary<string, JsonNode>? Keyed(JsonArray array)
    {
        var keyed = new Dictionary<string, JsonNode>();
        foreach (var entry in array)
        {
            if (entry is not JsonObject one || one["key"] is not JsonValue key || !keyed.TryAdd(key.ToString(), one))
            {
                return null;
            }
        }

        return keyed;
    }

    private static string Text(JsonNode? node) => node is null ? "nothing" : node.ToJsonString(WorkspaceConfiguration.Json);
}
