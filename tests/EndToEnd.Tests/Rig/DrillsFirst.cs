using Xunit;
using Xunit.Sdk;
using Xunit.v3;

// Every test has a site of its own, and drills wait more than they work (for a server to start, for a directory's patience).
[assembly: Parallelization(Mode = ParallelMode.All, MaxThreads = 4)]
[assembly: TestCollectionOrderer(typeof(UserManagement.EndToEnd.Tests.Rig.DrillsFirst))]

namespace UserManagement.EndToEnd.Tests.Rig;

/// <summary>The drills, which are the longest, begin first: one that began last would run alone to the end.</summary>
public sealed class DrillsFirst : ITestCollectionOrderer
{
    /// <inheritdoc/>
    public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(IReadOnlyCollection<TTestCollection> testCollections)
        where TTestCollection : ITestCollection =>
        [
            .. testCollections
                .OrderBy(c =>
                    c.TestCollectionDisplayName.Contains(".Drills.Crash", StringComparison.Ordinal) ? 0
                    : c.TestCollectionDisplayName.Contains(".Drills.", StringComparison.Ordinal) ? 1
                    : 2
                )
                .ThenBy(c => c.TestCollectionDisplayName, StringComparer.Ordinal),
        ];
}
