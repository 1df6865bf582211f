using UserManagement.Scim.Protocol.Resources;
using Xunit;

namespace UserManagement.Scim.Protocol.Tests.Resources;

public sealed class EtagTests
{
    [Fact]
    public void A_tag_is_weak() => Assert.Equal("W/\"7\"", Etag.Of(7));

    [Theory]
    [InlineData(null, true, false)]
    [InlineData("", true, false)]
    [InlineData("*", true, true)]
    [InlineData("W/\"7\"", true, true)]
    [InlineData("\"7\"", true, true)]
    [InlineData("W/\"6\", W/\"7\"", true, true)]
    [InlineData("\"a,b\" , W/\"7\"", true, true)]
    [InlineData("7", true, true)]
    [InlineData("\"x,7\"", false, false)]
    [InlineData("\"7", false, false)]
    [InlineData("\"*\", W/\"6\"", false, false)]
    [InlineData("W/\"6\"", false, false)]
    [InlineData("W/\"77\"", false, false)]
    [InlineData("rubbish,,\"", false, false)]
    public void Conditions_are_compared_weakly(string? header, bool mayWrite, bool isHeld)
    {
        Assert.Equal(mayWrite, Etag.IfMatchAllows(header, 7));
        Assert.Equal(isHeld, Etag.IfNoneMatchHolds(header, 7));
    }
}
