using System.Collections.Concurrent;
using System.Data.Common;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Storage;

namespace UserManagement.Membership.Data;

/// <summary>One statement of a write: its text, its values, and how many rows it must touch.</summary>
/// <param name="Sql">Text with parameters $1, $2 ... by position, or @p0, @p1 ... by name; never both.</param>
/// <param name="Parameters">Makes the parameters on a command of the open connection.</param>
/// <param name="Rows">How many rows it must touch; null for any number.</param>
/// <param name="OnMiss">What it means when it touches another number.</param>
internal sealed record Statement(string Sql, IReadOnlyList<Func<DbCommand, DbParameter>> Parameters, int? Rows = null, Miss? OnMiss = null)
{
    /// <summary>Whether it may touch no row although it must; an INSERT touches all or fails by itself.</summary>
    public bool IsGuarded => Rows == 1 && OnMiss is not null;

    /// <summary>The pool that a count's statement changes; null for others.</summary>
    public Licensing.Pool? Pool { get; init; }
}

/// <summary>
/// How rows of one entity are written, read off the context's own model: the maps stay the only definition of tables
/// and columns, and a write costs one statement instead of a change tracker.
/// </summary>
internal sealed class RowMap
{
    private static readonly ConcurrentDictionary<(IModel, Type), RowMap> Known = new();
    private readonly string _table;
    private readonly Column[] _columns;
    private readonly Column[] _key;
    private readonly Column? _version;
    private readonly ConcurrentDictionary<(int Rows, bool OrIgnore), string> _inserts = new();

    private RowMap(IEntityType entity)
    {
        _table = entity.GetTableName()!;
        _columns = [.. entity.GetProperties().Select(p => new Column(p))];
        _key = [.. entity.FindPrimaryKey()!.Properties.Select(p => _columns.First(c => c.Property == p))];
        _version = _columns.FirstOrDefault(c => c.Property.IsConcurrencyToken);
    }

    public static RowMap Of<T>(MembershipDb db) => Of(db, typeof(T));

    public static RowMap Of(MembershipDb db, Type type) =>
        Known.GetOrAdd((db.Model, type), static key => new RowMap(key.Item1.FindEntityType(key.Item2)
            ?? throw new InvalidOperationException($"{key.Item2} has no table.")));

    /// <summary>One INSERT for several rows; with <paramref name="orIgnore"/> rows that are there already are left as they are.</summary>
    public Statement Insert(IReadOnlyList<object> rows, bool orIgnore)
    {
        var parameters = new List<Func<DbCommand, DbParameter>>(rows.Count * _columns.Length);
        foreach (var row in rows)
        {
            foreach (var column in _columns)
            {
                Bind(parameters, column, column.Read(row));
            }
        }

        return new(_inserts.GetOrAdd((rows.Count, orIgnore), InsertText), parameters, orIgnore ? null : rows.Count);
    }

    /// <summary>
    /// An UPDATE of the columns that differ, or null when none does. It names what it saw: the version where there is
    /// one, else the former values of those columns; it misses when somebody was faster.
    /// </summary>
    public Statement? Update(object before, object after)
    {
        var changed = _columns.Where(c => !_key.Contains(c) && !c.Same(before, after)).ToList();
        if (changed.Count == 0)
        {
            return null;
        }

        var parameters = new List<Func<DbCommand, DbParameter>>();
        var sql = new StringBuilder().Append("UPDATE ").Append(_table).Append(" SET ");
        sql.AppendJoin(", ", changed.Select(c => $"{c.Name} = {Bind(parameters, c, c.Read(after))}"));
        Where(sql, parameters, before, _version is null ? changed : [_version]);
        return new(sql.ToString(), parameters, 1, Miss.Conflict);
    }

    /// <summary>A DELETE by key, and by version where there is one.</summary>
    public Statement Delete(object row, bool mustExist)
    {
        var parameters = new List<Func<DbCommand, DbParameter>>();
        var sql = new StringBuilder().Append("DELETE FROM ").Append(_table);
        Where(sql, parameters, row, _version is null ? [] : [_version]);
        return new(sql.ToString(), parameters, mustExist ? 1 : null, Miss.Conflict);
    }

    /// <summary>The columns as name and value, for the audit log; secrets and bookkeeping are left out.</summary>
    public IEnumerable<(string Name, object? Value)> Facts(object row) =>
        _columns.Where(c => c.IsFact).Select(c => (c.Property.Name, c.Read(row)));

    private string InsertText((int Rows, bool OrIgnore) shape)
    {
        var sql = new StringBuilder().Append("INSERT INTO ").Append(_table).Append(" (").AppendJoin(", ", _columns.Select(c => c.Name)).Append(") VALUES ");
        for (var r = 0; r < shape.Rows; r++)
        {
            var first = r * _columns.Length;
            sql.Append(r == 0 ? "(" : ", (").AppendJoin(", ", _columns.Select((_, c) => PositionalName.Of(first + c))).Append(')');
        }

        return sql.Append(shape.OrIgnore ? " ON CONFLICT DO NOTHING" : "").ToString();
    }

    private void Where(StringBuilder sql, List<Func<DbCommand, DbParameter>> parameters, object row, IEnumerable<Column> guards)
    {
        sql.Append(" WHERE ").AppendJoin(" AND ", _key.Select(c => $"{c.Name} = {Bind(parameters, c, c.Read(row))}"));
        foreach (var guard in guards)
        {
            sql.Append(" AND ").Append(guard.Name);
            var old = guard.Read(row);
            sql.Append(old is null ? " IS NULL" : " = " + Bind(parameters, guard, old));
        }
    }

    private static string Bind(List<Func<DbCommand, DbParameter>> parameters, Column column, object? value)
    {
        var name = PositionalName.Of(parameters.Count);
        parameters.Add(command => column.Mapping.CreateParameter(command, name, value, column.Property.IsNullable));
        return name;
    }

    private sealed class Column(IProperty property)
    {
        private static readonly HashSet<string> Bookkeeping = ["Version", "SortKey", "UserNameKey", "PasswordHash", "ModifiedAt", "CreatedAt", "LoginKey", "ProvenEmailKey", "DisplayNameKey", "UniqueNameKey"];

        public IProperty Property { get; } = property;

        public string Name { get; } = $"\"{property.GetColumnName()}\"";

        public RelationalTypeMapping Mapping { get; } = property.GetRelationalTypeMapping();

        /// <summary>Whether the audit log may show it.</summary>
        public bool IsFact => Property.ClrType != typeof(byte[]) && !Property.IsPrimaryKey() && !Bookkeeping.Contains(Property.Name);

        private readonly IClrPropertyGetter _getter = property.GetGetter();

        public object? Read(object row) => _getter.GetClrValue(row);

        public bool Same(object a, object b) => Read(a) is byte[] x && Read(b) is byte[] y ? x.AsSpan().SequenceEqual(y) : Equals(Read(a), Read(b));
    }
}
