using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Accounts;
using UserManagement.Membership.Data;
using UserManagement.Membership.Members;

namespace UserManagement.Membership.Retention;

/// <summary>What becomes of the account of somebody who is erased in one workspace.</summary>
internal enum AccountFate
{
    /// <summary>There is none.</summary>
    None,

    /// <summary>Another membership that has not ended leads to it: it stays, and is that one's from now on.</summary>
    Needed,

    /// <summary>
    /// It may still be used: somebody is signed in, or a person of its name is here anew and may sign in with it. Looked at again later.
    /// </summary>
    InUse,

    /// <summary>Nothing needs it: it goes, with everything that hangs on it.</summary>
    Goes,
}

/// <summary>The account behind a membership that is erased.</summary>
internal static class PersonAccount
{
    /// <summary>Decides.</summary>
    /// <param name="db">To read through.</param>
    /// <param name="member">The membership that ended.</param>
    /// <param name="atOnce">Whether somebody asked for it: then a session that lives keeps nothing.</param>
    /// <param name="at">The time.</param>
    /// <param name="ct">Stops the reads.</param>
    /// <returns>The fate, whether another membership of the workspace leads to the account, and the account's version, read before all
    /// else.</returns>
    public static async Task<(AccountFate Fate, bool IsHereAnew, long Version)> FateAsync(
        MembershipDb db,
        Member member,
        bool atOnce,
        DateTimeOffset at,
        CancellationToken ct
    )
    {
        if (member.AccountId is not { } id || await db.Accounts.AsNoTracking().FirstOrDefaultAsync(a => a.Id == id, ct) is not { } account)
        {
            return (AccountFate.None, false, 0);
        }

        var others = await (await AccountMembers.OfAsync(db, id, ct))
            .Where(m => m.State != MemberState.Ended)
            .Select(m => m.WorkspaceId)
            .ToListAsync(ct);
        if (others.Count > 0)
        {
            return (AccountFate.Needed, others.Contains(member.WorkspaceId), account.Version);
        }

        var login = await db.LocalCredentials.AsNoTracking().Where(c => c.AccountId == id).Select(c => c.LoginKey).FirstOrDefaultAsync(ct);
        var (proven, external) = (account.ProvenEmailKey, member.ExternalId);
        var isAwaited =
            await db.Members.AnyAsync(
                m =>
                    m.WorkspaceId == member.WorkspaceId
                    && (m.UserNameKey == login || m.UserNameKey == proven)
                    && m.UserNameKey != null
                    && m.State != MemberState.Ended,
                ct
            )
            || (
                external != null
                && await db.MemberKeys.AnyAsync(
                    k => k.WorkspaceId == member.WorkspaceId && k.Attribute == MemberKey.ExternalId && k.Value == external,
                    ct
                )
            );
        var isInUse =
            isAwaited || (!atOnce && await db.Sessions.AnyAsync(s => s.AccountId == id && s.EndedAt == null && s.ExpiresAt > at, ct));
        return (isInUse ? AccountFate.InUse : AccountFate.Goes, false, account.Version);
    }

    /// <summary>
    /// What names this person and nobody else, in full: user names, addresses, ids of a directory or provider. Never what somebody else
    /// may be called too: a display name, a given name.
    /// </summary>
    public static async Task<IReadOnlySet<string>> NamesAsync(MembershipDb db, Member member, bool andAccount, CancellationToken ct)
    {
        var names = new HashSet<string?>(StringComparer.Ordinal) { member.UserName, member.SentUserName, member.Email, member.ExternalId };
        if (andAccount && member.AccountId is { } id)
        {
            names.UnionWith(await NamesOfAsync(db, id, ct));
        }

        return Telling(names);
    }

    /// <summary>The same of an account by itself.</summary>
    public static async Task<IReadOnlySet<string>> NamesOfAsync(MembershipDb db, Id<Account> id, CancellationToken ct)
    {
        var names = new HashSet<string?>(
            await db.Accounts.AsNoTracking().Where(a => a.Id == id).Select(a => a.Email).ToListAsync(ct),
            StringComparer.Ordinal
        );
        names.UnionWith(await db.LocalCredentials.AsNoTracking().Where(c => c.AccountId == id).Select(c => c.Login).ToListAsync(ct));
        names.UnionWith(
            (await db.Logins.AsNoTracking().Where(l => l.AccountId == id).ToListAsync(ct)).SelectMany(l =>
                new[] { l.UserName, l.Email, l.Subject }
            )
        );
        return Telling(names);
    }

    private static HashSet<string> Telling(IEnumerable<string?> names) =>
        names.Where(n => n is { Length: > 2 } && n != Audit.Erasure.Name).Select(n => n!).ToHashSet(StringComparer.Ordinal);

    /// <summary>
    /// Queues the end of the account and of all that hangs on it; planned anew when somebody changed it since, as whoever becomes a member
    /// by it does.
    /// </summary>
    public static void Remove(Attempt attempt, Id<Account> id, long version)
    {
        attempt.Changes.Execute(
            new(
                "DELETE FROM accounts WHERE id = $1 AND version = $2 AND NOT EXISTS (SELECT 1 FROM members WHERE account_id = "
                    + "$1 AND state <> 'Ended')",
                [Value.Of("$1", id.Value), Value.Of("$2", version)],
                1,
                GuardFailure.Conflict
            )
        );
        foreach (
            var table in new[]
            {
                "sessions",
                "one_time_links",
                "local_credentials",
                "logins",
                "second_factors",
                "recovery_codes",
                "passkeys",
                "account_workspaces",
            }
        )
        {
            attempt.Changes.Execute(new($"DELETE FROM {table} WHERE account_id = $1", [Value.Of("$1", id.Value)]));
        }

        attempt.Changes.Execute(new("DELETE FROM outbox_messages WHERE subject = $1", [Value.Of("$1", id.ToString())]));
    }
}
