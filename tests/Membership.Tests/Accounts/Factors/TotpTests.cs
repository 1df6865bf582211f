using System.Text;
using UserManagement.Membership.Accounts.Factors;
using Xunit;

namespace UserManagement.Membership.Tests.Accounts.Factors;

public sealed class TotpTests
{
    private static readonly byte[] Key = Encoding.ASCII.GetBytes("12345678901234567890");

    [Theory]
    [InlineData(59, "287082")]
    [InlineData(1111111109, "081804")]
    [InlineData(1111111111, "050471")]
    [InlineData(1234567890, "005924")]
    [InlineData(2000000000, "279037")]
    [InlineData(20000000000, "353130")]
    public void Codes_are_those_of_RFC_6238_appendix_B(long seconds, string code) =>
        Assert.Equal(code, Totp.Code(Key, Totp.StepAt(DateTimeOffset.FromUnixTimeSeconds(seconds))));

    [Theory]
    [InlineData(-2, false)]
    [InlineData(-1, true)]
    [InlineData(0, true)]
    [InlineData(1, true)]
    [InlineData(2, false)]
    public void One_step_before_and_after_is_taken_and_no_more(int steps, bool taken)
    {
        var at = DateTimeOffset.FromUnixTimeSeconds(1_800_000_000);
        Assert.Equal(taken ? Totp.StepAt(at) + steps : null, Totp.Match(Key, Totp.Code(Key, Totp.StepAt(at) + steps), at));
    }

    [Theory]
    [InlineData("")]
    [InlineData("f", "MY")]
    [InlineData("fo", "MZXQ")]
    [InlineData("foo", "MZXW6")]
    [InlineData("foob", "MZXW6YQ")]
    [InlineData("fooba", "MZXW6YTB")]
    [InlineData("foobar", "MZXW6YTBOI")]
    public void A_key_is_written_as_RFC_4648_section_10_says(string clear, string text = "") =>
        Assert.Equal(text, Totp.Text(Encoding.ASCII.GetBytes(clear)));

    [Fact]
    public void The_address_names_the_server_and_the_person() =>
        Assert.Equal(
            "otpauth://totp/Our%20Server:jo%40example.com?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Our%20Server&algorithm=SHA1&digits=6&period=30",
            Totp.Address(Key, "Our Server", "jo@example.com")
        );
}
