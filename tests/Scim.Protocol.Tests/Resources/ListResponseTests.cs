using System.Text.Json.Nodes;
using UserManagement.Scim.Protocol.Resources;
using Xunit;

namespace UserManagement.Scim.Protocol.Tests.Resources;

public sealed class ListResponseTests
{
    [Fact]
    public void A_counted_page_has_a_start_and_no_cursor() =>
        Assert.Equal(
            $$"""{"schemas":["{{ScimUrn.ListResponse}}"],"totalResults":5,"startIndex":3,"itemsPerPage":1,"Resources":[{"id":"1"}]}""",
            new ListResponse(5, 3, [new JsonObject { ["id"] = "1" }]).ToJson().ToJsonString()
        );

    [Fact]
    public void A_page_by_cursor_has_cursors_and_no_start() =>
        Assert.Equal(
            $$"""{"schemas":["{{ScimUrn.ListResponse}}"],"totalResults":5,"itemsPerPage":1,"nextCursor":"n","previousCursor":"p","Resources":[{"id":"1"}]}""",
            ListResponse.ByCursor(5, [new JsonObject { ["id"] = "1" }], "n", "p").ToJson().ToJsonString()
        );

    [Fact]
    public void The_last_page_has_no_next_cursor() => Assert.False(ListResponse.ByCursor(0, [], null).ToJson().ContainsKey("nextCursor"));
}
