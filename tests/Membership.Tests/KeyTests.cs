using Xunit;

namespace UserManagement.Membership.Tests;

public sealed class KeyTests
{
    [Fact]
    public void A_name_that_unfolds_beyond_the_index_is_refused()
    {
        Assert.Null(Key.Check("name", new string('x', Key.MaxLength)));
        Assert.NotNull(Key.Check("name", new string('x', Key.MaxLength + 1)));
        Assert.NotNull(Key.Check("name", new string('\uFDFA', 100))); // each unfolds to 18
    }

    [Fact]
    public void What_no_name_can_hold_is_refused() =>
        Assert.All(
            (string[])
                [
                    "a\0b",
                    "two\nlines",
                    "  ",
                    "a\tb",
                    "a\rb",
                    "a\u0085b",
                    "a\u007Fb",
                    "a\u2028b",
                    "\u200B",
                    "\uFEFF \u00AD",
                    "\u2800",
                    "\uFFFE",
                ],
            value => Assert.NotNull(Key.Check("name", value))
        );

    [Fact]
    // a lone surrogate would not survive in a test's parameters
    public void Half_a_character_is_no_text() => Assert.NotNull(Key.Check("name", "a\uD83D"));

    [Fact]
    public void A_cut_never_leaves_half_a_character()
    {
        var text = new string('x', 63) + "😀 end";
        Assert.All(Key.Words(text), w => Assert.True(Key.IsText(w)));
        Assert.Equal(new string('x', 63), Key.Cut(text, 64));
        Assert.Equal(new string('x', 63) + "😀", Key.Cut(text, 65));
    }

    [Fact]
    public void What_is_typed_is_split_as_what_is_stored()
    {
        var stored = Key.Words("Anne-Marie O'Brien", "anne-marie.obrien@contoso.co.uk", "Müller Žižková").ToList();
        Assert.All(
            (string[])
                [
                    "O'Brien",
                    "o’brien",
                    "Anne-Marie O'Brien",
                    "jean",
                    "contoso.co.uk",
                    "@contoso",
                    "muller",
                    "MÜLLER",
                    "zizk",
                    "anne-marie.obrien@cont",
                    "Mu\u0308ller",
                    "brien, anne",
                ],
            typed => Assert.Equal(typed != "jean", Key.Typed(typed).All(t => stored.Exists(w => w.StartsWith(t, StringComparison.Ordinal))))
        );
        Assert.Empty(Key.Typed(" - "));
        Assert.Empty(Key.Typed(null));
    }
}
