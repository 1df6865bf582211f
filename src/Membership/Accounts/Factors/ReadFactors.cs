using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Data;

namespace UserManagement.Membership.Accounts.Factors;

/// <summary>What a person sees of their own ways to sign in.</summary>
/// <param name="HasPassword">Whether there is a password; null when the account has no sign-in name for one.</param>
/// <param name="TotpSince">Since when an authenticator app is set up; null for none.</param>
/// <param name="Passkeys">The passkeys, oldest first.</param>
/// <param name="CodesLeft">How many recovery codes are unused.</param>
public sealed record MyFactors(bool? HasPassword, DateTimeOffset? TotpSince, IReadOnlyList<Passkey> Passkeys, int CodesLeft)
{
    /// <summary>Whether any second factor is there.</summary>
    public bool IsSetUp => TotpSince is not null || Passkeys.Count > 0;
}

/// <summary>Reads what a person has set up; for their own page, and as ids for their browser.</summary>
public sealed class ReadFactors(Store store)
{
    /// <summary>Reads.</summary>
    public async Task<MyFactors> RunAsync(Id<Account> account, CancellationToken ct)
    {
        await using var db = store.Read();
        var factor = await db.SecondFactors.AsNoTracking().FirstOrDefaultAsync(f => f.AccountId == account, ct);
        var credential = await db.LocalCredentials.AsNoTracking().FirstOrDefaultAsync(c => c.AccountId == account, ct);
        var passkeys = await db.Passkeys.AsNoTracking().Where(p => p.AccountId == account).OrderBy(p => p.Id).ToListAsync(ct);
        var codes = await db.RecoveryCodes.CountAsync(c => c.AccountId == account && c.UsedAt == null, ct);
        return new(credential is null ? null : credential.PasswordHash is not null, factor?.TotpConfirmedAt, passkeys, codes);
    }
}
