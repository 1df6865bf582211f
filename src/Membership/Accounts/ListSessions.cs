using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Connections;
using UserManagement.Membership.Data;
using UserManagement.Membership.Members;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Accounts;

/// <summary>A live session as a list shows it.</summary>
/// <param name="Id">Its id, to end it; the empty id in an admin's list, for no admin ends one by one.</param>
/// <param name="Device">The browser and system, as far as they say.</param>
/// <param name="Address">The remote address; null when unknown, and in an admin's list.</param>
/// <param name="By">How the person signed in, in words.</param>
/// <param name="SecondFactor">By what the second factor was proven; null when it was not.</param>
/// <param name="SignedInAt">When.</param>
/// <param name="ExpiresAt">When it ends by itself.</param>
/// <param name="IsThis">Whether it sends this request.</param>
public sealed record ListedSession(
    Id<Session> Id,
    string Device,
    string? Address,
    string By,
    string? SecondFactor,
    DateTimeOffset SignedInAt,
    DateTimeOffset ExpiresAt,
    bool IsThis
);

/// <summary>What an admin may know of a member's sessions.</summary>
/// <param name="Sessions">Newest first.</param>
public sealed record MemberSessions(IReadOnlyList<ListedSession> Sessions);

/// <summary>The live sessions of a person: their own list, and what an admin may know of a member's.</summary>
public sealed class ListSessions(Store store)
{
    private const int Most = 100;

    /// <summary>One's own, newest first; at most 100. Who is in by a workspace's own provider sees the sessions by that provider.</summary>
    public async Task<IReadOnlyList<ListedSession>> RunAsync(SignedIn who, CancellationToken ct) =>
        [
            .. (await ReadAsync(who.Account.Id, who.BoundTo, null, null, ct))
                .Select(r => r with { IsThis = r.Id == who.Session.Id })
                .OrderByDescending(r => r.IsThis),
        ];

    /// <summary>
    /// A member's sessions that open this workspace: how and when, not from where, for the account is not the workspace's.
    /// Empty for a member without an account, and for one who is not active: no session of theirs opens it. Refusals:
    /// <c>forbidden</c>, <c>notFound</c>.
    /// </summary>
    public async Task<Outcome<MemberSessions>> OfMemberAsync(
        Actor actor,
        WorkspaceContext workspace,
        Id<Member> memberId,
        CancellationToken ct
    )
    {
        if (actor.Demand(workspace.Id, Permission.ManageMembers) is { } refused)
        {
            return refused;
        }

        await using var db = store.Read();
        var member = await db
            .Members.AsNoTracking()
            .FirstOrDefaultAsync(m => m.WorkspaceId == workspace.Id && m.Id == memberId && m.State != MemberState.Ended, ct);
        if (member is not { State: MemberState.Active, AccountId: { } id })
        {
            return member is null ? Refusal.NotFound("member") : new MemberSessions([]);
        }

        var ended = await db.SessionEnds.AsNoTracking().FirstOrDefaultAsync(e => e.WorkspaceId == workspace.Id && e.AccountId == id, ct);
        return new MemberSessions([
            .. (await ReadAsync(id, null, ended?.EndedAt, workspace, ct)).Select(r => r with { Id = default, Address = null }),
        ]);
    }

    private async Task<List<ListedSession>> ReadAsync(
        Id<Account> account,
        Id<IdentityConnection>? only,
        DateTimeOffset? after,
        WorkspaceContext? workspace,
        CancellationToken ct
    )
    {
        var at = store.Time.Now();
        await using var db = store.Read();
        var rows = await (
            from s in db.Sessions.AsNoTracking()
            join a in db.Accounts.AsNoTracking() on s.AccountId equals a.Id
            from c in db.IdentityConnections.AsNoTracking().Where(c => c.Id == s.ConnectionId && c.Enabled).DefaultIfEmpty()
            from i in db.Logins.AsNoTracking().Where(i => i.Id == s.LoginId).DefaultIfEmpty()
            where
                s.AccountId == account
                && s.EndedAt == null
                && s.ExpiresAt > at
                && (only == null || s.ConnectionId == only)
                && (s.ConnectionId == null || (c != null && i != null))
            orderby s.Id descending
            select new
            {
                s,
                a,
                c,
                i,
            }
        )
            .Take(Most)
            .ToListAsync(ct);
        return
        [
            .. rows.Where(r =>
                    (after is null || r.s.StandsSince > after)
                    && (
                        workspace is null
                        || ReadSession.Bars(new(r.s, r.a, null, null, null, null) { Connection = r.c, Login = r.i }, workspace) is null
                    )
                )
                .Select(r => new ListedSession(
                    r.s.Id,
                    Device.Name(r.s.UserAgent),
                    r.s.Address,
                    Words(r.s.SignedInBy, r.c?.Name),
                    r.s.SecondProvenBy,
                    r.s.CreatedAt,
                    r.s.ExpiresAt,
                    false
                )),
        ];
    }

    private static string Words(string by, string? connection) =>
        connection
        ?? by switch
        {
            "password" => "Password",
            "passkey" => "Passkey",
            "link" => "One-time link",
            _ => by,
        };
}
