using System.Globalization;
using System.Text;
using Xunit;

namespace UserManagement.Precis.Tests;

public sealed class ComparisonKeyTests
{
    private static readonly string[][] Same =
    [
        [
            "Ada@Acme.Test",
            " ada@acme.test ",
            "ＡＤＡ＠acme.test",
            "\uFEFFada@acme.test",
            "ada\u200B@acme.test\u00AD",
            "a\u200Dda@ac\u2060me.test",
            "\u202Eada@acme.test\u202C",
            "ada\uFE0F@acme.test",
        ],
        ["Straße", "STRASSE", "strasse", "STRAẞE"],
        ["ΟΔΥΣΣΕΎΣ", "Οδυσσεύς", "οδυσσεύσ", "Οδυσσευ\u0301ς"],
        ["İpek", "i\u0307pek", "I\u0307PEK"],
        ["Zoë", "Zoe\u0308", "ZOË", "ｚｏë"],
        ["ﬁsh", "FISH", "Ｆｉｓｈ", "f\u00ADish"],
        ["Van  Dyke", "van dyke", "van\u00A0dyke", "\u3000van \u2003 dyke\t", "van\u0085dyke", "van\u2800dyke"],
        ["가나", "\u1100\u1161\u1102\u1161"],
        ["ᾳ", "αι", "ΑΙ", "α\u0345"],
        ["ꭰ", "Ꭰ"],
        [
            "a@bücher.example",
            "A@BÜCHER.example",
            "a@bu\u0308cher.example",
            "a@xn--bcher-kva.example",
            "a@XN--BCHER-KVA.EXAMPLE",
            "a@bücher。example",
            "a@ｂücher．example",
        ],
        ["x@παράδειγμα.δοκιμή", "x@xn--hxajbheg2az3al.xn--jxalpdlp"],
        ["ada@例え.テスト", "ada@xn--r8jz45g.xn--zckzah"],
        ["fritz@faß.example", "FRITZ@FAß.EXAMPLE", "fritz@xn--fa-hia.example"],
    ];

    private static readonly (string, string)[] Apart =
    [
        ("а@acme.test", "a@acme.test"), // Cyrillic
        ("a+1@acme.test", "a@acme.test"),
        ("ısık", "isik"), // dotless i is a letter of its own, in every language
        ("İpek", "ipek"),
        ("Zoë", "Zoe"),
        ("ad a", "ada"),
        ("fritz@faß.example", "fritz@fass.example"), // two domains (RFC 5892)
        ("か", "が"),
    ];

    /// <summary>All planes in which letters have case or forms: the first two; of the others what is special in them.</summary>
    private static IEnumerable<int> Points =>
        Enumerable.Range(0, 0x20000).Concat(Enumerable.Range(0x2F800, 0x220)).Concat(Enumerable.Range(0xE0000, 0x1010)).Where(Rune.IsValid);

    [Fact]
    public void Texts_that_say_the_same_have_one_key_and_others_have_not()
    {
        Assert.All(Same, texts => Assert.Single(texts.Select(ComparisonKey.Of).Distinct()));
        Assert.All(Apart, pair => Assert.NotEqual(ComparisonKey.Of(pair.Item1), ComparisonKey.Of(pair.Item2)));
    }

    [Fact]
    public void The_key_of_a_key_is_the_key_for_every_character_there_is()
    {
        var off = new List<string>();
        foreach (var point in Points)
        {
            if (
                $"a{new Rune(point)}b" is var text
                && ComparisonKey.Of(text) is var key
                && (ComparisonKey.Of(key) != key || ComparisonKey.Piece(key) != key)
            )
            {
                off.Add($"U+{point:X}");
            }
        }

        Assert.Empty(off);
    }

    [Fact]
    public void Case_never_counts_for_any_character()
    {
        var off = new List<string>();
        foreach (var point in Points.Where(p => !Invisible.Is(new(p))))
        {
            var rune = new Rune(point);
            var key = ComparisonKey.Of(rune.ToString());
            if (
                ComparisonKey.Of(Rune.ToUpperInvariant(rune).ToString()) != key
                || ComparisonKey.Of(Rune.ToLowerInvariant(rune).ToString()) != key
                || ComparisonKey.Of(rune.ToString().Normalize(NormalizationForm.FormD)) != key
            )
            {
                off.Add($"U+{point:X}");
            }
        }

        Assert.Empty(off);
    }

