using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;

namespace UserManagement.Membership.Accounts.Factors;

/// <summary>
/// Signs in with a passkey alone: the device and the person's gesture on it are two factors in one. Where a workspace
/// takes no passwords of this server, it takes no passkeys either. Refusals: those of <see cref="PasskeyAnswers"/>.
/// </summary>
public sealed class SignInWithPasskey(Store store)
{
    /// <summary>How such a session was signed in.</summary>
    public const string By = "passkey";

    /// <summary>Signs in.</summary>
    public async Task<Outcome<OpenedSession>> RunAsync(PasskeyAnswer answer, Browser browser, CancellationToken ct)
    {
        var id = answer.CredentialId;
        Account? account;
        await using (var db = store.Read())
        {
            account = await (
                from p in db.Passkeys.AsNoTracking()
                join a in db.Accounts.AsNoTracking() on p.AccountId equals a.Id
                where p.CredentialId == id
                select a
            ).FirstOrDefaultAsync(ct);
        }

        var actor = account is null ? Actor.System with { Door = Door.SignIn } : Sessions.Person(account);
        return await store.ChangeAsync<OpenedSession>(
            actor,
            null,
            "account.signedIn",
            async attempt =>
            {
                // Without the account's own name the passkey alone cannot say whose it is.
                if (answer.UserHandle is null)
                {
                    return PasskeyAnswers.Wrong();
                }

                if (
                    !(await PasskeyAnswers.UseAsync(attempt, answer, account?.Id ?? default, PasskeyBeside.Nothing, ct)).Is(
                        out var passkey,
                        out var refusal
                    )
                )
                {
                    return refusal;
                }

                attempt.Changes.TellFacts(
                    "account.signedIn",
                    default,
                    ("account", account!.Id.Value, account.DisplayName),
                    null,
                    new
                    {
                        by = By,
                        passkey = passkey.Name,
                        browser.Address,
                        browser.UserAgent,
                    }
                );
                return Sessions.Open(attempt, account.Id, By, browser, s => s with { SecondProvenBy = By, SecondProvenAt = attempt.At });
            },
            ct
        );
    }
}
