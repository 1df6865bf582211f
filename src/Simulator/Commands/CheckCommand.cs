using UserManagement.Simulator.Drills;
using UserManagement.Simulator.Report;
using UserManagement.Simulator.Wire;

namespace UserManagement.Simulator.Commands;

/// <summary><c>simulate check</c>.</summary>
public static class CheckCommand
{
    private const int DifferencesShown = 20;

    /// <summary>Compares a ledger with the server and prints what is missing.</summary>
    /// <param name="options">The command line, with a ledger.</param>
    /// <param name="screen">Where to print.</param>
    /// <param name="cancellationToken">Ends the check.</param>
    /// <returns>The exit code, see <see cref="SimulateCommand"/>.</returns>
    public static async Task<int> RunAsync(SimulateOptions options, Screen screen, CancellationToken cancellationToken)
    {
        using var login = options.Login();
        using var client = new ScimClient(options.Url, options.Token, new Tally(), parallel: options.Parallel, login: login);
        LedgerFindings findings;
        try
        {
            var lines = await Ledger.ReadAsync(options.Ledger!, cancellationToken);
            findings = await new LedgerCheck(client).RunAsync(lines, options.Parallel, cancellationToken);
        }
        catch (ServerGoneException gone)
        {
            screen.Bad($"Stopped: {gone.Message}");
            return SimulateCommand.NotMet;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            screen.Bad($"Stopped: {SimulateCommand.Ended}");
            return SimulateCommand.NotMet;
        }

        screen.Writer.WriteLine(
            $"{findings.Acknowledged} writes acknowledged, {findings.Refused} refused, {findings.Unknown} unknown; "
                + $"{findings.Objects} objects compared"
        );
        foreach (var difference in findings.Differences.Take(DifferencesShown))
        {
            screen.Bad($"  {difference}");
        }

        if (findings.Differences.Count > 0)
        {
            screen.Bad($"{findings.Differences.Count} objects are not as they should be.");
            return SimulateCommand.NotMet;
        }

        screen.Good("Every acknowledged write is there, nothing is half-applied or doubled.");
        return SimulateCommand.AllMet;
    }
}
