using System.Collections.Concurrent;
using System.Net;
using Microsoft.Extensions.Options;
using UserManagement.Membership;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Scim.Http;

/// <summary>
/// Keeps one noisy directory from slowing the others, on this server, before the database is asked. Each token, and each app whatever
/// tokens it takes, has so many requests a second, with two seconds' worth at once; what a request asks for beyond the ordinary is
/// charged to it afterwards (<see cref="Turn.Charge"/>), so that no form of request is a way around. Each workspace has so many requests
/// at work at the same time, whatever the number of its tokens; those that follow wait, and too many who wait are sent away.
/// Who shows a token that is not known to be good has a narrow limit of its own, and each address so many wrong tokens.
/// </summary>
internal sealed class ScimRateLimiter(Store store, IOptions<ScimOptions> options) : IDisposable
{
    private const int MostKept = 10_000;
    private const int StrangersAtWork = 16;

    private readonly ConcurrentDictionary<Guid, Known> _known = new();
    private readonly ConcurrentDictionary<Guid, TokenBucket> _buckets = new();
    private readonly ConcurrentDictionary<Id<Workspace>, ConcurrencyLimit> _limits = new();
    private readonly ConcurrentDictionary<IPAddress, TokenBucket> _guesses = new();
    private readonly ConcurrencyLimit _strangers = new(StrangersAtWork, options.Value.RequestsWaiting);

    /// <summary>Asks to go on. Null when the caller must wait for <c>Wait</c> (429); else dispose when the request is done.</summary>
    /// <param name="token">The hash of the bearer token as it was sent, good or not.</param>
    /// <param name="from">The caller's address; null when unknown.</param>
    /// <param name="ct">The client has gone.</param>
    public async Task<(Turn? Turn, TimeSpan Wait)> EnterAsync(byte[] token, IPAddress? from, CancellationToken ct)
    {
        var now = Now;
        Known? known = null;
        if (options.Value.RequestsPerSecond > 0 && !_known.TryGetValue(KeyOf(token), out known))
        {
            var network = CallerNetwork.Of(from);
            if (_guesses.TryGetValue(network, out var guesses) && guesses.Look(now) is { Ticks: > 0 } later)
            {
                return (null, later);
            }

            return await _strangers.EnterAsync(ct) ? (new Turn(this, _strangers, null, network), default) : (null, TimeSpan.FromSeconds(1));
        }

        if (known is null)
        {
            return (new Turn(this, null, null, CallerNetwork.Of(from)), default);
        }

        if (known.Bucket.Take(now) is { Ticks: > 0 } wait)
        {
            return (null, wait);
        }

        return await known.Concurrency.EnterAsync(ct)
            ? (new Turn(this, known.Concurrency, known.Bucket, null), default)
            : (null, TimeSpan.FromSeconds(1));
    }

    private DateTimeOffset Now => store.Time.GetUtcNow();

    /// <inheritdoc/>
    public void Dispose()
    {
        _strangers.Dispose();
        foreach (var limit in _limits.Values)
        {
            limit.Dispose();
        }
    }

    /// <summary>A token was found good: from now on it is counted. Others never are, so that nobody fills the memory with words.</summary>
    /// <param name="token">Its hash.</param>
    /// <param name="holder">Whose it is: one who takes a new token every ten minutes is still one.</param>
    /// <param name="workspace">What it opens.</param>
    private TokenBucket? Know(byte[] token, Guid holder, Id<Workspace> workspace)
    {
        var rate = options.Value.RequestsPerSecond;
        if (rate <= 0)
        {
            return null;
        }

        if (_known.Count >= MostKept)
        {
            _known.Clear();
            _limits.Clear();
            _buckets.Clear();
        }

        var limit = _limits.GetOrAdd(workspace, _ => new(options.Value.RequestsAtWork, options.Value.RequestsWaiting));
        var bucket = _buckets.GetOrAdd(holder, _ => new TokenBucket(2 * rate, rate, Now));
        return _known.GetOrAdd(KeyOf(token), _ => new(bucket, limit)).Bucket;
    }

    /// <summary>A token was no good: it counts for the address that sent it.</summary>
    private void Guessed(IPAddress network)
    {
        var now = Now;
        if (_guesses.Count >= MostKept)
        {
            foreach (var (address, bucket) in _guesses)
            {
                if (bucket.IsFull(now))
                {
                    _guesses.TryRemove(address, out _);
                }
            }

            if (_guesses.Count >= MostKept)
            {
                _guesses.Clear(); // the narrow limit still holds
            }
        }

        _guesses.GetOrAdd(network, _ => new(options.Value.WrongTokensAtOnce, options.Value.WrongTokensAtOnce / 10.0, now)).Charge(now, 1);
    }

    private static Guid KeyOf(byte[] token) => new(token.AsSpan(0, 16));

    private sealed record Known(TokenBucket Bucket, ConcurrencyLimit Concurrency);

    /// <summary>One request that may go on.</summary>
    /// <param name="pace">Where it counts.</param>
    /// <param name="limit">The limit it is in; null for none.</param>
    /// <param name="bucket">What it is charged to; null for nothing.</param>
    /// <param name="network">Whom a wrong token counts for; null where the token is known.</param>
    public sealed class Turn(ScimRateLimiter pace, ConcurrencyLimit? limit, TokenBucket? bucket, IPAddress? network) : IDisposable
    {
        private TokenBucket? _bucket = bucket;

        /// <summary>The token is this one's, and opens this workspace.</summary>
        public void Good(byte[] token, Guid holder, Id<Workspace> workspace) => _bucket ??= pace.Know(token, holder, workspace);

        /// <summary>The token opens nothing.</summary>
        public void Wrong()
        {
            if (network is not null)
            {
                pace.Guessed(network);
            }
        }

        /// <summary>Counts the request as so many more: the token's following requests wait for it.</summary>
        public void Charge(double requests)
        {
            if (requests > 0)
            {
                _bucket?.Charge(pace.Now, requests);
            }
        }

        /// <inheritdoc/>
        public void Dispose() => limit?.Leave();
    }
}
