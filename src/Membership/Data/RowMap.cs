using System.Collections.Concurrent;
using System.Data.Common;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

namespace UserManagement.Membership.Data;

/// <summary>
/// How rows of one entity are written, read off the context's own model: the maps stay the only definition of tables
/// and columns, and a write costs one statement instead of a change tracker.
/// </summary>
internal sealed class RowMap
{
    private static readonly ConcurrentDictionary<(IModel, Type), RowMap> Known = new();
    private readonly string _table;
    private readonly RowColumn[] _columns;
    private readonly RowColumn[] _key;
    private readonly RowColumn[] _facts;
    private readonly RowColumn[] _versions;

    private RowMap(IEntityType entity)
    {
        _table = entity.GetTableName()!;
        _columns = [.. entity.GetProperties().Select(p => new RowColumn(p))];
        _key = [.. entity.FindPrimaryKey()!.Properties.Select(p => _columns.First(c => c.Is(p)))];
        _facts = [.. _columns.Where(c => c.IsFact)];
        _versions = [.. _columns.Where(c => c.IsVersion)];
        RefersTo = [.. entity.GetForeignKeys().Select(f => f.PrincipalEntityType.ClrType)];
    }

    public static RowMap Of<T>(MembershipDb db) => Of(db, typeof(T));

    public static RowMap Of(MembershipDb db, Type type) =>
        Known.GetOrAdd(
            (db.Model, type),
            static key => new RowMap(
                key.Item1.FindEntityType(key.Item2) ?? throw new InvalidOperationException($"{key.Item2} has no table.")
            )
        );

    /// <summary>The tables whose rows this one's refer to.</summary>
    public IReadOnlyList<Type> RefersTo { get; }

    /// <summary>An INSERT of rows.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="onConflict">What stands behind it; empty where a row that is there already is a fault.</param>
    public RowInsert Insert(IReadOnlyList<object> rows, string onConflict) => new(_table, _columns, rows, onConflict);

    /// <summary>
    /// An UPDATE of the columns that differ, or null when none does. It names what it saw: the version where there is
    /// one (of a workspace both), else the former values of those columns; it misses when somebody was faster.
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
        Where(sql, parameters, before, _versions is [] ? changed : _versions);
        return new(sql.ToString(), parameters, 1, GuardFailure.Conflict);
    }

    /// <summary>A DELETE by key, and by version where there is one.</summary>
    public Statement Delete(object row, bool mustExist)
    {
        var parameters = new List<Func<DbCommand, DbParameter>>();
        var sql = new StringBuilder().Append("DELETE FROM ").Append(_table);
        Where(sql, parameters, row, _versions);
        return new(sql.ToString(), parameters, mustExist ? 1 : null, GuardFailure.Conflict);
    }

    /// <summary>
    /// What differs between two rows, for the audit log; secrets and bookkeeping are left out. Beside no row all that the other one has.
    /// </summary>
    public List<(RowColumn Column, object? Was, object? Is)> Facts(object? before, object? after)
    {
        List<(RowColumn Column, object? Was, object? Is)> facts = [];
        foreach (var column in _facts)
        {
            var was = before is null ? null : column.Read(before);
            var now = after is null ? null : column.Read(after);
            if (!Equals(was, now))
            {
                facts.Add((column, was, now));
            }
        }

        return facts;
    }

    private void Where(StringBuilder sql, List<Func<DbCommand, DbParameter>> parameters, object row, IEnumerable<RowColumn> guards)
    {
        sql.Append(" WHERE ").AppendJoin(" AND ", _key.Select(c => $"{c.Name} = {Bind(parameters, c, c.Read(row))}"));
        foreach (var guard in guards)
        {
            sql.Append(" AND ").Append(guard.Name);
            var old = guard.Read(row);
            sql.Append(old is null ? " IS NULL" : " = " + Bind(parameters, guard, old));
        }
    }

    private static string Bind(List<Func<DbCommand, DbParameter>> parameters, RowColumn column, object? value)
    {
        var name = PositionalName.Of(parameters.Count);
        parameters.Add(command => column.Bound(command, name, value));
        return name;
    }
}
