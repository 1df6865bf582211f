using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Accounts;
using UserManagement.Membership.Accounts.Factors;
using UserManagement.Membership.Data;
using UserManagement.Membership.Members;

namespace UserManagement.Membership.Connections;

/// <summary>
/// A person who is signed in and proved just now who they are adds a provider's login to their account: the only way in
/// which a login comes to an account that is there. An address that is the same at both never links anything.
/// Refusals: those of <see cref="RecentAuthentication"/>, <c>connectionGone</c>, <c>answerUsed</c>, <c>loginTaken</c> (Conflict, it leads
/// to another account), <c>connectionNotTaken</c> (a workspace's own provider and the person is not in that workspace).
/// </summary>
public sealed class LinkLogin(Store store)
{
    /// <summary>Links.</summary>
    /// <param name="who">Who is signed in.</param>
    /// <param name="identity">What the relying party proved.</param>
    /// <param name="enterBy">The browser in which to sign in through the new login at once; null to stay as signed in.</param>
    /// <param name="ct">Stops it before it is written.</param>
    /// <returns>The new session; null when none was asked for.</returns>
    public Task<Outcome<OpenedSession?>> RunAsync(SignedIn who, ProvenIdentity identity, Browser? enterBy, CancellationToken ct) =>
        store.ChangeAsync<OpenedSession?>(
            who.Person,
            null,
            "login.linked",
            async attempt =>
            {
                if (await RecentAuthentication.CheckBeyondAsync(attempt.Db, who, attempt.At, ct) is { } stale)
                {
                    return stale;
                }

                if (
                    await attempt
                        .Db.IdentityConnections.AsNoTracking()
                        .FirstOrDefaultAsync(c => c.Id == identity.ConnectionId && c.Enabled, ct)
                    is not { } connection
                )
                {
                    return FindConnection.Gone();
                }

                if (await SignInWithProvider.SpendAsync(attempt, identity, ct) is { } used)
                {
                    return used;
                }

                if (
                    !connection.IsPlatform
                    && !await attempt.Db.Members.AnyAsync(
                        m => m.WorkspaceId == connection.WorkspaceId && m.AccountId == who.Account.Id && m.State == MemberState.Active,
                        ct
                    )
                )
                {
                    return new Refusal(
                        RefusalKind.Forbidden,
                        "connectionNotTaken",
                        $"{connection.Name} is the sign-in of a workspace in which you are not."
                    );
                }

                var known = await attempt
                    .Db.Logins.AsNoTracking()
                    .FirstOrDefaultAsync(
                        l => l.ConnectionId == connection.Id && l.Issuer == identity.Issuer && l.Subject == identity.Subject,
                        ct
                    );
                if (known is not null && known.AccountId != who.Account.Id)
                {
                    return new Refusal(
                        RefusalKind.Conflict,
                        "loginTaken",
                        $"This account at {connection.Name} signs in to another account here already. Unlink it there first, or "
                            + $"use another one."
                    );
                }

                var login = known ?? SignInWithProvider.NewLogin(attempt, connection, identity, who.Account.Id);
                if (known is null)
                {
                    attempt.Changes.Add(login);
                    attempt.Changes.TellFacts(
                        "login.linked",
                        connection.WorkspaceId,
                        ("account", who.Account.Id.Value, who.Account.DisplayName),
                        null,
                        new
                        {
                            connection = connection.Name,
                            identity.Issuer,
                            identity.Subject,
                            identity.UserName,
                        }
                    );
                }

                // What was proven for linking is not asked for a second time.
                return enterBy is null
                    ? null
                    : SignInWithProvider.Open(
                        attempt,
                        connection,
                        identity,
                        login,
                        enterBy,
                        s =>
                            s with
                            {
                                AuthenticatedAt = who.Session.AuthenticatedAt,
                                ProofIsUndated = who.Session.ProofIsUndated,
                                SecondProvenBy = who.Session.SecondProvenBy,
                                SecondProvenAt = who.Session.SecondProvenAt,
                            }
                    );
            },
            ct
        );
}
