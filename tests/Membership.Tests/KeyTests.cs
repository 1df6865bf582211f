using Xunit;

namespace UserManagement.Membership.Tests;

public sealed class KeyTests
{
    [Theory]
    [InlineData("Ada@Acme.Test", "ada@acme.test")]
    [InlineData(" ada ", "ada")]
    [InlineData("ＡＤＡ", "ada")]
    [InlineData("ﬁn", "fin")]
    [InlineData("Straße", "straße")]
    public void A_key_folds_case_and_compatibility_forms(string value, string key) => Assert.Equal(key, Key.Of(value));

    [Theory]
    [InlineData("а@acme.test", "a@acme.test")]
    [InlineData("strasse", "straße")]
    [InlineData("a+1@acme.test", "a@acme.test")]
    public void Different_letters_are_different_people(string one, string other) => Assert.NotEqual(Key.Of(one), Key.Of(other));

    [Fact]
    public void A_name_that_unfolds_beyond_the_index_is_refused()
    {
        Assert.Null(Key.Check("name", new string('x', Key.MaxLength)));
        Assert.NotNull(Key.Check("name", new string('x', Key.MaxLength + 1)));
        Assert.NotNull(Key.Check("name", new string('\uFDFA', 100))); // each unfolds to 18
    }

    [Theory]
    [InlineData("a\0b")]
    [InlineData("two\nlines")]
    [InlineData("  ")]
    public void What_no_name_can_hold_is_refused(string value) => Assert.NotNull(Key.Check("name", value));

    [Fact]
    public void Half_a_character_is_no_text() => Assert.NotNull(Key.Check("name", "a\uD83D")); // a lone surrogate would not survive in a test's parameters

    [Fact]
    public void A_cut_never_leaves_half_a_character()
    {
        var text = new string('x', 63) + "😀 end";
        Assert.All(Key.Words(text), w => Assert.True(Key.IsText(w)));
        Assert.Equal(new string('x', 63), Key.Cut(text, 64));
        Assert.Equal(new string('x', 63) + "😀", Key.Cut(text, 65));
    }
}
