using UserManagement.Scim.Tests.Rig;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Scim.Tests.Bulk;

public class BulkEndpointsTests
{
    [Theory, EachDatabase]
    public async Task More_operations_or_bytes_than_announced_are_413_and_nothing_is_done(Database kind)
    {
        await using var server = await DoorServer.StartAsync(kind);
        var many = string.Join(",", Enumerable.Range(0, 1001).Select(n => User(n)));
        var answer = await server.SendAsync("POST", "/Bulk", Body(many));
        Assert.Equal(413, answer.Status);
        Assert.Contains("1000", answer.Text, StringComparison.Ordinal);
        answer = await server.SendAsync("POST", "/Bulk", Body(User(1, new string('x', 1024 * 1024))));
        Assert.Equal(413, answer.Status);
        Assert.Contains("1048576", answer.Text, StringComparison.Ordinal);
        Assert.Equal(0, (await server.SendAsync("GET", "/Users")).Json["totalResults"]!.GetValue<int>());
    }

    [Theory, EachDatabase]
    public async Task The_same_request_once_more_makes_nothing_twice(Database kind)
    {
        await using var server = await DoorServer.StartAsync(kind);
        var body = Body(string.Join(",", Enumerable.Range(0, 20).Select(n => User(n))));
        string[] Statuses(Answer answer) =>
            [.. answer.Json["Operations"]!.AsArray().Select(o => o!["status"]!.GetValue<string>()).Distinct()];
        Assert.Equal(["201"], Statuses(await server.SendAsync("POST", "/Bulk", body)));
        Assert.Equal(["409"], Statuses(await server.SendAsync("POST", "/Bulk", body)));
        Assert.Equal(20, (await server.SendAsync("GET", "/Users")).Json["totalResults"]!.GetValue<int>());
    }

    private static string User(int number, string title = "T") =>
        $$$"""{"method":"POST","path":"/Users","bulkId":"b{{{number}}}","data":{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"u{{{number}}}@example.com","title":"{{{title}}}"}}""";

    private static string Body(string operations) =>
        $$"""{"schemas":["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],"Operations":[{{operations}}]}""";
}
