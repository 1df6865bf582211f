using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Data;

namespace UserManagement.Membership.Workspaces;

/// <summary>
/// A workspace with its configuration read. The row is read each time; only the parsed form of one version of a
/// configuration is kept, so a change holds at once.
/// </summary>
/// <param name="Row">The workspace.</param>
/// <param name="Configuration">Its configuration.</param>
public sealed record OpenWorkspace(Workspace Row, WorkspaceConfiguration Configuration)
{
    private static readonly ConcurrentDictionary<Id<Workspace>, (string Text, WorkspaceConfiguration Parsed)> Parsed = new();
    private static readonly ConcurrentDictionary<Type, string> Selects = new();

    /// <summary>Its id.</summary>
    public Id<Workspace> Id => Row.Id;

    /// <summary>Opens a row that was read.</summary>
    public static OpenWorkspace Of(Workspace row)
    {
        if (Parsed.TryGetValue(row.Id, out var known) && known.Text == row.Configuration)
        {
            return new(row, known.Parsed);
        }

        var parsed = WorkspaceConfiguration.Read(row.Configuration);
        Parsed[row.Id] = (row.Configuration, parsed);
        return new(row, parsed);
    }

    /// <summary>Reads a workspace by id; null when it is not there.</summary>
    public static async Task<OpenWorkspace?> ByIdAsync(MembershipDb db, Id<Workspace> id, CancellationToken ct) =>
        await db.Workspaces.AsNoTracking().FirstOrDefaultAsync(w => w.Id == id, ct) is { } row ? Of(row) : null;

    /// <summary>Adds the read of a workspace to a journey; what it gives back opens the row when the journey is over.</summary>
    internal static Func<OpenWorkspace?> Add(Journey journey, MembershipDb db, Id<Workspace> id)
    {
        var rows = RowReader<Workspace>.Of(db);
        var found = journey.Read(Selects.GetOrAdd(db.GetType(), static (_, rows) => $"SELECT {rows.Columns("w")} FROM {rows.Table} w WHERE w.id = $1", rows), row => rows.Read(row, 0), id.Value);
        return () => found.First is { } row ? Of(row) : null;
    }

    /// <summary>Reads a workspace by its name in addresses; null when it is not there.</summary>
    public static async Task<OpenWorkspace?> BySlugAsync(MembershipDb db, string slug, CancellationToken ct) =>
        await db.Workspaces.AsNoTracking().FirstOrDefaultAsync(w => w.Slug == slug, ct) is { } row ? Of(row) : null;
}
