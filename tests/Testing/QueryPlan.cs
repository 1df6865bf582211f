using System.Data.Common;
using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Data;

namespace UserManagement.Testing;

/// <summary>How a database would run a statement: the words of its EXPLAIN, with the indexes that it goes along.</summary>
public static partial class QueryPlan
{
    /// <summary>The plan of a hand-written statement with these values of $1, $2 ...</summary>
    public static async Task<string> OfAsync(MembershipDb db, string sql, params object[] values)
    {
        var text = Parameter().Replace(sql, m => Literal(db, values[int.Parse(m.Groups[1].Value, CultureInfo.InvariantCulture) - 1]));
        await using var command = db.Database.GetDbConnection().CreateCommand();
        command.CommandText = text;
        return await ReadAsync(db, command);
    }

    /// <summary>The plan of a query of EF.</summary>
    public static async Task<string> OfAsync<T>(MembershipDb db, IQueryable<T> query)
    {
        await using var command = query.CreateDbCommand();
        return await ReadAsync(db, command);
    }

    private static async Task<string> ReadAsync(MembershipDb db, DbCommand command)
    {
        command.CommandText = string.Concat(db.WritesInTurn ? "EXPLAIN QUERY PLAN " : "EXPLAIN ", command.CommandText);
        await db.Database.OpenConnectionAsync();
        try
        {
            var lines = new List<string>();
            await using var reader = await command.ExecuteReaderAsync();
            while (await reader.ReadAsync())
            {
                lines.Add(reader.GetString(db.WritesInTurn ? 3 : 0));
            }

            return string.Join('\n', lines);
        }
        finally
        {
            await db.Database.CloseConnectionAsync();
        }
    }

    private static string Literal(MembershipDb db, object value) =>
        value switch
        {
            Guid id => db.WritesInTurn ? $"'{id.ToString("D").ToUpperInvariant()}'" : $"'{id:D}'::uuid",
            string text => $"'{text}'",
            _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
        };

    [GeneratedRegex(@"\$(\d+)")]
    private static partial Regex Parameter();
}
