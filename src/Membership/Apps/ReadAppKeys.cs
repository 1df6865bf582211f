using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Data;

namespace UserManagement.Membership.Apps;

/// <summary>A pair of keys of the OpenID Provider, opened.</summary>
/// <param name="Row">The row.</param>
/// <param name="Signing">The RSA key, PKCS #8.</param>
/// <param name="Sealing">32 bytes.</param>
public sealed record OpenAppKey(AppKey Row, byte[] Signing, byte[] Sealing);

/// <summary>
/// The keys of the OpenID Provider as they hold at a moment, the one that signs first. All servers read the same rows and the same
/// clock, so they change over together.
/// </summary>
public sealed class ReadAppKeys(Store store)
{
    /// <summary>How long a key is kept after another took its place: longer than anything lives that it protects.</summary>
    public static readonly TimeSpan KeptAfter = TimeSpan.FromDays(31);

    /// <summary>What the keys are sealed for.</summary>
    public const string Purpose = "app-key";

    /// <summary>
    /// Reads those that sign, will sign, or protect something that may live; empty where none was made. Not asynchronous: options are made
    /// so.
    /// </summary>
    /// <returns>The keys; and whether some of the database cannot be opened with this master key.</returns>
    public IReadOnlyList<OpenAppKey> Run()
    {
        using var db = store.Read();
        return InOrder([.. db.AppKeys.AsNoTracking().OrderBy(k => k.Number)], store.Time.Now()).Select(Open).OfType<OpenAppKey>().ToList();
    }

    /// <summary>The one that signs, then those to come, then those before it that are kept still.</summary>
    internal static IEnumerable<AppKey> InOrder(IReadOnlyList<AppKey> all, DateTimeOffset at)
    {
        var signs = all.LastOrDefault(k => k.SignsFrom <= at) ?? (all.Count > 0 ? all[0] : null);
        return signs is null
            ? []
            :
            [
                signs,
                .. all.Where(k => k.Number > signs.Number),
                .. all.Where(k => k.Number < signs.Number && all.First(n => n.Number > k.Number).SignsFrom + KeptAfter > at).Reverse(),
            ];
    }

    private OpenAppKey? Open(AppKey row) =>
        store.Box.Open(Purpose, row.Sealed) is { Length: > 32 } clear ? new(row, clear[..^32], clear[^32..]) : null;
}
