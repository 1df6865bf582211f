using System.Text.Json.Nodes;
using UserManagement.Simulator.Drills;

namespace UserManagement.Simulator.Tests;

public sealed class LedgerCheckTests : IDisposable
{
    private readonly string ledger = Path.Combine(Path.GetTempPath(), $"ledger-{Guid.CreateVersion7()}.jsonl");

    public void Dispose() => File.Delete(ledger);

    [Theory]
    [InlineData("legacy", Fault.None)]
    [InlineData("scim", Fault.None)]
    [InlineData("legacy", Fault.DropsAfterPost)]
    [InlineData("legacy", Fault.SometimesFails)]
    public async Task What_was_acknowledged_is_found_again(string dialect, Fault fault)
    {
        await using var server = await StandInServer.StartAsync(fault);
        await Run.EntraAsync(server, "--dialect", dialect, "--ledger", ledger);
        server.Faults = Fault.None;
        var (exit, output) = await CheckAsync(server);
        Assert.True(exit == 0, output);
        Assert.Contains("Every acknowledged write is there", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lost_changed_doubled_and_returned_objects_are_named()
    {
        await using var server = await StandInServer.StartAsync();
        await Run.EntraAsync(server, "--ledger", ledger);
        var users = server.Stored("Users");
        var doubled = users[0].DeepClone().AsObject();
        doubled["id"] = "other";
        users.Add(doubled);
        users[1]["displayName"] = "Somebody else";
        users.RemoveAt(2);
        server.Stored("Groups").Select(g => g["members"]).OfType<JsonArray>().First(m => m.Count > 0).RemoveAt(0);
        var (exit, output) = await CheckAsync(server);
        Assert.Equal(1, exit);
        Assert.Contains("is there 2 times", output, StringComparison.Ordinal);
        Assert.Contains("displayName should be", output, StringComparison.Ordinal);
        Assert.Contains("acknowledged, but not there", output, StringComparison.Ordinal);
        Assert.Contains("is not there", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_forgets_what_it_acknowledged_is_found_out()
    {
        await using var server = await StandInServer.StartAsync(Fault.ForgetsPatches);
        await Run.EntraAsync(server, "--ledger", ledger);
        Assert.Equal(1, (await CheckAsync(server)).Exit);
    }

    [Fact]
    public void An_unknown_write_may_be_there_or_not_but_only_as_a_whole()
    {
        var create = new Effect("Users", "u")
        {
            Id = "1",
            Creates = true,
            Set = new Dictionary<string, string?> { ["title"] = "a", ["active"] = "true" },
        };
        var patch = new Effect("Users", "u")
        {
            Id = "1",
            Set = new Dictionary<string, string?> { ["title"] = "b", ["active"] = "false" },
        };
        var history = Assert.Single(
            ObjectHistory.Fold([
                Line(Outcome.Acknowledged, create),
                Line(Outcome.Unknown, patch),
                Line(Outcome.Refused, patch with { Exists = false }),
            ])
        );
        Assert.Equal(["a true", "b false"], history.Possible.Select(s => $"{s.Set["title"]} {s.Set["active"]}"));
        Assert.True(history.MustExist);
    }

    [Fact]
    public void An_unknown_create_leaves_nothing_or_the_whole_and_a_known_delete_nothing()
    {
        var create = new Effect("Users", "u") { Creates = true };
        var unknown = Assert.Single(ObjectHistory.Fold([Line(Outcome.Unknown, create)]));
        Assert.False(unknown.MustExist || unknown.MustNotExist);
        var deleted = Assert.Single(
            ObjectHistory.Fold([Line(Outcome.Unknown, create), Line(Outcome.Acknowledged, create with { Creates = false, Exists = false })])
        );
        Assert.True(deleted.MustNotExist);
    }

    [Fact]
    public async Task A_ledger_keeps_values_that_are_unassigned_and_drops_a_line_cut_off()
    {
        var patch = new Effect("Users", "u")
        {
            Id = "1",
            Set = new Dictionary<string, string?> { ["manager"] = null },
        };
        using (var writer = new Ledger(ledger))
        {
            writer.Write(
                new("patch manager", HttpMethod.Patch, "/Users/1") { Effect = patch },
                DateTimeOffset.UnixEpoch,
                Outcome.Acknowledged,
                200,
                1,
                null
            );
        }

        await File.AppendAllTextAsync(ledger, "{\"op\":2,\"ki", TestContext.Current.CancellationToken);
        var line = Assert.Single(await Ledger.ReadAsync(ledger, TestContext.Current.CancellationToken));
        Assert.True(line.Effect!.Set.ContainsKey("manager"));
        Assert.Null(line.Effect.Set["manager"]);
        Assert.True(line.Effect.Exists);
    }

    private static LedgerLine Line(Outcome outcome, Effect effect) =>
        new(1, "k", "POST", "t", DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch, outcome, 200, 1, effect);

    private async Task<(int Exit, string Output)> CheckAsync(StandInServer server)
    {
        var output = new StringWriter();
        var exit = await SimulateCommand.RunAsync(
            ["check", "--ledger", ledger, "--url", server.Url.ToString(), "--token", StandInServer.Token],
            output,
            output,
            TestContext.Current.CancellationToken
        );
        return (exit, output.ToString());
    }
}
