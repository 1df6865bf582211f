using System.Threading.RateLimiting;
using UserManagement.Membership;
using UserManagement.Membership.Accounts;

namespace UserManagement.AdminUi.Http;

/// <summary>
/// How often one person may post to the admin pages: far more than hands can, far less than a script of their session. Who
/// is not signed in gets no further than the sign-in page, with the body unread.
/// </summary>
internal static class PostLimits
{
    /// <summary>Posts in a minute; as many at once.</summary>
    public const int PerMinute = 600;

    private static readonly PartitionedRateLimiter<Id<Account>> Posts = PartitionedRateLimiter.Create<Id<Account>, Id<Account>>(account =>
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

    /// <summary>May this person post now?</summary>
    public static bool MayPost(Id<Account> account)
    {
        using var lease = Posts.AttemptAcquire(account);
        return lease.IsAcquired;
    }
}
