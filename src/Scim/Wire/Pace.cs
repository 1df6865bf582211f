using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using UserManagement.Membership.Data;

namespace UserManagement.Scim.Wire;

/// <summary>
/// Keeps one noisy directory from slowing the others, on this server: each token has so many requests a second, with two
/// seconds' worth at once, and so many at work at the same time; those that follow wait their turn, and too many who wait
/// are sent away. Looked at before the database is asked.
/// </summary>
internal sealed class Pace(Store store, IOptions<ScimOptions> options) : IDisposable
{
    private const int MostKnown = 10_000;
    private const int AtWork = 32;
    private const int Waiting = 256;

    private readonly ConcurrentDictionary<Guid, Bucket> _known = new();

    /// <summary>Asks to go on. Null when the token must wait for <c>wait</c> (429); else dispose when the request is done.</summary>
    /// <param name="token">The bearer token as it was sent, good or not.</param>
    /// <param name="ct">The client has gone.</param>
    public async Task<(IDisposable? Turn, TimeSpan Wait)> EnterAsync(string token, CancellationToken ct)
    {
        var rate = options.Value.RequestsPerSecond;
        if (rate <= 0 || !_known.TryGetValue(KeyOf(token), out var bucket))
        {
            return (Turn.Free, default);
        }

        var wait = bucket.Take(store.Time.GetUtcNow(), rate);
        if (wait > TimeSpan.Zero)
        {
            return (null, wait);
        }

        return await bucket.EnterAsync(ct) ? (new Turn(bucket), default) : (null, TimeSpan.FromSeconds(1));
    }

    /// <summary>A token was found good: from now on it is counted. Others never are, so that nobody fills the memory with words.</summary>
    public void Know(string token)
    {
        if (options.Value.RequestsPerSecond <= 0 || _known.ContainsKey(KeyOf(token)))
        {
            return;
        }

        if (_known.Count >= MostKnown)
        {
            _known.Clear();
        }

        _known.TryAdd(KeyOf(token), new Bucket(store.Time.GetUtcNow(), options.Value.RequestsPerSecond));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var bucket in _known.Values)
        {
            bucket.Dispose();
        }
    }

    private static Guid KeyOf(string token)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(token), hash);
        return new Guid(hash[..16]);
    }

    private sealed class Bucket(DateTimeOffset now, int rate) : IDisposable
    {
        private readonly Lock _gate = new();
        private readonly SemaphoreSlim _atWork = new(AtWork);
        private double _left = 2 * rate;
        private DateTimeOffset _at = now;
        private int _waiting;

        public TimeSpan Take(DateTimeOffset now, int rate)
        {
            lock (_gate)
            {
                _left = Math.Min(2 * rate, _left + (Math.Max(0, (now - _at).TotalSeconds) * rate));
                _at = now;
                if (_left < 1)
                {
                    return TimeSpan.FromSeconds(Math.Max(1, (1 - _left) / rate));
                }

                _left--;
                return TimeSpan.Zero;
            }
        }

        public async Task<bool> EnterAsync(CancellationToken ct)
        {
            if (Interlocked.Increment(ref _waiting) > Waiting)
            {
                Interlocked.Decrement(ref _waiting);
                return false;
            }

            try
            {
                await _atWork.WaitAsync(ct);
                return true;
            }
            finally
            {
                Interlocked.Decrement(ref _waiting);
            }
        }

        public void Leave() => _atWork.Release();

        public void Dispose() => _atWork.Dispose();
    }

    private sealed class Turn(Bucket? bucket) : IDisposable
    {
        public static Turn Free { get; } = new(null);

        public void Dispose() => bucket?.Leave();
    }
}
