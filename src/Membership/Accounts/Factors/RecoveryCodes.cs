using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Data;

namespace UserManagement.Membership.Accounts.Factors;

/// <summary>How recovery codes are made and told: ten of 60 random bits, written in threes of four characters.</summary>
internal static class RecoveryCodes
{
    /// <summary>How many are made at once.</summary>
    public const int Count = 10;

    private const string Alphabet = "abcdefghjkmnpqrstuvwxyz234567890"; // without i, l, o and 1, which are read wrongly
    private const int Letters = 12;

    /// <summary>Makes new ones in place of all that were there; they are in clear this once.</summary>
    public static async Task<IReadOnlyList<string>> MakeAsync(Attempt attempt, Id<Account> account, CancellationToken ct)
    {
        await DropAsync(attempt, account, ct);
        var codes = Enumerable.Range(0, Count).Select(_ => RandomNumberGenerator.GetString(Alphabet, Letters)).ToList();
        foreach (var code in codes)
        {
            attempt.Changes.Add(new RecoveryCode { AccountId = account, CodeHash = Hash(attempt.Box, account, code) });
        }

        return [.. codes.Select(c => $"{c[..4]}-{c[4..8]}-{c[8..]}")];
    }

    /// <summary>Takes all of them away.</summary>
    public static async Task DropAsync(Attempt attempt, Id<Account> account, CancellationToken ct)
    {
        foreach (var old in await attempt.Db.RecoveryCodes.AsNoTracking().Where(c => c.AccountId == account).ToListAsync(ct))
        {
            attempt.Changes.Remove(old);
        }
    }

    /// <summary>The unused code that was typed; null when it is none. Blanks, hyphens and case do not matter.</summary>
    public static async Task<RecoveryCode?> FindAsync(Attempt attempt, Id<Account> account, string typed, CancellationToken ct)
    {
        if (typed.Length != Letters)
        {
            return null;
        }

        var hash = Hash(attempt.Box, account, typed.ToLowerInvariant());
        return await attempt
            .Db.RecoveryCodes.AsNoTracking()
            .FirstOrDefaultAsync(c => c.AccountId == account && c.CodeHash == hash && c.UsedAt == null, ct);
    }

    private static byte[] Hash(SecretBox box, Id<Account> account, string code) =>
        HMACSHA256.HashData(box.EnduringKeyOf("recovery-codes"), Encoding.UTF8.GetBytes(account + ":" + code));
}
