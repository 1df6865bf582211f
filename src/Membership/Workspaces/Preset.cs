using System.Reflection;
using System.Text.Json;

namespace UserManagement.Membership.Workspaces;

/// <summary>The five ways to run user management that ship with the product: data, beside this file.</summary>
public static class Preset
{
    private const string Prefix = "UserManagement.Membership.Workspaces.Presets.";
    private static readonly Assembly Home = typeof(Preset).Assembly;

    /// <summary>Their names: csv, licensed, provider, ranked, seats.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        .. Home.GetManifestResourceNames()
            .Where(n => n.StartsWith(Prefix, StringComparison.Ordinal))
            .Select(n => n[Prefix.Length..^".json".Length])
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>The configuration that a preset fills, or null when there is no preset of that name.</summary>
    public static WorkspaceConfiguration? Named(string name)
    {
        if (!Names.Contains(name))
        {
            return null;
        }

        using var stream = Home.GetManifestResourceStream(Prefix + name + ".json")!;
        using var reader = new StreamReader(stream);
        return JsonSerializer.Deserialize<WorkspaceConfiguration>(reader.ReadToEnd(), WorkspaceConfiguration.Strict);
    }
}
