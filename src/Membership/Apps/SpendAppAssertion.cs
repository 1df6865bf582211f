using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Connections;
using UserManagement.Membership.Data;

namespace UserManagement.Membership.Apps;

/// <summary>Lets an app's signed assertion (RFC 7523) serve once: its <c>jti</c> is remembered until it would have run out.</summary>
public sealed class SpendAppAssertion(Store store)
{
    /// <summary>The longest life of an assertion.</summary>
    public static readonly TimeSpan LongestLife = TimeSpan.FromHours(1);

    /// <summary>Uses it up.</summary>
    /// <param name="clientId">The app; another one's <c>jti</c> is another one.</param>
    /// <param name="jti">Its id; null for none.</param>
    /// <param name="expiresAt">When it runs out; null for never.</param>
    /// <param name="ct">Stops it before it is written.</param>
    /// <returns>False when it was used before, or is none that could be remembered.</returns>
    public async Task<bool> RunAsync(string clientId, string? jti, DateTimeOffset? expiresAt, CancellationToken ct)
    {
        if (
            jti is not { Length: > 0 and <= 500 }
            || expiresAt is not { } until
            || until <= store.Time.GetUtcNow()
            || until > store.Time.GetUtcNow() + LongestLife
        )
        {
            return false;
        }

        var hash = Secret.Hash($"assertion {clientId.Length} {clientId} {jti}");
        var done = await store.ChangeAsync<bool>(
            Actor.System,
            null,
            "app.assertion",
            async attempt =>
            {
                if (await attempt.Db.SpentStates.AnyAsync(s => s.StateHash == hash, ct))
                {
                    return false;
                }

                attempt.Changes.Add(new SpentState { StateHash = hash, ExpiresAt = Moment.Cut(until + TimeSpan.FromMinutes(10)) });
                return true;
            },
            ct
        );
        return done.Is(out var spent, out _) && spent;
    }
}
