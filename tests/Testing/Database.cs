namespace UserManagement.Testing;

/// <summary>The two databases the product runs on. Every test that touches storage runs on both.</summary>
public enum Database
{
    /// <summary>The embedded default: one file.</summary>
    Sqlite,

    /// <summary>The production store.</summary>
    Postgres,
}

/// <summary>One database and how to reach it, in the provider's own connection-string syntax.</summary>
/// <param name="Kind">Which product it is.</param>
/// <param name="ConnectionString">For Npgsql or for Microsoft.Data.Sqlite, by <paramref name="Kind"/>.</param>
public sealed record DatabaseTarget(Database Kind, string ConnectionString);
