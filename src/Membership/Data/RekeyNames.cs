using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Accounts;
using UserManagement.Membership.Groups;
using UserManagement.Membership.Licensing;
using UserManagement.Membership.Members;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Data;

/// <summary>Two that were told apart by their names and are the same by <see cref="Key"/> now. Nobody is lost: the later one keeps the key it has.</summary>
/// <param name="Where">The workspace's slug, or "accounts".</param>
/// <param name="What">Which name: userName, group, login or address.</param>
/// <param name="Id">Whose key stands apart: found by this id, and by the name only once one of the two is renamed.</param>
/// <param name="Name">Their name.</param>
public sealed record NameCollision(string Where, string What, Guid Id, string Name);

/// <summary>
/// Brings every stored key to what <see cref="Key"/> makes of the name today: a part of migrating. It may run any number of times,
/// beside servers too, and goes on where it was stopped: each batch is an act of its own, and what is right already is not written.
/// Names in plain ASCII have had the same key ever since and are not read at all. A key that somebody else has stays as it is:
/// as it is no key of any name today, it stands apart without meeting another.
/// </summary>
public sealed class RekeyNames(Store store)
{
    private const int Batch = 200;
    private static readonly string OddMembers = $"""
        SELECT * FROM members m WHERE {Odd("m.user_name", "m.user_name_key", "m.display_name", "m.given_name", "m.family_name", "m.email")}
        OR EXISTS (SELECT 1 FROM member_keys k WHERE k.workspace_id = m.workspace_id AND k.member_id = m.id AND ({Odd("k.value", "k.attribute")}))
        """;

    private static readonly string OddGroups = $"SELECT * FROM groups g WHERE {Odd("g.display_name", "g.unique_name_key")}";
    private static readonly string OddLogins = $"SELECT * FROM local_credentials c WHERE {Odd("c.login", "c.login_key")}";
    private static readonly string OddAddresses = $"SELECT * FROM accounts a WHERE {Odd("a.proven_email_key")}";

    /// <summary>Runs through everything.</summary>
    /// <returns>Who has the same name as somebody else; empty as a rule.</returns>
    public async Task<IReadOnlyList<NameCollision>> RunAsync(CancellationToken ct)
    {
        var found = new List<NameCollision>();
        List<Workspace> workspaces;
        await using (var db = store.Read())
        {
            workspaces = await db.Workspaces.AsNoTracking().OrderBy(w => w.Slug).ToListAsync(ct);
        }

        foreach (var workspace in workspaces)
        {
            await InBatchesAsync<Member>(found, (attempt, after) => MembersAsync(attempt, workspace, after, ct), ct);
            await InBatchesAsync<Group>(found, (attempt, after) => GroupsAsync(attempt, workspace, after, ct), ct);
        }

        await InBatchesAsync<Account>(found, (attempt, after) => LoginsAsync(attempt, after, ct), ct);
        await InBatchesAsync<Account>(found, (attempt, after) => AddressesAsync(attempt, after, ct), ct);
        return found;
    }

    private async Task InBatchesAsync<T>(List<NameCollision> found, Func<Attempt, Id<T>, Task<Read<T>>> plan, CancellationToken ct)
    {
        Id<T>? after = default(Id<T>);
        while (after is { } start)
        {
            var done = await store.ChangeAsync<Read<T>>(Actor.System, null, "names.rekeyed", async attempt => await plan(attempt, start), ct);
            if (!done.Is(out var read, out var refusal))
            {
                throw new InvalidOperationException($"The keys of names could not be written: {refusal.Message} Run it again.");
            }

            found.AddRange(read.Collisions);
            after = read.Last;
        }
    }

    private static async Task<Read<Member>> MembersAsync(Attempt attempt, Workspace workspace, Id<Member> after, CancellationToken ct)
    {
        var members = await attempt.Db.Members.FromSqlRaw(OddMembers).AsNoTracking().Where(m => m.WorkspaceId == workspace.Id && m.Id > after && m.State != MemberState.Ended).OrderBy(m => m.Id).Take(Batch).ToListAsync(ct);
        var ids = members.ConvertAll(m => m.Id);
        var keys = (await attempt.Db.MemberKeys.AsNoTracking().Where(k => k.WorkspaceId == workspace.Id && ids.Contains(k.MemberId)).ToListAsync(ct)).ToLookup(k => k.MemberId);
        var names = members.ConvertAll(m => Key.Of(m.UserName));
        var holders = await attempt.Db.Members.AsNoTracking().Where(m => m.WorkspaceId == workspace.Id && names.Contains(m.UserNameKey!)).ToDictionaryAsync(m => m.UserNameKey!, m => m.Id, ct);
        var read = Read<Member>.Of(members, m => m.Id);
        foreach (var member in members)
        {
            var key = Key.Of(member.UserName);
            if (!holders.TryAdd(key, member.Id) && holders[key] != member.Id)
            {
                read.Collisions.Add(new(workspace.Slug, "userName", member.Id.Value, member.UserName));
                key = member.UserNameKey ?? key;
            }

            var sortKey = Seats.SortKeyOf(member);
            var moved = MemberKeys.Rekey(attempt.Changes, member, keys[member.Id]);
            if (moved || key != member.UserNameKey || sortKey != member.SortKey)
            {
                attempt.Changes.Execute(new(
                    "UPDATE members SET user_name_key = $1, sort_key = $2, version = version + 1 WHERE workspace_id = $3 AND id = $4 AND version = $5",
                    Values(key, sortKey, workspace.Id.Value, member.Id.Value, member.Version), 1, Miss.Conflict));
            }
        }

        return read;
    }

