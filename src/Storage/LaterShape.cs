using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Data;

namespace UserManagement.Storage;

/// <summary>
/// A database that a later version has migrated. This one goes on with what it knows of it, as it must amid a rolling upgrade
/// and after a rollback, unless what it needs was taken away or more is demanded than it can give.
/// </summary>
internal static class LaterShape
{
    /// <summary>The names of migrations in the database that this version does not know.</summary>
    public static async Task<IReadOnlyList<string>> NamesAsync(MembershipDb db, CancellationToken ct) =>
        [.. (await db.Database.GetAppliedMigrationsAsync(ct)).Except(db.Database.GetMigrations(), StringComparer.Ordinal)];

    /// <summary>The names of all migrations in the database; empty where it is none of ours.</summary>
    public static async Task<IReadOnlyList<string>> AppliedAsync(MembershipDb db, CancellationToken ct) =>
        [.. await db.Database.GetAppliedMigrationsAsync(ct)];

    /// <summary>What keeps this version from serving the tables as they are; null when nothing does.</summary>
    /// <param name="db">The database.</param>
    /// <param name="demanded">A query for the columns, as table and name, that an INSERT must name.</param>
    /// <param name="ct">Stops the asking.</param>
    public static async Task<string?> AgainstAsync(MembershipDb db, string demanded, CancellationToken ct)
    {
        await db.Database.OpenConnectionAsync(ct);
        try
        {
            await using var command = db.Database.GetDbConnection().CreateCommand();
            var known = new HashSet<(string Table, string Column)>();
            foreach (var entity in db.Model.GetEntityTypes())
            {
                var (table, columns) = (entity.GetTableName()!, entity.GetProperties().Select(p => p.GetColumnName()).ToList());
                known.UnionWith(columns.Select(c => (table, c)));
                command.CommandText = $"SELECT {string.Join(", ", columns.Select(c => $"t.\"{c}\""))} FROM {table} t WHERE 1 = 0";
                try
                {
                    await using var nothing = await command.ExecuteReaderAsync(ct);
                }
                catch (DbException fault) when (db.Classify(fault) == WriteFault.Other)
                {
                    return $"it lacks something of the table {table}";
                }
            }

            command.CommandText = demanded;
            await using var reader = await command.ExecuteReaderAsync(ct);
            while (await reader.ReadAsync(ct))
            {
                var (table, column) = (reader.GetString(0), reader.GetString(1));
                if (!known.Contains((table, column)) && known.Any(k => k.Table == table))
                {
                    return $"its table {table} demands the column {column}";
                }
            }

            return null;
        }
        finally
        {
            await db.Database.CloseConnectionAsync();
        }
    }
}
