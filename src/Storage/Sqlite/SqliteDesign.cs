using Microsoft.EntityFrameworkCore.Design;

namespace UserManagement.Storage.Sqlite;

/// <summary>How <c>dotnet ef</c> makes the context; it reads the model and opens nothing.</summary>
internal sealed class SqliteDesign : IDesignTimeDbContextFactory<SqliteDb>
{
    public SqliteDb CreateDbContext(string[] args) => new(SqliteSource.Options("Data Source=design.db", TimeSpan.FromSeconds(10)));
}
