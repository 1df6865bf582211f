namespace UserManagement.Scim.Protocol.Bulk;

/// <summary>
/// The order in which the operations of a bulk request run: the request's own, except that one that refers to a new
/// resource waits until that is made (RFC 7644, section 3.7.2). Operations on one resource keep their order. Where new
/// resources refer to each other in a circle, each is made without what points forward, which a PATCH adds afterwards
/// (section 3.7.1).
/// </summary>
public sealed class BulkPlan
{
    private BulkPlan(BulkRequest request, IReadOnlyList<BulkStep> steps)
    {
        Request = request;
        Steps = steps;
    }

    /// <summary>What was asked.</summary>
    public BulkRequest Request { get; }

    /// <summary>The steps in their order: each operation once, and each follow-up after what it refers to.</summary>
    public IReadOnlyList<BulkStep> Steps { get; }

    /// <summary>Plans a request. References to names that no POST has are left to the run, which refuses their operation.</summary>
    public static BulkPlan Of(BulkRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        var operations = request.Operations;
        var maker = operations
            .Where(operation => operation.Method == BulkMethod.Post)
            .ToDictionary(operation => operation.BulkId!, operation => operation.Index, StringComparer.Ordinal);
        var references = operations.Select(BulkReferences.Of).ToList();
        var targets = references.Select(names => names.Where(maker.ContainsKey).Select(name => maker[name]).ToList()).ToList();
        var circle = Circles.Number(operations.Count, index => operations[index].Method == BulkMethod.Post ? targets[index] : []);

        // within a circle, what points to a later one (or to itself) is set afterwards
        var deferred = operations
            .Select(operation =>
                operation.Method != BulkMethod.Post
                    ? []
                    : targets[operation.Index]
                        .Where(target => circle[target] == circle[operation.Index] && target >= operation.Index)
                        .ToHashSet()
            )
            .ToList();
        var waits = operations
            .Select(operation => targets[operation.Index].Where(target => !deferred[operation.Index].Contains(target)).ToHashSet())
            .ToList();
        var latest = new Dictionary<(string?, string), int>();
        foreach (var operation in operations.Where(operation => operation.ResourceId is not null))
        {
            if (latest.TryGetValue((operation.Type?.Name, operation.ResourceId!), out var before))
            {
                waits[operation.Index].Add(before);
            }
            latest[(operation.Type?.Name, operation.ResourceId!)] = operation.Index;
        }
        return new BulkPlan(request, Arrange(operations, waits, deferred));
    }

    /// <summary>Always the first operation of the request that waits for nothing more.</summary>
    private static List<BulkStep> Arrange(IReadOnlyList<BulkOperation> operations, List<HashSet<int>> waits, List<HashSet<int>> deferred)
    {
        var steps = new List<BulkStep>(operations.Count);
        var followers = new List<int>[operations.Count];
        var circling = new List<int>[operations.Count];
        for (var index = 0; index < operations.Count; index++)
        {
            (followers[index], circling[index]) = ([], []);
        }
        for (var index = 0; index < operations.Count; index++)
        {
            foreach (var before in waits[index])
            {
                followers[before].Add(index);
            }
            foreach (var target in deferred[index].Where(target => target != index))
            {
                circling[target].Add(index);
            }
        }
        var open = waits.Select(set => set.Count).ToArray();
        var missing = deferred.Select((set, index) => set.Count(target => target != index)).ToArray();
        var made = new bool[operations.Count];
        var ready = new PriorityQueue<int, int>(
            Enumerable.Range(0, operations.Count).Where(index => open[index] == 0).Select(index => (index, index))
        );
        while (ready.TryDequeue(out var index, out _))
        {
            var names = deferred[index].Select(target => operations[target].BulkId!).ToHashSet(StringComparer.Ordinal);
            steps.Add(new BulkStep(operations[index], false, names));
            made[index] = true;
            foreach (var waiting in followers[index].Where(waiting => --open[waiting] == 0))
            {
                ready.Enqueue(waiting, waiting);
            }
            foreach (
                var completed in circling[index]
                    .Where(other => --missing[other] == 0)
                    .Append(index)
                    .Where(other => made[other] && missing[other] == 0 && deferred[other].Count > 0)
                    .Distinct()
                    .Order()
            )
            {
                steps.Add(
                    new BulkStep(
                        operations[completed],
                        true,
                        deferred[completed].Select(target => operations[target].BulkId!).ToHashSet(StringComparer.Ordinal)
                    )
                );
            }
        }
        return steps;
    }
}

/// <summary>One step of a plan.</summary>
/// <param name="Operation">The operation as it was sent.</param>
/// <param name="IsFollowUp">True for the PATCH that adds the deferred references.</param>
/// <param name="Deferred">The bulkIds that the POST is made without and the follow-up adds; mostly none.</param>
public sealed record BulkStep(BulkOperation Operation, bool IsFollowUp, IReadOnlySet<string> Deferred);
