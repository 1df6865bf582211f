using UserManagement.Ui.Parts;

namespace UserManagement.Ui.Tests;

/// <summary>Initials for names as they come.</summary>
public sealed class InitialsTests
{
    [Theory]
    [InlineData("Ada Lovelace", "AL")]
    [InlineData("ada", "A")]
    [InlineData("Grace Brewster Hopper", "GH")]
    [InlineData("ada.lovelace@acme.example", "AL")]
    [InlineData("ada@example.com", "A")]
    [InlineData("alan_turing@example.com", "AT")]
    [InlineData("Ada @ Acme Ltd.", "AL")]
    [InlineData("@example.com", "EC")]
    [InlineData("陈方", "陈")]
    [InlineData("\U0001F600 Bo", "B")]
    [InlineData("", "?")]
    [InlineData("<>", "?")]
    public void The_first_letters_of_the_first_and_last_word(string name, string initials) => Assert.Equal(initials, Initials.Of(name));

    [Fact]
    public void A_colour_is_the_same_in_every_process_and_all_eight_occur()
    {
        Assert.Equal(Initials.Hue("Ada Lovelace"), Initials.Hue("Ada Lovelace"));
        Assert.Equal(8, Enumerable.Range(0, 200).Select(i => Initials.Hue($"person {i}")).Distinct().Count());
    }
}
