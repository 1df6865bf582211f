using UserManagement.Host.Verbs;

namespace UserManagement.Host.Tests;

/// <summary>A verb within the test's own process: what a process of its own would print, without its seconds of start.</summary>
internal static class VerbRun
{
    /// <summary>Runs it to its end.</summary>
    public static async Task<(int Code, string Output, string Error)> RunAsync(params string[] words)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        var code = await CommandLine.RunAsync(words, output, error);
        return (code, output.ToString(), error.ToString());
    }
}
