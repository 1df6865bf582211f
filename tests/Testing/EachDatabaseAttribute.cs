using System.Reflection;
using Xunit;
using Xunit.Sdk;
using Xunit.v3;

namespace UserManagement.Testing;

/// <summary>
/// Runs a theory once on SQLite and once on PostgreSQL. The first parameter is the <see cref="Database"/>;
/// the values given here follow it. Several attributes on one method make several pairs:
/// <code>
/// [Theory, EachDatabase]                      Task X(Database kind)
/// [Theory, EachDatabase("a", 1)]              Task X(Database kind, string name, int count)
/// [Theory, EachDatabase("a"), EachDatabase("b")]
/// </code>
/// </summary>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
public sealed class EachDatabaseAttribute(params object?[]? values) : DataAttribute
{
    /// <summary>What follows the database in the parameter list; a single <c>null</c> is one null value.</summary>
    public IReadOnlyList<object?> Values { get; } = values ?? [null];

    /// <inheritdoc />
    public override ValueTask<IReadOnlyCollection<ITheoryDataRow>> GetData(MethodInfo testMethod, DisposalTracker disposalTracker) =>
        new([.. Enum.GetValues<Database>().Select(kind => new TheoryDataRow([kind, .. Values]))]);

    /// <inheritdoc />
    public override bool SupportsDiscoveryEnumeration() => true;
}
