namespace UserManagement.Host.Web;

/// <summary>Writes the log as lines of text to a writer: standard error for a server, a string for a test.</summary>
internal sealed class LineLog(TextWriter output, TimeProvider time) : ILoggerProvider
{
    private readonly TextWriter _output = output;
    private readonly TimeProvider _time = time;

    public ILogger CreateLogger(string categoryName) => new Category(this, categoryName);

    public void Dispose() => _output.Flush();

    private void Write(string entry)
    {
        lock (_output)
        {
            _output.Write(entry);
        }
    }

    private sealed class Category(LineLog log, string name) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        )
        {
            // A start that fails is thrown as well, and whoever started says it in a sentence: no stack trace before it.
            if (eventId.Name != "HostedServiceStartupFaulted")
            {
                log.Write(LogLine.Format(log._time.GetUtcNow(), logLevel, name, formatter(state, exception), exception));
            }
        }
    }
}
