using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace UserManagement.Testing;

/// <summary>
/// The statements that EF runs for one test, and how many rows they brought: what a test asserts instead of time. Begin it before
/// the test's database is opened; other tests beside it are not seen.
/// <code>using var log = StatementLog.Start();</code>
/// </summary>
public sealed class StatementLog : IDisposable
{
    private static readonly AsyncLocal<StatementLog?> Current = new();
    private static readonly IDisposable Listening = DiagnosticListener.AllListeners.Subscribe(new Listeners());
    private readonly ConcurrentQueue<string> statements = new();
    private long rows;

    private StatementLog() { }

    /// <summary>Their texts, in the order in which they ran.</summary>
    public IReadOnlyCollection<string> Statements => statements;

    /// <summary>How many rows were read.</summary>
    public long Rows => Interlocked.Read(ref rows);

    /// <summary>Begins to listen to what this test does from here on.</summary>
    public static StatementLog Start()
    {
        GC.KeepAlive(Listening);
        return Current.Value = new();
    }

    /// <summary>Forgets what was.</summary>
    public void Clear()
    {
        statements.Clear();
        Interlocked.Exchange(ref rows, 0);
    }

    /// <inheritdoc/>
    public void Dispose() => Current.Value = null;

    private sealed class Listeners : IObserver<DiagnosticListener>, IObserver<KeyValuePair<string, object?>>
    {
        public void OnNext(DiagnosticListener value)
        {
            if (value.Name == "Microsoft.EntityFrameworkCore")
            {
                value.Subscribe(this);
            }
        }

        public void OnNext(KeyValuePair<string, object?> value)
        {
            switch (value.Value)
            {
                case CommandExecutedEventData done:
                    Current.Value?.statements.Enqueue(done.Command.CommandText);
                    break;
                case DataReaderDisposingEventData read when Current.Value is { } log:
                    Interlocked.Add(ref log.rows, read.ReadCount);
                    break;
            }
        }

        public void OnCompleted() { }

        public void OnError(Exception error) { }
    }
}
