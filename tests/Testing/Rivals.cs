namespace UserManagement.Testing;

/// <summary>What one rival got: a value, or the exception it died of. Exactly one of the two is set.</summary>
/// <param name="Number">The rival's number, from 0.</param>
/// <param name="Value">What it returned.</param>
/// <param name="Fault">What it threw.</param>
public sealed record Outcome<T>(int Number, T? Value, Exception? Fault)
{
    /// <summary>The value, or the fault thrown again.</summary>
    public T Required => Fault is null ? Value! : throw new InvalidOperationException($"Rival {Number} failed: {Fault.Message}", Fault);
}

/// <summary>Many at one instant, for what only goes wrong when two come together.</summary>
public static class Rivals
{
    /// <summary>
    /// Starts <paramref name="count"/> rivals, lets all of them arrive at a gate, opens it, and collects what each got, in order
    /// of their numbers. A rival that throws is an outcome too.
    /// </summary>
    public static async Task<IReadOnlyList<Outcome<T>>> RaceAsync<T>(int count, Func<int, Task<T>> rival)
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var missing = count;
        var running = Enumerable
            .Range(0, count)
            .Select(number =>
                Task.Run(async () =>
                {
                    if (Interlocked.Decrement(ref missing) == 0)
                    {
                        gate.SetResult();
                    }

                    await gate.Task;
                    return await RunAsync(number, rival);
                })
            )
            .ToList();
        return await Task.WhenAll(running);
    }

    /// <summary>As <see cref="RaceAsync{T}(int, Func{int, Task{T}})"/>, each rival with its own act: mixed doors.</summary>
    public static Task<IReadOnlyList<Outcome<T>>> RaceAsync<T>(IReadOnlyList<Func<Task<T>>> rivals) =>
        RaceAsync(rivals.Count, number => rivals[number]());

    private static async Task<Outcome<T>> RunAsync<T>(int number, Func<int, Task<T>> rival)
    {
        try
        {
            return new Outcome<T>(number, await rival(number), null);
        }
        catch (Exception fault)
        {
            return new Outcome<T>(number, default, fault);
        }
    }
}
