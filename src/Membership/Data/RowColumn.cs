using System.Data.Common;
using System.Reflection;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Storage;

namespace UserManagement.Membership.Data;

/// <summary>A column of a table, as the context's own model describes it.</summary>
public sealed class RowColumn
{
    private static readonly HashSet<string> Bookkeeping =
    [
        "Version",
        "ConfigurationVersion",
        "SortKey",
        "UserNameKey",
        "PasswordHash",
        "ModifiedAt",
        "CreatedAt",
        "LoginKey",
        "ProvenEmailKey",
        "DisplayNameKey",
        "UniqueNameKey",
        "MemberBefore",
    ];
    private readonly IProperty _property;
    private readonly IClrPropertyGetter _getter;
    private readonly RelationalTypeMapping _mapping;
    private readonly Func<RowColumn, IReadOnlyList<object>, Array> _array;

    internal RowColumn(IProperty property)
    {
        _property = property;
        _getter = property.GetGetter();
        _mapping = property.GetRelationalTypeMapping();
        Name = $"\"{property.GetColumnName()}\"";
        var stored = _mapping.Converter?.ProviderClrType ?? property.ClrType;
        StoredType = Nullable.GetUnderlyingType(stored) ?? stored;
        Fact = JsonEncodedText.Encode(JsonNamingPolicy.CamelCase.ConvertName(property.Name));
        var make =
            !StoredType.IsValueType ? nameof(References)
            : property.IsNullable ? nameof(ValuesOrNone)
            : nameof(Values);
        _array = typeof(RowColumn)
            .GetMethod(make, BindingFlags.NonPublic | BindingFlags.Static)!
            .MakeGenericMethod(StoredType)
            .CreateDelegate<Func<RowColumn, IReadOnlyList<object>, Array>>();
    }

    /// <summary>The name, in quotes.</summary>
    public string Name { get; }

    /// <summary>What the driver gets: UUID, text, number, flag or bytes; never a nullable type.</summary>
    public Type StoredType { get; }

    /// <summary>The entity's property.</summary>
    internal string Property => _property.Name;

    /// <summary>Whether the audit log may show it.</summary>
    internal bool IsFact => _property.ClrType != typeof(byte[]) && !_property.IsPrimaryKey() && !Bookkeeping.Contains(_property.Name);

    /// <summary>The value of a row as the driver gets it; null for none.</summary>
    public object? Stored(object row) =>
        Read(row) is not { } value ? null
        : _mapping.Converter is { } converter ? converter.ConvertToProvider(value)
        : value;

    /// <summary>The values of many rows as one array for the driver: of nullable values only where one may be null.</summary>
    public Array StoredArray(IReadOnlyList<object> rows) => _array(this, rows);

    /// <summary>The value of a row as a parameter.</summary>
    public DbParameter Parameter(DbCommand command, string name, object row) => Bound(command, name, Read(row));

    internal DbParameter Bound(DbCommand command, string name, object? value) =>
        _mapping.CreateParameter(command, name, value, _property.IsNullable);

    /// <summary>The entity's property as the audit log calls it.</summary>
    internal JsonEncodedText Fact { get; }

    internal bool Is(IProperty property) => _property == property;

    internal bool IsVersion => _property.IsConcurrencyToken;

    internal object? Read(object row) => _getter.GetClrValue(row);

    internal bool Same(object a, object b) =>
        Read(a) is byte[] x && Read(b) is byte[] y ? x.AsSpan().SequenceEqual(y) : Equals(Read(a), Read(b));

    private static T[] Values<T>(RowColumn column, IReadOnlyList<object> rows)
        where T : struct
    {
        var values = new T[rows.Count];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = (T)column.Stored(rows[i])!;
        }

        return values;
    }

    private static T?[] ValuesOrNone<T>(RowColumn column, IReadOnlyList<object> rows)
        where T : struct
    {
        var values = new T?[rows.Count];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = (T?)column.Stored(rows[i]);
        }

        return values;
    }

    private static T?[] References<T>(RowColumn column, IReadOnlyList<object> rows)
        where T : class
    {
        var values = new T?[rows.Count];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = (T?)column.Stored(rows[i]);
        }

        return values;
    }
}
