using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Connections;

/// <summary>The last sign-ins through a connection that led nowhere.</summary>
/// <param name="Count">How many there were since it was connected; counted anew once all are older than they are kept.</param>
/// <param name="Last">The last of them, newest first, <see cref="FailedSignIn.Kept"/> at most.</param>
public sealed record FailedSignIns(long Count, IReadOnlyList<FailedSignIn> Last);

/// <summary>
/// Reads them: for admins those towards their own workspace, whosever the connection is; for the operator (the empty id)
/// those through the installation's connections that went towards no workspace. Refusal: <c>forbidden</c>.
/// </summary>
public sealed class ReadFailedSignIns(Store store)
{
    /// <summary>Reads.</summary>
    public async Task<Outcome<FailedSignIns>> RunAsync(
        Actor actor,
        Id<Workspace> workspace,
        Id<IdentityConnection> connection,
        CancellationToken ct
    )
    {
        if (actor.Demand(workspace, Permission.ConfigureWorkspace) is { } refused)
        {
            return refused;
        }

        await using var db = store.Read();
        var rows = await db
            .FailedSignIns.AsNoTracking()
            .Where(f => f.ConnectionId == connection && f.WorkspaceId == workspace)
            .ToListAsync(ct);
        var last = rows.OrderByDescending(f => f.Number).ToList();
        return new FailedSignIns(last is [var newest, ..] ? newest.Number : 0, last);
    }

    /// <summary>Those towards one workspace through the installation's connections together.</summary>
    public async Task<Outcome<FailedSignIns>> OfPlatformAsync(Actor actor, Id<Workspace> workspace, CancellationToken ct)
    {
        if (actor.Demand(workspace, Permission.ConfigureWorkspace) is { } refused)
        {
            return refused;
        }

        Id<Workspace> platform = default;
        await using var db = store.Read();
        var rows = await (
            from f in db.FailedSignIns.AsNoTracking()
            join c in db.IdentityConnections.AsNoTracking() on f.ConnectionId equals c.Id
            where f.WorkspaceId == workspace && c.WorkspaceId == platform
            orderby f.At descending
            select f
        )
            .Take(FailedSignIn.Kept)
            .ToListAsync(ct);
        return new FailedSignIns(rows.Count, rows);
    }
}
