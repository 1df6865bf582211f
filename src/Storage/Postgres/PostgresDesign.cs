using Microsoft.EntityFrameworkCore.Design;
using Npgsql;

namespace UserManagement.Storage.Postgres;

/// <summary>How <c>dotnet ef</c> makes the context; it reads the model and opens nothing.</summary>
internal sealed class PostgresDesign : IDesignTimeDbContextFactory<PostgresDb>
{
    public PostgresDb CreateDbContext(string[] args) =>
        new(PostgresSource.Options(NpgsqlDataSource.Create("Host=design"), TimeSpan.FromSeconds(10)));
}
