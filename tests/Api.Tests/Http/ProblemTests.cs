using System.Text.Json;
using System.Text.RegularExpressions;
using UserManagement.Api.Http;
using UserManagement.Membership;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Api.Tests.Http;

/// <summary>The table from refusals to problem documents.</summary>
public partial class ProblemTests
{
    [Fact]
    public void Every_kind_of_refusal_has_a_status_and_a_title_of_its_own_meaning() =>
        Assert.All(
            Enum.GetValues<RefusalKind>(),
            kind =>
            {
                Assert.InRange(Problem.StatusOf(kind), 400, 503);
                Assert.NotEqual(500, Problem.StatusOf(kind));
                Assert.NotEqual(Problem.TitleOf(500), Problem.TitleOf(Problem.StatusOf(kind)));
            }
        );

    [Fact]
    public async Task Every_refusal_of_the_core_becomes_a_problem_with_its_code()
    {
        var found = new HashSet<(RefusalKind Kind, string Code)>();
        foreach (
            var file in (await Repository.FilesAsync()).Where(f =>
                f.StartsWith("src/Membership/", StringComparison.Ordinal) && f.EndsWith(".cs", StringComparison.Ordinal)
            )
        )
        {
            foreach (Match match in Refusals().Matches(await File.ReadAllTextAsync(Repository.At(file))))
            {
                found.Add((Enum.Parse<RefusalKind>(match.Groups[1].Value), match.Groups[2].Value));
            }
        }

        Assert.True(found.Count > 25, $"only {found.Count} codes were found");
        foreach (var (kind, code) in found)
        {
            Assert.Matches("^[a-z][A-Za-z]{2,40}$", code);
            var json = JsonSerializer.SerializeToElement(Problem.Of(new(kind, code, "A sentence.", "field")), ApiJson.Options);
            Assert.Equal(
                (Problem.TypePath + code, code, Problem.StatusOf(kind), "A sentence.", "field"),
                (
                    json.GetProperty("type").GetString(),
                    json.GetProperty("code").GetString(),
                    json.GetProperty("status").GetInt32(),
                    json.GetProperty("detail").GetString(),
                    json.GetProperty("field").GetString()
                )
            );
            Assert.Equal(kind is RefusalKind.TooMany or RefusalKind.Unavailable, json.TryGetProperty("retryAfter", out _));
        }
    }

    [GeneratedRegex(@"RefusalKind\.(\w+),\s*""(\w+)""")]
    private static partial Regex Refusals();
}
