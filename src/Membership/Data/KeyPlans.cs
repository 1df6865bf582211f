using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Accounts;
using UserManagement.Membership.Groups;
using UserManagement.Membership.Licensing;
using UserManagement.Membership.Members;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Data;

/// <summary>
/// What <see cref="RekeyNames"/> writes for some rows of a page, read anew in the act that writes them. Each returns who keeps a
/// key that stands apart.
/// </summary>
internal static class KeyPlans
{
    /// <summary>Members of a workspace.</summary>
    public static async Task<IReadOnlyList<NameCollision>> MembersAsync(
        Attempt attempt,
        Workspace workspace,
        List<Id<Member>> ids,
        CancellationToken ct
    )
    {
        var members = await attempt
            .Db.Members.AsNoTracking()
            .Where(m => m.WorkspaceId == workspace.Id && ids.Contains(m.Id) && m.State != MemberState.Ended)
            .OrderBy(m => m.Id)
            .ToListAsync(ct);
        var keys = (
            await attempt.Db.MemberKeys.AsNoTracking().Where(k => k.WorkspaceId == workspace.Id && ids.Contains(k.MemberId)).ToListAsync(ct)
        ).ToLookup(k => k.MemberId);
        var names = members.ConvertAll(m => Key.Of(m.UserName));
        var holders = await attempt
            .Db.Members.AsNoTracking()
            .Where(m => m.WorkspaceId == workspace.Id && m.UserNameKey != null && names.Contains(m.UserNameKey))
            .ToDictionaryAsync(m => m.UserNameKey!, m => m.Id, ct);
        var found = new List<NameCollision>();
        foreach (var member in members)
        {
            var key = Key.Of(member.UserName);
            if (!holders.TryAdd(key, member.Id) && holders[key] != member.Id)
            {
                found.Add(new(workspace.Slug, "userName", member.Id.Value, member.UserName));
                key = member.UserNameKey ?? key;
            }

            var sortKey = Seats.SortKeyOf(member);
            var moved = MemberKeys.Rekey(attempt.Changes, member with { UserNameKey = key }, keys[member.Id]);
            if (moved || key != member.UserNameKey || sortKey != member.SortKey)
            {
                attempt.Changes.Execute(
                    new(
                        "UPDATE members SET user_name_key = $1, sort_key = $2, version = version + 1 WHERE workspace_id = $3 "
                            + "AND id = $4 AND version = $5",
                        Values(key, sortKey, workspace.Id.Value, member.Id.Value, member.Version),
                        1,
                        GuardFailure.Conflict
                    )
                );
            }
        }

        return found;
    }

    /// <summary>Groups of a workspace.</summary>
    public static async Task<IReadOnlyList<NameCollision>> GroupsAsync(
        Attempt attempt,
        Workspace workspace,
        List<Id<Group>> ids,
        CancellationToken ct
    )
    {
        var groups = await attempt
            .Db.Groups.AsNoTracking()
            .Where(g => g.WorkspaceId == workspace.Id && ids.Contains(g.Id))
            .OrderBy(g => g.Id)
            .ToListAsync(ct);
        var names = groups.ConvertAll(g => Key.Of(g.DisplayName));
        var holders = await attempt
            .Db.Groups.AsNoTracking()
            .Where(g => g.WorkspaceId == workspace.Id && g.UniqueNameKey != null && names.Contains(g.UniqueNameKey))
            .ToDictionaryAsync(g => g.UniqueNameKey!, g => g.Id, ct);
        var found = new List<NameCollision>();
        foreach (var group in groups)
        {
            var key = Key.Of(group.DisplayName);
            var unique = group.UniqueNameKey is null ? null : key;
            if (unique is not null && !holders.TryAdd(key, group.Id) && holders[key] != group.Id)
            {
                found.Add(new(workspace.Slug, "group", group.Id.Value, group.DisplayName));
                unique = group.UniqueNameKey;
            }

            if (key != group.DisplayNameKey || unique != group.UniqueNameKey)
            {
                attempt.Changes.Update(group, group with { DisplayNameKey = key, UniqueNameKey = unique, Version = group.Version + 1 });
            }
        }

        return found;
    }

    /// <summary>Names by which people sign in.</summary>
    public static async Task<IReadOnlyList<NameCollision>> LoginsAsync(Attempt attempt, List<Id<Account>> ids, CancellationToken ct)
    {
        var logins = await attempt
            .Db.LocalCredentials.AsNoTracking()
            .Where(c => ids.Contains(c.AccountId))
            .OrderBy(c => c.AccountId)
            .ToListAsync(ct);
        var names = logins.ConvertAll(c => Key.Of(c.Login));
        var holders = await attempt
            .Db.LocalCredentials.AsNoTracking()
            .Where(c => names.Contains(c.LoginKey))
            .ToDictionaryAsync(c => c.LoginKey, c => c.AccountId, ct);
        var found = new List<NameCollision>();
        foreach (var login in logins)
        {
            var key = Key.Of(login.Login);
            if (!holders.TryAdd(key, login.AccountId) && holders[key] != login.AccountId)
            {
                found.Add(new("accounts", "login", login.AccountId.Value, login.Login));
            }
            else if (key != login.LoginKey)
            {
                attempt.Changes.Update(login, login with { LoginKey = key, Version = login.Version + 1 });
            }
        }

        return found;
    }

    /// <summary>Proven addresses.</summary>
    public static async Task<IReadOnlyList<NameCollision>> AddressesAsync(Attempt attempt, List<Id<Account>> ids, CancellationToken ct)
    {
        var accounts = await attempt
            .Db.Accounts.AsNoTracking()
            .Where(a => ids.Contains(a.Id) && a.ProvenEmailKey != null)
            .OrderBy(a => a.Id)
            .ToListAsync(ct);
        var names = accounts.ConvertAll(a => Key.Of(a.ProvenEmailKey!));
        var holders = await attempt
            .Db.Accounts.AsNoTracking()
            .Where(a => a.ProvenEmailKey != null && names.Contains(a.ProvenEmailKey))
            .ToDictionaryAsync(a => a.ProvenEmailKey!, a => a.Id, ct);
        var found = new List<NameCollision>();
        foreach (var account in accounts)
        {
            var key = Key.Of(account.ProvenEmailKey!);
            if (!holders.TryAdd(key, account.Id) && holders[key] != account.Id)
            {
                found.Add(new("accounts", "address", account.Id.Value, account.ProvenEmailKey!));
            }
            else if (key != account.ProvenEmailKey)
            {
                attempt.Changes.Update(account, account with { ProvenEmailKey = key, Version = account.Version + 1 });
            }
        }

        return found;
    }

    private static Func<System.Data.Common.DbCommand, System.Data.Common.DbParameter>[] Values(params object[] values) =>
        [.. values.Select((value, i) => Value.Of(PositionalName.Of(i), value))];
}
