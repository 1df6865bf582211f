using System.Threading.RateLimiting;

namespace UserManagement.AdminUi.Http;

/// <summary>
/// How often one person may post to the admin pages: far more than hands can, far less than a script of their session. Who
/// is not signed in gets no further than the sign-in page, with the body unread.
/// </summary>
internal static class PostLimits
{
    /// <summary>Posts in a minute; as many at once.</summary>
    public const int PerMinute = 600;

    private static readonly PartitionedRateLimiter<Guid> Posts = PartitionedRateLimiter.Create<Guid, Guid>(account =>
        RateLimitPartition.GetTokenBucketLimiter(
            account,
            _ => new TokenBucketRateLimiterOptions
            {
                TokenLimit = PerMinute,
                TokensPerPeriod = PerMinute / 6,
                ReplenishmentPeriod = TimeSpan.FromSeconds(10),
                QueueLimit = 0,
            }
        )
    );

    /// <summary>May this account, or this session of a link, post now?</summary>
    public static bool MayPost(Guid account)
    {
        using var lease = Posts.AttemptAcquire(account);
        return lease.IsAcquired;
    }
}
