using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using UserManagement.Membership.Data;

namespace UserManagement.Benchmarks.Seeding;

/// <summary>A table as the context's model describes it: its columns, and an entity as the values that the driver stores.</summary>
internal sealed class TableShape
{
    private readonly (IProperty Property, Func<object?, object?>? Convert)[] _columns;

    private TableShape(IEntityType entity)
    {
        Name = entity.GetTableName()!;
        _columns = [.. entity.GetProperties().Select(p => (p, p.GetRelationalTypeMapping().Converter?.ConvertToProvider))];
        Columns = [.. _columns.Select(c => c.Property.GetColumnName())];
    }

    public string Name { get; }

    public IReadOnlyList<string> Columns { get; }

    public static TableShape Of<T>(MembershipDb db) =>
        new(db.Model.FindEntityType(typeof(T)) ?? throw new InvalidOperationException($"{typeof(T)} has no table."));

    /// <summary>The values of an entity, in the order of <see cref="Columns"/>.</summary>
    public object?[] Values(object entity) =>
        [
            .. _columns.Select(c =>
                c.Property.GetGetter().GetClrValue(entity) is { } value
                    ? c.Convert is { } convert
                        ? convert(value)
                        : value
                    : null
            ),
        ];
}
