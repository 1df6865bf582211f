using System.Text.RegularExpressions;
using UserManagement.Membership.Provisioning;
using UserManagement.Membership.Workspaces;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Membership.Tests.Provisioning;

/// <summary>Reason and remedy of each refusal.</summary>
public partial class ProvisioningAdviceTests
{
    [Fact]
    public async Task Every_code_of_a_refusal_has_a_reason_and_a_remedy()
    {
        SortedSet<string> codes = [];
        foreach (
            var file in (await Repository.FilesAsync()).Where(f =>
                f.EndsWith(".cs", StringComparison.Ordinal)
                && (f.StartsWith("src/Membership/", StringComparison.Ordinal) || f.StartsWith("src/Scim", StringComparison.Ordinal))
            )
        )
        {
            var text = await File.ReadAllTextAsync(Repository.At(file), TestContext.Current.CancellationToken);
            codes.UnionWith(Codes().Matches(text).Select(m => m.Groups[1].Value));
            codes.UnionWith(Keywords().Matches(text).Select(m => m.Groups[1].Value));
        }

        Assert.True(codes.Count > 80, $"only {codes.Count} codes were found");
        Assert.Equal([], codes.Where(c => !ProvisioningAdvice.Knows(c)));
        Assert.All(
            codes.Concat(ProvisioningAdvice.Codes).Append("invalidUserName").Append("unknownRole"),
            code =>
            {
                var advice = ProvisioningAdvice.Of(code);
                Assert.EndsWith(".", advice.Reason, StringComparison.Ordinal);
                Assert.EndsWith(".", advice.Remedy, StringComparison.Ordinal);
            }
        );
        Assert.False(ProvisioningAdvice.Knows("somethingNew"));
    }

    [Fact]
    public void A_remedy_names_the_role_without_a_seat_where_there_is_one()
    {
        var seats = Preset.Named("seats")!;
        var full = ProvisioningAdvice.Of("seatsFull");
        Assert.Contains("or let people join as ", full.In(seats), StringComparison.Ordinal);
        Assert.DoesNotContain("{", full.In(seats), StringComparison.Ordinal);
        Assert.Equal("Raise the seats, take one back.", full.In(seats with { Join = seats.Join with { FallbackRole = null } }));
    }

    [GeneratedRegex("""(?:RefusalKind\.\w+,\s*|Code = |CounterKind\.\w+ => \(\s*)"(\w+)""")]
    private static partial Regex Codes();

    [GeneratedRegex("""=> new\(\d{3}, "(\w+)", detail\)""")]
    private static partial Regex Keywords();
}
