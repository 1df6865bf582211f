using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Connections;
using UserManagement.Membership.Data;

namespace UserManagement.Membership.Accounts.Factors;

/// <summary>
/// A person's own passkeys: adding, naming, removing. Refusals: those of <see cref="RecentAuthentication"/> and
/// <see cref="PasskeyAnswers"/>,
/// <c>passkeyKnown</c>, <c>tooManyPasskeys</c>, <c>notFound</c>, <c>lastWayIn</c>, an invalid name.
/// </summary>
public sealed class Passkeys(Store store)
{
    /// <summary>How many an account may have.</summary>
    public const int Most = 20;

    private const int LongestName = 60;

    /// <summary>Adds one.</summary>
    /// <param name="who">Whose.</param>
    /// <param name="made">What the browser made.</param>
    /// <param name="name">What its owner calls it; empty for a plain word.</param>
    /// <param name="ct">Stops it before it is written.</param>
    public Task<Outcome<FactorSetUp>> AddAsync(SignedIn who, NewPasskey made, string name, CancellationToken ct) =>
        store.ChangeAsync<FactorSetUp>(
            who.Person,
            null,
            "passkey.added",
            async attempt =>
            {
                if (await RecentAuthentication.CheckSetUpAsync(attempt.Db, who, attempt.At, ct) is { } stale)
                {
                    return stale;
                }

                if (await PasskeyAnswers.SpendAsync(attempt, made.Challenge, ct) is { } spent)
                {
                    return spent;
                }

                var credential = made.CredentialId;
                if (await attempt.Db.Passkeys.AnyAsync(p => p.CredentialId == credential, ct))
                {
                    return new Refusal(RefusalKind.Conflict, "passkeyKnown", "This passkey is in use here already.");
                }

                var factor = await FactorRow.ReadAsync(attempt, who.Account.Id, ct);
                if (factor.Passkeys >= Most)
                {
                    return new Refusal(
                        RefusalKind.Conflict,
                        "tooManyPasskeys",
                        $"An account has at most {Most} passkeys. Remove one first."
                    );
                }

                if (NameOf(name) is not { } called)
                {
                    return WrongName();
                }

                attempt.Changes.Add(
                    new Passkey
                    {
                        Id = Id<Passkey>.New(attempt.Time),
                        AccountId = who.Account.Id,
                        CredentialId = credential,
                        PublicKey = made.PublicKey,
                        Algorithm = made.Algorithm,
                        SignCount = made.SignCount,
                        BackedUp = made.BackedUp,
                        Name = called,
                        CreatedAt = attempt.At,
                        Version = 1,
                    }
                );
                FactorRow.Write(attempt, factor, factor with { Passkeys = factor.Passkeys + 1 });
                attempt.Changes.TellFacts(
                    "passkey.added",
                    default,
                    ("account", who.Account.Id.Value, who.Account.DisplayName),
                    null,
                    new { passkey = called }
                );
                return await FactorRow.DoneAsync(attempt, who, "passkey", ct);
            },
            ct
        );

    /// <summary>Gives one another name.</summary>
    public Task<Outcome<Nothing>> RenameAsync(SignedIn who, Id<Passkey> id, string name, CancellationToken ct) =>
        store.ChangeAsync<Nothing>(
            who.Person,
            null,
            "passkey.renamed",
            async attempt =>
            {
                if (await FindAsync(attempt, who, id, ct) is not { } passkey)
                {
                    return Gone();
                }

                if (NameOf(name) is not { } called || who.Demand == RequiredAction.SecondFactor)
                {
                    return WrongName();
                }

                if (called != passkey.Name)
                {
                    attempt.Changes.Update(passkey, passkey with { Name = called, Version = passkey.Version + 1 });
                    attempt.Changes.TellFacts(
                        "passkey.renamed",
                        default,
                        ("account", who.Account.Id.Value, who.Account.DisplayName),
                        new { passkey.Name },
                        new { Name = called }
                    );
                }

                return default(Nothing);
            },
            ct
        );

    /// <summary>Takes one away. The last way into an account stays.</summary>
    public Task<Outcome<Nothing>> RemoveAsync(SignedIn who, Id<Passkey> id, CancellationToken ct) =>
        store.ChangeAsync<Nothing>(
            who.Person,
            null,
            "passkey.removed",
            async attempt =>
            {
                if (await RecentAuthentication.CheckAsync(attempt.Db, who, attempt.At, ct) is { } stale)
                {
                    return stale;
                }

                if (await FindAsync(attempt, who, id, ct) is not { } passkey)
                {
                    return Gone();
                }

                var factor = await FactorRow.ReadAsync(attempt, who.Account.Id, ct);
                var account = await attempt.Db.Accounts.AsNoTracking().FirstAsync(a => a.Id == who.Account.Id, ct);
                if (!(await ListLogins.ReadAsync(attempt.Db, account.Id, ct)).MayRemovePasskey)
                {
                    return new Refusal(
                        RefusalKind.Conflict,
                        "lastWayIn",
                        "Without this passkey you could not sign in any more. Set a password or add another passkey first."
                    );
                }

                // who unlinks the last login at this moment looks again
                attempt.Changes.Update(account, account with { Version = account.Version + 1 });
                attempt.Changes.Remove(passkey);
                FactorRow.Write(attempt, factor, factor with { Passkeys = factor.Passkeys - 1 });
                if (factor.Passkeys == 1 && !factor.HasTotp)
                {
                    await RecoveryCodes.DropAsync(attempt, who.Account.Id, ct);
                }

                attempt.Changes.TellFacts(
                    "passkey.removed",
                    default,
                    ("account", who.Account.Id.Value, who.Account.DisplayName),
                    new { passkey = passkey.Name },
                    null
                );
                return default(Nothing);
            },
            ct
        );

    private static Task<Passkey?> FindAsync(Attempt attempt, SignedIn who, Id<Passkey> id, CancellationToken ct) =>
        attempt.Db.Passkeys.AsNoTracking().FirstOrDefaultAsync(p => p.Id == id && p.AccountId == who.Account.Id, ct);

    private static string? NameOf(string name) =>
        name.Trim() is not { Length: > 0 } trimmed ? "Passkey"
        : trimmed.Length <= LongestName && Key.Check("name", trimmed) is null ? trimmed
        : null;

    private static Refusal WrongName() => Refusal.Invalid("name", $"A passkey's name is one line of up to {LongestName} characters.");

    private static Refusal Gone() => new(RefusalKind.NotFound, "notFound", "There is no such passkey in your account.");
}
