using UserManagement.Testing;
using Xunit;

namespace UserManagement.Identity.Tests;

public class IdTokenChecksTests
{
    [Fact]
    public async Task Dates_are_compared_as_numbers_of_any_size_and_never_fail()
    {
        await using var rig = await SignInRig.NewAsync(Database.Sqlite);
        var now = rig.Clock.GetUtcNow().ToUnixTimeSeconds();
        object?[] never = ["1764000000", "x", true, null, new[] { now }, new { at = now }];
        object?[] huge = [253_402_300_799, 253_402_300_739, 253_402_300_800, 9_999_999_999_999, long.MaxValue];
        object?[] past = [0, -1, long.MinValue, now - 61, now - 3600.5];
        object?[] near = [now + 59, now + 0.25, now - 0.75];
        (string Claim, object?[] Values, string? Refused)[] rows =
        [
            ("exp", [.. huge, now + 3600, now + 3600.999, now - 59], null),
            ("exp", [.. never, .. past], "idTokenExpiry"),
            ("iat", [.. past, .. near, 1.5], null),
            ("iat", [.. never, .. huge, now + 61], "idTokenIssuedAt"),
            ("nbf", [.. past, .. near, 1.5], null),
            ("nbf", [.. never, .. huge, now + 61], "idTokenNotBefore"),
            ("auth_time", [.. past, .. near, 1.5], null),
            ("auth_time", [.. never, .. huge, now + 61], "idTokenAuthTime"),
            ("updated_at", [.. never, .. huge, .. past, 1e30], null),
        ];
        foreach (var (claim, values, refused) in rows)
        {
            foreach (var value in values)
            {
                rig.Provider.OnClaims = c => c[claim] = value;
                Assert.Equal((claim, value, refused), (claim, value, (await rig.ProveAsync()).Refusal?.Code));
            }
        }

        // beyond what any reader's integers hold: refused or not, and no fault
        foreach (var claim in new[] { "exp", "iat", "nbf", "auth_time" })
        {
            foreach (var value in new object[] { 1e30, -1e30, 1e300, 92_233_720_368_547_758_070m })
            {
                rig.Provider.OnClaims = c => c[claim] = value;
                Assert.True((await rig.ProveAsync()).Refusal is null or { Kind: Membership.RefusalKind.Forbidden });
            }
        }
    }

    [Fact]
    public async Task A_person_is_let_in_undated_by_a_proof_before_1970_and_by_its_date_otherwise()
    {
        await using var rig = await SignInRig.NewAsync(Database.Sqlite);
        rig.Provider.OnClaims = c => c["auth_time"] = -5;
        Assert.Null((await rig.ProveAsync()).Value.Identity.AuthenticatedAt);
        rig.Provider.OnClaims = c => (c["auth_time"], c["exp"]) = (rig.Clock.GetUtcNow().ToUnixTimeSeconds() - 7.5, 253_402_300_799);
        var completed = (await rig.ProveAsync()).Value;
        Assert.Equal(rig.Clock.GetUtcNow().AddSeconds(-7.5), completed.Identity.AuthenticatedAt);
        Assert.True((await rig.EnterAsync(completed)).Done);
    }

    [Theory]
    [InlineData("true")]
    [InlineData("false")]
    [InlineData("yes")]
    [InlineData(1)]
    [InlineData(null)]
    public async Task A_flag_that_is_no_boolean_proves_nothing_and_keeps_nobody_out(object? said)
    {
        await using var rig = await SignInRig.NewAsync(Database.Sqlite);
        rig.Provider.OnClaims = c => c["email_verified"] = said;
        var who = (await rig.ProveAsync()).Value.Identity;
        Assert.Equal(("jo@acme.com", "jo@acme.com", false), (who.UserName, who.Email, who.EmailProven));
        rig.Provider.OnClaims = c =>
        {
            c["email_verified"] = said;
            c.Remove("preferred_username");
        };
        rig.Provider.OnUserInfo = u =>
        {
            u["email_verified"] = said;
            u.Remove("preferred_username");
        };
        who = (await rig.ProveAsync()).Value.Identity;
        Assert.Equal((null, "jo@acme.com", false), (who.UserName, who.Email, who.EmailProven));
    }
}
