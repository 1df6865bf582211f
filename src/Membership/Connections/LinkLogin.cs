using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Accounts;
using UserManagement.Membership.Accounts.Factors;
using UserManagement.Membership.Data;
using UserManagement.Membership.Members;

namespace UserManagement.Membership.Connections;

/// <summary>
/// A person who is signed in and proved just now who they are adds a provider's login to their account: the only way in
/// which a login comes to an account that is there. An address that is the same at both never links anything.
/// Refusals: those of <see cref="RecentAuthentication"/>, <c>connectionGone</c>, <c>answerUsed</c>, <c>loginTaken</c> (Conflict, it leads to
/// another account), <c>connectionNotTaken</c> (a workspace's own provider and the person is not in that workspace).
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
        store.ChangeAsync<OpenedSession?>(who.Person, null, "login.linked", async attempt =>
        {
            if (await RecentAuthentication.CheckBeyondAsync(attempt.Db, who, attempt.At, ct) is { } stale)
            {
                return stale;
            }

            if (await attempt.Db.IdentityConnections.AsNoTracking().FirstOrDefaultAsync(c => c.Id == identity.ConnectionId && c.Enabled, ct) is not { } connection)
            {
                return FindConnection.Gone();
            }

            if (await SignInWithProvider.SpendAsync(attempt, identity, ct) is { } used)
            {
                return used;
            }

            if (!connection.IsPlatform && !await attempt.Db.Members.AnyAsync(m => m.WorkspaceId == connection.WorkspaceId && m.AccountId == who.Account.Id && m.State == MemberState.Active, ct))
            {
                return new Refusal(RefusalKind.Forbidden, "connectionNotTaken", $"{connection.Name} is the sign-in of a workspace in which you are not.");
            }

            var known = await attempt.Db.Logins.AsNoTracking()
                .FirstOrDefaultAsync(l => l.ConnectionId == connection.Id && l.Issuer == identity.Issuer && l.Subject == identity.Subject, ct);
            if (known is not null && known.AccountId != who.Account.Id)
            {
                return new Refusal(RefusalKind.Conflict, "loginTaken", $"This account at {connection.Name} signs in to another account here already. Unlink it there first, or use another one.");
            }

            var login = known ?? SignInWithProvider.NewLogin(attempt, connection, identity, who.Account.Id);
            if (known is null)
            {
                attempt.Changes.Add(login);
                attempt.Changes.TellFacts("login.linked", connection.WorkspaceId, ("account", who.Account.Id.Value, who.Account.DisplayName), null,
                    new { connection = connection.Name, identity.Issuer, identity.Subject, identity.UserName });
            }

            // What was proven for linking is not asked for a second time.
            return enterBy is null ? null : SignInWithProvider.Open(attempt, connection, identity, login, enterBy,
                s => s with { AuthenticatedAt = who.Session.AuthenticatedAt, ProofIsUndated = who.Session.ProofIsUndated, SecondProvenBy = who.Session.SecondProvenBy, SecondProvenAt = who.Session.SecondProvenAt });
        }, ct);
}

/// <summary>
/// A person takes a login off their account; its sessions open nothing from the next request on. Refusals:
/// those of <see cref="RecentAuthentication"/>, <c>notFound</c>, <c>lastWayIn</c> (Conflict: nothing would be left to sign in with).
/// </summary>
public sealed class UnlinkLogin(Store store)
{
    /// <summary>Unlinks.</summary>
    public Task<Outcome<Nothing>> RunAsync(SignedIn who, Id<Login> id, CancellationToken ct) =>
        store.ChangeAsync<Nothing>(who.Person, null, "login.unlinked", async attempt =>
        {
            if (await RecentAuthentication.CheckBeyondAsync(attempt.Db, who, attempt.At, ct) is { } stale)
            {
                return stale;
            }

            // The account's version is named below: of two that unlink the last two at once, one finds it changed and looks again.
            var account = await attempt.Db.Accounts.AsNoTracking().FirstOrDefaultAsync(a => a.Id == who.Account.Id, ct);
            var ways = await ListLogins.ReadAsync(attempt.Db, who.Account.Id, ct);
            if (account is null || ways.Logins.FirstOrDefault(l => l.Login.Id == id) is not { } gone)
            {
                return new Refusal(RefusalKind.NotFound, "notFound", "This login is not linked any more.");
            }

            if (!ways.MayUnlink(gone))
            {
                return new Refusal(RefusalKind.Conflict, "lastWayIn", "This is your last way to sign in. Link another one or set a password first.");
            }

            attempt.Changes.Update(account, account with { Version = account.Version + 1 });
            attempt.Changes.Remove(gone.Login);
            attempt.Changes.TellFacts("login.unlinked", default, ("account", account.Id.Value, account.DisplayName),
                new { connection = gone.Connection?.Name, gone.Login.Issuer, gone.Login.Subject, gone.Login.UserName }, null);
            return default(Nothing);
        }, ct);
}

