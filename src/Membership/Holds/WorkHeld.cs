using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Members;
using UserManagement.Membership.Outbox;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Holds;

/// <summary>
/// Carries a decision on all that is held out, person by person along their ids, in the name of whoever decided. How far it came stands
/// in the row: after a crash, or with two servers at it, nobody is passed over and nobody is decided on twice. Who is refused (no seat,
/// the last admin) stays as they are and waits on.
/// </summary>
public sealed class WorkHeld(Store store) : IOutboxConsumer
{
    private const int Piece = 100;

    /// <inheritdoc/>
    public string Kind => OutboxKind.HeldDecided;

    /// <summary>A pump of its own, so that no mail waits for it.</summary>
    public bool IsSlow => true;

    /// <inheritdoc/>
    public Task<Delivery> DeliverAsync(OutboxMessage message, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(message);
        return message.WorkspaceId is { } workspace
            ? InTurns.WorkAsync(
                store,
                workspace,
                "held.decided",
                async _ => await TurnAsync(workspace, CancellationToken.None) ? Turn.More : Turn.Last,
                attempt =>
                {
                    Queue(attempt, workspace);
                    return Task.CompletedTask;
                },
                ct
            )
            : Task.FromResult(Delivery.NotWanted);
    }

    /// <summary>Queues the next turns.</summary>
    internal static void Queue(Attempt attempt, Id<Workspace> workspace) =>
        attempt.Changes.Send(OutboxKind.HeldDecided, workspace.Value, $"held:{workspace}", workspace);

    /// <summary>One turn for each directory.</summary>
    /// <returns>Whether there is more to do.</returns>
    internal async Task<bool> TurnAsync(Id<Workspace> workspace, CancellationToken ct)
    {
        List<DirectoryHold> rows;
        await using (var db = store.Read())
        {
            rows = await db
                .DirectoryHolds.AsNoTracking()
                .Where(h => h.WorkspaceId == workspace && h.About == Guid.Empty && h.Verdict != null)
                .ToListAsync(ct);
        }

        var goesOn = false;
        foreach (var row in rows)
        {
            goesOn |= await TurnAsync(row, ct);
        }

        return goesOn;
    }

    private async Task<bool> TurnAsync(DirectoryHold row, CancellationToken ct)
    {
        var after = new Id<Member>(row.Cursor);
        List<Id<Member>> some;
        IReadOnlySet<Id<Member>> alone;
        Actor actor;
        await using (var db = store.Read())
        {
            actor = await DeciderAsync(db, row, ct);
            var waiting = db
                .Members.AsNoTracking()
                .Where(m => m.WorkspaceId == row.WorkspaceId && m.HeldAs != null && m.HeldUntil != null && m.HeldBy == row.ClientId)
                .Where(m => m.Id > after);
            var meant = row.Verdict switch
            {
                HoldVerdict.Release => waiting.Where(m => m.HeldAs != HeldAs.Admission || m.HeldMatch == null),
                HoldVerdict.Merge => waiting.Where(m => m.HeldAs == HeldAs.Admission && m.HeldMatch != null),
                _ => waiting,
            };
            var members = await meant.OrderBy(m => m.Id).Take(Piece).ToListAsync(ct);
            some = [.. members.Select(m => m.Id)];
            alone = await LeftAloneAsync(db, row, members, ct);
        }

        var (done, leftOut) = (0, alone.Count);
        foreach (var id in some.Where(id => !alone.Contains(id)))
        {
            ct.ThrowIfCancellationRequested();
            var outcome = await DecideHeld.OneAsync(
                store,
                actor,
                row.WorkspaceId,
                id,
                row.Verdict!.Value,
                null,
                ct,
                (member, _) => member.AwaitsDecision && member.HeldBy == row.ClientId && member.HeldSince <= row.DecidedAt
            );
            if (outcome.Done)
            {
                done++;
            }
            else
            {
                leftOut++;
            }
        }

        return (await MoveAsync(row, some, done, leftOut, ct)) is { Done: true, Value: true };
    }

    /// <summary>Whoever decided; to merge, with the role that they have now, for nobody merges somebody above themselves.</summary>
    private async Task<Actor> DeciderAsync(MembershipDb db, DirectoryHold row, CancellationToken ct) =>
        row.Verdict == HoldVerdict.Merge && await WorkspaceContext.ByIdAsync(db, row.WorkspaceId, ct) is { } workspace
            ? await JobActor.ReadAsync(
                db,
                workspace,
                new(row.Decider.Kind, row.DecidedById, row.Decider.Name, Door.None),
                Permission.ManageDirectory,
                store.Time.Now(),
                ct
            ) ?? row.Decider
            : row.Decider;

    /// <summary>
    /// Whom a decision on all leaves to one of their own: to be let in, whoever is here by now with the same address; to be merged, two
    /// newcomers with one address, of whom nobody can tell which of them it is.
    /// </summary>
    private static async Task<IReadOnlySet<Id<Member>>> LeftAloneAsync(
        MembershipDb db,
        DirectoryHold row,
        List<Member> members,
        CancellationToken ct
    ) =>
        row.Verdict == HoldVerdict.Keep
            ? new HashSet<Id<Member>>()
            : (await Matches.SameAsync(db, row.WorkspaceId, members, ct, others: row.Verdict == HoldVerdict.Merge)).Keys.ToHashSet();

    private Task<Outcome<bool>> MoveAsync(DirectoryHold seen, List<Id<Member>> some, int done, int leftOut, CancellationToken ct) =>
        store.ChangeAsync<bool>(
            Actor.System,
            seen.WorkspaceId,
            "held.decided",
            async attempt =>
            {
                if (
                    await HoldRows.ReadAsync(attempt.Db, seen.WorkspaceId, seen.ClientId, seen.About, ct) is not { Verdict: not null } row
                    || row.DecidedAt != seen.DecidedAt
                )
                {
                    return true; // decided anew, or another server was at the end: the next look tells
                }

                var isDone = some.Count < Piece;
                var moved = row with
                {
                    Cursor = isDone ? row.Cursor : some[^1].Value,
                    Done = row.Done + done,
                    LeftOut = row.LeftOut + leftOut,
                };
                if (!isDone)
                {
                    HoldRows.Write(attempt, row, moved);
                    return true;
                }

                if (await HoldRows.IsAnyWaitingAsync(attempt.Db, row.WorkspaceId, row.ClientId, null, ct))
                {
                    HoldRows.Write(
                        attempt,
                        row,
                        moved with
                        {
                            Verdict = null,
                            DecidedByKind = null,
                            DecidedById = null,
                            DecidedByName = null,
                        }
                    );
                }
                else
                {
                    HoldRows.Close(attempt, row);
                }

                return false;
            },
            ct
        );
}
