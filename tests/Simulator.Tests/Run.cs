using System.Text.Json.Nodes;

namespace UserManagement.Simulator.Tests;

/// <summary>One run of the command against a stand-in, with what it printed.</summary>
internal sealed record Run(int ExitCode, string Output, string Error, JsonObject Report)
{
    public IEnumerable<string> BrokenRules =>
        Report["rules"]!.AsArray().Where(r => (int)r!["broken"]! > 0).Select(r => (string)r!["rule"]!["id"]!);

    public JsonNode Compared(string what) => Report["comparison"]!.AsArray().Single(r => (string)r!["what"]! == what)!;

    public static Task<Run> EntraAsync(StandInServer server, params string[] more) =>
        OfAsync("entra", server, ["--users", "60", "--groups", "6", .. more]);

    public static async Task<Run> OfAsync(string directory, StandInServer server, params string[] more)
    {
        var json = Path.GetTempFileName();
        try
        {
            var (output, error) = (new StringWriter(), new StringWriter());
            string[] args =
            [
                directory,
                "--url",
                server.Url.ToString(),
                "--token",
                StandInServer.Token,
                "--seed",
                "7",
                "--json",
                json,
                .. more,
            ];
            var exit = await SimulateCommand.RunAsync(args, output, error, TestContext.Current.CancellationToken);
            var text = await File.ReadAllTextAsync(json);
            return new Run(exit, output.ToString(), error.ToString(), text.Length == 0 ? [] : JsonNode.Parse(text)!.AsObject());
        }
        finally
        {
            File.Delete(json);
        }
    }
}
