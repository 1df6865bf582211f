using System.Data.Common;
using Microsoft.EntityFrameworkCore;

namespace UserManagement.Membership.Data;

/// <summary>
/// Several reads in one journey to the database, for hot paths: hand-written SELECTs that go below EF on the context's own
/// connection, as one batch where the database has batches. On two cores most of a keyed read is the way there and back.
/// Text is the subset of SQL that both databases share, with parameters $1, $2 ...; values are what the drivers know:
/// UUID, text, number, flag, bytes.
/// </summary>
public sealed class Journey
{
    private readonly List<ILeg> _legs = [];

    /// <summary>Adds a read.</summary>
    /// <param name="sql">A constant text, or one of a few: statements are prepared by their text.</param>
    /// <param name="row">Makes something of the row under the reader.</param>
    /// <param name="values">The values of $1, $2 ...; none is null.</param>
    /// <returns>Where the rows are after the journey.</returns>
    public Found<T> Read<T>(string sql, Func<DbDataReader, T> row, params object[] values)
    {
        var leg = new Found<T>(sql, row, values);
        _legs.Add(leg);
        return leg;
    }

    /// <summary>Goes and brings back the rows of all reads.</summary>
    public async Task RunAsync(MembershipDb db, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(db);
        await db.Database.OpenConnectionAsync(ct);
        try
        {
            var connection = db.Database.GetDbConnection();
            await (connection.CanCreateBatch ? TogetherAsync(connection, ct) : OneByOneAsync(connection, ct));
        }
        finally
        {
            await db.Database.CloseConnectionAsync();
        }
    }

    private async Task TogetherAsync(DbConnection connection, CancellationToken ct)
    {
        await using var batch = connection.CreateBatch();
        foreach (var leg in _legs)
        {
            var command = batch.CreateBatchCommand();
            command.CommandText = leg.Sql;
            foreach (var value in leg.Values)
            {
                var parameter = command.CreateParameter();
                parameter.Value = value; // without a name: by position, so that the driver need not read the text
                command.Parameters.Add(parameter);
            }

            batch.BatchCommands.Add(command);
        }

        await using var reader = await batch.ExecuteReaderAsync(ct);
        foreach (var leg in _legs)
        {
            await leg.TakeAsync(reader, ct);
            await reader.NextResultAsync(ct);
        }
    }

    private async Task OneByOneAsync(DbConnection connection, CancellationToken ct)
    {
        foreach (var leg in _legs)
        {
            await using var command = connection.CreateCommand();
            command.CommandText = leg.Sql;
            for (var i = 0; i < leg.Values.Count; i++)
            {
                var parameter = command.CreateParameter();
                parameter.ParameterName = PositionalName.Of(i);
                parameter.Value = leg.Values[i];
                command.Parameters.Add(parameter);
            }

            await using var reader = await command.ExecuteReaderAsync(ct);
            await leg.TakeAsync(reader, ct);
        }
    }

    /// <summary>A read and what it found.</summary>
    internal interface ILeg
    {
        string Sql { get; }

        IReadOnlyList<object> Values { get; }

        Task TakeAsync(DbDataReader reader, CancellationToken ct);
    }
}

/// <summary>What a read of a <see cref="Journey"/> found; empty before the journey.</summary>
public sealed class Found<T> : Journey.ILeg
{
    private readonly List<T> _rows = [];
    private readonly string _sql;
    private readonly Func<DbDataReader, T> _row;
    private readonly object[] _values;

    internal Found(string sql, Func<DbDataReader, T> row, object[] values)
    {
        _sql = sql;
        _row = row;
        _values = values;
    }

    /// <summary>The rows, in the order of the SELECT.</summary>
    public IReadOnlyList<T> Rows => _rows;

    /// <summary>The first row; the default when there is none.</summary>
    public T? First => _rows.Count > 0 ? _rows[0] : default;

    string Journey.ILeg.Sql => _sql;

    IReadOnlyList<object> Journey.ILeg.Values => _values;

    async Task Journey.ILeg.TakeAsync(DbDataReader reader, CancellationToken ct)
    {
        while (await reader.ReadAsync(ct))
        {
            _rows.Add(_row(reader));
        }
    }
}

/// <summary>Names of parameters by position: $1, $2 ...</summary>
internal static class PositionalName
{
    private static readonly string[] Ready = [.. Enumerable.Range(0, 256).Select(Make)];

    /// <summary>The name of the parameter at an index from 0.</summary>
    public static string Of(int index) => index < Ready.Length ? Ready[index] : Make(index);

    private static string Make(int index) => "$" + (index + 1).ToString(System.Globalization.CultureInfo.InvariantCulture);
}
