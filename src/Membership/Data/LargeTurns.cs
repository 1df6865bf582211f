using System.Collections.Concurrent;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Data;

/// <summary>
/// The turns of acts that have to do with very many rows, a group of 100,000 above all: what such an act is planned from is
/// megabytes, so one of a workspace is at work at a time, and few of all workspaces together. The others wait before they are planned,
/// without a connection and without a limit of time but the caller's: they would read the same rows at once, and most would be planned anew
/// when the first is written.
/// </summary>
internal sealed class LargeTurns
{
    /// <summary>How many rows an act may have to do with and be planned beside any number of others.</summary>
    public const int MostAtEase = 10_000;

    private const int MostAtWork = 2;
    private static readonly SemaphoreSlim AtWork = new(MostAtWork); // of the process, as its memory is
    private readonly ConcurrentDictionary<Id<Workspace>, SemaphoreSlim> _workspaces = new();

    /// <summary>The turn of one act; disposing gives it back.</summary>
    public sealed class Turn(LargeTurns turns, Id<Workspace>? workspace) : IDisposable
    {
        private SemaphoreSlim? _mine;

        /// <summary>Whether it has come.</summary>
        public bool IsHeld { get; private set; }

        /// <summary>Waits for it: first in the workspace's line, so that of each workspace one at most waits for the others'.</summary>
        public async Task EnterAsync(CancellationToken ct)
        {
            var mine = turns._workspaces.GetOrAdd(workspace ?? default, static _ => new(1));
            await mine.WaitAsync(ct);
            _mine = mine;
            await AtWork.WaitAsync(ct);
            IsHeld = true;
        }

        /// <inheritdoc/>
        public void Dispose()
        {
            if (IsHeld)
            {
                IsHeld = false;
                AtWork.Release();
            }

            _mine?.Release();
            _mine = null;
        }
    }
}
