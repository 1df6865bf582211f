using UserManagement.Drills.Servers;
using UserManagement.Testing;

namespace UserManagement.Drills.TwoBuilds;

/// <summary>
/// A rolling upgrade and a rollback with two real builds on one database. On PostgreSQL the old server runs throughout: the
/// new build migrates beside it, both serve, the new one goes, the old one goes on. On SQLite, where one server holds the
/// file, they take turns.
/// </summary>
internal sealed class TwoBuildsDrill(string oldFolder, string newFolder)
{
    private readonly Answers _answers = new();

    /// <summary>Runs it; the exit code.</summary>
    public async Task<int> RunAsync()
    {
        await PostgresAsync();
        await SqliteAsync();
        Console.WriteLine(_answers.Table());
        foreach (var wrong in _answers.Wrongs.Take(60))
        {
            Console.WriteLine("WRONG " + wrong);
        }

        Console.WriteLine(
            _answers.Wrongs.Count == 0 ? "Two builds on one database: nothing was wrong." : $"{_answers.Wrongs.Count} wrong."
        );
        return _answers.Wrongs.Count == 0 ? 0 : 1;
    }

    private async Task PostgresAsync()
    {
        await PostgresCluster.ExecuteAsync("create database two_builds");
        var connection = await PostgresCluster.ConnectionStringAsync("two_builds");
        var (older, newer) = (
            new Build("old", oldFolder, TestFolder.New(), connection),
            new Build("new", newFolder, TestFolder.New(), connection)
        );
        Console.WriteLine("PostgreSQL: " + (await older.MustAsync("migrate")).Trim());
        var access = await older.OpenAsync("acme", "seats");
        var walk = new Walk(_answers);
        await using var before = await older.ServeAsync();
        using var throughOld = new Caller(before, access, _answers);
        await throughOld.EnterAsync(await older.AdminLinkAsync("acme", $"{older.Name}-admin@acme.test"));
        await PhaseAsync("old", walk, throughOld);
        Console.WriteLine("PostgreSQL, new: " + (await newer.MustAsync("migrate")).Trim());
        await PhaseAsync("old-migrated", walk, throughOld);
        await using (var after = await newer.ServeAsync())
        {
            using var throughNew = new Caller(after, access, _answers);
            await throughNew.EnterAsync(await newer.AdminLinkAsync("acme", $"{newer.Name}-admin@acme.test"));
            for (var round = 0; round < 3; round++)
            {
                await PhaseAsync("new", walk, throughNew);
                await PhaseAsync("old-beside", walk, throughOld);
            }

            await walk.ShowsAsync("new", throughNew);
            Quiet(after);
        }

        await PhaseAsync("old-rollback", walk, throughOld);
        Quiet(before);
        await VerifyAsync(older);
        await VerifyAsync(newer);
    }

    private async Task SqliteAsync()
    {
        var data = TestFolder.New();
        var (older, newer) = (new Build("old", oldFolder, data, null), new Build("new", newFolder, data, null));
        var access = await older.OpenAsync("acme", "seats");
        var walk = new Walk(_answers);
        foreach (var (build, phase) in new[] { (older, "old"), (newer, "new"), (older, "old-rollback"), (newer, "new-again") })
        {
            await using (var server = await build.ServeAsync())
            {
                using var caller = new Caller(server, access, _answers);
                await caller.EnterAsync(await build.AdminLinkAsync("acme", $"{build.Name}-admin@acme.test"));
                await PhaseAsync("sqlite-" + phase, walk, caller);
                Quiet(server);
            }

            await VerifyAsync(build);
        }
    }

    private async Task PhaseAsync(string phase, Walk walk, Caller caller)
    {
        var wrongs = _answers.Wrongs.Count;
        try
        {
            await walk.RunAsync(phase, caller);
        }
        catch (Exception e) when (e is NullReferenceException or InvalidOperationException or ArgumentNullException)
        {
            _answers.Wrong(
                $"{phase}: the walk broke off: {e.Message} {e.StackTrace?.Split('\n').FirstOrDefault(l => l.Contains("Walk", StringComparison.Ordinal))}"
            );
        }

        Console.WriteLine($"{phase}: {(_answers.Wrongs.Count == wrongs ? "as it should be" : $"{_answers.Wrongs.Count - wrongs} wrong")}");
    }

    private async Task VerifyAsync(Build build)
    {
        var (code, printed) = await build.RunAsync("verify");
        if (code != 0)
        {
            _answers.Wrong($"verify by {build.Name} ended with {code}: {printed}");
        }
    }

    private void Quiet(RunningServer server)
    {
        foreach (
            var line in server
                .Printed.Split('\n')
                .Where(l =>
                    l.Contains(" fail ", StringComparison.OrdinalIgnoreCase) || l.Contains("error", StringComparison.OrdinalIgnoreCase)
                )
                .Take(5)
        )
        {
            _answers.Wrong($"{server.Build.Name} logged: {line}");
        }
    }
}
