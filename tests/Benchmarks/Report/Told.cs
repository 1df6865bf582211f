namespace UserManagement.Benchmarks.Report;

/// <summary>
/// What a run has to say: tables and findings on standard output, and in a file where one is named; how it goes on, on
/// standard error.
/// </summary>
internal sealed class Told : IDisposable
{
    private readonly StreamWriter? _file;

    private Told(StreamWriter? file) => _file = file;

    /// <summary>Of this process.</summary>
    public static Told Now { get; private set; } = new(null);

    /// <summary>Writes to a file too; null for none.</summary>
    public static Told To(string? file) => Now = new(file is null ? null : new StreamWriter(file) { AutoFlush = true });

    /// <summary>A finding, or a table.</summary>
    public void Line(object? text = null)
    {
        Console.WriteLine(text);
        _file?.WriteLine(text);
        _file?.WriteLine(); // a paragraph of its own in Markdown
    }

    /// <summary>How it goes on.</summary>
    public static void Step(string text) => Console.Error.WriteLine(text);

    /// <inheritdoc/>
    public void Dispose() => _file?.Dispose();
}
