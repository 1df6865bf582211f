using System.Globalization;
using System.Net;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Http;
using UserManagement.Membership.Access;

namespace UserManagement.Api.Http;

/// <summary>
/// How many requests a credential may send in a minute, told in each answer (draft-ietf-httpapi-ratelimit-headers). Each
/// instance counts for itself: behind a balancer over n of them a client may send up to n times as many.
/// </summary>
internal sealed class ApiLimits(ApiSettings settings) : IDisposable
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly PartitionedRateLimiter<Guid> _limiter = PartitionedRateLimiter.Create<Guid, Guid>(id =>
        RateLimitPartition.GetFixedWindowLimiter(
            id,
            _ =>
                new()
                {
                    PermitLimit = settings.RequestsPerMinute,
                    Window = Window,
                    QueueLimit = 0,
                }
        )
    );

    private readonly PartitionedRateLimiter<IPAddress?> _unknown = PartitionedRateLimiter.Create<IPAddress?, IPAddress>(address =>
        RateLimitPartition.GetFixedWindowLimiter(
            CallerNetwork.Of(address),
            _ =>
                new()
                {
                    PermitLimit = settings.UnknownKeysPerMinute,
                    Window = Window,
                    QueueLimit = 0,
                }
        )
    );

    /// <summary>
    /// Counts a key that is none; the problem when the address has shown too many. One that is known is never turned away for it:
    /// behind one address there may be others.
    /// </summary>
    public Problem? TakeUnknown(IPAddress? address)
    {
        using var lease = _unknown.AttemptAcquire(address);
        return lease.IsAcquired
            ? null
            : new()
            {
                Status = StatusCodes.Status429TooManyRequests,
                Code = "rateLimited",
                Detail = "Too many keys from this address were unknown. Wait a minute.",
                RetryAfter = Wait(lease),
            };
    }

    /// <summary>Counts a request; the problem when it is one too many.</summary>
    public Problem? Take(Guid credential, HttpResponse response)
    {
        using var lease = _limiter.AttemptAcquire(credential);
        var left = _limiter.GetStatistics(credential)?.CurrentAvailablePermits ?? 0;
        var wait = lease.IsAcquired ? null : (long?)Wait(lease);
        response.Headers["RateLimit-Policy"] = string.Create(
            CultureInfo.InvariantCulture,
            $"\"credential\";q={settings.RequestsPerMinute};w={(int)Window.TotalSeconds}"
        );
        response.Headers["RateLimit"] =
            string.Create(CultureInfo.InvariantCulture, $"\"credential\";r={left}")
            + (wait is { } t ? string.Create(CultureInfo.InvariantCulture, $";t={t}") : "");
        return wait is null
            ? null
            : new()
            {
                Status = StatusCodes.Status429TooManyRequests,
                Code = "rateLimited",
                Detail = $"A credential may send {settings.RequestsPerMinute} requests in a minute.",
                RetryAfter = wait,
            };
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _limiter.Dispose();
        _unknown.Dispose();
    }

    private static long Wait(RateLimitLease lease) =>
        lease.TryGetMetadata(MetadataName.RetryAfter, out var after)
            ? Math.Max(1, (long)Math.Ceiling(after.TotalSeconds))
            : (long)Window.TotalSeconds;
}
