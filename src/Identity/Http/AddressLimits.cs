using System.Net;
using System.Threading.RateLimiting;
using UserManagement.Membership.Access;

namespace UserManagement.Identity.Http;

/// <summary>
/// How often one remote address may post forms and open links with secrets. The address is the connection's, or what a
/// trusted proxy says, see <see cref="CallerNetwork"/>.
/// </summary>
internal sealed class AddressLimits(IdentitySettings settings) : IDisposable
{
    private readonly PartitionedRateLimiter<IPAddress?> _posts = Limiter(settings.PostsPerMinute);
    private readonly PartitionedRateLimiter<IPAddress?> _links = Limiter(settings.LinksPerMinute);

    /// <summary>May this address post?</summary>
    public bool MayPost(IPAddress? address) => Takes(_posts, address);

    /// <summary>May this address open a link with a secret?</summary>
    public bool MayOpen(IPAddress? address) => Takes(_links, address);

    /// <inheritdoc/>
    public void Dispose()
    {
        _posts.Dispose();
        _links.Dispose();
    }

    private static bool Takes(PartitionedRateLimiter<IPAddress?> limiter, IPAddress? address)
    {
        using var lease = limiter.AttemptAcquire(address);
        return lease.IsAcquired;
    }

    private static PartitionedRateLimiter<IPAddress?> Limiter(int perMinute) =>
        PartitionedRateLimiter.Create<IPAddress?, IPAddress>(address =>
            RateLimitPartition.GetTokenBucketLimiter(
                CallerNetwork.Of(address),
                _ => new TokenBucketRateLimiterOptions
                {
                    TokenLimit = perMinute,
                    TokensPerPeriod = Math.Max(1, perMinute / 6),
                    ReplenishmentPeriod = TimeSpan.FromSeconds(10),
                    QueueLimit = 0,
                }
            )
        );
}
