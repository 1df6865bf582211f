namespace UserManagement.Scim.Protocol.Bulk;

/// <summary>
/// Strongly connected parts of a graph (Kosaraju's two passes), without recursion: a chain of references may be as long
/// as the request.
/// </summary>
internal static class Circles
{
    /// <summary>A number for each node; nodes that reach each other have the same.</summary>
    public static int[] Number(int count, Func<int, IReadOnlyList<int>> targets)
    {
        var reversed = new List<int>[count];
        for (var node = 0; node < count; node++)
        {
            reversed[node] = [];
        }
        for (var node = 0; node < count; node++)
        {
            foreach (var target in targets(node))
            {
                reversed[target].Add(node);
            }
        }
        var finished = new List<int>(count);
        var seen = new bool[count];
        for (var node = 0; node < count; node++)
        {
            Walk(node, targets, seen, finished.Add);
        }
        var numbers = new int[count];
        Array.Clear(seen);
        for (var i = count - 1; i >= 0; i--)
        {
            var number = i;
            Walk(finished[i], node => reversed[node], seen, node => numbers[node] = number);
        }
        return numbers;
    }

    /// <summary>Visits all that can be reached and was not seen, deepest first.</summary>
    private static void Walk(int start, Func<int, IReadOnlyList<int>> targets, bool[] seen, Action<int> finish)
    {
        if (seen[start])
        {
            return;
        }
        seen[start] = true;
        var path = new Stack<(int Node, int Next)>();
        path.Push((start, 0));
        while (path.TryPop(out var at))
        {
            var next = targets(at.Node);
            if (at.Next == next.Count)
            {
                finish(at.Node);
                continue;
            }
            path.Push((at.Node, at.Next + 1));
            if (!seen[next[at.Next]])
            {
                seen[next[at.Next]] = true;
                path.Push((next[at.Next], 0));
            }
        }
    }
}
