using System.Diagnostics;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Outbox;

/// <summary>How a turn of long work ended.</summary>
internal enum Turn
{
    /// <summary>There was nothing to do: it was over, or never begun.</summary>
    None,

    /// <summary>It was the last.</summary>
    Last,

    /// <summary>There is more.</summary>
    More,
}

/// <summary>
/// Work on a whole workspace, in turns that are each a whole: a message covers some seconds of it, and the next is queued with the end of
/// the last, so that a server that stops, or others who wait, are never held up by it.
/// </summary>
internal static class InTurns
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

    /// <summary>Works for a while.</summary>
    /// <param name="store">The store.</param>
    /// <param name="workspace">The workspace.</param>
    /// <param name="act">The act's name.</param>
    /// <param name="turn">One turn, not to be stopped once begun; it may ask whether to go on.</param>
    /// <param name="queue">Queues the next message.</param>
    /// <param name="ct">The server stops.</param>
    public static async Task<Delivery> WorkAsync(
        Store store,
        Id<Workspace> workspace,
        string act,
        Func<Func<bool>, Task<Outcome<Turn>>> turn,
        Func<Attempt, Task> queue,
        CancellationToken ct
    )
    {
        var (began, any) = (Stopwatch.GetTimestamp(), false);
        while (GoesOn())
        {
            if (!(await turn(GoesOn)).Is(out var end, out var refusal))
            {
                return Delivery.Failed(refusal.Message);
            }

            if (end != Turn.More)
            {
                return any || end == Turn.Last ? Delivery.Done : Delivery.NotWanted;
            }

            any = true;
        }

        var queued = await store.ChangeAsync<Nothing>(
            Actor.System,
            workspace,
            act,
            async attempt =>
            {
                await queue(attempt);
                return default(Nothing);
            },
            CancellationToken.None
        );
        return queued.Refusal is { } no ? Delivery.Failed(no.Message) : Delivery.Done;

        bool GoesOn() => !ct.IsCancellationRequested && Stopwatch.GetElapsedTime(began) < Longest;
    }
}
