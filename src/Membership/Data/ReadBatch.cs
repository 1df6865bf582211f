using System.Data.Common;
using System.Diagnostics;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Data;

/// <summary>
/// Several reads in one round trip to the database, for hot paths: hand-written SELECTs that go below EF, as one
/// batch where the database has batches, else as statements that a kept connection has prepared. On two cores most of a keyed
/// read is the round trip. Text is the subset of SQL that both databases share, with parameters $1, $2 ...; values are what the drivers
/// know: UUID, text, number, flag, bytes.
/// </summary>
public sealed class ReadBatch
{
    private static readonly DiagnosticListener Ran = new("UserManagement.Reads");
    private readonly List<BatchedRead> _reads = [];

    /// <summary>Adds a read.</summary>
    /// <param name="sql">A constant text, or one of a few: statements are prepared by their text.</param>
    /// <param name="row">Makes something of the row under the reader.</param>
    /// <param name="values">The values of $1, $2 ...; none is null.</param>
    /// <returns>Where the rows are after <see cref="RunAsync"/>.</returns>
    public BatchedRead<T> Read<T>(string sql, Func<DbDataReader, T> row, params object[] values)
    {
        var read = new BatchedRead<T>(sql, row, values);
        _reads.Add(read);
        return read;
    }

    /// <summary>Sends all reads in one round trip and takes their rows.</summary>
    /// <exception cref="StaleTokenException">The token of the request opens no more what it opened; see <see cref="TokenProof"/>.</exception>
    public Task RunAsync(MembershipDb db, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(db);
        return _reads.Count == 0 ? Task.CompletedTask
            : db.Proof is { IsShown: false } proof ? ShowAsync(db, proof, ct)
            : SendAsync(db, ct);
    }

    /// <summary>The same, and shows what the request takes for granted of its token; also where there is nothing else to read.</summary>
    internal async Task ShowAsync(MembershipDb db, TokenProof proof, CancellationToken ct)
    {
        var token = proof.Read();
        _reads.Insert(0, token);
        await SendAsync(db, ct);
        proof.Take(token);
    }

    private Task SendAsync(MembershipDb db, CancellationToken ct)
    {
        if (Ran.IsEnabled())
        {
            Ran.Write("Read", _reads); // EF tells of its statements by itself
        }

        return db.ReadAsync(_reads, ct);
    }
}

/// <summary>One read of a <see cref="ReadBatch"/>.</summary>
public abstract class BatchedRead
{
    private protected BatchedRead(string sql, IReadOnlyList<object> values)
    {
        Sql = sql;
        Values = values;
    }

    /// <summary>The SELECT, with parameters $1, $2 ...</summary>
    public string Sql { get; }

    /// <summary>Their values; none is null.</summary>
    public IReadOnlyList<object> Values { get; }

    /// <summary>Takes all rows from a reader that stands before the first.</summary>
    public abstract Task TakeAsync(DbDataReader reader, CancellationToken ct);
}

/// <summary>What a read of a <see cref="ReadBatch"/> found; empty before it ran.</summary>
public sealed class BatchedRead<T> : BatchedRead
{
    private readonly List<T> _rows = [];
    private readonly Func<DbDataReader, T> _row;

    internal BatchedRead(string sql, Func<DbDataReader, T> row, object[] values)
        : base(sql, values) => _row = row;

    /// <summary>The rows, in the order of the SELECT.</summary>
    public IReadOnlyList<T> Rows => _rows;

    /// <summary>The first row; the default when there is none.</summary>
    public T? First => _rows.Count > 0 ? _rows[0] : default;

    /// <inheritdoc/>
    public override async Task TakeAsync(DbDataReader reader, CancellationToken ct)
    {
        while (await reader.ReadAsync(ct))
        {
            _rows.Add(_row(reader));
        }
    }
}

/// <summary>Names of parameters by position: $1, $2 ...</summary>
public static class PositionalName
{
    private static readonly string[] Ready = [.. Enumerable.Range(0, 256).Select(Make)];

    /// <summary>The name of the parameter at an index from 0.</summary>
    public static string Of(int index) => index < Ready.Length ? Ready[index] : Make(index);

    private static string Make(int index) => "$" + (index + 1).ToString(System.Globalization.CultureInfo.InvariantCulture);
}
