using System.Text.RegularExpressions;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Provider.Tests;

/// <summary>Holds <c>docs/openid-conformance.md</c> to the tests: each module that is checked stands there once, with tests that exist.</summary>
public sealed partial class ConformanceDocumentTests
{
    [Fact]
    public void Each_module_that_is_checked_stands_in_the_document_with_tests_that_are_there()
    {
        var rows = File.ReadLines(Repository.At("docs", "openid-conformance.md"))
            .Select(line => Row().Match(line))
            .Where(m => m.Success)
            .Select(m => (Module: m.Groups["module"].Value, Answer: m.Groups["answer"].Value, Tests: m.Groups["tests"].Value))
            .ToList();
        string[] checkedHere = [.. BasicProfileTests.Modules, .. ConfigProfileTests.Modules, .. LogoutProfileTests.Modules];
        Assert.Equal(checkedHere.Order(StringComparer.Ordinal), rows.Select(r => r.Module).Order(StringComparer.Ordinal));
        Assert.All(rows, r => Assert.NotEmpty(r.Answer.Trim()));
        foreach (var test in rows.SelectMany(r => r.Tests.Split(',', StringSplitOptions.TrimEntries)))
        {
            var type = typeof(ConformanceDocumentTests).Assembly.GetType($"{typeof(ConformanceDocumentTests).Namespace}.{test.Trim('`')}");
            Assert.True(type?.GetMethods().Any(m => m.IsDefined(typeof(FactAttribute), inherit: false)), test);
        }
    }

    [GeneratedRegex(@"^\| `(?<module>oidcc-[a-z0-9-]+)` \| (?<answer>[^|]+) \| (?<tests>[^|]+) \|$", RegexOptions.ExplicitCapture)]
    private static partial Regex Row();
}
