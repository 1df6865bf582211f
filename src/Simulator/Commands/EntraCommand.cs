using UserManagement.Simulator.Directories;
using UserManagement.Simulator.Drills;
using UserManagement.Simulator.Entra;
using UserManagement.Simulator.Report;
using UserManagement.Simulator.Wire;

namespace UserManagement.Simulator.Commands;

/// <summary><c>simulate entra</c>.</summary>
public static class EntraCommand
{
    /// <summary>Runs Entra's cycles, compares, prints the tables.</summary>
    /// <param name="options">The command line.</param>
    /// <param name="screen">Where to print.</param>
    /// <param name="cancellationToken">Ends the run.</param>
    /// <returns>The exit code, see <see cref="SimulateCommand"/>.</returns>
    public static async Task<int> RunAsync(SimulateOptions options, Screen screen, CancellationToken cancellationToken)
    {
        var (tally, expectations, time) = (new Tally(), new Expectations(), TimeProvider.System);
        using var ledger = options.Ledger is null ? null : new Ledger(options.Ledger, time);
        using var client = new ScimClient(options.Url, options.Token, tally, ledger, options.Parallel);
        var plan = new EntraPlan(options.Users, options.Groups, options.Dialect, options.Seed, options.Domain, options.Cycles, options.Keep);
        var entra = new EntraSimulation(plan, client, expectations);
        var dialect = options.Dialect == EntraDialect.Scim ? "scim (?aadOptscim062020)" : "legacy";
        screen.Writer.WriteLine($"Entra, dialect {dialect}, {options.Users} users, {options.Groups} groups, {options.Cycles} cycles, seed {options.Seed}");
        screen.Writer.WriteLine($"into {options.Url.GetLeftPart(UriPartial.Path)} as @{entra.Population.Domain}");

        const int others = 2; // comparing users and groups
        var bar = new ProgressBar(screen.Writer, screen.IsTerminal, entra.ConnectionTest.Steps.Count + entra.Stages.Sum(s => s.Steps.Count) + others);
        var started = time.GetTimestamp();
        string? stopped = null;
        Comparison? comparison = null;
        try
        {
            await Stage.RunAsync([entra.ConnectionTest], bar, options.Parallel, cancellationToken);
            stopped = tally.Refused > 0 ? "the connection test failed; Entra would go no further."
                : await entra.HasRunBeforeAsync(cancellationToken) ? $"this server already holds the directory of seed {options.Seed}; take another --seed."
                : null;
            if (stopped is null)
            {
                await Stage.RunAsync(entra.Stages, bar, options.Parallel, cancellationToken);
                bar.Begin("compare");
                comparison = await new CompareWithServer(entra.Population, new Crawl(client, expectations)).RunAsync(cancellationToken);
                bar.Advance();
                bar.Advance();
            }
        }
        catch (ServerGoneException gone)
        {
            stopped = gone.Message;
        }
        finally
        {
            bar.Finish();
        }

        var report = new EntraReport(tally, expectations, comparison, time.GetElapsedTime(started), stopped);
        report.Print(screen);
        if (options.Json is { } path)
        {
            await report.WriteJsonAsync(path, options, cancellationToken);
        }

        return report.AllMet ? SimulateCommand.AllMet : SimulateCommand.NotMet;
    }
}
