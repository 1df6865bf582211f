using System.Text;
using Xunit;

namespace UserManagement.Precis.Tests;

public sealed class SearchWordsTests
{
    private static readonly (string Text, string[] Words)[] Cases =
    [
        ("O'Brien", ["o", "brien"]),
        ("O’Brien", ["o", "brien"]),
        ("Oʼ\u200BBrien", ["o", "brien"]),
        ("Jean-Luc Picard", ["jean", "luc", "picard"]),
        ("Jean‑Luc", ["jean", "luc"]),
        ("contoso.co.uk", ["contoso", "co", "uk"]),
        ("ada_l+x@bücher.example", ["ada", "l", "x", "bucher", "example"]),
        ("Müller, Žižková (Łódź)/ØRSTED", ["muller", "zizkova", "lodz", "orsted"]),
        ("Straße Æsir", ["strasse", "aesir"]),
        ("「東京」、大阪", ["東京", "大阪"]),
        ("가나", ["가나"]),
        ("がぎ", ["がぎ"]),
        ("🚀 x", ["🚀", "x"]),
        (" - ", []),
    ];

    [Fact]
    public void A_text_is_split_and_folded_as_people_type_it() =>
        Assert.All(Cases, one => Assert.Equal(one.Words, SearchWords.Of(one.Text)));

    [Fact]
    public void An_address_is_a_word_of_its_own()
    {
        Assert.Equal("muller@xn--bcher-kva.example", SearchWords.Address("Müller@bücher.example"));
        Assert.All((string[])["ada", "@contoso", "ada@", "ada @ home"], text => Assert.Null(SearchWords.Address(text)));
    }

    [Fact]
    public void Whether_a_word_begins_so_is_told_of_a_text_in_ASCII_without_making_its_words()
    {
        string[] texts =
        [
            "Ada Lovelace",
            "O'Brien",
            "jean-LUC_p",
            "ada.l+x@contoso.co.uk",
            "x ada@contoso.test",
            "anna",
            "",
            "(Bo)",
            "ada@",
        ];
        string[] typed = ["a", "ada", "l", "lo", "luc", "brien", "o", "na", "nna", "co", "uk", "bo", "contoso", "ada.l+x@c", "ada@c", "@"];
        foreach (var (text, low) in texts.SelectMany(t => typed.Select(l => (t, l))))
        {
            var words = SearchWords.Address(text) is { } address ? SearchWords.Of(text).Prepend(address) : SearchWords.Of(text);
            Assert.Equal(words.Any(w => w.StartsWith(low, StringComparison.Ordinal)), SearchWords.Begins(text, low));
        }
    }

    [Fact]
    public void A_word_is_a_key_whatever_it_is_made_of()
    {
        foreach (var point in Enumerable.Range(0, 0x20000).Where(Rune.IsValid))
        {
            Assert.All(SearchWords.Of($"a{new Rune(point)}b"), word => Assert.Equal(word, ComparisonKey.Of(word)));
        }
    }
}
