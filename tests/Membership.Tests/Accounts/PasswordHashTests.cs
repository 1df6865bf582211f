using UserManagement.Membership.Accounts;
using Xunit;

namespace UserManagement.Membership.Tests.Accounts;

public sealed class PasswordHashTests
{
    private static readonly PasswordRules Rules = new() { Iterations = 1000 };

    [Fact]
    public async Task The_right_password_is_right_and_another_is_wrong()
    {
        var hash = await PasswordHash.MakeAsync(Rules, "a quiet green harbour", default);

        Assert.StartsWith("pbkdf2-sha512$1000$", hash);
        Assert.True(await PasswordHash.IsRightAsync(Rules, "a quiet green harbour", hash, default));
        Assert.False(await PasswordHash.IsRightAsync(Rules, "a quiet green harbouR", hash, default));
        Assert.NotEqual(hash, await PasswordHash.MakeAsync(Rules, "a quiet green harbour", default));
    }

    [Fact]
    public async Task Nothing_after_the_72nd_byte_is_cut_off()
    {
        var hash = await PasswordHash.MakeAsync(Rules, new string('x', 80) + "end", default);

        Assert.False(await PasswordHash.IsRightAsync(Rules, new string('x', 80) + "eno", hash, default));
    }

    [Fact]
    public async Task Forms_that_keyboards_give_for_the_same_letter_are_the_same_password()
    {
        var hash = await PasswordHash.MakeAsync(Rules, "Caf\u00e9 am \uff32hein", default);

        Assert.True(await PasswordHash.IsRightAsync(Rules, "Cafe\u0301 am Rhein", hash, default));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("pbkdf2-sha512$0$AAAA$AAAA")]
    [InlineData("pbkdf2-sha512$1000$AAAA$")]
    [InlineData("pbkdf2-sha512$999999999999$AAAA$AAAA")]
    [InlineData("md5$1$AAAA$AAAA")]
    public async Task Without_a_readable_hash_every_password_is_wrong(string? hash) =>
        Assert.False(await PasswordHash.IsRightAsync(Rules, "", hash, default));

    [Fact]
    public async Task A_password_too_long_or_of_broken_text_is_wrong_without_a_fault()
    {
        var hash = await PasswordHash.MakeAsync(Rules, "a quiet green harbour", default);

        Assert.False(await PasswordHash.IsRightAsync(Rules, new string('x', 1_000_000), hash, default));
        Assert.False(await PasswordHash.IsRightAsync(Rules, "lone \ud800 surrogate", hash, default));
    }

    [Fact]
    public async Task A_hash_made_with_less_work_is_stale()
    {
        var hash = await PasswordHash.MakeAsync(Rules, "a quiet green harbour", default);

        Assert.False(PasswordHash.IsStale(Rules, hash));
        Assert.True(PasswordHash.IsStale(Rules with { Iterations = 1001 }, hash));
    }

    [Theory]
    [InlineData("short77")]
    [InlineData("password123")]
    [InlineData("PassWord123")]
    [InlineData("\uff50assword123")]
    [InlineData("aaaaaaaaaaaa")]
    [InlineData("jo.harbour@example.com")]
    [InlineData("JO.Harbour")]
    public void A_weak_password_is_not_taken(string password) =>
        Assert.Equal("password", Rules.Check(password, "jo.harbour@example.com")!.Field);

    [Fact]
    public void Length_is_held_at_both_ends()
    {
        Assert.Null(Rules.Check("zq8 lamp", "jo"));
        Assert.Null(Rules.Check(string.Concat(Enumerable.Repeat("ab", 128)), "jo"));
        Assert.NotNull(Rules.Check(string.Concat(Enumerable.Repeat("ab", 128)) + "c", "jo"));
        Assert.NotNull(Rules.Check(null, "jo"));
        Assert.NotNull(Rules.Check("lone \ud800 surrogate", "jo"));
    }
}
