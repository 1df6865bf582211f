using System.Data.Common;
using System.Reflection;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using UserManagement.Membership.Data;
using UserManagement.Membership.Licensing;
using UserManagement.Membership.Members;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Membership.Tests.Data;

/// <summary>
/// Words that a later version stored: every enumeration of the model, by the model itself, so that a new one is among them.
/// </summary>
public sealed class LaterWordsTests
{
    private const string Later = "OfALaterVersion";

    [Theory, EachDatabase]
    public async Task Every_word_column_reads_a_word_of_a_later_version_and_writes_it_back_as_it_was(Database kind)
    {
        await using var database = await TestDatabase.NewAsync(kind);
        await using var db = database.Source.Open();
        var words = db.Model.GetEntityTypes().SelectMany(e => e.GetProperties()).Where(p => IsWord(p.ClrType)).ToList();
        Assert.True(words.Count >= 12, "The model has lost its words.");
        foreach (var word in words)
        {
            await InsertAsync(db, (IEntityType)word.DeclaringType, word, new());
            await (Task)
                typeof(LaterWordsTests)
                    .GetMethod(nameof(ReadsAndWritesAsync), BindingFlags.NonPublic | BindingFlags.Static)!
                    .MakeGenericMethod(word.DeclaringType.ClrType)
                    .Invoke(null, [database, word])!;
        }
    }

    [Fact]
    public void A_word_of_a_later_version_equals_itself_alone_and_is_weaker_than_all()
    {
        var (one, same, other) = (
            Word.Read<GrantOrigin>("Contract"),
            Word.Read<GrantOrigin>("Contract"),
            Word.Read<GrantOrigin>("contract")
        );
        Assert.Equal(one, same);
        Assert.NotEqual(one, other);
        Assert.Equal(("Contract", "contract", "unknown"), (Word.Of(one), Word.Of(other), one.Shown()));
        Assert.True(one < GrantOrigin.Join);
        Assert.False(one.IsKnown());
        Assert.Equal((MemberState.Suspended, "suspended"), (Word.Read<MemberState>("Suspended"), MemberState.Suspended.Shown()));
        Assert.False(Word.Read<CounterKind>("2").IsKnown()); // a number is no word
        Assert.Equal(MemberState.Suspended, MemberStateRules.Of(true, Word.Read<LocalBlock>("Quarantined"), joined: true));
    }

    private static bool IsWord(Type type) => (Nullable.GetUnderlyingType(type) ?? type).IsEnum;

    /// <summary>Inserts a row, and before it those that it refers to.</summary>
    private static async Task InsertAsync(MembershipDb db, IEntityType entity, IProperty? later, Dictionary<IProperty, object> given)
    {
        foreach (var reference in entity.GetForeignKeys())
        {
            var referred = new Dictionary<IProperty, object>();
            foreach (var (own, other) in reference.Properties.Zip(reference.PrincipalKey.Properties))
            {
                given.TryAdd(own, ValueOf(own));
                referred[other] = given[own];
            }

            await InsertAsync(db, reference.PrincipalEntityType, null, referred);
        }

        await db.Database.OpenConnectionAsync();
        await using var command = db.Database.GetDbConnection().CreateCommand();
        var columns = new List<string>();
        foreach (var property in entity.GetProperties().Where(p => !p.IsNullable || p == later || p.IsForeignKey()))
        {
            var parameter = command.CreateParameter();
            parameter.ParameterName = $"@p{columns.Count}";
            parameter.Value =
                property == later ? Later
                : IsWord(property.ClrType) ? Enum.GetNames(Nullable.GetUnderlyingType(property.ClrType) ?? property.ClrType)[0]
                : given.GetValueOrDefault(property) ?? ValueOf(property);
            command.Parameters.Add(parameter);
            columns.Add($"\"{property.GetColumnName()}\"");
        }

        command.CommandText =
            $"INSERT INTO {entity.GetTableName()} ({string.Join(", ", columns)}) VALUES ({string.Join(", ", columns.Select((_, i) => $"@p{i}"))})";
        await command.ExecuteNonQueryAsync();
        await db.Database.CloseConnectionAsync();
    }

    private static object ValueOf(IProperty property) => Value(property.GetTypeMapping().Converter?.ProviderClrType ?? property.ClrType);

    private static object Value(Type stored) =>
        (Nullable.GetUnderlyingType(stored) ?? stored) switch
        {
            var t when t == typeof(Guid) => Guid.CreateVersion7(),
            var t when t == typeof(string) => Guid.CreateVersion7().ToString("N"),
            var t when t == typeof(bool) => false,
            var t when t == typeof(int) => 1,
            var t when t == typeof(long) => 1L,
            var t when t == typeof(byte[]) => Guid.CreateVersion7().ToByteArray(),
            var other => throw new NotSupportedException(other.Name),
        };

    private static async Task ReadsAndWritesAsync<T>(TestDatabase database, IProperty word)
        where T : class
    {
        await using var db = database.Source.Open();
        var rows = await db.Set<T>().AsNoTracking().ToListAsync();
        var row = Assert.Single(rows, r => Stored(r) == Later);
        var reader = RowReader<T>.Of(db);
        await db.Database.OpenConnectionAsync();
        await using (var command = db.Database.GetDbConnection().CreateCommand())
        {
            command.CommandText = $"SELECT {reader.Columns("t")} FROM {reader.Table} t";
            await using var found = await command.ExecuteReaderAsync();
            var read = new List<T>();
            while (await found.ReadAsync())
            {
                read.Add(reader.Read((DbDataReader)found, 0));
            }

            Assert.Single(read, r => Stored(r) == Later);
        }

        if (typeof(T) == typeof(UserManagement.Membership.Audit.AuditEntry))
        {
            return; // never written back
        }

        db.Update(row);
        await db.SaveChangesAsync();
        await using (var command = db.Database.GetDbConnection().CreateCommand())
        {
            command.CommandText = $"SELECT count(*) FROM {reader.Table} WHERE \"{word.GetColumnName()}\" = '{Later}'";
            Assert.Equal(1L, await command.ExecuteScalarAsync());
        }

        string Stored(T one) => word.PropertyInfo!.GetValue(one) is Enum value ? Word.Of(value) : "";
    }
}
