using System.Net.Http.Headers;
using UserManagement.Membership.Access;
using UserManagement.Membership.Members;
using UserManagement.Scim.Tests.Rig;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Scim.Tests.Http;

/// <summary>What counts for the limit of requests, on a clock that stands still: two seconds' worth may come at once.</summary>
public class ScimRateLimiterTests
{
    [Theory, EachDatabase]
    public async Task A_bulk_request_counts_as_many_as_it_has_operations_and_the_largest_is_still_possible(Database kind)
    {
        var clock = new HandClock();
        await using var server = await DoorServer.StartAsync(kind, options: o => o.RequestsPerSecond = 10, time: clock);
        Assert.Equal(200, await GetAsync(server)); // makes the token known, uncounted
        static string Bulk(int count) =>
            $$"""{"schemas":["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],"Operations":[{{string.Join(",", Enumerable.Repeat("""{"method":"DELETE","path":"/Users/nobody"}""", count))}}]}""";

        Assert.Equal(200, (await server.SendAsync("POST", "/Bulk", Bulk(50))).Status);
        var refused = await server.SendAsync("POST", "/Bulk", Bulk(1));
        Assert.Equal((429, "4"), (refused.Status, refused.Header("Retry-After"))); // 31 too many at 10 a second
        clock.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal(429, await GetAsync(server));
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(200, await GetAsync(server));

        clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(200, (await server.SendAsync("POST", "/Bulk", Bulk(1000))).Status);
        Assert.Equal("99", (await server.SendAsync("GET", "/Users")).Header("Retry-After"));
        clock.Advance(TimeSpan.FromSeconds(99));
        Assert.Equal(200, await GetAsync(server));
    }

    [Theory, EachDatabase]
    public async Task Large_answers_and_rows_looked_at_one_by_one_count_as_well(Database kind)
    {
        var clock = new HandClock();
        await using var server = await DoorServer.StartAsync(kind, options: o => o.RequestsPerSecond = 5, time: clock);
        for (var i = 0; i < 100; i++)
        {
            Assert.Null(
                (
                    await new ProvisionMember(server.Store).RunAsync(
                        Actor.Operator,
                        server.Workspace.Id,
                        new MemberAttributes { UserName = $"u{i}@example.com" },
                        TestContext.Current.CancellationToken
                    )
                ).Refusal
            );
        }

        Assert.Equal(200, await GetAsync(server));
        var addresses = string.Join(
            ",",
            Enumerable.Range(0, 20).Select(i => $$"""{"type":"a{{i}}","formatted":"{{new string('x', 3500)}}"}""")
        );
        var large = await server.UserAsync("large@example.com", $",\"addresses\":[{addresses}]"); // some 70 KB in the answer: two
        Assert.Equal([200, 200, 200, 200, 429], await EachAsync($"/Users/{large}")); // two each of the ten
        clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal([200, 200, 200, 200, 200, 429], await EachAsync("/Users?count=1&filter=title co \"x\"")); // 101 rows: 2.01 each
        clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal([.. Enumerable.Repeat(200, 10), 429], await EachAsync("/Users?count=1"));

        async Task<List<int>> EachAsync(string path)
        {
            List<int> statuses = [];
            var status = 200;
            while (status == 200 && statuses.Count < 50)
            {
                statuses.Add(status = (await server.SendAsync("GET", path)).Status);
            }

            return statuses;
        }
    }

    [Theory, EachDatabase]
    public async Task Wrong_tokens_of_one_address_are_limited_and_known_good_ones_go_on(Database kind)
    {
        var clock = new HandClock();
        await using var server = await DoorServer.StartAsync(kind, options: o => o.WrongTokensAtOnce = 5, time: clock);
        var (_, unknown) = await server.WorkspaceAsync("globex");
        Assert.Equal(200, await GetAsync(server));
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(401, (await WithAsync($"umscim_{i}aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")).Status);
        }

        var refused = await WithAsync("umscim_another-guess-another-guess-another-guess");
        Assert.Equal((429, "2"), (refused.Status, refused.Header("Retry-After"))); // one each two seconds
        Assert.Equal(429, (await WithAsync(unknown, "globex")).Status); // nobody can tell yet that it is a good one
        Assert.Equal(200, await GetAsync(server));

        clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(200, (await WithAsync(unknown, "globex")).Status);
        Assert.Equal(401, (await WithAsync("umscim_another-guess-another-guess-another-guess")).Status);
        Assert.Equal(429, (await WithAsync("umscim_another-guess-another-guess-another-guess")).Status);
        Assert.Equal(200, (await WithAsync(unknown, "globex")).Status);

        Task<Answer> WithAsync(string token, string slug = "acme") =>
            server.SendAsync(
                "GET",
                "/Users",
                null,
                r =>
                {
                    r.RequestUri = new Uri($"/scim/v2/{slug}/Users", UriKind.Relative);
                    r.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
                }
            );
    }

    private static async Task<int> GetAsync(DoorServer server) => (await server.SendAsync("GET", "/ServiceProviderConfig")).Status;
}
