using System.Text;
using System.Text.Json.Nodes;
using UserManagement.Scim.Protocol;
using Xunit;

namespace UserManagement.Scim.Protocol.Tests;

public class LongListsTests
{
    private const int Tree = 64 * 1024;

    private sealed class Rest : ILongList
    {
        public JsonArray All { get; } = [];

        public void Take(JsonArray elements)
        {
            foreach (var element in elements.ToList())
            {
                All.Add(element?.DeepClone());
            }
        }
    }

    /// <summary>Gives its bytes in pieces of any size.</summary>
    private sealed class Pieces(byte[] bytes, int seed) : MemoryStream(bytes)
    {
        private readonly Random _random = new(seed);

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(buffer.Length, _random.Next(1, 700))], cancellationToken);
    }

    private static async Task<(ScimResult<JsonObject> Body, LongLists Lists)> ReadAsync(string json, int seed = 1, int most = 10_000_000)
    {
        var lists = new LongLists(() => new Rest());
        return (await ScimJson.ReadObjectAsync(new Pieces(Encoding.UTF8.GetBytes(json), seed), lists, Tree, most, default), lists);
    }

    [Fact]
    public async Task Beginning_and_rest_are_the_list_however_the_bytes_come()
    {
        foreach (var size in (int[])[0, 1, 99, 100, 101, 199, 200, 201, 3456])
        {
            var list =
                "["
                + string.Join(
                    ", ",
                    Enumerable
                        .Range(0, size)
                        .Select(i =>
                            (i % 5) switch
                            {
                                0 => "{\"value\":\"ü" + i + "\"}",
                                1 => "{ \"value\" : [1,{\"members\":[]}] }",
                                2 => "null",
                                3 => "\"a\\u00e9\"",
                                _ => i + ".5",
                            }
                        )
                )
                + "]";
            var json =
                $$"""{"a":{"members":{{list}} },"Operations":[{"value":{{list}},"path":"members"},{"op":"x","Value":{"urn:x:Members":{{list}} } }],"other":{{(size > 500 ? "[]" : list)}},"end":true}""";
            for (var seed = 0; seed < 5; seed++)
            {
                var (read, lists) = await ReadAsync(json, seed);
                Assert.True(read.TryGet(out var body, out _));
                foreach (
                    var part in new[]
                    {
                        body["a"]!["members"],
                        body["Operations"]![0]!["value"],
                        body["Operations"]![1]!["Value"]!["urn:x:Members"],
                    }
                )
                {
                    var whole = new JsonArray([
                        .. part!.AsArray().Concat(((Rest?)lists.RestOf(part))?.All ?? []).Select(n => n?.DeepClone()),
                    ]);
                    Assert.True(JsonNode.DeepEquals(JsonNode.Parse(list), whole), $"{size}, {seed}");
                    Assert.Equal(Math.Min(size, LongLists.Beginning), part.AsArray().Count);
                }

                Assert.Null(lists.RestOf(body["other"]));
                Assert.True(body["end"]!.GetValue<bool>());
            }
        }
    }

    [Fact]
    public async Task What_is_no_good_body_is_refused_as_without_long_lists()
    {
        var many = string.Join(",", Enumerable.Repeat("1", 150));
        foreach (
            var json in (string[])
                [
                    "",
                    " ",
                    "[]",
                    "1",
                    "{",
                    "{\"a\":1,}",
                    "{} {}",
                    "{\"a\":1,\"a\":2}",
                    "{\"a\":\"\\u0000\"}",
                    "{\"a\":\"\\ud800\"}",
                    "{\"a\":1e999}",
                    new string('[', 80),
                    "{\"a\":" + new string('[', 70),
                    $$"""{"members":[{{many}}""",
                    $$"""{"members":[{{many}},]}""",
                    $$"""{"members":[{{many}},{"a":1,"a":2}]}""",
                    $$"""{"members":[{{many}},"\ud800"]}""",
                    $$"""{"members":[{{many}},1e999]}""",
                    $$"""{"members":[{{many}}]""",
                ]
        )
        {
            var (read, _) = await ReadAsync(json);
            Assert.False(read.TryGet(out _, out var error), json);
            Assert.False(ScimJson.ReadObject(Encoding.UTF8.GetBytes(json)).TryGet(out _, out var same), json);
            Assert.Equal((same!.Status, same.ScimType), (error!.Status, error.ScimType));
        }
    }

    [Fact]
    public async Task Only_long_lists_may_be_longer_than_a_tree()
    {
        // what stays in the tree is short: each list is too large by what follows its beginning, and by nothing else
        static string List(string element) =>
            "[" + string.Join(",", Enumerable.Repeat("1", LongLists.Beginning).Concat(Enumerable.Repeat(element, 500))) + "]";
        var list = List("{\"value\":\"" + new string('x', 1000) + "\"}");
        var fine = "{\"members\":" + list + "}";
        Assert.True((await ReadAsync(fine)).Body.TryGet(out _, out _));
        foreach (
            var (json, most) in new[]
            {
                (fine, 400_000), // in all
                ("{\"others\":" + list + "}", 10_000_000), // another list
                ("{\"members\":{\"list\":" + list + "}}", 10_000_000), // another list, below the key
                ("{\"a\":\"" + new string('x', 100_000) + "\"}", 10_000_000), // one long text
                // within one element
                ("{\"members\":" + List("1")[..^1] + ",{\"members\":" + list + "}]}", 10_000_000),
                ("{\"members\":" + List("1")[..^1] + "," + list + "]}", 10_000_000),
                ("{\"members\":" + List("1")[..^1] + ",\"" + new string('x', 100_000) + "\"]}", 10_000_000),
                (fine[..^1] + ",\"others\":" + list + "}", 10_000_000), // behind a long one
            }
        )
        {
            var (read, _) = await ReadAsync(json, 1, most);
            Assert.False(read.TryGet(out _, out var error), json[..40]);
            Assert.Equal(413, error!.Status);
        }
    }
}
