using System.Collections.Concurrent;
using System.Diagnostics;
using UserManagement.Membership.Data;

namespace UserManagement.Testing;

/// <summary>
/// The hand-written reads that the whole process runs about one workspace, whichever thread or request they belong to, or all that one
/// test runs itself; those of EF are in <see cref="StatementLog"/>.
/// </summary>
public sealed class ReadLog : IDisposable, IObserver<DiagnosticListener>, IObserver<KeyValuePair<string, object?>>
{
    private static readonly AsyncLocal<ReadLog?> Current = new();
    private readonly ConcurrentQueue<string> _statements = new();
    private readonly ConcurrentBag<IDisposable> _listening = [];
    private readonly Guid? _workspace;
    private readonly byte[] _token;
    private int _roundTrips;

    private ReadLog(Guid? workspace, byte[]? token = null) => (_workspace, _token) = (workspace, token ?? []);

    /// <summary>Their texts.</summary>
    public IReadOnlyCollection<string> Statements => _statements;

    /// <summary>How often the database was asked for them: the reads of one batch go there together.</summary>
    public int RoundTrips => Volatile.Read(ref _roundTrips);

    /// <summary>Begins to listen to what has this workspace as its first value.</summary>
    public static ReadLog Of(Guid workspace) => Listen(new(workspace));

    /// <summary>The same, and to what asks for a token of it, by its hash.</summary>
    public static ReadLog Of(Guid workspace, byte[] token) => Listen(new(workspace, token));

    /// <summary>Begins to listen to what this test does from here on; other tests beside it are not seen.</summary>
    public static ReadLog Start() => Current.Value = Listen(new(null));

    private static ReadLog Listen(ReadLog log)
    {
        log._listening.Add(DiagnosticListener.AllListeners.Subscribe(log));
        return log;
    }

    /// <summary>Forgets what was.</summary>
    public void Clear()
    {
        _statements.Clear();
        Volatile.Write(ref _roundTrips, 0);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var one in _listening)
        {
            one.Dispose();
        }

        if (Current.Value == this)
        {
            Current.Value = null;
        }
    }

    void IObserver<DiagnosticListener>.OnNext(DiagnosticListener value)
    {
        if (value.Name == "UserManagement.Reads")
        {
            _listening.Add(value.Subscribe(this));
        }
    }

    void IObserver<KeyValuePair<string, object?>>.OnNext(KeyValuePair<string, object?> value)
    {
        var before = _statements.Count;
        foreach (var read in (IReadOnlyList<BatchedRead>)value.Value!)
        {
            if (_workspace is null ? Current.Value == this : IsAbout(read.Values[0]))
            {
                _statements.Enqueue(read.Sql);
            }
        }

        if (_statements.Count > before)
        {
            Interlocked.Increment(ref _roundTrips);
        }
    }

    private bool IsAbout(object first) =>
        first switch
        {
            Guid id => id == _workspace,
            byte[] hash => hash.AsSpan().SequenceEqual(_token),
            _ => false,
        };

    void IObserver<DiagnosticListener>.OnCompleted() { }

    void IObserver<DiagnosticListener>.OnError(Exception error) { }

    void IObserver<KeyValuePair<string, object?>>.OnCompleted() { }

    void IObserver<KeyValuePair<string, object?>>.OnError(Exception error) { }
}
