namespace UserManagement.Testing;

/// <summary>
/// The single place where the tests' databases get their tables. The product's migrations belong to
/// <c>src/Storage</c>; this names the call.
/// </summary>
public static class DatabaseSchema
{
    /// <summary>Brings an empty database to the product's newest schema.</summary>
    public static Func<DatabaseTarget, Task> Migrate { get; } = _ => Task.CompletedTask;
}
