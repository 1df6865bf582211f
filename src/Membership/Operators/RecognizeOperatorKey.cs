using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;

namespace UserManagement.Membership.Operators;

/// <summary>
/// Tells whether a bearer token is a live operator key: a keyed read at each request, no cache, so that a revoked key holds no longer. A
/// door asks it at the operator's calls alone, for whom it gives back may do all.
/// </summary>
public sealed class RecognizeOperatorKey(Store store)
{
    /// <summary>Recognizes the key; null for one that is unknown, expired or revoked: the cases are not told apart.</summary>
    /// <param name="key">The bearer token.</param>
    /// <param name="ct">Stops the read.</param>
    public async Task<Actor?> RunAsync(string key, CancellationToken ct)
    {
        if (key.Length is < 40 or > 128 || !key.StartsWith(OperatorKey.Prefix, StringComparison.Ordinal))
        {
            return null;
        }

        var name = OperatorKey.MarkOf(key);
        await using var db = store.Read();
        return
            await db.Marks.AsNoTracking().FirstOrDefaultAsync(m => m.Name == name, ct) is { } mark
            && OperatorKey.Of(mark) is var known
            && known.IsLive(store.Time.Now())
            ? known.Acting()
            : null;
    }
}
