using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Invitations;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Accounts;

/// <summary>
/// Somebody who holds an invitation's link makes an account with a password, under the invitation's user name, and is
/// signed in; redeeming is the next act. Nobody makes an account without such a link. The address counts as proven only
/// when the mailed secret was used, and only the address to which it was mailed.
/// Refusals: <c>invitationClosed</c> (NotFound), <c>providerNeeded</c> (Forbidden), <c>loginTaken</c> (Conflict), an
/// invalid name or password.
/// </summary>
public sealed class CreateLocalAccount(Store store, PasswordRules rules)
{
    /// <summary>Makes the account and opens a session.</summary>
    /// <param name="invitationSecret">The secret of the copied or the mailed link.</param>
    /// <param name="displayName">The person's name; empty for the user name.</param>
    /// <param name="password">The password.</param>
    /// <param name="browser">For the session.</param>
    /// <param name="ct">Stops it before it is written.</param>
    public async Task<Outcome<OpenedSession>> RunAsync(string invitationSecret, string? displayName, string password, Browser browser, CancellationToken ct)
    {
        Invitation? seen;
        await using (var db = store.Read())
        {
            seen = (await FindAsync(db, invitationSecret, store.Time.Now(), ct))?.Invitation;
        }

        if (seen is null)
        {
            return Closed();
        }

        if (Key.Check("name", displayName, required: false) is { } wrongName)
        {
            return wrongName;
        }

        if (rules.Check(password, seen.UserName) is { } wrong)
        {
            return wrong;
        }

        var name = string.IsNullOrWhiteSpace(displayName) ? seen.UserName : displayName.Trim();
        var hash = await PasswordHash.MakeAsync(rules, password, ct);
        var person = new Actor { Kind = ActorKind.Person, Door = Door.SignIn, Name = name };
        return await store.ChangeAsync<OpenedSession>(person, null, "account.created", async attempt =>
        {
            if (await FindAsync(attempt.Db, invitationSecret, attempt.At, ct) is not { } found)
            {
                return Closed();
            }

            var (invitation, byMail) = found;
            var workspace = await OpenWorkspace.ByIdAsync(attempt.Db, invitation.WorkspaceId, ct);
            if (invitation.Provider is not (IdentityProvider.Any or IdentityProvider.Local) || workspace is null || !workspace.Configuration.SignIn.LocalPassword)
            {
                return new Refusal(RefusalKind.Forbidden, "providerNeeded", "This invitation is accepted by signing in with its provider, not with a password.");
            }

            var provenKey = byMail ? Key.OfOrNull(invitation.MailAddress) : null;
            var email = provenKey is null && EmailAddress.IsValid(invitation.UserName) ? invitation.UserName : invitation.MailAddress;
            var claimed = await LoginNames.ClaimAsync(attempt, invitation.UserName, email, provenKey, name, hash, ct);
            if (!claimed.Is(out var login, out var refusal))
            {
                return refusal;
            }

            attempt.Changes.TellFacts("account.created", default, ("account", login.Account.Id.Value, login.Account.DisplayName), null,
                new { login.Credential.Login, addressProven = provenKey is not null && login.Account.ProvenEmailKey == provenKey });
            return Sessions.Open(attempt, login.Account.Id, "password", browser);
        }, ct);
    }

    /// <summary>The pending invitation with this secret, and whether the secret is the mailed one.</summary>
    internal static async Task<(Invitation Invitation, bool ByMail)?> FindAsync(MembershipDb db, string secret, DateTimeOffset at, CancellationToken ct)
    {
        if (secret.Length is 0 or > 100)
        {
            return null;
        }

        var hash = Secret.Hash(secret);
        var invitation = await db.Invitations.AsNoTracking().FirstOrDefaultAsync(i => i.LinkHash == hash || i.MailHash == hash, ct);
        return invitation is null || invitation.StatusAt(at) != InvitationStatus.Pending
            ? null
            : (invitation, invitation.MailHash is { } mailed && mailed.AsSpan().SequenceEqual(hash));
    }

    private static Refusal Closed() => new(RefusalKind.NotFound, "invitationClosed", "This invitation is not open any more.");
}
