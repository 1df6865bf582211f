using System.Text;
using System.Text.Json.Nodes;
using Xunit;

namespace UserManagement.Scim.Protocol.Tests;

public sealed class ScimJsonTests
{
    [Theory]
    [InlineData("", "invalidSyntax")]
    [InlineData("null", "invalidSyntax")]
    [InlineData("[]", "invalidSyntax")]
    [InlineData("7", "invalidSyntax")]
    [InlineData("{", "invalidSyntax")]
    [InlineData("{\"a\":1", "invalidSyntax")]
    [InlineData("{\"a\":1,}", "invalidSyntax")]
    [InlineData("{\"a\":1}{}", "invalidSyntax")]
    [InlineData("{\"a\":1} x", "invalidSyntax")]
    [InlineData("{\"a\":01}", "invalidSyntax")]
    [InlineData("{/* c */}", "invalidSyntax")]
    [InlineData("\ufeff\ufeff{}", "invalidSyntax")]
    [InlineData("{\"a\":1,\"a\":2}", "invalidSyntax")]
    [InlineData("{\"a\":[{\"b\":1,\"\\u0062\":2}]}", "invalidSyntax")]
    [InlineData("{\"a\":\"\\ud800\"}", "invalidValue")]
    [InlineData("{\"\\udc00\":1}", "invalidValue")]
    [InlineData("{\"a\":\"\\u0000\"}", "invalidValue")]
    [InlineData("{\"a\":1e400}", "invalidValue")]
    [InlineData("{\"a\":-1e999999999999}", "invalidValue")]
    public void What_is_no_sound_object_is_refused(string text, string scimType)
    {
        var error = ScimJson.ReadObject(Encoding.UTF8.GetBytes(text)).Error;
        Assert.Equal(scimType, error?.ScimType);
        Assert.Equal(400, error?.Status);
    }

    [Fact]
    public void Bytes_that_are_no_UTF8_are_refused() => Assert.False(ScimJson.ReadObject([.. "{\"a\":\""u8, 0xff, 0xfe, .. "\"}"u8]).IsOk);

    [Fact]
    public void All_kinds_of_values_are_read()
    {
        const string text = """{"s":"é\n","n":1,"d":1.50,"w":1e300,"t":true,"f":false,"z":null,"o":{"a":[1,"x",[],{}]}}""";
        var json = ScimJson.ReadObject(Encoding.UTF8.GetBytes(text)).Value;
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(text), json));
    }

    [Theory]
    [InlineData(64, true)]
    [InlineData(65, false)]
    [InlineData(1000, false)]
    [InlineData(100_000, false)]
    public void Depth_is_capped(int depth, bool accepted)
    {
        var text = string.Concat(Enumerable.Repeat("{\"a\":", depth - 1)) + "{}" + new string('}', depth - 1);
        Quick.Runs(TimeSpan.FromSeconds(1), () => Assert.Equal(accepted, ScimJson.ReadObject(Encoding.UTF8.GetBytes(text)).IsOk));
    }

    [Fact]
    public async Task A_body_is_read_up_to_its_cap()
    {
        var bytes = Encoding.UTF8.GetBytes("{\"a\":\"" + new string('x', 50_000) + "\"}");
        var cancel = TestContext.Current.CancellationToken;
        Assert.True((await ScimJson.ReadObjectAsync(new MemoryStream(bytes), bytes.Length, cancel)).IsOk);
        Assert.Equal(413, (await ScimJson.ReadObjectAsync(new MemoryStream(bytes), bytes.Length - 1, cancel)).Error?.Status);
    }

    [Fact]
    public void An_error_carries_its_status_as_a_string() =>
        Assert.Equal(
            """{"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"status":"409","scimType":"uniqueness","detail":"taken"}""",
            ScimError.Uniqueness("taken").ToJson().ToJsonString()
        );

    [Fact]
    public void An_error_without_a_keyword_has_none() => Assert.False(ScimError.NotFound("none").ToJson().ContainsKey("scimType"));
}
