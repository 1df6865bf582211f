using System.Data.Common;
using System.Text;
using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Data;

namespace UserManagement.Membership.Tests.Data;

/// <summary>How a database means to run a statement: what no clock can tell on a busy machine.</summary>
internal static class Plan
{
    /// <summary>The plan in the product's own words.</summary>
    public static Task<string> OfAsync(MembershipDb db, string sql, params (string Name, object Value)[] values) =>
        OfAsync(db, true, sql, values);

    /// <summary>The same, where PostgreSQL may be kept from reading a table whole.</summary>
    public static async Task<string> OfAsync(MembershipDb db, bool scans, string sql, params (string Name, object Value)[] values)
    {
        await db.Database.OpenConnectionAsync();
        try
        {
            await using var command = db.Database.GetDbConnection().CreateCommand();
            if (!scans && !db.WritesInTurn)
            {
                command.CommandText = "SET enable_seqscan = off"; // a small table is read whole; whether an index serves is told so
                await command.ExecuteNonQueryAsync();
            }

            command.CommandText = (db.WritesInTurn ? "EXPLAIN QUERY PLAN " : "EXPLAIN ") + sql;
            foreach (var (name, value) in values)
            {
                var parameter = command.CreateParameter();
                (parameter.ParameterName, parameter.Value) = (name.StartsWith('$') && !db.WritesInTurn ? "" : name, value);
                command.Parameters.Add(parameter);
            }

            var text = new StringBuilder();
            await using var rows = await command.ExecuteReaderAsync();
            while (await rows.ReadAsync())
            {
                text.AppendLine(rows.GetString(db.WritesInTurn ? 3 : 0));
            }

            return text.ToString();
        }
        finally
        {
            await db.Database.CloseConnectionAsync();
        }
    }

    /// <summary>Runs a statement by itself: for filling a table with what would take long to make by acts.</summary>
    public static async Task FillAsync(MembershipDb db, string sql)
    {
        await db.Database.OpenConnectionAsync();
        try
        {
            await using DbCommand command = db.Database.GetDbConnection().CreateCommand();
            command.CommandText = sql;
            await command.ExecuteNonQueryAsync();
        }
        finally
        {
            await db.Database.CloseConnectionAsync();
        }
    }

    /// <summary>The numbers from 1 to so many as rows of one column n, in the SQL of both databases.</summary>
    public static string Numbers(int count) =>
        $"(WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {count}) SELECT n FROM numbers) AS numbers";

    /// <summary>A UUID that grows with n, as the database stores it.</summary>
    public static string IdOf(MembershipDb db, int family) =>
        db.WritesInTurn
            ? $"upper('0000000{family}-0000-7000-8000-' || substr('000000000000' || printf('%x', n), -12))"
            : $"('0000000{family}-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid";
}
