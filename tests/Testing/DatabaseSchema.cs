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

    /// <summary>
    /// How long a statement of a test may take, and the opening of its session half of it: a machine on which much else runs stands still
    /// for seconds. What is about patience says a time of its own.
    /// </summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    /// <summary>How the product reaches a test's database.</summary>
    public static StorageSettings Settings(this DatabaseTarget target) =>
        new()
        {
            Provider = target.Kind == Database.Sqlite ? StorageProvider.Sqlite : StorageProvider.Postgres,
            ConnectionString = target.ConnectionString,
            CommandTimeout = Patience,
            DriverLog = StatementWatch.Log,
        };

    /// <summary>The product's own source over a test's database; the caller disposes.</summary>
    public static MembershipSource NewSource(this DatabaseTarget target) => MembershipSource.Of(target.Settings());
}
