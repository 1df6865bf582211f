using UserManagement.Simulator.Commands;

namespace UserManagement.Simulator;

/// <summary>The verb <c>simulate</c>: chooses the directory and explains itself. The host's command line calls exactly this.</summary>
public static class SimulateCommand
{
    /// <summary>Everything as expected.</summary>
    public const int AllMet = 0;

    /// <summary>Something was refused, a rule was broken or a count was not met.</summary>
    public const int NotMet = 1;

    /// <summary>Wrong usage.</summary>
    public const int WrongUsage = 2;

    /// <summary>Why a run stops that its caller ends.</summary>
    internal const string Ended = "it was ended before it was done.";

    private static readonly string[] RunOptions =
    [
        "--url",
        "--token",
        "--token-url",
        "--client-id",
        "--client-secret",
        "--users",
        "--groups",
        "--seed",
        "--parallel",
        "--domain",
        "--ledger",
        "--json",
        "--no-color",
    ];

    private static readonly string[] ScenarioOptions = ["--scenario", "--share", "--go-on"];

    private static readonly Dictionary<string, (string Help, HashSet<string> Options)> Verbs = new()
    {
        ["entra"] = (HelpTexts.Entra, [.. RunOptions, .. ScenarioOptions, "--dialect", "--cycles", "--keep"]),
        ["okta"] = (HelpTexts.Okta, [.. RunOptions, .. ScenarioOptions, "--app"]),
        ["jumpcloud"] = (HelpTexts.JumpCloud, [.. RunOptions]),
        ["onelogin"] = (HelpTexts.OneLogin, [.. RunOptions, "--keep"]),
        ["check"] = (
            HelpTexts.Check,
            ["--ledger", "--url", "--token", "--token-url", "--client-id", "--client-secret", "--parallel", "--no-color"]
        ),
    };

    /// <summary>Runs the verb.</summary>
    /// <param name="args">What follows <c>simulate</c> on the command line.</param>
    /// <param name="output">For the progress bar and the tables.</param>
    /// <param name="error">For usage errors.</param>
    /// <param name="cancellationToken">Ends the run; the tables tell how far it came.</param>
    /// <returns>The exit code: 0, 1 or 2.</returns>
    public static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter error, CancellationToken cancellationToken)
    {
        var verb = args.FirstOrDefault();
        var known = Verbs.TryGetValue(verb ?? "", out var entry);
        if (args.Any(a => a is "--help" or "-h"))
        {
            await output.WriteAsync(known ? entry.Help : HelpTexts.Simulate);
            return AllMet;
        }

        if (!known)
        {
            await error.WriteLineAsync(
                verb is null
                    ? "simulate: which directory? Try: simulate entra --help"
                    : $"simulate: {verb} is not known. Try: simulate --help"
            );
            return WrongUsage;
        }

        var (options, wrong) = SimulateOptions.Read(args[1..], entry.Options);
        if (wrong is null && verb == "check" && (options!.Ledger is null || !File.Exists(options.Ledger)))
        {
            wrong = "--ledger must name a file that a run with --ledger has written.";
        }

        if (wrong is not null)
        {
            await error.WriteLineAsync($"simulate {verb}: {wrong} Try: simulate {verb} --help");
            return WrongUsage;
        }

        var screen = new Screen(output, options!.NoColor);
        try
        {
            return verb == "check"
                ? await CheckCommand.RunAsync(options, screen, cancellationToken)
                : await DirectoryCommand.RunAsync(verb!, options, screen, cancellationToken);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            // the ledger or the report could not be read or written; what the server does never comes out here
            await error.WriteLineAsync($"simulate {verb}: {fault.Message}");
            return WrongUsage;
        }
    }
}
