using UserManagement.Membership.Access;
using UserManagement.Membership.Workspaces;
using UserManagement.Membership.Workspaces.Switching;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Membership.Tests.Workspaces;

/// <summary>The settings of the terms of use: what may be entered, what is told beforehand, and what a switch of preset keeps.</summary>
public sealed class TermsOfUseTests
{
    private static readonly Terms None = Preset.Named("seats")!.Terms;
    private static readonly Terms First = None with { TermsOfUse = "https://acme.test/terms" };

    [Theory]
    [InlineData(0, false)]
    [InlineData(-1, false)]
    [InlineData(1_000_001, false)]
    [InlineData(1, true)]
    [InlineData(null, true)]
    public void A_version_is_a_number_from_one(int? version, bool isGood)
    {
        var preset = Preset.Named("seats")!;
        var refusal = ConfigurationCheck.Check(preset with { Terms = First with { TermsVersion = version } });
        Assert.Equal(isGood ? null : "terms.termsVersion", refusal?.Field);
    }

    [Fact]
    public void A_version_is_asked_for_where_there_are_terms_alone() =>
        Assert.Equal(
            (null, 1, 4),
            ((None with { TermsVersion = 4 }).AskedVersion, First.AskedVersion, (First with { TermsVersion = 4 }).AskedVersion)
        );

    [Theory, EachDatabase]
    public async Task What_a_change_asks_of_people_is_told_beforehand(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind);
        Assert.Contains("Everybody is asked at their next page", (await ToldAsync(acme, First))["termsOfUse"], StringComparison.Ordinal);
        await SaveAsync(acme, First);
        var moved = await ToldAsync(acme, First with { TermsOfUse = "https://acme.test/terms-of-use" });
        Assert.Contains("Who accepted version 1 is not asked again", moved["termsOfUse"], StringComparison.Ordinal);
        Assert.DoesNotContain("termsVersion", moved.Keys);
        var raised = await ToldAsync(acme, First with { TermsVersion = 2 });
        Assert.Contains("Everybody who did not accept version 2", raised["termsVersion"], StringComparison.Ordinal);
        Assert.DoesNotContain("termsOfUse", raised.Keys);
        Assert.Contains("nobody is asked", (await ToldAsync(acme, None))["termsOfUse"], StringComparison.Ordinal);
    }

    [Fact]
    public void Another_preset_keeps_terms_and_version()
    {
        var now = Preset.Named("seats")! with { Terms = First with { TermsVersion = 5 } };
        Assert.Equal(5, PresetSwitch.For(now, "ranked")!.Over(now).Terms.AskedVersion);
    }

    private static async Task<Dictionary<string, string>> ToldAsync(TestWorkspace acme, Terms terms)
    {
        var wanted = acme.Workspace.Configuration with { Terms = terms };
        var preview = (await new PreviewConfiguration(acme.Store).RunAsync(Actor.Operator, acme.Id, wanted, default)).Value;
        return preview.Effects.ToDictionary(e => e.Code, e => e.Message);
    }

    private static async Task SaveAsync(TestWorkspace acme, Terms terms) =>
        Assert.True(
            (
                await new ChangeConfiguration(acme.Store).RunAsync(
                    Actor.Operator,
                    acme.Id,
                    null,
                    acme.Workspace.Configuration with
                    {
                        Terms = terms,
                    },
                    default
                )
            ).Done
        );
}
