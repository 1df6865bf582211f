using UserManagement.Scim.Protocol.Filters;
using Xunit;

namespace UserManagement.Scim.Protocol.Tests.Filters;

public sealed class FilterParserTests
{
    private static readonly FilterOptions Strict = new() { Strict = true };

    [Theory]
    [InlineData("userName Eq \"bjensen\"", "userName eq \"bjensen\"")]
    [InlineData("  title   PR ", "title pr")]
    [InlineData("a eq 1 or b eq 2 and c eq 3", "a eq 1 or b eq 2 and c eq 3")]
    [InlineData("(a eq 1 or b eq 2) AND c eq 3", "(a eq 1 or b eq 2) and c eq 3")]
    [InlineData("((a pr))", "a pr")]
    [InlineData("not (a pr) and b pr", "not (a pr) and b pr")]
    [InlineData("NOT(a pr or b pr)", "not (a pr or b pr)")]
    [InlineData("emails[type eq \"work\" and value co \"@x\"]", "emails[type eq \"work\" and value co \"@x\"]")]
    [InlineData("emails[type eq \"work\"].value eq \"a\"", "emails[type eq \"work\" and value eq \"a\"]")]
    [InlineData(
        "emails[type eq \"work\" or type eq \"home\"].value eq \"a\"",
        "emails[(type eq \"work\" or type eq \"home\") and value eq \"a\"]"
    )]
    [InlineData(
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value eq \"1\"",
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value eq \"1\""
    )]
    [InlineData("a eq true and b eq false and c eq null and d eq -1.5e3", "a eq true and b eq false and c eq null and d eq -1.5e3")]
    [InlineData("a eq \"q\\\"b\\\\s\\u00e9\\n\"", "a eq \"q\\\"b\\\\sé\\n\"")]
    [InlineData("a eq \"and or ) ] (\"", "a eq \"and or ) ] (\"")]
    [InlineData("externalId eq jyoung", "externalId eq \"jyoung\"")]
    [InlineData("meta.Created gt 2015-10-10T14:38:21.86-07:00", "meta.Created gt \"2015-10-10T14:38:21.86-07:00\"")]
    [InlineData(
        "name.FamilyName eq Employee and (emails.Value co example.com or a pr)",
        "name.FamilyName eq \"Employee\" and (emails.Value co \"example.com\" or a pr)"
    )]
    [InlineData("members.$ref eq \"x\"", "members.$ref eq \"x\"")]
    [InlineData("active eq True", "active eq true")]
    [InlineData("externalId eq 007", "externalId eq \"007\"")]
    [InlineData("a eq 'Ren\\u00e9'", "a eq \"René\"")]
    [InlineData("a eq 'a\\/b'", "a eq \"a/b\"")]
    [InlineData("a eq 'a\\\"b'", "a eq \"a\\\"b\"")]
    [InlineData("a eq 'O\\'Brien'", "a eq \"O'Brien\"")]
    [InlineData("a eq 'CORP\\\\ada'", "a eq \"CORP\\\\ada\"")]
    [InlineData("a eq \u300eAda L\u300f", "a eq \"Ada L\"")]
    [InlineData("a eq \u301dada\u301f", "a eq \"ada\"")]
    [InlineData("a eq \u275dada\u275e", "a eq \"ada\"")]
    [InlineData("a eq \u275bada\u275c", "a eq \"ada\"")]
    [InlineData("a eq \ufe41ada\ufe42", "a eq \"ada\"")]
    [InlineData("a eq \ufe43ada\ufe44", "a eq \"ada\"")]
    [InlineData("a eq \u02bcada\u02bc", "a eq \"ada\"")]
    [InlineData("a eq O\u02bcBrien", "a eq \"O\u02bcBrien\"")]
    [InlineData("a eq R&amp;D", "a eq \"R&amp;D\"")]
    public void A_filter_is_read_and_printed(string text, string printed)
    {
        var filter = Filter.Parse(text);
        Assert.True(filter.IsOk, filter.Error?.Detail);
        Assert.Equal(printed, filter.Value.ToString());
        Assert.Equal(printed, Filter.Parse(printed, Strict).Value?.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("userName")]
    [InlineData("a eq 'CORP\\ada'")]
    [InlineData("a eq 'a\\u0000'")]
    [InlineData("a eq 'a\\")]
    [InlineData("a eq \\u0022ada\\u0022")]
    [InlineData("a eq &quot;ada&quot;")]
    [InlineData("a eq &#34;ada")]
    [InlineData("a eq ada&#x27;")]
    [InlineData("a eq %22ada%22")]
    [InlineData("a eq %E2%80%9Cada%E2%80%9D")]
    [InlineData("a eq \u2e02ada\u2e03")]
    [InlineData("a eq ada\u2e1d")]
    [InlineData("a eq \u2e42ada\u201d")]
    [InlineData("a eq ada\uff40")]
    [InlineData("userName eq")]
    [InlineData("userName eq \"a")]
    [InlineData("userName eq \"a\" and")]
    [InlineData("and userName eq \"a\"")]
    [InlineData("userName xx \"a\"")]
    [InlineData("userName 0 \"a\"")]
    [InlineData("userName eq \"a\" \"b\"")]
    [InlineData("userName eq \"a\" title pr")]
    [InlineData("(userName eq \"a\"")]
    [InlineData("userName eq \"a\")")]
    [InlineData("not userName eq \"a\"")]
    [InlineData("emails[]")]
    [InlineData("emails[type eq \"work\"")]
    [InlineData("emails[type eq \"work\"]]")]
    [InlineData("emails[a[b pr]]")]
    [InlineData("emails[type pr].value")]
    [InlineData("emails[type pr]. eq \"x\"")]
    [InlineData("a.b.c pr")]
    [InlineData("1a pr")]
    [InlineData("a;b pr")]
    [InlineData("http://x:a pr")]
    [InlineData("a eq \"\\x\"")]
    [InlineData("a eq \"\\u12\"")]
    [InlineData("a eq \"\\ud800\"")]
    [InlineData("a eq \"\\u0000\"")]
    [InlineData("a eq \"\t\"")]
    [InlineData("()")]
    [InlineData("\"a\" eq \"b\"")]
    public void What_is_no_filter_is_refused(string text)
    {
        var error = Filter.Parse(text).Error;
        Assert.Equal("invalidFilter", error?.ScimType);
        Assert.Equal(400, error?.Status);
    }

    [Theory]
    [InlineData("externalId eq jyoung")]
    [InlineData("active eq True")]
    [InlineData("externalId eq 007")]
    public void A_strict_reading_wants_JSON_values(string text) =>
        Assert.Equal("invalidFilter", Filter.Parse(text, Strict).Error?.ScimType);

    [Fact]
    public void A_filter_without_text_is_refused() => Assert.Equal("invalidFilter", Filter.Parse(null).Error?.ScimType);

    [Fact]
    public void Half_a_surrogate_pair_is_refused() => Assert.False(Filter.Parse("a eq \"\ud800\"").IsOk);

    [Fact]
    public void The_caps_hold_at_their_edges()
    {
        static string Terms(int count) => string.Join(" or ", Enumerable.Repeat("a pr", count));
        Assert.True(Filter.Parse(Terms(200)).IsOk);
        Assert.False(Filter.Parse(Terms(201)).IsOk);
        static string Deep(int count) => new string('(', count) + "a pr" + new string(')', count);
        Assert.True(Filter.Parse(Deep(32)).IsOk);
        Assert.False(Filter.Parse(Deep(33)).IsOk);
        static string Long(int length) => "a eq \"" + new string('x', length - 7) + "\"";
        Assert.True(Filter.Parse(Long(8192)).IsOk);
        Assert.False(Filter.Parse(Long(8193)).IsOk);
    }
}
