using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Workspaces;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Membership.Tests.Data;

/// <summary>What acts with very many rows wait for, and who does not wait for them.</summary>
public class LargeTurnsTests
{
    private const int Many = LargeTurns.MostAtEase + 1;

    [Fact]
    public async Task One_of_a_workspace_is_planned_at_a_time_and_small_ones_pass()
    {
        await using var acme = await TestWorkspace.NewAsync(Database.Sqlite);
        var (begun, goOn) = (new TaskCompletionSource(), new TaskCompletionSource());
        var first = RunAsync(
            acme.Store,
            acme.Id,
            Many,
            async () =>
            {
                begun.SetResult();
                await goOn.Task;
            }
        );
        await begun.Task;
        var isPlanned = false;
        using var gone = new CancellationTokenSource();
        var second = RunAsync(
            acme.Store,
            acme.Id,
            Many,
            () =>
            {
                isPlanned = true;
                return Task.CompletedTask;
            }
        );
        var impatient = RunAsync(acme.Store, acme.Id, Many, () => Task.CompletedTask, gone.Token);
        await RunAsync(acme.Store, acme.Id, LargeTurns.MostAtEase, () => Task.CompletedTask);
        await RunAsync(acme.Store, Id<Workspace>.New(TimeProvider.System), Many, () => Task.CompletedTask); // another workspace's
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => impatient);
        Assert.False(isPlanned);
        goOn.SetResult();
        await first;
        await second;
        Assert.True(isPlanned);
        await RunAsync(acme.Store, acme.Id, Many, () => Task.CompletedTask); // all turns were given back
    }

    /// <summary>An act that learns in its plan how many rows it has to do with; the second number tells how often it was begun.</summary>
    private static async Task RunAsync(Store store, Id<Workspace> workspace, int rows, Func<Task> atItsTurn, CancellationToken ct = default)
    {
        var begun = 0;
        var outcome = await store.ChangeAsync<int>(
            Actor.Operator,
            workspace,
            "test.large",
            async attempt =>
            {
                begun++;
                if (attempt.AwaitsTurn(rows))
                {
                    return Refusal.Busy();
                }

                await atItsTurn();
                return begun;
            },
            ct
        );
        Assert.Equal(rows > LargeTurns.MostAtEase ? 2 : 1, outcome.Value);
    }
}
