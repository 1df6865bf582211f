namespace UserManagement.Identity;

/// <summary>One thing that must hold, with a name that the log and the tests know.</summary>
/// <param name="Name">Its name, the refusal's code.</param>
/// <param name="Holds">Whether it holds.</param>
internal sealed record Check<T>(string Name, Func<T, ValueTask<bool>> Holds)
{
    public Check(string name, Func<T, bool> holds)
        : this(name, what => ValueTask.FromResult(holds(what))) { }
}

/// <summary>Runs checks in their order.</summary>
internal static class Check
{
    /// <summary>The name of the first that does not hold; null when all do.</summary>
    public static async Task<string?> FirstBrokenAsync<T>(IEnumerable<Check<T>> checks, T what)
    {
        foreach (var check in checks)
        {
            if (!await check.Holds(what))
            {
                return check.Name;
            }
        }

        return null;
    }
}