    private static async Task<Read<Group>> GroupsAsync(Attempt attempt, Workspace workspace, Id<Group> after, CancellationToken ct)
    {
        var groups = await attempt.Db.Groups.FromSqlRaw(OddGroups).AsNoTracking()
            .Where(g => g.WorkspaceId == workspace.Id && g.Id > after).OrderBy(g => g.Id).Take(Batch).ToListAsync(ct);
        var names = groups.ConvertAll(g => Key.Of(g.DisplayName));
        var holders = await attempt.Db.Groups.AsNoTracking().Where(g => g.WorkspaceId == workspace.Id && names.Contains(g.UniqueNameKey!)).ToDictionaryAsync(g => g.UniqueNameKey!, g => g.Id, ct);
        var read = Read<Group>.Of(groups, g => g.Id);
        foreach (var group in groups)
        {
            var key = Key.Of(group.DisplayName);
            var unique = group.UniqueNameKey is null ? null : key;
            if (unique is not null && !holders.TryAdd(key, group.Id) && holders[key] != group.Id)
            {
                read.Collisions.Add(new(workspace.Slug, "group", group.Id.Value, group.DisplayName));
                unique = group.UniqueNameKey;
            }

            if (key != group.DisplayNameKey || unique != group.UniqueNameKey)
            {
                attempt.Changes.Update(group, group with { DisplayNameKey = key, UniqueNameKey = unique, Version = group.Version + 1 });
            }
        }

        return read;
    }

    private static async Task<Read<Account>> LoginsAsync(Attempt attempt, Id<Account> after, CancellationToken ct)
    {
        var logins = await attempt.Db.LocalCredentials.FromSqlRaw(OddLogins).AsNoTracking()
            .Where(c => c.AccountId > after).OrderBy(c => c.AccountId).Take(Batch).ToListAsync(ct);
        var names = logins.ConvertAll(c => Key.Of(c.Login));
        var holders = await attempt.Db.LocalCredentials.AsNoTracking().Where(c => names.Contains(c.LoginKey)).ToDictionaryAsync(c => c.LoginKey, c => c.AccountId, ct);
        var read = Read<Account>.Of(logins, c => c.AccountId);
        foreach (var login in logins)
        {
            var key = Key.Of(login.Login);
            if (!holders.TryAdd(key, login.AccountId) && holders[key] != login.AccountId)
            {
                read.Collisions.Add(new("accounts", "login", login.AccountId.Value, login.Login));
            }
            else if (key != login.LoginKey)
            {
                attempt.Changes.Update(login, login with { LoginKey = key, Version = login.Version + 1 });
            }
        }

        return read;
    }

    private static async Task<Read<Account>> AddressesAsync(Attempt attempt, Id<Account> after, CancellationToken ct)
    {
        var accounts = await attempt.Db.Accounts.FromSqlRaw(OddAddresses).AsNoTracking()
            .Where(a => a.Id > after).OrderBy(a => a.Id).Take(Batch).ToListAsync(ct);
        var names = accounts.ConvertAll(a => Key.Of(a.ProvenEmailKey!));
        var holders = await attempt.Db.Accounts.AsNoTracking().Where(a => names.Contains(a.ProvenEmailKey!)).ToDictionaryAsync(a => a.ProvenEmailKey!, a => a.Id, ct);
        var read = Read<Account>.Of(accounts, a => a.Id);
        foreach (var account in accounts)
        {
            var key = Key.Of(account.ProvenEmailKey!);
            if (!holders.TryAdd(key, account.Id) && holders[key] != account.Id)
            {
                read.Collisions.Add(new("accounts", "address", account.Id.Value, account.ProvenEmailKey!));
            }
            else if (key != account.ProvenEmailKey)
            {
                attempt.Changes.Update(account, account with { ProvenEmailKey = key, Version = account.Version + 1 });
            }
        }

        return read;
    }

    // in both databases: more bytes than characters, or blanks that are one in a key
    private static string Odd(params string[] columns) => string.Join(" OR ", columns.Select(c => $"octet_length({c}) <> length({c}) OR {c} LIKE '%  %'"));

    private static Func<System.Data.Common.DbCommand, System.Data.Common.DbParameter>[] Values(params object[] values) =>
        [.. values.Select((value, i) => Value.Of(PositionalName.Of(i), value))];

    /// <summary>One batch that was read.</summary>
    /// <param name="Last">Where the next goes on; null after the last.</param>
    /// <param name="Collisions">Who keeps a key that stands apart.</param>
    private sealed record Read<T>(Id<T>? Last, List<NameCollision> Collisions)
    {
        public static Read<T> Of<TRow>(List<TRow> rows, Func<TRow, Id<T>> id) => new(rows.Count == Batch ? id(rows[^1]) : null, []);
    }
}
