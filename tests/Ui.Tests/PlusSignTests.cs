using UserManagement.Ui.Requests;
using Xunit;

namespace UserManagement.Ui.Tests;

public sealed class PlusSignTests
{
    [Theory]
    [InlineData("?q=a", "?q=a")]
    [InlineData("?q=a+b", "?q=a+b")]
    [InlineData("?q=a%20b+c", "?q=a%20b%2Bc")]
    [InlineData("?a=x%20y&q=ada+ops%40example.org", "?a=x%20y&q=ada+ops%40example.org")]
    [InlineData("?filter=userName+eq+%22ada%22&cursor=x%20y+z", "?filter=userName+eq+%22ada%22&cursor=x%20y%2Bz")]
    [InlineData("?a=b&q=ada+ops@example.org", "?a=b&q=ada%2Bops@example.org")]
    [InlineData("?a=b&filter=userName+eq+ada+ops@example.org", "?a=b&filter=userName+eq+ada+ops@example.org")]
    [InlineData("?q=ada+ops@example.org", "?q=ada%2Bops@example.org")]
    [InlineData("?q=ada+ops+eu@example.org&x=a+b", "?q=ada%2Bops%2Beu@example.org&x=a+b")]
    [InlineData("?q=ada+ops%40example.org", "?q=ada+ops%40example.org")]
    [InlineData("?filter=userName+eq+%22ada+ops@example.org%22", "?filter=userName+eq+%22ada%2Bops@example.org%22")]
    [InlineData("?filter=userName+eq+\"ada+ops@example.org\"", "?filter=userName+eq+\"ada%2Bops@example.org\"")]
    [InlineData("?filter=displayName+eq+%22Ada+Lovelace%22", "?filter=displayName+eq+%22Ada+Lovelace%22")]
    [InlineData("?filter=userName+eq+ada@example.org", "?filter=userName+eq+ada@example.org")]
    [InlineData(
        "?filter=meta.lastModified%20gt%20%222026-01-01T00:00:00+01:00%22",
        "?filter=meta.lastModified%20gt%20%222026-01-01T00:00:00%2B01:00%22"
    )]
    public void A_query_says_itself_what_its_plus_signs_are(string query, string meant) => Assert.Equal(meant, PlusSign.Read(query));
}
