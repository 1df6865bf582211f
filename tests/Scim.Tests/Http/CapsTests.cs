using UserManagement.Scim.Protocol;
using UserManagement.Scim.Tests.Rig;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Scim.Tests.Http;

/// <summary>
/// Every cap of the door just at it and just beyond it, in one table: what is beyond is refused in words, and nobody is changed.
/// </summary>
public sealed class CapsTests
{
    private const string User = "urn:ietf:params:scim:schemas:core:2.0:User";
    private const string Patch = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
    private const string Bulk = "urn:ietf:params:scim:api:messages:2.0:BulkRequest";
    private const string Search = "urn:ietf:params:scim:api:messages:2.0:SearchRequest";

    [Theory, EachDatabase]
    public async Task What_is_at_the_cap_is_taken_and_what_is_beyond_is_refused(Database kind)
    {
        await using var server = await DoorServer.StartAsync(
            kind,
            options: o => (o.RequestsPerSecond, o.MaxGroupBodyBytes) = (1_000_000, 1024 * 1024)
        ); // the largest bulk requests one after the other
        var user = await server.UserAsync("u@example.com");
        var group = await server.GroupAsync("G", user);
        static string Times(int count, string what, string between = ",") => string.Join(between, Enumerable.Repeat(what, count));
        string Person(string more) => $$"""{"schemas":["{{User}}"],"userName":"x@example.com",{{more}}}""";
        string Deep(int levels) => Person($"\"a\":{new string('[', levels - 1)}{new string(']', levels - 1)}");
        string Ops(int count) =>
            $$"""{"schemas":["{{Patch}}"],"Operations":[{{Times(count, """{"op":"replace","path":"title","value":"T"}""")}}]}""";
        string Operation(string path) => $$"""{"schemas":["{{Patch}}"],"Operations":[{"op":"replace","path":"{{path}}","value":"T"}]}""";
        string Members(int count) =>
            $$"""{"schemas":["{{Patch}}"],"Operations":[{"op":"add","path":"members","value":[{{Times(count, $$"""{"value":"{{user}}"}""")}}]}]}""";
        string Batch(int count) =>
            $$"""{"schemas":["{{Bulk}}"],"Operations":[{{Times(count, """{"method":"DELETE","path":"/Users/nobody"}""")}}]}""";
        string Asked(string filter, string more = "") => $$"""{"schemas":["{{Search}}"],"filter":"{{filter}}"{{more}}}""";
        string Nested(int depth) => new string('(', depth) + "id pr" + new string(')', depth);
        (string What, string Method, string Path, string? Body, int Status, string? ScimType)[] caps =
        [
            ("depth of JSON", "POST", "/Users", Deep(ScimJson.MaxDepth + 1), 400, "invalidSyntax"),
            ("size of a body", "POST", "/Users", Person($"\"title\":\"{new string('x', 1024 * 1024)}\""), 413, null),
            ("operations of a PATCH", "PATCH", "/Users/" + user, Ops(1000), 200, null),
            ("operations of a PATCH", "PATCH", "/Users/" + user, Ops(1001), 413, null),
            (
                "length of a path",
                "PATCH",
                "/Users/" + user,
                Operation($"emails[type eq \\\"{new string('a', 2048)}\\\"].value"),
                400,
                "invalidPath"
            ),
            (
                "terms in a path",
                "PATCH",
                "/Users/" + user,
                Operation($"emails[{Times(51, "type pr", " or ")}].value"),
                400,
                "invalidFilter"
            ),
            (
                "depth in a path",
                "PATCH",
                "/Users/" + user,
                Operation($"emails[{new string('(', 33)}type pr{new string(')', 33)}].value"),
                400,
                "invalidFilter"
            ),
            ("members of a PATCH, as many as a body holds", "PATCH", "/Groups/" + group, Members(20_000), 204, null),
            ("members of a PATCH, more than a body holds", "PATCH", "/Groups/" + group, Members(25_000), 413, null),
            ("depth of a filter", "POST", "/Users/.search", Asked(Nested(30)), 200, null),
            ("depth of a filter", "POST", "/Users/.search", Asked(Nested(33)), 400, "invalidFilter"),
            ("terms of a filter", "POST", "/Users/.search", Asked(Times(50, "id pr", " or ")), 200, null),
            ("terms of a filter", "POST", "/Users/.search", Asked(Times(51, "id pr", " or ")), 400, "invalidFilter"),
            ("length of a filter", "POST", "/Users/.search", Asked($"title eq \\\"{new string('x', 8 * 1024)}\\\""), 400, "invalidFilter"),
            (
                "attributes by name",
                "POST",
                "/Users/.search",
                Asked("id pr", $",\"attributes\":[{Times(10_000, "\"title\"")}]"),
                400,
                "invalidValue"
            ),
            ("size of a page", "GET", "/Users?count=2147483647", null, 200, null),
            ("operations in bulk", "POST", "/Bulk", Batch(1000), 200, null),
            ("operations in bulk", "POST", "/Bulk", Batch(1001), 413, null),
            ("size in bulk", "POST", "/Bulk", Batch(30_000), 413, null),
        ];
        foreach (var (what, method, path, body, status, scimType) in caps)
        {
            foreach (var isChunked in body is null ? [false] : new[] { false, true })
            {
                var answer = await server.SendAsync(method, path, body, r => r.Headers.TransferEncodingChunked = isChunked);
                Assert.True(
                    (status, scimType) == (answer.Status, answer.Status < 300 ? null : answer.ScimType),
                    $"{what}{(isChunked ? ", without a length" : "")}: {answer.Status} {answer.Text[..Math.Min(300, answer.Text.Length)]}"
                );
            }
        }

        Assert.Equal(1, (await server.SendAsync("GET", "/Users?count=0")).Json["totalResults"]!.GetValue<int>());
        Assert.Single((await server.SendAsync("GET", "/Groups/" + group)).Json["members"]!.AsArray());
    }

    [Fact]
    public async Task A_body_that_is_too_large_is_refused_before_it_is_kept()
    {
        var endless = new Endless();
        var before = GC.GetAllocatedBytesForCurrentThread();
        var read = await ScimJson.ReadObjectAsync(endless, 1024 * 1024, TestContext.Current.CancellationToken);
        Assert.False(read.TryGet(out _, out var error));
        Assert.Equal(413, error!.Status);
        Assert.True(endless.Given <= 4 * 1024 * 1024, $"{endless.Given} bytes were read");
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 8 * 1024 * 1024);
    }

    /// <summary>A body without an end.</summary>
    private sealed class Endless : MemoryStream
    {
        public long Given { get; private set; }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            buffer.Span.Fill((byte)' ');
            Given += buffer.Length;
            return new(buffer.Length);
        }
    }
}
