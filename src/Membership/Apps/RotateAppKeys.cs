using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;

namespace UserManagement.Membership.Apps;

/// <summary>
/// Makes the next pair of keys: the first at once, later ones when the newest is old, or when the operator says so. A new key is
/// published before it signs, so that no app and no other server meets one that it does not know. No refusals.
/// </summary>
public sealed class RotateAppKeys(Store store)
{
    /// <summary>How long a key signs.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromDays(90);

    /// <summary>How long it is published before it signs, where nobody is in a hurry: longer than apps keep what they read.</summary>
    public static readonly TimeSpan Ahead = TimeSpan.FromDays(2);

    /// <summary>The least: longer than a server keeps what it read.</summary>
    public static readonly TimeSpan LeastAhead = TimeSpan.FromMinutes(5);

    /// <summary>Makes it when it is due.</summary>
    /// <param name="actor">Who acts.</param>
    /// <param name="now">Whether also when it is not due: it then signs after <see cref="LeastAhead"/>.</param>
    /// <param name="ct">Stops it before it is written.</param>
    /// <returns>The new key; null when none was due.</returns>
    public async Task<Outcome<AppKey?>> RunAsync(Actor actor, bool now, CancellationToken ct)
    {
        var clear = new Lazy<byte[]>(Make); // made only where one is due, and once for all tries
        return await store.ChangeAsync<AppKey?>(
            actor,
            null,
            "appKey.rotated",
            async attempt =>
            {
                if (!actor.Unlimited)
                {
                    return Refusal.Forbidden("The keys are the operator's.");
                }

                var newest = await attempt.Db.AppKeys.AsNoTracking().OrderByDescending(k => k.Number).FirstOrDefaultAsync(ct);
                if (newest is not null && !now && attempt.At < newest.SignsFrom + Lifetime - Ahead)
                {
                    return (AppKey?)null;
                }

                var row = new AppKey
                {
                    Number = (newest?.Number ?? 0) + 1,
                    KeyId = Ids.Next(attempt.Time).ToString("N"),
                    Sealed = attempt.Box.Seal(ReadAppKeys.Purpose, clear.Value),
                    CreatedAt = attempt.At,
                    SignsFrom = newest is null ? attempt.At : attempt.At + (now ? LeastAhead : Ahead),
                };
                attempt.Changes.Add(row);
                attempt.Changes.TellFacts(
                    "appKey.rotated",
                    default,
                    ("appKey", null, row.KeyId),
                    null,
                    new { row.Number, signsFrom = row.SignsFrom }
                );
                return row;
            },
            ct
        );
    }

    private static byte[] Make()
    {
        using var rsa = RSA.Create(2048);
        return [.. rsa.ExportPkcs8PrivateKey(), .. RandomNumberGenerator.GetBytes(32)];
    }
}