    [Fact]
    public void What_nobody_sees_is_in_no_key()
    {
        Assert.All(Points.Where(p => Invisible.Is(new(p))), point => Assert.Equal("ab", ComparisonKey.Of($"a{new Rune(point)}b")));

        int[] all =
        [
            0xAD,
            0x34F,
            0x61C,
            0x115F,
            0x180E,
            0x200B,
            0x200C,
            0x200D,
            0x200E,
            0x200F,
            0x202A,
            0x202E,
            0x2060,
            0x2066,
            0x2069,
            0x206F,
            0x3164,
            0xFE00,
            0xFE0F,
            0xFEFF,
            0xFFA0,
            0xFFF9,
            0xE0001,
            0xE0061,
            0xE0100,
        ];
        Assert.All(all, point => Assert.True(Invisible.Is(new(point)), $"U+{point:X}"));
        Assert.All("aé√☃가か\u0301", c => Assert.False(Invisible.Is(new(c))));
        Assert.Equal("", ComparisonKey.Of("\uFEFF \u200B"));
    }

    /// <summary>Where the platform takes a domain (UTS 46, not transitional), its form and ours are one.</summary>
    [Fact]
    public void A_domain_has_the_ascii_form_that_the_platform_gives_it()
    {
        var idn = new IdnMapping();
        string[] domains =
        [
            "bücher.example",
            "BÜCHER.Example",
            "faß.de",
            "παράδειγμα.δοκιμή",
            "ουτοπίας.gr",
            "例え.テスト",
            "пример.испытание",
            "münchen-ost.de",
            "ليهمابتكلموشعربي.example",
            "ñandú.cl",
            "中国.中国",
            "ⓐ.example",
            "한국.kr",
            "żółw.pl",
            "ﬁsch.example",
        ];
        Assert.All(domains, domain => Assert.Equal("a@" + idn.GetAscii(domain), ComparisonKey.Of("a@" + domain)));
    }

    [Fact]
    public void What_is_no_domain_is_compared_as_text_and_never_throws()
    {
        string[] odd =
        [
            "a@bü",
            "a@ü..example",
            "a@-ü-.example",
            "a@ü_x.example",
            "@ü.example",
            "a@",
            "@",
            "a@\u200B.",
            "a@" + new string('ü', 400) + ".example",
            "a@" + new string('ü', 63) + ".example",
            "a@ü.",
            "a@xn--\u00FC.example",
            "a@xn--.example",
            "a@b@ü.x",
            "a@ü .x",
            "a@1️⃣.example",
        ];
        Assert.All(odd, text => Assert.Equal(ComparisonKey.Of(text), ComparisonKey.Of(ComparisonKey.Of(text))));
        Assert.Equal("a@bü", ComparisonKey.Of("A@BÜ"));
    }

    [Fact]
    public void A_part_keeps_the_blank_at_its_ends()
    {
        Assert.Equal("ada ", ComparisonKey.Piece("ＡDA \t"));
        Assert.Equal(" l", ComparisonKey.Piece("\u00A0L"));
        Assert.Equal(" ", ComparisonKey.Piece("  "));
        Assert.Equal("ada", ComparisonKey.Piece("a\u200BDA"));
        Assert.EndsWith(ComparisonKey.Piece("@BÜCHER.example"), ComparisonKey.Of("ada@xn--bcher-kva.example"));
    }

    [Fact]
    public void Ascii_in_lower_case_costs_nothing_and_half_a_character_has_no_key()
    {
        const string text = "ada.lovelace+x@example.org";
        Assert.Same(text, ComparisonKey.Of(text));
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
        {
            ComparisonKey.Of(text);
            ComparisonKey.Piece(text);
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
        Assert.All((string[])["a\uD83D", "\uDE00a", "\uD83D\uD83D"], half => Assert.Equal("", ComparisonKey.Of(half)));
        Assert.Equal("a b", ComparisonKey.Of("a\0b"));
    }
}
