using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Connections;
using UserManagement.Membership.Data;
using UserManagement.Membership.Licensing;
using UserManagement.Membership.Members;
using UserManagement.Membership.Plans;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Operators;

/// <summary>A workspace as an operator sees it.</summary>
/// <param name="Slug">Its slug.</param>
/// <param name="Name">Its name.</param>
/// <param name="Preset">The preset it was filled from.</param>
/// <param name="Plan">Its plan.</param>
/// <param name="People">People a directory can see: all but those who left.</param>
/// <param name="Seats">Seats in use.</param>
/// <param name="Slots">Active people.</param>
/// <param name="Connections">How many sign-in connections of its own it has.</param>
/// <param name="DirectoryAt">When a directory last asked; null for never.</param>
/// <param name="CreatedAt">When it was made.</param>
public sealed record WorkspaceUse(
    string Slug,
    string Name,
    string Preset,
    Plan Plan,
    long People,
    Usage Seats,
    Usage Slots,
    int Connections,
    DateTimeOffset? DirectoryAt,
    DateTimeOffset CreatedAt
);

/// <summary>A page of workspaces by slug.</summary>
/// <param name="Items">The workspaces.</param>
/// <param name="Next">The slug behind which the next page begins; null at the end.</param>
/// <param name="Total">How many workspaces there are.</param>
public sealed record WorkspaceUsePage(IReadOnlyList<WorkspaceUse> Items, string? Next, int Total);

/// <summary>The installation as an operator sees it.</summary>
/// <param name="Workspaces">A page of workspaces by slug.</param>
/// <param name="Next">The slug behind which the next page begins; null at the end.</param>
/// <param name="Total">How many workspaces there are.</param>
/// <param name="Connections">The installation's own sign-in connections, by name.</param>
/// <param name="Streams">How many streams of audit logs fail.</param>
/// <param name="Sealed">When an audit log was last sealed; null for never.</param>
/// <param name="Migration">The last migration of the database.</param>
/// <param name="RestoredAt">When the database was set back to a backup; null for never.</param>
public sealed record InstallationView(
    IReadOnlyList<WorkspaceUse> Workspaces,
    string? Next,
    int Total,
    IReadOnlyList<IdentityConnection> Connections,
    int Streams,
    DateTimeOffset? Sealed,
    string Migration,
    DateTimeOffset? RestoredAt
);

/// <summary>Reads how the installation stands. Refusal: <c>forbidden</c>.</summary>
public sealed class ReadInstallation(Store store)
{
    /// <summary>How many workspaces stand on a page.</summary>
    public const int PageSize = 50;

    /// <summary>Reads it.</summary>
    /// <param name="actor">Whoever runs the server.</param>
    /// <param name="after">The slug behind which the page begins; null for the first.</param>
    /// <param name="ct">Stops the read.</param>
    public async Task<Outcome<InstallationView>> RunAsync(Actor actor, string? after, CancellationToken ct)
    {
        if (Against(actor) is { } refused)
        {
            return refused;
        }

        await using var db = store.Read();
        var page = await PageAsync(db, after, PageSize, ct);
        return new InstallationView(
            page.Items,
            page.Next,
            page.Total,
            await db
                .IdentityConnections.AsNoTracking()
                .Where(c => c.WorkspaceId == default(Id<Workspace>))
                .OrderBy(c => c.Name)
                .ToListAsync(ct),
            await db.AuditStreamPositions.CountAsync(p => p.FailingSince != null, ct),
            await db
                .AuditSegments.AsNoTracking()
                .OrderByDescending(s => s.LastId)
                .Select(s => (DateTimeOffset?)s.At)
                .FirstOrDefaultAsync(ct),
            (await db.Database.GetAppliedMigrationsAsync(ct)).LastOrDefault() ?? "",
            await db.Marks.AsNoTracking().Where(m => m.Name == Mark.Restored).Select(m => (DateTimeOffset?)m.At).FirstOrDefaultAsync(ct)
        );
    }

    /// <summary>Reads a page of its workspaces alone.</summary>
    /// <param name="actor">Whoever runs the server.</param>
    /// <param name="after">The slug behind which the page begins; null for the first.</param>
    /// <param name="size">How many workspaces a page has at most.</param>
    /// <param name="ct">Stops the read.</param>
    public async Task<Outcome<WorkspaceUsePage>> WorkspacesAsync(Actor actor, string? after, int size, CancellationToken ct)
    {
        if (Against(actor) is { } refused)
        {
            return refused;
        }

        await using var db = store.Read();
        return await PageAsync(db, after, size, ct);
    }

    /// <summary>Why an actor may not see the installation; null for whoever runs it.</summary>
    internal static Refusal? Against(Actor actor) =>
        actor.Unlimited ? null : Refusal.Forbidden("Only whoever runs the server may do this.");

    private static async Task<WorkspaceUsePage> PageAsync(MembershipDb db, string? after, int size, CancellationToken ct)
    {
        var rows = await db
            .Workspaces.AsNoTracking()
            .Where(w => after == null || string.Compare(w.Slug, after) > 0)
            .OrderBy(w => w.Slug)
            .Take(size + 1)
            .ToListAsync(ct);
        var uses = new List<WorkspaceUse>();
        foreach (var row in rows.Take(size))
        {
            uses.Add(await OfAsync(db, row, ct));
        }

        return new(uses, rows.Count > size ? uses[^1].Slug : null, await db.Workspaces.CountAsync(ct));
    }

    private static async Task<WorkspaceUse> OfAsync(MembershipDb db, Workspace row, CancellationToken ct)
    {
        var counts = await Counts.ReadAsync(db, row.Id, ct);
        return new(
            row.Slug,
            row.Name,
            WorkspaceConfiguration.Read(row.Configuration).Preset,
            Plan.Of(row),
            counts.Visible,
            counts.Seats,
            counts.Slots,
            await db.IdentityConnections.CountAsync(c => c.WorkspaceId == row.Id, ct),
            await db.ScimCredentialUses.AsNoTracking().Where(u => u.WorkspaceId == row.Id).MaxAsync(u => (DateTimeOffset?)u.LastUsedAt, ct),
            row.CreatedAt
        );
    }
}
