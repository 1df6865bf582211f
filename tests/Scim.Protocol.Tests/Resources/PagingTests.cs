using UserManagement.Scim.Protocol.Resources;
using Xunit;

namespace UserManagement.Scim.Protocol.Tests.Resources;

public sealed class PagingTests
{
    [Theory]
    [InlineData(null, null, 1, 100)]
    [InlineData("", " ", 1, 100)]
    [InlineData("0", "0", 1, 0)]
    [InlineData("-5", "-1", 1, 0)]
    [InlineData("101", "5", 101, 5)]
    [InlineData("1", "2147483647", 1, 1000)]
    [InlineData("99999999999999999999", "99999999999999999999", int.MaxValue, 1000)]
    [InlineData("-99999999999999999999", "-99999999999999999999", 1, 0)]
    public void A_page_is_kept_in_bounds(string? startIndex, string? count, int start, int size) =>
        Assert.Equal(new Paging(start, size), Paging.Read(startIndex, count).Value);

    [Theory]
    [InlineData("x", null)]
    [InlineData("1.5", null)]
    [InlineData(null, "1e3")]
    [InlineData(null, "0x10")]
    public void What_is_no_number_is_refused(string? startIndex, string? count) =>
        Assert.Equal("invalidValue", Paging.Read(startIndex, count).Error?.ScimType);

    [Fact]
    public void A_list_says_how_many_are_really_in_it()
    {
        Assert.Equal(
            """{"schemas":["urn:ietf:params:scim:api:messages:2.0:ListResponse"],"totalResults":7,"startIndex":101,"itemsPerPage":0,"Resources":[]}""",
            new ListResponse(7, 101, []).ToJson().ToJsonString()
        );
        Assert.Equal(
            2,
            new ListResponse(
                7,
                1,
                [
                    [],
                    [],
                ]
            ).ToJson()["itemsPerPage"]!.GetValue<int>()
        );
    }
}
