using System.Text;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Host.Tests.TestingTests;

public class SecretScanTests
{
    private const string Secret = "s3cr?t/ÿ>token";

    [Theory]
    [InlineData("clear", "Bearer s3cr?t/ÿ>token,")]
    [InlineData("percent", "?code=s3cr%3Ft%2F%c3%bf%3Etoken&x")]
    [InlineData("hex", "0x73336372 3f742fc3bf3e746f6b656e")]
    public void A_secret_is_found_in_its_form(string form, string text) =>
        Assert.Equal(
            form,
            Assert.Single(SecretScan.Find(text.Replace(" ", form == "hex" ? "" : " ", StringComparison.Ordinal), Secret)).Form
        );

    [Fact]
    public void A_secret_is_found_inside_base64_wherever_it_starts()
    {
        foreach (var before in new[] { "", "u", "us", "user:", "user:1" })
        {
            foreach (var after in new[] { "", "!", "!?", "and more" })
            {
                var base64 = Convert.ToBase64String(Encoding.UTF8.GetBytes(before + Secret + after));
                Assert.Contains(SecretScan.Find("Basic " + base64, Secret), leak => leak.Form == "base64");
                var url = base64.Replace('+', '-').Replace('/', '_').TrimEnd('=');
                Assert.Contains(SecretScan.Find(url, Secret), leak => leak.Form == "base64url");
            }
        }
    }

    [Fact]
    public void A_clean_text_holds_no_leak_and_a_dirty_one_names_which()
    {
        Assert.Empty(SecretScan.Find("token=[redacted] s3cr", Secret));
        Assert.Equal(1, Assert.Single(SecretScan.Find("log: other-secret"u8, Secret, "other-secret")).Secret);
        Assert.Throws<ArgumentException>(() => SecretScan.Find("x", "short"));
    }
}