/// <summary>A login of one's own.</summary>
/// <param name="Login">The login.</param>
/// <param name="Connection">Its connection; null when it is switched off.</param>
public sealed record MyLogin(Login Login, IdentityConnection? Connection);

/// <summary>How a person can sign in.</summary>
/// <param name="Logins">The linked logins, oldest first.</param>
/// <param name="PasswordName">The name that stands beside their password; null when there is no password.</param>
/// <param name="Passkeys">How many passkeys they have: each signs in by itself.</param>
public sealed record LinkedLogins(IReadOnlyList<MyLogin> Logins, string? PasswordName, int Passkeys)
{
    /// <summary>
    /// Whether a login may go: something must be left, and where it reaches every workspace, something that does so too.
    /// </summary>
    public bool MayUnlink(MyLogin login) => PasswordName is not null || Passkeys > 0
        || Logins.Any(l => l != login && l.Connection is { } other && (other.IsPlatform || login.Connection is { IsPlatform: false }));

    /// <summary>Whether one passkey may go: something must be left.</summary>
    public bool MayRemovePasskey => Passkeys > 1 || PasswordName is not null || Logins.Any(l => l.Connection is not null);
}

/// <summary>Reads the ways in which a person can sign in, and which they could add.</summary>
public sealed class ListLogins(Store store)
{
    /// <summary>Reads the ways. Who is in by a workspace's own provider is shown that login alone, and nothing of the account's others.</summary>
    public async Task<LinkedLogins> RunAsync(SignedIn who, CancellationToken ct)
    {
        await using var db = store.Read();
        var ways = await ReadAsync(db, who.Account.Id, ct);
        return who.IsWorkspaceScoped ? new([.. ways.Logins.Where(l => l.Login.Id == who.Login?.Id)], null, 0) : ways;
    }

    /// <summary>The connections that the person may link: the installation's, and those of the workspaces they are in; none where the sign-in is bounded.</summary>
    public async Task<IReadOnlyList<IdentityConnection>> LinkableAsync(SignedIn who, CancellationToken ct)
    {
        if (who.IsWorkspaceScoped)
        {
            return [];
        }

        Id<Workspaces.Workspace> platform = default;
        var account = who.Account.Id;
        await using var db = store.Read();
        return await db.IdentityConnections.AsNoTracking()
            .Where(c => c.Enabled && (c.WorkspaceId == platform || db.Members.Any(m => m.WorkspaceId == c.WorkspaceId && m.AccountId == account && m.State == MemberState.Active)))
            .OrderBy(c => c.Name).ThenBy(c => c.Id).Take(50).ToListAsync(ct);
    }

    /// <summary>Whether a password of this server lets an account into one of its workspaces: whether to offer setting one.</summary>
    public async Task<bool> PasswordHelpsAsync(Id<Account> account, CancellationToken ct)
    {
        await using var db = store.Read();
        var rows = await (from m in db.Members.AsNoTracking()
                          join w in db.Workspaces.AsNoTracking() on m.WorkspaceId equals w.Id
                          where m.AccountId == account && m.State == MemberState.Active
                          select w).Take(200).ToListAsync(ct);
        return rows.Count == 0 || rows.Any(w => Workspaces.WorkspaceContext.Of(db, w).Configuration.SignIn.LocalPassword);
    }

    internal static async Task<LinkedLogins> ReadAsync(MembershipDb db, Id<Account> account, CancellationToken ct)
    {
        var logins = await (from l in db.Logins.AsNoTracking()
                            from c in db.IdentityConnections.AsNoTracking().Where(c => c.Id == l.ConnectionId && c.Enabled).DefaultIfEmpty()
                            where l.AccountId == account
                            orderby l.Id
                            select new { l, c }).Take(50).ToListAsync(ct);
        var name = await db.LocalCredentials.AsNoTracking().Where(c => c.AccountId == account && c.PasswordHash != null).Select(c => c.Login).FirstOrDefaultAsync(ct);
        return new([.. logins.Select(l => new MyLogin(l.l, l.c))], name, await db.Passkeys.CountAsync(p => p.AccountId == account, ct));
    }
}
