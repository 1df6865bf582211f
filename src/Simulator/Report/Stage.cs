namespace UserManagement.Simulator.Report;

/// <summary>Part of a run: its steps go side by side, the next stage begins when all are done.</summary>
/// <param name="Name">A few words for the progress bar.</param>
/// <param name="Steps">What is to do; a step bundles the requests about one object, in their order.</param>
public sealed record Stage(string Name, IReadOnlyList<Func<CancellationToken, Task>> Steps)
{
    /// <summary>Runs stages in order.</summary>
    /// <param name="stages">The stages.</param>
    /// <param name="bar">Told of each stage and step.</param>
    /// <param name="parallel">Steps side by side.</param>
    /// <param name="cancellationToken">Ends the run.</param>
    public static async Task RunAsync(IEnumerable<Stage> stages, ProgressBar bar, int parallel, CancellationToken cancellationToken)
    {
        var options = new ParallelOptions { MaxDegreeOfParallelism = parallel, CancellationToken = cancellationToken };
        foreach (var stage in stages)
        {
            bar.Begin(stage.Name);
            await Parallel.ForEachAsync(
                stage.Steps,
                options,
                async (step, token) =>
                {
                    await step(token);
                    bar.Advance();
                }
            );
        }
    }
}
