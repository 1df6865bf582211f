using Xunit;

namespace UserManagement.Membership.Tests;

public sealed class EmailAddressTests
{
    [Fact]
    public void An_address_holds_nothing_that_nobody_sees()
    {
        string[] good = ["ada@example.org", "ada+ops@example.org", "ada@bücher.example", "zoë@example.org", "a@xn--bcher-kva.example"];
        string[] bad =
        [
            "",
            "ada",
            "@example.org",
            "ada@",
            "a b@example.org",
            "\uFEFFada@example.org",
            "ada@exa\u200Bmple.org",
            "a\u00ADda@example.org",
            "ada@example.org\u2060",
            "a\u2800da@example.org",
            "ada@example.org\n",
            "ada\u0085@example.org",
            "ada@example",
            "a\uD83D@example.org",
            "ada@exa_mple.org",
            "a\uFFFEb@example.org",
        ];
        Assert.All(good, text => Assert.True(EmailAddress.IsValid(text), text));
        Assert.All(bad, text => Assert.False(EmailAddress.IsValid(text), text));
        Assert.All(bad[5..9], text => Assert.True(EmailAddress.IsValid(Key.Identifier(text)), text));
    }

    [Fact]
    public void A_domain_is_the_same_in_each_of_its_forms()
    {
        Assert.All(
            (string[])
                [
                    "a@bücher.example",
                    "a@BÜCHER.example",
                    "a@bu\u0308cher.example",
                    "@xn--bcher-kva.example",
                    "@XN--bcher-kva.Example",
                    "@bü\u200Bcher.example ",
                    "@ｂücher．example",
                ],
            text => Assert.Equal("xn--bcher-kva.example", EmailAddress.Domain(text))
        );
        Assert.All(
            (string[])["@", "a@b", "@a..b", "@a_b.example", "@.example", "@example."],
            text => Assert.Null(EmailAddress.Domain(text))
        );
    }
}
