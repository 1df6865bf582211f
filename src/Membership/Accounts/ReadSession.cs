using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Accounts.Factors;
using UserManagement.Membership.Connections;
using UserManagement.Membership.Data;
using UserManagement.Membership.Members;
using UserManagement.Membership.Roles;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Accounts;

/// <summary>
/// Who sends a request: a keyed read of session, account and, where the address names one, workspace, with the connection of the sign-in
/// and the second factor; and one of the member. Nothing is kept between requests, so a sign-out, a change of role, a suspension, a
/// removal, a connection switched off, or a factor asked for holds from the next request on.
/// </summary>
public sealed class ReadSession(Store store)
{
    /// <summary>Reads.</summary>
    /// <param name="secret">What the cookie holds; anything may be in it.</param>
    /// <param name="slug">The workspace that the address names; null for none.</param>
    /// <param name="ct">Stops the read.</param>
    /// <returns>Null when nobody is signed in: no such session, ended, or expired.</returns>
    public async Task<SignedIn?> RunAsync(string? secret, string? slug, CancellationToken ct)
    {
        if (string.IsNullOrEmpty(secret) || secret.Length > 100)
        {
            return null;
        }

        var hash = Secret.Hash(secret);
        await using var db = store.Read();
        return await ReadAsync(db, db.Sessions.AsNoTracking().Where(s => s.SecretHash == hash), slug, ct);
    }

    /// <summary>The same for who is not at the browser: an app that acts for the person of a session.</summary>
    /// <param name="session">The session.</param>
    /// <param name="slug">The workspace; null for none.</param>
    /// <param name="ct">Stops the read.</param>
    /// <returns>Null when the session is no more.</returns>
    public async Task<SignedIn?> OfAsync(Id<Session> session, string? slug, CancellationToken ct)
    {
        await using var db = store.Read();
        return await ReadAsync(db, db.Sessions.AsNoTracking().Where(s => s.Id == session), slug, ct);
    }

    private async Task<SignedIn?> ReadAsync(MembershipDb db, IQueryable<Session> which, string? slug, CancellationToken ct)
    {
        var at = store.Time.Now();
        var live =
            from s in which
            join a in db.Accounts.AsNoTracking() on s.AccountId equals a.Id
            from c in db.IdentityConnections.AsNoTracking().Where(c => c.Id == s.ConnectionId && c.Enabled).DefaultIfEmpty()
            from i in db.Logins.AsNoTracking().Where(i => i.Id == s.LoginId && i.ConnectionId == s.ConnectionId).DefaultIfEmpty()
            from f in db.SecondFactors.AsNoTracking().Where(f => f.AccountId == a.Id).DefaultIfEmpty()
            where s.EndedAt == null && s.ExpiresAt > at && (s.ConnectionId == null || (c != null && i != null))
            select new
            {
                s,
                a,
                c,
                i,
                f,
            };
        if (string.IsNullOrEmpty(slug))
        {
            return await live.FirstOrDefaultAsync(ct) is { } found
                ? new(found.s, found.a, null, null, null, null)
                {
                    Connection = found.c,
                    Login = found.i,
                    Factor = found.f,
                    Demand = SignInDemands.Of(found.s, found.f, null, null, found.c is { IsPlatform: false }),
                }
                : null;
        }

        var row = await (
            from l in live
            from w in db.Workspaces.AsNoTracking().Where(w => w.Slug == slug).DefaultIfEmpty()
            from e in db.SessionEnds.AsNoTracking().Where(e => w != null && e.WorkspaceId == w.Id && e.AccountId == l.a.Id).DefaultIfEmpty()
            select new
            {
                l.s,
                l.a,
                l.c,
                l.i,
                l.f,
                w,
                e,
            }
        ).FirstOrDefaultAsync(ct);
        if (row is null)
        {
            return null;
        }

        var person = new SignedIn(row.s, row.a, null, null, null, null)
        {
            Connection = row.c,
            Login = row.i,
            Factor = row.f,
            Demand = SignInDemands.Of(row.s, row.f, null, null, row.c is { IsPlatform: false }),
        };
        if (row.w is null || await MemberAsync(db, row.w.Id, row.a.Id, ct) is not { } member)
        {
            return person;
        }

        var workspace = WorkspaceContext.Of(db, row.w);
        var demand = SignInDemands.Of(row.s, row.f, workspace.Configuration.SignIn, row.e?.EndedAt);
        return Bars(person, workspace) is { } barred ? person with { Barred = barred }
            : demand != RequiredAction.None ? person with { Demand = demand }
            : person with
            {
                Demand = demand,
                Member = member,
                Workspace = workspace,
                Actor = ActorOf(member, workspace) with { FreshUntil = RecentAuthentication.Until(row.s, row.f) },
            };
    }

    /// <summary>
    /// The member by workspace and account: a read of its own, for joined to a session, which is of no workspace, it would read the members
    /// of all workspaces, where those lie on several machines.
    /// </summary>
    private static Task<Member?> MemberAsync(MembershipDb db, Id<Workspace> workspace, Id<Account> account, CancellationToken ct) =>
        db
            .Members.AsNoTracking()
            .FirstOrDefaultAsync(m => m.WorkspaceId == workspace && m.AccountId == account && m.State == MemberState.Active, ct);

    /// <summary>Why this sign-in does not open the workspace, whoever the person is in it; null when it does.</summary>
    internal static Refusal? Bars(SignedIn who, WorkspaceContext workspace) =>
        who.Connection is { } connection ? ConnectionPolicy.Refuse(connection, workspace, who.Login?.TenantId, who.Login?.HostedDomain)
        : who.Session.SignedInBy is "password" or SignInWithPasskey.By && !workspace.Configuration.SignIn.LocalPassword
            ? PasswordsNotTaken(workspace)
        : null;

    private static Actor ActorOf(Member member, WorkspaceContext workspace) =>
        new()
        {
            Kind = ActorKind.Member,
            Door = Door.Page,
            Name = member.ShownName,
            Id = member.Id.Value,
            Workspace = workspace.Id,
            Member = member.Id,
            Role = member.Role,
            Permissions = workspace.Configuration.PermissionsOf(member.Role),
        };

    private static Refusal PasswordsNotTaken(WorkspaceContext workspace) =>
        new(
            RefusalKind.Forbidden,
            "passwordNotTaken",
            $"{workspace.Row.Name} does not let people in with a password or passkey of this server. Sign in with the provider "
                + $"that it uses."
        );
}
