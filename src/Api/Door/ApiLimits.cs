using System.Globalization;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Http;

namespace UserManagement.Api.Door;

/// <summary>
/// How many requests a credential may send in a minute, told in each answer (draft-ietf-httpapi-ratelimit-headers). Each
/// instance counts for itself: behind a balancer over n of them a client may send up to n times as many.
/// </summary>
internal sealed class ApiLimits(ApiSettings settings) : IDisposable
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly PartitionedRateLimiter<Guid> _limiter = PartitionedRateLimiter.Create<Guid, Guid>(id =>
        RateLimitPartition.GetFixedWindowLimiter(id, _ => new() { PermitLimit = settings.RequestsPerMinute, Window = Window, QueueLimit = 0 }));

    /// <summary>Counts a request; the problem when it is one too many.</summary>
    public Problem? Take(Guid credential, HttpResponse response)
    {
        using var lease = _limiter.AttemptAcquire(credential);
        var left = _limiter.GetStatistics(credential)?.CurrentAvailablePermits ?? 0;
        var wait = lease.IsAcquired ? null : lease.TryGetMetadata(MetadataName.RetryAfter, out var after) ? (long?)Math.Max(1, (long)Math.Ceiling(after.TotalSeconds)) : (long)Window.TotalSeconds;
        response.Headers["RateLimit-Policy"] = string.Create(CultureInfo.InvariantCulture, $"\"credential\";q={settings.RequestsPerMinute};w={(int)Window.TotalSeconds}");
        response.Headers["RateLimit"] = string.Create(CultureInfo.InvariantCulture, $"\"credential\";r={left}") + (wait is { } t ? string.Create(CultureInfo.InvariantCulture, $";t={t}") : "");
        return wait is null ? null : new()
        {
            Status = StatusCodes.Status429TooManyRequests,
            Code = "rateLimited",
            Detail = $"A credential may send {settings.RequestsPerMinute} requests in a minute.",
            RetryAfter = wait,
        };
    }

    /// <inheritdoc/>
    public void Dispose() => _limiter.Dispose();
}
