using Xunit;

namespace UserManagement.Precis.Tests;

public sealed class EnteredTests
{
    private static readonly (string Text, string Identifier, string Shown)[] Cases =
    [
        ("Ada Lovelace", "Ada Lovelace", "Ada Lovelace"),
        (" ada ", "ada", "ada"),
        ("\uFEFFbob@example.com", "bob@example.com", "bob@example.com"),
        ("b\u200Bo\u00ADb\u2060@ex\u200Dample.com\u202C", "bob@example.com", "bob@example.com"),
        ("\u00A0\u200B Ada\u3000", "Ada", "Ada"),
        ("Ada\t\n", "Ada\t\n", "Ada"),
        ("Ada\u0085Lovelace\u007F", "Ada\u0085Lovelace\u007F", "Ada Lovelace"),
        ("two\r\nlines\u2028more", "two\r\nlines\u2028more", "two  lines more"),
        ("a\0b", "a\0b", "a b"),
        ("Zoë\u00A0X", "Zoë\u00A0X", "Zoë\u00A0X"),
        ("admin\u202Enimda", "adminnimda", "adminnimda"),
        ("می\u200Cخواهم", "میخواهم", "می\u200Cخواهم"),
        ("👩\u200D🚀", "👩🚀", "👩\u200D🚀"),
        ("❤\uFE0F", "❤", "❤\uFE0F"),
        ("می\u200C", "می", "می"),
        ("\u200B", "", ""),
        ("", "", ""),
    ];

    [Fact]
    public void What_nobody_sees_is_cut_and_what_is_kept_is_kept_again()
    {
        Assert.All(
            Cases,
            one =>
            {
                Assert.Equal(one.Identifier, Entered.Identifier(one.Text));
                Assert.Equal(one.Shown, Entered.Shown(one.Text));
                Assert.Equal(one.Identifier, Entered.Identifier(one.Identifier));
                Assert.Equal(one.Shown, Entered.Shown(one.Shown));
                Assert.Equal(ComparisonKey.Of(one.Text), ComparisonKey.Of(one.Shown));
            }
        );
        Assert.Equal("a\uD83D\u200B", Entered.Identifier("a\uD83D\u200B")); // half a character is the check's to refuse
        const string plain = "Ada Lovelace";
        Assert.Same(plain, Entered.Shown(plain));
    }
}
