using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Data;
using UserManagement.Membership.Members;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Accounts;

/// <summary>
/// Signs the holder of a one-time sign-in link in: the first admin, or one that the operator let in. Opening the
/// link's page uses nothing up (mail scanners and chat previews open links); pressing its button does, once.
/// Refusals: <c>linkDead</c> (NotFound; used, void, expired and unknown alike).
/// </summary>
public sealed class UseOneTimeLink(Store store)
{
    /// <summary>Whether the link is open: for the page with the button. Uses nothing up.</summary>
    public async Task<bool> IsOpenAsync(string secret, CancellationToken ct)
    {
        await using var db = store.Read();
        return await OneTimeLinks.FindAsync(db, secret, OneTimeLinkKind.AdminSignIn, store.Time.Now(), ct) is not null;
    }

    /// <summary>Uses it up and signs in, to the workspace that it was made for.</summary>
    public async Task<Outcome<OpenedSession>> RunAsync(string secret, Browser browser, CancellationToken ct)
    {
        Account? account;
        await using (var db = store.Read())
        {
            var link = await OneTimeLinks.FindAsync(db, secret, OneTimeLinkKind.AdminSignIn, store.Time.Now(), ct);
            account = link is null ? null : await db.Accounts.AsNoTracking().FirstOrDefaultAsync(a => a.Id == link.AccountId, ct);
        }

        if (account is null)
        {
            return OneTimeLinks.Dead();
        }

        return await store.ChangeAsync<OpenedSession>(
            Sessions.Person(account),
            null,
            "account.signedIn",
            async attempt =>
            {
                if (await OneTimeLinks.FindAsync(attempt.Db, secret, OneTimeLinkKind.AdminSignIn, attempt.At, ct) is not { } link)
                {
                    return OneTimeLinks.Dead();
                }

                OneTimeLinks.Close(attempt, link);
                var opened = Sessions.Open(attempt, link.AccountId, "link", browser);
                attempt.Changes.TellFacts(
                    "account.signedIn",
                    default,
                    ("account", account.Id.Value, account.DisplayName),
                    null,
                    new
                    {
                        by = "link",
                        browser.Address,
                        browser.UserAgent,
                    }
                );
                return await LeadsToAsync(attempt.Db, link, opened, ct);
            },
            ct
        );
    }

    private static async Task<OpenedSession> LeadsToAsync(MembershipDb db, OneTimeLink link, OpenedSession opened, CancellationToken ct)
    {
        if (link.WorkspaceId is not { } id || await WorkspaceContext.ByIdAsync(db, id, ct) is not { } workspace)
        {
            return opened;
        }

        var isUnnamed = await db.Members.AnyAsync(
            m =>
                m.WorkspaceId == id
                && m.AccountId == link.AccountId
                && m.State == MemberState.Active
                && m.GivenName == null
                && m.FamilyName == null
                && m.DirectoryActive == null,
            ct
        );
        return opened with { Slug = workspace.Row.Slug, IsUnnamed = isUnnamed };
    }
}
