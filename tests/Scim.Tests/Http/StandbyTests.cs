using UserManagement.Membership;
using UserManagement.Scim.Tests.Rig;
using UserManagement.Storage;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Scim.Tests.Http;

/// <summary>A write that no standby has is never told to be done, whatever the operator's connection string says.</summary>
public class StandbyTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Where_the_standby_is_away_a_write_is_503_and_none_is_201()
    {
        await using var cluster = await OwnCluster.StartAsync("--standbys");
        await using var source = MembershipSource.Of(
            new StorageSettings
            {
                Provider = StorageProvider.Postgres,
                ConnectionString = cluster.ConnectionString + ";Pooling=true;Cancellation Timeout=5000;Multiplexing=true",
                CommandTimeout = TimeSpan.FromSeconds(1),
            }
        );
        await source.MigrateAsync(Ct);
        await using var server = await DoorServer.StartAsync(source.Store(TimeProvider.System, new SecretBox(TestDatabase.MasterKey)));
        var (_, token) = await server.WorkspaceAsync("acme");
        Task<Answer> Post(int number) =>
            server.SendAsync(
                "POST",
                "/Users",
                $$"""{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"u{{number}}@example.com"}""",
                r => r.Headers.Authorization = new("Bearer", token)
            );
        Assert.Equal(201, (await Post(0)).Status);
        await cluster.ExecuteAsync("ALTER SYSTEM SET synchronous_standby_names = 'nobody'", "SELECT pg_reload_conf()");
        await UntilAsync(source);
        List<Answer> answers = [await Post(1), .. await Task.WhenAll(Enumerable.Range(2, 8).Select(Post))];
        var waited = Task.WhenAll(Enumerable.Range(10, 4).Select(Post));
        while (!waited.IsCompleted)
        {
            // an operator loses patience
            await cluster.ExecuteAsync("SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'");
        }

        answers.AddRange(await waited);
        Assert.All(answers, a => Assert.True(a.Status == 503, $"{a.Status} {a.Text}"));
    }

    /// <summary>
    /// A server process reads its settings anew before its next command: until one of the pool finds that nobody can write.
    /// </summary>
    private static Task UntilAsync(MembershipSource source) =>
        Until.TrueAsync(
            async () =>
            {
                using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(1));
                return await Record.ExceptionAsync(() => source.AskAsync(TimeSpan.FromSeconds(1), limit.Token)) is not null;
            },
            "a database without its standby takes no write"
        );
}
