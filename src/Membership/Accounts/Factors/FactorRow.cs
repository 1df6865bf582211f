using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Connections;
using UserManagement.Membership.Data;

namespace UserManagement.Membership.Accounts.Factors;

/// <summary>How the row of an account's second factor, and what hangs on it, is read and written within an act.</summary>
internal static class FactorRow
{
    /// <summary>The row; one of version 0 when there is none yet.</summary>
    public static async Task<SecondFactor> ReadAsync(Attempt attempt, Id<Account> account, CancellationToken ct) =>
        await attempt.Db.SecondFactors.AsNoTracking().FirstOrDefaultAsync(f => f.AccountId == account, ct)
        ?? new() { AccountId = account, Version = 0 };

    /// <summary>Writes it; whoever wrote it in the meantime makes the act be planned anew.</summary>
    public static void Write(Attempt attempt, SecondFactor before, SecondFactor after)
    {
        if (before.Version == 0)
        {
            attempt.Changes.Add(after with { Version = 1 });
        }
        else
        {
            attempt.Changes.Update(before, after with { Version = before.Version + 1 });
        }
    }

    /// <summary>
    /// Ends a set-up: recovery codes if there are none, and the session counts as proven just now; asking for the same factor a
    /// second later would prove no more.
    /// </summary>
    public static async Task<FactorSetUp> DoneAsync(Attempt attempt, SignedIn who, string by, CancellationToken ct)
    {
        var session = await attempt.Db.Sessions.AsNoTracking().FirstAsync(s => s.Id == who.Session.Id, ct);
        var codes = await attempt.Db.RecoveryCodes.AnyAsync(c => c.AccountId == who.Account.Id && c.UsedAt == null, ct)
            ? null
            : await RecoveryCodes.MakeAsync(attempt, who.Account.Id, ct);
        return new(
            Sessions.Renew(
                attempt,
                session,
                s => s with { AuthenticatedAt = attempt.At, SecondProvenBy = by, SecondProvenAt = attempt.At }
            ),
            codes
        );
    }

    /// <summary>Takes everything away: app, passkeys, recovery codes.</summary>
    /// <returns>What there was; null for nothing.</returns>
    public static async Task<object?> DropAsync(Attempt attempt, Id<Account> account, CancellationToken ct)
    {
        var factor = await attempt.Db.SecondFactors.AsNoTracking().FirstOrDefaultAsync(f => f.AccountId == account, ct);
        foreach (var passkey in await attempt.Db.Passkeys.AsNoTracking().Where(p => p.AccountId == account).ToListAsync(ct))
        {
            attempt.Changes.Remove(passkey);
        }

        await RecoveryCodes.DropAsync(attempt, account, ct);
        if (factor is null)
        {
            return null;
        }

        attempt.Changes.Remove(factor);
        return factor.IsSetUp ? new { authenticatorApp = factor.HasTotp, passkeys = factor.Passkeys } : null;
    }

    /// <summary>Lets the passkeys of an account prove the second factor only, until each is used beside the password.</summary>
    /// <returns>How many there are.</returns>
    public static async Task<int> SecondOnlyAsync(Attempt attempt, Id<Account> account, CancellationToken ct)
    {
        var passkeys = await attempt.Db.Passkeys.AsNoTracking().Where(p => p.AccountId == account).ToListAsync(ct);
        foreach (var passkey in passkeys)
        {
            attempt.Changes.Update(passkey, passkey with { SecondOnly = true, Version = passkey.Version + 1 });
        }

        return passkeys.Count;
    }

    /// <summary>Takes the logins of an account away.</summary>
    public static async Task<int> DropLoginsAsync(Attempt attempt, Id<Account> account, CancellationToken ct)
    {
        var logins = await attempt.Db.Logins.AsNoTracking().Where(l => l.AccountId == account).ToListAsync(ct);
        foreach (Login login in logins)
        {
            attempt.Changes.Remove(login);
        }

        return logins.Count;
    }
}
