using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Invitations;

namespace UserManagement.Membership.Accounts;

/// <summary>
/// Somebody who holds an invitation's link makes an account with a password, under the invitation's user name, and is
/// signed in; redeeming is the next act. Nobody makes an account without such a link. The address counts as proven only
/// when the mailed secret was used, and only the address to which it was mailed.
/// Refusals: <c>invitationClosed</c> (NotFound), <c>wrongUserName</c> (Conflict), <c>providerNeeded</c> (Forbidden), <c>loginTaken</c>
/// (Conflict), an invalid name or password.
/// </summary>
public sealed class CreateLocalAccount(Store store, PasswordRules rules)
{
    /// <summary>
    /// Whether a page that was opened by the mailed link should ask for the password that is there rather than for a new
    /// one. Told to nobody who holds only the copied link.
    /// </summary>
    public async Task<bool> IsTakenAsync(InvitationView view, CancellationToken ct)
    {
        var key = Key.Of(view.Invitation.UserName);
        await using var db = store.Read();
        return view.ByMail
            && await (
                from c in db.LocalCredentials
                join a in db.Accounts on c.AccountId equals a.Id
                where c.LoginKey == key && a.ProvenEmailKey == key
                select a
            ).AnyAsync(ct);
    }

    /// <summary>Makes the account and opens a session.</summary>
    /// <param name="invitationSecret">The secret of the copied or the mailed link.</param>
    /// <param name="login">The user name as the person knows it: a link that went astray does not tell it.</param>
    /// <param name="displayName">The person's name; empty for the user name.</param>
    /// <param name="password">The password.</param>
    /// <param name="browser">For the session.</param>
    /// <param name="ct">Stops it before it is written.</param>
    public async Task<Outcome<OpenedSession>> RunAsync(
        string invitationSecret,
        string login,
        string? displayName,
        string password,
        Browser browser,
        CancellationToken ct
    )
    {
        InvitationView? view;
        await using (var db = store.Read())
        {
            view = await ReadInvitationByLink.FindAsync(db, invitationSecret, store.Time.Now(), ct);
        }

        if (view is not { Status: InvitationStatus.Pending, Invitation: var seen })
        {
            return Closed();
        }

        if (login.Length > Key.MaxLength || Key.Of(login) != Key.Of(seen.UserName))
        {
            return new Refusal(
                RefusalKind.Conflict,
                "wrongUserName",
                "This invitation is for another user name. Use the one you were invited with, or ask the person who invited you.",
                "login"
            );
        }

        displayName = Key.Shown(displayName);
        if (Key.Check("name", displayName, required: false) is { } wrongName)
        {
            return wrongName;
        }

        if (rules.Check(password, seen.UserName) is { } wrong)
        {
            return wrong;
        }

        var name = displayName ?? seen.UserName;
        var hash = await PasswordHash.MakeAsync(rules, password, ct);
        var person = new Actor
        {
            Kind = ActorKind.Person,
            Door = Door.SignIn,
            Name = name,
        };
        return await store.ChangeAsync<OpenedSession>(
            person,
            null,
            "account.created",
            async attempt =>
            {
                if (
                    await ReadInvitationByLink.FindAsync(attempt.Db, invitationSecret, attempt.At, ct)
                    is not { Status: InvitationStatus.Pending } found
                )
                {
                    return Closed();
                }

                var (invitation, byMail) = (found.Invitation, found.ByMail);
                if (!TakesPassword(found))
                {
                    return ProviderNeeded();
                }

                var provenKey = byMail ? Key.OfOrNull(invitation.MailAddress) : null;
                var email = provenKey is null && EmailAddress.IsValid(invitation.UserName) ? invitation.UserName : invitation.MailAddress;
                var claimed = await LoginNames.ClaimAsync(attempt, invitation.UserName, email, provenKey, name, hash, ct);
                if (!claimed.Is(out var login, out var refusal))
                {
                    return refusal;
                }

                attempt.Changes.TellFacts(
                    "account.created",
                    default,
                    ("account", login.Account.Id.Value, login.Account.DisplayName),
                    null,
                    new { login.Credential.Login, addressProven = provenKey is not null && login.Account.ProvenEmailKey == provenKey }
                );
                return Sessions.Open(attempt, login.Account.Id, "password", browser);
            },
            ct
        );
    }

    /// <summary>Whether an invitation can be accepted with a password of this server.</summary>
    public static bool TakesPassword(InvitationView view) =>
        view.Invitation.Provider is IdentityProvider.Any or IdentityProvider.Local && view.Workspace.Configuration.SignIn.LocalPassword;

    /// <summary>The invitation or its workspace asks for another way to sign in.</summary>
    internal static Refusal ProviderNeeded() =>
        new(RefusalKind.Forbidden, "providerNeeded", "This invitation is accepted by signing in with its provider, not with a password.");

    private static Refusal Closed() => new(RefusalKind.NotFound, "invitationClosed", "This invitation is not open any more.");
}
