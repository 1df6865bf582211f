using System.Collections.Concurrent;
using System.Data.Common;
using System.Linq.Expressions;
using System.Reflection;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Query;

namespace UserManagement.Membership.Data;

/// <summary>
/// How rows of one entity are read below EF, by hand-written statements on hot paths: the columns and the conversions are
/// read off the context's own model, so the maps stay the only definition of the table.
/// </summary>
/// <typeparam name="T">The entity.</typeparam>
public sealed class RowReader<T>
    where T : class
{
    private static readonly ConcurrentDictionary<IModel, RowReader<T>> Known = new();
    private static readonly MethodInfo IsNull = typeof(DbDataReader).GetMethod(nameof(DbDataReader.IsDBNull))!;
    private readonly IProperty[] _properties;
    private readonly int _key;

    private RowReader(IEntityType entity)
    {
        Table = entity.GetTableName()!;
        _properties = [.. entity.GetProperties()];
        _key = Array.IndexOf(_properties, entity.FindPrimaryKey()!.Properties[0]);
        Read = Compile(_properties);
    }

    /// <summary>The table's name.</summary>
    public string Table { get; }

    /// <summary>How many columns <see cref="Columns"/> names.</summary>
    public int Width => _properties.Length;

    /// <summary>The entity under the reader; its columns begin at this ordinal, in the order of <see cref="Columns"/>.</summary>
    public Func<DbDataReader, int, T> Read { get; }

    /// <summary>The same where an outer join may have found none: then its key is null, and so is the answer.</summary>
    public T? ReadJoined(DbDataReader reader, int start)
    {
        ArgumentNullException.ThrowIfNull(reader);
        return reader.IsDBNull(start + _key) ? null : Read(reader, start);
    }

    /// <summary>The reader for a context's model.</summary>
    public static RowReader<T> Of(MembershipDb db)
    {
        ArgumentNullException.ThrowIfNull(db);
        return Known.GetOrAdd(
            db.Model,
            static model => new RowReader<T>(
                model.FindEntityType(typeof(T)) ?? throw new InvalidOperationException($"{typeof(T)} has no table.")
            )
        );
    }

    /// <summary>The columns for a SELECT, under an alias of the table.</summary>
    public string Columns(string alias) => string.Join(", ", _properties.Select(p => $"{alias}.\"{p.GetColumnName()}\""));

    private static Func<DbDataReader, int, T> Compile(IProperty[] properties)
    {
        var reader = Expression.Parameter(typeof(DbDataReader), "reader");
        var start = Expression.Parameter(typeof(int), "start");
        var made = Expression.MemberInit(
            Expression.New(typeof(T)),
            properties.Select((p, i) => Expression.Bind(p.PropertyInfo!, Column(p, reader, Expression.Add(start, Expression.Constant(i)))))
        );
        return Expression.Lambda<Func<DbDataReader, int, T>>(made, reader, start).Compile();
    }

    // the same steps that EF takes: the driver's getter, the mapping's own touch, the converter, and null
    private static Expression Column(IProperty property, Expression reader, Expression ordinal)
    {
        var mapping = property.GetRelationalTypeMapping();
        var getter = mapping.GetDataReaderMethod();
        Expression value = Expression.Call(
            getter.DeclaringType!.IsAssignableFrom(typeof(DbDataReader)) ? reader : Expression.Convert(reader, getter.DeclaringType),
            getter,
            ordinal
        );
        value = mapping.CustomizeDataReaderExpression(value);
        if (mapping.Converter?.ConvertFromProviderExpression is { } convert)
        {
            var given = convert.Parameters[0];
            value = ReplacingExpressionVisitor.Replace(
                given,
                value.Type == given.Type ? value : Expression.Convert(value, given.Type),
                convert.Body
            );
        }

        if (value.Type != property.ClrType)
        {
            value = Expression.Convert(value, property.ClrType);
        }

        return property.IsNullable
            ? Expression.Condition(Expression.Call(reader, IsNull, ordinal), Expression.Default(property.ClrType), value)
            : value;
    }
}
