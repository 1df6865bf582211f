using System.Net;
using System.Net.Http.Headers;
using System.Text;
using UserManagement.Membership.Access;
using UserManagement.Membership.Workspaces;
using UserManagement.Scim.Tests.Rig;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Scim.Tests.SecurityCases;

/// <summary>
/// One workspace floods the server. Counted, not timed: what the flood holds, and that another workspace never waits for it.
/// </summary>
public class NoisyNeighbourTests
{
    private const string Schema = "urn:ietf:params:scim:schemas:core:2.0:User";

    [Theory, EachDatabase]
    public async Task S25_a_flood_holds_the_places_of_its_own_workspace_and_nobody_elses(Database kind)
    {
        await using var server = await DoorServer.StartAsync(kind, options: o => (o.RequestsAtWork, o.RequestsWaiting) = (3, 5));
        var (_, quiet) = await server.WorkspaceAsync("globex");
        var second = (
            await new CreateScimCredential(server.Store).RunAsync(
                Actor.Operator,
                server.Workspace.Id,
                "second",
                null,
                TestContext.Current.CancellationToken
            )
        )
            .Value
            .Token;
        foreach (var (slug, token) in new[] { ("acme", server.Token), ("acme", second), ("globex", quiet) })
        {
            Assert.Equal(200, (await AskAsync(slug, token, "GET", "/Users")).Status); // now the token is known
        }

        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var flood = Enumerable
            .Range(0, 12)
            .Select(i =>
                AskAsync(
                    "acme",
                    server.Token,
                    "POST",
                    "/Users",
                    new HeldBody($$"""{"schemas":["{{Schema}}"],"userName":"flood{{i}}"}""", release.Task)
                )
            )
            .ToList();
        await Until.TrueAsync(() => flood.Count(t => t.IsCompleted) >= 4);

        // three are at work, five wait, and the others are told at once
        var refused = await Task.WhenAll(flood.Where(t => t.IsCompleted));
        Assert.Equal([(429, "1"), (429, "1"), (429, "1"), (429, "1")], refused.Select(a => (a.Status, a.Header("Retry-After"))));
        Assert.Equal(429, (await AskAsync("acme", second, "GET", "/Users")).Status); // another token of the same workspace is no way around

        // meanwhile the other workspace does all it wants
        List<int> statuses = [];
        for (var i = 0; i < 5; i++)
        {
            var made = await AskAsync("globex", quiet, "POST", "/Users", Body($$"""{"schemas":["{{Schema}}"],"userName":"q{{i}}"}"""));
            statuses.Add(made.Status);
            statuses.Add(
                (
                    await AskAsync(
                        "globex",
                        quiet,
                        "PATCH",
                        "/Users/" + made.Json["id"],
                        Body(
                            """{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"replace","path":"active","value":false}]}"""
                        )
                    )
                ).Status
            );
            statuses.Add((await AskAsync("globex", quiet, "GET", "/Users?filter=userName eq \"q0\"")).Status);
            statuses.Add((await AskAsync("globex", quiet, "GET", "/Users")).Status);
        }

        Assert.Equal([.. Enumerable.Range(0, 20).Select(i => i % 4 == 0 ? 201 : 200)], statuses);
        Assert.Equal(8, flood.Count(t => !t.IsCompleted));

        release.SetResult();
        var answers = await Task.WhenAll(flood);
        Assert.Equal(8, answers.Count(a => a.Status == 201));
        Assert.Equal(200, (await AskAsync("acme", second, "GET", "/Users")).Status);

        Task<Answer> AskAsync(string slug, string token, string method, string path, HttpContent? body = null) =>
            server.SendAsync(
                method,
                path,
                null,
                r =>
                {
                    r.RequestUri = new Uri($"/scim/v2/{slug}{path}", UriKind.Relative);
                    r.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
                    r.Headers.ExpectContinue = body is HeldBody; // so that an answer comes before the body goes
                    r.Content = body;
                }
            );
    }

    private static StringContent Body(string json) => new(json, Encoding.UTF8, "application/scim+json");

    /// <summary>A body that comes when it is let go.</summary>
    private sealed class HeldBody : HttpContent
    {
        private readonly string _json;
        private readonly Task _release;

        public HeldBody(string json, Task release)
        {
            (_json, _release) = (json, release);
            Headers.ContentType = new MediaTypeHeaderValue("application/scim+json");
        }

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await stream.FlushAsync();
            await _release;
            await stream.WriteAsync(Encoding.UTF8.GetBytes(_json));
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
