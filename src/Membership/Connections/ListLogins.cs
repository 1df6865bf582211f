using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Accounts;
using UserManagement.Membership.Accounts.Factors;
using UserManagement.Membership.Data;
using UserManagement.Membership.Members;

namespace UserManagement.Membership.Connections;

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
    public bool MayUnlink(MyLogin login) =>
        PasswordName is not null
        || Passkeys > 0
        || Logins.Any(l => l != login && l.Connection is { } other && (other.IsPlatform || login.Connection is { IsPlatform: false }));

    /// <summary>Whether one passkey may go: something must be left.</summary>
    public bool MayRemovePasskey => Passkeys > 1 || PasswordName is not null || Logins.Any(l => l.Connection is not null);
}

/// <summary>Reads the ways in which a person can sign in, and which they could add.</summary>
public sealed class ListLogins(Store store)
{
    /// <summary>
    /// Reads the ways. Who is in by a workspace's own provider is shown that login alone, and nothing of the account's others.
    /// </summary>
    public async Task<LinkedLogins> RunAsync(SignedIn who, CancellationToken ct)
    {
        await using var db = store.Read();
        var ways = await ReadAsync(db, who.Account.Id, ct);
        return who.IsWorkspaceScoped ? new([.. ways.Logins.Where(l => l.Login.Id == who.Login?.Id)], null, 0) : ways;
    }

    /// <summary>
    /// The connections that the person may link: the installation's, and those of the workspaces they are in; none where the sign-in is
    /// bounded.
    /// </summary>
    public async Task<IReadOnlyList<IdentityConnection>> LinkableAsync(SignedIn who, CancellationToken ct)
    {
        if (who.IsWorkspaceScoped)
        {
            return [];
        }

        Id<Workspaces.Workspace> platform = default;
        var account = who.Account.Id;
        await using var db = store.Read();
        var members = await AccountMembers.OfAsync(db, account, ct);
        var places = await members.Where(m => m.State == MemberState.Active).Select(m => m.WorkspaceId).Distinct().ToListAsync(ct);
        return await db
            .IdentityConnections.AsNoTracking()
            .Where(c => c.Enabled && (c.WorkspaceId == platform || places.Contains(c.WorkspaceId)))
            .OrderBy(c => c.Name)
            .ThenBy(c => c.Id)
            .Take(50)
            .ToListAsync(ct);
    }

    /// <summary>Whether a password of this server lets an account into one of its workspaces: whether to offer setting one.</summary>
    public async Task<bool> PasswordHelpsAsync(Id<Account> account, CancellationToken ct)
    {
        await using var db = store.Read();
        var members = await AccountMembers.OfAsync(db, account, ct);
        var rows = await (
            from m in members
            join w in db.Workspaces.AsNoTracking() on m.WorkspaceId equals w.Id
            where m.State == MemberState.Active
            select w
        )
            .Take(200)
            .ToListAsync(ct);
        return rows.Count == 0 || rows.Any(w => Workspaces.WorkspaceContext.Of(db, w).Configuration.SignIn.LocalPassword);
    }

    internal static async Task<LinkedLogins> ReadAsync(MembershipDb db, Id<Account> account, CancellationToken ct)
    {
        var logins = await (
            from l in db.Logins.AsNoTracking()
            from c in db.IdentityConnections.AsNoTracking().Where(c => c.Id == l.ConnectionId && c.Enabled).DefaultIfEmpty()
            where l.AccountId == account
            orderby l.Id
            select new { l, c }
        )
            .Take(50)
            .ToListAsync(ct);
        var name = await db
            .LocalCredentials.AsNoTracking()
            .Where(c => c.AccountId == account && c.PasswordHash != null)
            .Select(c => c.Login)
            .FirstOrDefaultAsync(ct);
        return new([.. logins.Select(l => new MyLogin(l.l, l.c))], name, await db.Passkeys.CountAsync(p => p.AccountId == account, ct));
    }
}
