using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Data;
using UserManagement.Membership.Members;
using UserManagement.Membership.Outbox;
using UserManagement.Membership.Provisioning;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Holds;

/// <summary>Reads and writes <see cref="DirectoryHold"/>: counts in statements of their own, all else by version.</summary>
internal static class HoldRows
{
    /// <summary>The row of a directory, or of a group of it; null when there is none.</summary>
    public static Task<DirectoryHold?> ReadAsync(MembershipDb db, Id<Workspace> workspace, Guid client, Guid about, CancellationToken ct) =>
        db
            .DirectoryHolds.AsNoTracking()
            .FirstOrDefaultAsync(h => h.WorkspaceId == workspace && h.ClientId == client && h.About == about, ct);

    /// <summary>Whether a directory said something of people on which nobody has decided, those aside who are named.</summary>
    public static Task<bool> IsAnyWaitingAsync(
        MembershipDb db,
        Id<Workspace> workspace,
        Guid client,
        Id<Member>? but,
        CancellationToken ct
    ) =>
        db.Members.AnyAsync(
            m => m.WorkspaceId == workspace && m.HeldAs != null && m.HeldUntil != null && m.HeldBy == client && m.Id != but,
            ct
        );

    /// <summary>A row of the directory that acts.</summary>
    public static DirectoryHold New(Attempt attempt, Id<Workspace> workspace, Guid about, string? name) =>
        new()
        {
            WorkspaceId = workspace,
            ClientId = attempt.Actor.Id!.Value,
            About = about,
            Client = Key.Cut(attempt.Actor.Name, Key.MaxLength),
            Name = name,
            Version = 0,
        };

    /// <summary>The row as something begins to be held: the admins are told, once.</summary>
    public static DirectoryHold Opened(Attempt attempt, WorkspaceContext workspace, DirectoryHold row, long held, bool isTripped)
    {
        var opened = row with
        {
            OpenSince = row.OpenSince ?? attempt.At,
            DecideUntil = row.DecideUntil ?? attempt.At.AddDays(workspace.Configuration.Scim.Hold!.Days),
            IsTripped = isTripped,
            Held = held,
            AllowedUntil = null,
            Done = 0,
            LeftOut = 0,
        };
        attempt.Changes.Tell(
            isTripped ? "directory.breakerOpened" : "directory.held",
            workspace.Id,
            row.Name is null ? ("directory", row.ClientId, row.Client) : ("group", row.About, row.Name),
            reason: isTripped ? $"more than {row.Most} would have gone at once" : "by the mode of the workspace"
        );
        attempt.Changes.AddIfMissing(DirectoryConcern.Of(opened, held, attempt.At));
        attempt.Changes.Send(OutboxKind.DirectoryMail, workspace.Id.Value, "directory:" + workspace.Id, workspace.Id);
        return opened;
    }

    /// <summary>Writes a row.</summary>
    /// <param name="attempt">The try it belongs to.</param>
    /// <param name="before">As it was read; null for a new one.</param>
    /// <param name="after">As it is to be.</param>
    public static void Write(Attempt attempt, DirectoryHold? before, DirectoryHold after)
    {
        var written = after with { Version = (before?.Version ?? 0) + 1 };
        if (before is null)
        {
            attempt.Changes.Add(written);
        }
        else
        {
            attempt.Changes.Update(before, written);
        }
    }

    /// <summary>Writes the row with nothing held any more, and takes the concern away, so that the next opening is told anew.</summary>
    public static void Close(Attempt attempt, DirectoryHold row)
    {
        attempt.Changes.Update(row, row.Closed());
        Forget(attempt, row);
    }

    /// <summary>Takes the concern away.</summary>
    public static void Forget(Attempt attempt, DirectoryHold row)
    {
        var concern = DirectoryConcern.Of(row, 0, attempt.At);
        attempt.Changes.Execute(
            new(
                "DELETE FROM directory_concerns WHERE workspace_id = $1 AND kind = $2 AND about = $3",
                [Value.Of("$1", row.WorkspaceId.Value), Value.Of("$2", Word.Of(concern.Kind)), Value.Of("$3", concern.About)]
            )
        );
    }

    /// <summary>One more went: misses when the window is full, over, or another one by now.</summary>
    public static void CountGone(Attempt attempt, DirectoryHold row) =>
        Count(attempt, row, "used = used + $5", "used < most AND window_until = $4", row.WindowUntil!.Value);

    /// <summary>One more is held, or several: misses when all was decided meanwhile.</summary>
    public static void CountHeld(Attempt attempt, DirectoryHold row, long held = 1) =>
        Count(attempt, row, "held = held + $5", "open_since = $4", row.OpenSince!.Value, held);

    /// <summary>So many more of the directory that acts are held, whatever the limits of the breaker are.</summary>
    public static async Task HoldAsync(Attempt attempt, WorkspaceContext workspace, long held, CancellationToken ct)
    {
        var row = await ReadAsync(attempt.Db, workspace.Id, attempt.Actor.Id!.Value, Guid.Empty, ct);
        if (row?.OpenSince is not null)
        {
            CountHeld(attempt, row, held);
        }
        else
        {
            Write(attempt, row, Opened(attempt, workspace, row ?? New(attempt, workspace.Id, Guid.Empty, null), held, isTripped: false));
        }
    }

    private static void Count(Attempt attempt, DirectoryHold row, string set, string where, DateTimeOffset time, long by = 1) =>
        attempt.Changes.Execute(
            new(
                $"UPDATE directory_holds SET {set}, version = version + 1 WHERE workspace_id = $1 AND client_id = $2 AND about = $3 AND {where}",
                [
                    Value.Of("$1", row.WorkspaceId.Value),
                    Value.Of("$2", row.ClientId),
                    Value.Of("$3", row.About),
                    Value.Of("$4", time.ToUnixTimeMilliseconds()),
                    Value.Of("$5", by),
                ],
                1,
                GuardFailure.Conflict
            )
        );
}
