using System.Text;
using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Accounts;
using UserManagement.Membership.Groups;
using UserManagement.Membership.Members;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Data;

/// <summary>A page of a table whose names have keys.</summary>
/// <param name="Rows">How many rows it had.</param>
/// <param name="Odd">Those whose keys may be others than today's; they are read again before anything is written.</param>
/// <param name="Next">Where the next goes on; null after the last.</param>
internal sealed record KeyPage<T>(int Rows, IReadOnlyList<Id<T>> Odd, Id<T>? Next);

/// <summary>
/// What <see cref="RekeyNames"/> reads: each statement a bounded page along an index, so that none takes longer in a large workspace.
/// A name in plain ASCII has had the same words ever since; its own key is compared all the same, for it may stand apart.
/// </summary>
internal static class KeyPages
{
    /// <summary>How many rows a page has at most.</summary>
    public const int Size = 2000;

    // in both databases: more bytes than characters, or blanks that are one in a key
    private const string OddKeys = """
        SELECT * FROM member_keys k WHERE octet_length(k.value) <> length(k.value) OR k.value LIKE '%  %'
        OR octet_length(k.attribute) <> length(k.attribute) OR k.attribute LIKE '%  %'
        """;

    /// <summary>Members, the ended passed over, with the keys by which they are found.</summary>
    public static async Task<KeyPage<Member>> MembersAsync(MembershipDb db, Id<Workspace> workspace, Id<Member> after, CancellationToken ct)
    {
        var rows = await db
            .Members.AsNoTracking()
            .Where(m => m.WorkspaceId == workspace && m.Id > after)
            .OrderBy(m => m.Id)
            .Take(Size)
            .Select(m => new
            {
                m.Id,
                m.State,
                m.UserName,
                m.UserNameKey,
                m.DisplayName,
                m.GivenName,
                m.FamilyName,
                m.Email,
            })
            .ToListAsync(ct);
        if (rows.Count == 0)
        {
            return new(0, [], null);
        }

        var last = rows[^1].Id;
        var found = (
            await db
                .MemberKeys.FromSqlRaw(OddKeys)
                .AsNoTracking()
                .Where(k => k.WorkspaceId == workspace && k.MemberId > after && k.MemberId <= last)
                .Select(k => k.MemberId)
                .Distinct()
                .ToListAsync(ct)
        ).ToHashSet();
        var odd = rows.Where(m =>
            m.State != MemberState.Ended
            && (
                found.Contains(m.Id)
                || !IsPlain(m.UserName, m.DisplayName, m.GivenName, m.FamilyName, m.Email)
                || Key.Of(m.UserName) != m.UserNameKey
            )
        );
        return Of(rows, m => m.Id, odd);
    }

    /// <summary>Groups.</summary>
    public static async Task<KeyPage<Group>> GroupsAsync(MembershipDb db, Id<Workspace> workspace, Id<Group> after, CancellationToken ct)
    {
        var rows = await db
            .Groups.AsNoTracking()
            .Where(g => g.WorkspaceId == workspace && g.Id > after)
            .OrderBy(g => g.Id)
            .Take(Size)
            .Select(g => new
            {
                g.Id,
                g.DisplayName,
                g.DisplayNameKey,
                g.UniqueNameKey,
            })
            .ToListAsync(ct);
        return Of(
            rows,
            g => g.Id,
            rows.Where(g =>
                Key.Of(g.DisplayName) is var key && (key != g.DisplayNameKey || (g.UniqueNameKey is { } unique && unique != key))
            )
        );
    }

    /// <summary>Names by which people sign in.</summary>
    public static async Task<KeyPage<Account>> LoginsAsync(MembershipDb db, Id<Account> after, CancellationToken ct)
    {
        var rows = await db
            .LocalCredentials.AsNoTracking()
            .Where(c => c.AccountId > after)
            .OrderBy(c => c.AccountId)
            .Take(Size)
            .Select(c => new
            {
                c.AccountId,
                c.Login,
                c.LoginKey,
            })
            .ToListAsync(ct);
        return Of(rows, c => c.AccountId, rows.Where(c => Key.Of(c.Login) != c.LoginKey));
    }

    /// <summary>
    /// Accounts with a proven address: of that the key alone is kept, and the key of an older key is the key of the address.
    /// </summary>
    public static async Task<KeyPage<Account>> AddressesAsync(MembershipDb db, Id<Account> after, CancellationToken ct)
    {
        var rows = await db
            .Accounts.AsNoTracking()
            .Where(a => a.Id > after)
            .OrderBy(a => a.Id)
            .Take(Size)
            .Select(a => new { a.Id, a.ProvenEmailKey })
            .ToListAsync(ct);
        return Of(rows, a => a.Id, rows.Where(a => Key.OfOrNull(a.ProvenEmailKey) != a.ProvenEmailKey));
    }

    private static KeyPage<T> Of<TRow, T>(List<TRow> rows, Func<TRow, Id<T>> id, IEnumerable<TRow> odd) =>
        new(rows.Count, [.. odd.Select(id)], rows.Count == Size ? id(rows[^1]) : null);

    private static bool IsPlain(params ReadOnlySpan<string?> texts)
    {
        foreach (var text in texts)
        {
            if (text is not null && (!Ascii.IsValid(text) || text.Contains("  ", StringComparison.Ordinal)))
            {
                return false;
            }
        }

        return true;
    }
}
