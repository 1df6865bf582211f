using UserManagement.Simulator.Directories;
using UserManagement.Simulator.Drills;
using UserManagement.Simulator.Entra;
using UserManagement.Simulator.JumpCloud;
using UserManagement.Simulator.Okta;
using UserManagement.Simulator.OneLogin;
using UserManagement.Simulator.Report;
using UserManagement.Simulator.Wire;

namespace UserManagement.Simulator.Commands;

/// <summary><c>simulate entra</c>, <c>okta</c>, <c>jumpcloud</c>, <c>onelogin</c>: runs a directory, compares, reports.</summary>
public static class DirectoryCommand
{
    /// <summary>Runs a directory's plan, compares, prints the tables.</summary>
    /// <param name="name"><c>entra</c>, <c>okta</c>, <c>jumpcloud</c> or <c>onelogin</c>.</param>
    /// <param name="options">The command line.</param>
    /// <param name="screen">Where to print.</param>
    /// <param name="cancellationToken">Ends the run.</param>
    /// <returns>The exit code, see <see cref="SimulateCommand"/>.</returns>
    public static async Task<int> RunAsync(string name, SimulateOptions options, Screen screen, CancellationToken cancellationToken)
    {
        var (tally, expectations, time) = (new Tally(), new Expectations(), TimeProvider.System);
        using var ledger = options.Ledger is null ? null : new Ledger(options.Ledger, time);
        using var login = options.Login();
        using var client = new ScimClient(
            options.Url,
            options.Token,
            tally,
            ledger,
            options.Parallel,
            options.Retry,
            rules: new AnswerRules(expectations),
            userAgent: name == "okta" ? OktaSimulation.UserAgent : null,
            login: login
        );
        var directory = Plan(name, options, client, expectations);
        screen.Writer.WriteLine($"{directory.Title}, {options.Users} users, {options.Groups} groups, seed {options.Seed}");
        screen.Writer.WriteLine($"into {options.Url.GetLeftPart(UriPartial.Path)} as @{directory.Population.Domain}");

        const int others = 2; // comparing users and groups
        var bar = new ProgressBar(
            screen.Writer,
            screen.IsTerminal,
            directory.ConnectionTest.Steps.Count + directory.Stages.Sum(s => s.Steps.Count) + others
        );
        var started = time.GetTimestamp();
        string? stopped = null;
        Comparison? comparison = null;
        try
        {
            stopped =
                !options.Played.GoesOn && await directory.HasRunBeforeAsync(cancellationToken)
                    ? $"this server already holds the directory of seed {options.Seed}; take another --seed."
                    : null;
            if (stopped is null)
            {
                await Stage.RunAsync([directory.ConnectionTest], bar, options.Parallel, cancellationToken);
                stopped = tally.Refused > 0 ? "the connection test failed; the directory would go no further." : null;
            }

            if (stopped is null)
            {
                await Stage.RunAsync(directory.Stages, bar, options.Parallel, cancellationToken);
                bar.Begin("compare");
                comparison = await new CompareWithServer(
                    directory.Population,
                    new Crawl(client, expectations),
                    directory.GroupsByName
                ).RunAsync(cancellationToken);
                bar.Advance();
                bar.Advance();
            }
        }
        catch (ServerGoneException gone)
        {
            stopped = gone.Message;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            stopped = SimulateCommand.Ended;
        }
        finally
        {
            bar.Finish();
        }

        var report = new RunReport(name, tally, expectations, comparison, time.GetElapsedTime(started), stopped);
        report.Print(screen);
        if (options.Json is { } path)
        {
            await report.WriteJsonAsync(path, options, CancellationToken.None); // also of a run that was ended
        }

        return report.AllMet ? SimulateCommand.AllMet : SimulateCommand.NotMet;
    }

    private static IDirectory Plan(string name, SimulateOptions options, ScimClient client, Expectations expectations)
    {
        var population = Population.Invent(options.Seed, options.Users, options.Groups, options.Domain);
        return name switch
        {
            "okta" => new OktaSimulation(population, new(options.Seed, options.App) { Mishap = options.Played }, client, expectations),
            "jumpcloud" => new JumpCloudSimulation(population, options.Seed, client, expectations),
            "onelogin" => new OneLoginSimulation(population, options.Seed, options.Keep, client, expectations),
            _ => new EntraSimulation(
                new EntraPlan(options.Users, options.Groups, options.Dialect, options.Seed, options.Domain, options.Cycles, options.Keep)
                {
                    Mishap = options.Played,
                },
                client,
                expectations
            ),
        };
    }
}
