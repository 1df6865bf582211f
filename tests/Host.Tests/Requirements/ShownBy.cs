using System.Text.RegularExpressions;
using UserManagement.Testing;

namespace UserManagement.Host.Tests.Requirements;

/// <summary>
/// Which test shows which row, read from the source of the tests: the projects of other rooms need not be built for it, and what was built
/// before the last change does not speak.
/// </summary>
internal static partial class ShownBy
{
    /// <summary>By row the tests that show it as "Class.Method", in order.</summary>
    public static async Task<IReadOnlyDictionary<string, IReadOnlyList<string>>> AllAsync()
    {
        List<(string Row, string Test)> found = [];
        foreach (
            var file in (await Repository.FilesAsync()).Where(f =>
                f.StartsWith("tests/", StringComparison.Ordinal)
                && f.EndsWith("Tests.cs", StringComparison.Ordinal)
                && !f.EndsWith("/RequirementsTests.cs", StringComparison.Ordinal)
            )
        )
        {
            found.AddRange(
                In(await File.ReadAllTextAsync(Repository.At(file))).Select(s => (s.Row, $"{Room().Match(file).Groups[1].Value} {s.Test}"))
            );
        }

        return found
            .GroupBy(f => f.Row)
            .ToDictionary(
                g => g.Key,
                IReadOnlyList<string> (g) => [.. g.Select(f => f.Test).Distinct().Order(StringComparer.Ordinal)],
                StringComparer.Ordinal
            );
    }

    /// <summary>What the tests of one file show: attributes on a fact or a theory that is not skipped.</summary>
    public static IEnumerable<(string Row, string Test)> In(string source)
    {
        var type = Type().Match(source).Groups[1].Value;
        return from Match method in Method().Matches(source)
            let attributes = method.Groups[1].Value
            where Runs().IsMatch(attributes) && !attributes.Contains("Skip", StringComparison.Ordinal)
            from Match shows in Shows().Matches(attributes)
            from Match row in Row().Matches(shows.Value)
            select (row.Groups[1].Value, $"{type}.{method.Groups[2].Value}");
    }

    [GeneratedRegex(@"^tests/(\w[\w.]*)\.Tests/")]
    private static partial Regex Room();

    [GeneratedRegex(@"\bclass (\w+Tests)\b")]
    private static partial Regex Type();

    // Lines that begin with a bracket or stand within one, then the method.
    [GeneratedRegex(
        @"((?:^[ ]+\[(?:[^\[\]]|\[[^\]]*\])*\][ ]*\r?\n)+)[ ]+public (?:async )?(?:Task|ValueTask|void) (\w+)\(",
        RegexOptions.Multiline
    )]
    private static partial Regex Method();

    [GeneratedRegex(@"\[(?:Fact|Theory)\b")]
    private static partial Regex Runs();

    [GeneratedRegex(@"^[ ]+\[Shows\(([^)]*)\)\]", RegexOptions.Multiline)]
    private static partial Regex Shows();

    [GeneratedRegex("\"([^\"]+)\"")]
    private static partial Regex Row();
}
