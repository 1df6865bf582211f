using UserManagement.Storage;

namespace UserManagement.Testing;

/// <summary>
/// The single place where the tests' databases get their tables. The product's migrations belong to
/// <c>src/Storage</c>; this names the call.
/// </summary>
public static class DatabaseSchema
{
    /// <summary>Brings an empty database to the product's newest schema.</summary>
    public static Func<DatabaseTarget, Task> Migrate { get; } =
        static async target =>
        {
            await using var source = target.NewSource();
            await source.MigrateAsync(CancellationToken.None);
        };

    /// <summary>How the product reaches a test's database.</summary>
    public static StorageSettings Settings(this DatabaseTarget target) =>
        new()
        {
            Provider = target.Kind == Database.Sqlite ? StorageProvider.Sqlite : StorageProvider.Postgres,
            ConnectionString = target.ConnectionString,
            DriverLog = StatementWatch.Log,
        };

    /// <summary>The product's own source over a test's database; the caller disposes.</summary>
    public static MembershipSource NewSource(this DatabaseTarget target) => MembershipSource.Of(target.Settings());
}
