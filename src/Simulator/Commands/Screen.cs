namespace UserManagement.Simulator.Commands;

/// <summary>Where a command writes, and whether a person looks at it.</summary>
/// <param name="writer">The output.</param>
/// <param name="noColor">True leaves colours out even on a terminal.</param>
public sealed class Screen(TextWriter writer, bool noColor)
{
    private readonly bool color = IsTerminalOf(writer) && !noColor && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));

    /// <summary>The output.</summary>
    public TextWriter Writer => writer;

    /// <summary>True when the output is a terminal, so that a line can be redrawn.</summary>
    public bool IsTerminal { get; } = IsTerminalOf(writer);

    /// <summary>A heading.</summary>
    /// <param name="text">The text.</param>
    public void Head(string text) => writer.WriteLine($"\n{Paint(text, 1)}");

    /// <summary>A line that says all is well.</summary>
    /// <param name="text">The text.</param>
    public void Good(string text) => writer.WriteLine(Paint(text, 32));

    /// <summary>A line that says something is wrong.</summary>
    /// <param name="text">The text.</param>
    public void Bad(string text) => writer.WriteLine(Paint(text, 31));

    private string Paint(string text, int code) => color ? $"\e[{code}m{text}\e[0m" : text;

    private static bool IsTerminalOf(TextWriter writer) => ReferenceEquals(writer, Console.Out) && !Console.IsOutputRedirected;
}
