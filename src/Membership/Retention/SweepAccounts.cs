using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Accounts;
using UserManagement.Membership.Audit;
using UserManagement.Membership.Data;
using UserManagement.Membership.Invitations;
using UserManagement.Membership.Members;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Retention;

/// <summary>
/// Takes accounts that were begun and came to nothing: nobody ever became a member by them in any workspace, nobody signed in by them for
/// <see cref="RetentionRules.UnusedAccounts"/>, and nobody waits for them: no session or one-time link lives, no invitation to one of
/// their names is open, no directory's person of such a name is yet to sign in. An account of somebody who was a member has a row of that
/// membership as long as it is there at all (<see cref="ErasePerson"/>). What the audit log says of whoever it was goes too.
/// <para>Each run looks at a bounded part of the accounts, in the order in which they were made, and the next one goes on behind it.</para>
/// </summary>
internal sealed class SweepAccounts(Store store)
{
    /// <summary>How many accounts one run looks at.</summary>
    public const int Window = 10_000;

    /// <summary>How many one run takes.</summary>
    public const int Most = 50;

    /// <summary>Runs once.</summary>
    /// <param name="kept">How long they are kept.</param>
    /// <param name="ct">Stops it between two accounts.</param>
    /// <returns>How many went, and whether more of them were seen.</returns>
    public async Task<(int Taken, bool IsMore)> RunAsync(TimeSpan kept, CancellationToken ct)
    {
        var before = store.Time.Now() - kept;
        var (after, last, found) = await LookAsync(before, ct);
        var isMore = found.Count > Most;
        var taken = 0;
        foreach (var id in found.Take(Most).OrderBy(_ => Random.Shared.Next()))
        {
            taken += await TakeAsync(id, before, ct) ? 1 : 0;
        }

        var next = isMore ? found[Most - 1] : last;
        if (next != after)
        {
            await store.NoteAsync(
                "INSERT INTO marks (name, value, at) VALUES (@p0, @p1, @p2) ON CONFLICT (name) DO UPDATE SET value = "
                    + "excluded.value, at = excluded.at",
                [
                    Value.Of("@p0", Mark.AccountsSeen),
                    Value.Of("@p1", next.ToString()),
                    Value.Of("@p2", store.Time.Now().ToUnixTimeMilliseconds()),
                ],
                ct
            );
        }

        return (taken, isMore && taken > 0);
    }

    /// <summary>
    /// Where the last look ended, where this one ends (the empty id: at the end of all, so the next begins anew), and whom it found.
    /// </summary>
    private async Task<(Id<Account> After, Id<Account> Last, List<Id<Account>> Found)> LookAsync(
        DateTimeOffset before,
        CancellationToken ct
    )
    {
        await using var db = store.Read();
        var mark = await db.Marks.AsNoTracking().Where(m => m.Name == Mark.AccountsSeen).Select(m => m.Value).FirstOrDefaultAsync(ct);
        _ = Id<Account>.TryParse(mark, out var after);
        Id<Account> first = new(Ids.FirstAt(before)),
            empty = default;
        var old = db.Accounts.AsNoTracking().Where(a => a.Id > after && a.Id < first).OrderBy(a => a.Id);
        var last = await old.Skip(Window - 1).Select(a => (Id<Account>?)a.Id).FirstOrDefaultAsync(ct);
        var end = last ?? first;
        var found = await AccountMembers.NeverMembers(db, old.Where(a => a.Id <= end)).Select(a => a.Id).Take(Most + 1).ToListAsync(ct);
        return (after, last ?? empty, found);
    }

