using Microsoft.Extensions.DependencyInjection;
using UserManagement.Host.Settings;
using UserManagement.Membership;

namespace UserManagement.Host.Verbs;

/// <summary>One verb of the command line, with all that its help says.</summary>
/// <param name="Name">One to three words: <c>workspace create</c>.</param>
/// <param name="Usage">What follows the name.</param>
/// <param name="Summary">One line for the list of verbs.</param>
/// <param name="Teaching">What one has to know, and examples.</param>
/// <param name="Operands">How many words must follow.</param>
/// <param name="Options">Its own options, each with its line of help; the settings go with every verb.</param>
/// <param name="RunAsync">Does it; gives back the exit code.</param>
internal sealed record Verb(
    string Name,
    string Usage,
    string Summary,
    string Teaching,
    int Operands,
    IReadOnlyList<(string Option, string Meaning)> Options,
    Func<VerbCall, CancellationToken, Task<int>> RunAsync
);

/// <summary>Exit codes of all verbs.</summary>
internal static class Exit
{
    /// <summary>Done.</summary>
    public const int Done = 0;

    /// <summary>Refused, or something differs.</summary>
    public const int Refused = 1;

    /// <summary>Wrong usage or settings.</summary>
    public const int Usage = 2;
}

/// <summary>A verb as it was called.</summary>
internal sealed record VerbCall(
    IReadOnlyList<string> Operands,
    IReadOnlyDictionary<string, string> Options,
    HostSettings Settings,
    TextWriter Out,
    TextWriter Error
)
{
    /// <summary>The option's value, or null when it was not given.</summary>
    public string? Option(string name) => Options.GetValueOrDefault(name);

    /// <summary>Whether a switch, an option that takes no value, was given.</summary>
    public bool Flag(string name) =>
        Option(name) is { } text && (bool.TryParse(text, out var value) ? value : throw new UsageException($"--{name} is given or not."));

    /// <summary>Says why not; the exit code.</summary>
    public async Task<int> RefuseAsync(Refusal refusal)
    {
        await Error.WriteLineAsync(refusal.Message);
        return Exit.Refused;
    }
}

/// <summary>The command line is wrong; the message says what is.</summary>
internal sealed class UsageException(string message) : Exception(message);