    private async Task<bool> TakeAsync(Id<Account> id, DateTimeOffset before, CancellationToken ct)
    {
        IReadOnlySet<string> names;
        List<Id<Workspace>> places;
        await using (var db = store.Read())
        {
            if (await UnusedAsync(db, id, before, ct) is null)
            {
                return false;
            }

            (names, places) = (await PersonAccount.NamesOfAsync(db, id, ct), await PlacesAsync(db, id, ct));
        }

        foreach (var place in places)
        {
            if (
                !(await PersonLines.AboutAsync(store, place, id.Value, ct)).Done
                || !(await PersonLines.ByAsync(store, place, id.Value, names, ct)).Done
            )
            {
                return false; // rivals kept it from being written; the next look finds it again
            }
        }

        return (
                await store.ChangeAsync<bool>(
                    Actor.System,
                    null,
                    ErasePerson.AccountAct,
                    async attempt =>
                    {
                        if (await UnusedAsync(attempt.Db, id, before, ct) is not { } version)
                        {
                            return false;
                        }

                        PersonAccount.Remove(attempt, id, version);
                        attempt.Changes.TellFacts(
                            ErasePerson.AccountAct,
                            default,
                            ("account", id.Value, null),
                            null,
                            new { reason = "never a member" }
                        );
                        return true;
                    },
                    ct
                )
            ).Is(out var gone, out _) && gone;
    }

    /// <summary>The version of an account that nobody uses and nobody waits for; null for any other.</summary>
    private async Task<long?> UnusedAsync(MembershipDb db, Id<Account> id, DateTimeOffset before, CancellationToken ct)
    {
        var now = store.Time.Now();
        if (
            await db.Accounts.AsNoTracking().FirstOrDefaultAsync(a => a.Id == id, ct) is not { } account
            || await (await AccountMembers.OfAsync(db, id, ct)).AnyAsync(ct)
            || await db.Sessions.AnyAsync(s => s.AccountId == id && s.EndedAt == null && s.ExpiresAt > now, ct)
            || await db.OneTimeLinks.AnyAsync(l => l.AccountId == id && l.ClosedAt == null && l.ExpiresAt > now, ct)
        )
        {
            return null;
        }

        var (since, places) = (new Id<AuditEntry>(Ids.FirstAt(before)), await PlacesAsync(db, id, ct));
        return
            await db.AuditEntries.AnyAsync(
                a => places.Contains(a.WorkspaceId) && a.TargetId == id.Value && a.Id >= since && a.Act == "account.signedIn",
                ct
            ) || await IsAwaitedAsync(db, account, now, ct)
            ? null
            : account.Version;
    }

    private static async Task<bool> IsAwaitedAsync(MembershipDb db, Account account, DateTimeOffset now, CancellationToken ct)
    {
        var id = account.Id;
        var names = new HashSet<string?> { account.ProvenEmailKey, Key.OfOrNull(account.Email) };
        names.UnionWith(await db.LocalCredentials.AsNoTracking().Where(c => c.AccountId == id).Select(c => c.LoginKey).ToListAsync(ct));
        foreach (var login in await db.Logins.AsNoTracking().Where(l => l.AccountId == id).ToListAsync(ct))
        {
            names.UnionWith([Key.OfOrNull(login.UserName), Key.OfOrNull(login.Email), .. login.ProvenNames?.Split('\n') ?? []]);
        }

        // by the one index on a workspace's user names, once for each workspace
        var keys = names.OfType<string>().Where(n => n.Length > 0).ToList();
        if (keys.Count == 0)
        {
            return false;
        }

        var found = await (
            from w in db.Workspaces
            from m in db.Members
            where m.WorkspaceId == w.Id && m.UserNameKey != null && keys.Contains(m.UserNameKey)
            where m.AccountId == null && m.State != MemberState.Ended
            select new
            {
                m.WorkspaceId,
                m.Id,
                m.State,
            }
        ).ToListAsync(ct);
        foreach (var one in found)
        {
            // asked one by one, each of its own workspace: there are few
            if (
                one.State != MemberState.Invited
                || await db.Invitations.AnyAsync(
                    i =>
                        i.WorkspaceId == one.WorkspaceId
                        && i.MemberId == one.Id
                        && i.Stored == InvitationStatus.Pending
                        && i.ExpiresAt > now,
                    ct
                )
            )
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// In whose logs something is said of it: the installation's, and those of workspaces whose own providers it came by.
    /// </summary>
    private static async Task<List<Id<Workspace>>> PlacesAsync(MembershipDb db, Id<Account> id, CancellationToken ct) =>
        [
            default,
            .. (
                await (
                    from l in db.Logins
                    join c in db.IdentityConnections on l.ConnectionId equals c.Id
                    where l.AccountId == id
                    select c.WorkspaceId
                )
                    .Distinct()
                    .ToListAsync(ct)
            ).Where(w => w != default),
        ];
}
