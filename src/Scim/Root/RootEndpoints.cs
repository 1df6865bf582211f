using UserManagement.Membership;
using UserManagement.Membership.Data;
using UserManagement.Membership.Groups;
using UserManagement.Membership.Members;
using UserManagement.Scim.Groups;
using UserManagement.Scim.Http;
using UserManagement.Scim.Protocol;
using UserManagement.Scim.Protocol.Queries;
using UserManagement.Scim.Protocol.Resources;
using UserManagement.Scim.Protocol.Schemas;
using UserManagement.Scim.Queries;
using UserManagement.Scim.Users;

namespace UserManagement.Scim.Root;

/// <summary>
/// Queries over users and groups at once, at the base URL and at <c>/.search</c> (RFC 7644 sections 3.4.2.1 and 3.4.3):
/// users first, then groups, unless an order is asked for. What a type does not know has no value there.
/// </summary>
internal sealed class RootEndpoints(Store store, CursorPages pages)
{
    private static ScimResourceType Group => SchemaRegistry.Full.Group;

    /// <summary>GET of the base URL: all that is there, a page at a time, also where nothing is asked.</summary>
    public async Task<ScimAnswer> ListAsync(ScimCall call, CancellationToken ct) =>
        call.ListQuery(call.Schemas.User, Group).TryGet(out var query, out var error)
            ? await FindAsync(call, query, ct)
            : ScimAnswer.Of(error);

    /// <summary>POST /.search.</summary>
    public async Task<ScimAnswer> SearchAsync(ScimCall call, CancellationToken ct) =>
        (await call.SearchQueryAsync(ct, call.Schemas.User, Group)).TryGet(out var query, out var error)
            ? await FindAsync(call, query, ct)
            : ScimAnswer.Of(error);

    private async Task<ScimAnswer> FindAsync(ScimCall call, Query query, CancellationToken ct)
    {
        Window? window = new(query.Paging.Offset, query.Count);
        if (
            (query.IsByCursor && !pages.ReadCounted(call, "/", query).TryGet(out window, out var error))
            || !query.Projection(call.Schemas.User).TryGet(out var ofUsers, out error)
            || !query.Projection(Group).TryGet(out var ofGroups, out error)
        )
        {
            return ScimAnswer.Of(error);
        }

        await using var db = store.Read(call.Actor);
        var users = new UserListing(db, call);
        var groups = new GroupListing(db, call);
        var read = query.SortBy is null
            ? await InTurnAsync(users, groups, query, window!, ct)
            : await SortedAsync(call, users, groups, query, window!, ct);
        if (!read.TryGet(out var found, out error))
        {
            return ScimAnswer.Of(error);
        }

        var isBack = window!.IsBack;
        var people = await UserView.ManyAsync(store, call, found.Users, ofUsers, fromEnd: isBack, ct);
        var sets = await GroupView.ManyAsync(store, call, found.Groups, ofGroups, fromEnd: isBack, ct);
        var shown = Page(found, people, sets, isBack);
        return query.IsByCursor
            ? pages.ShowCounted(call, "/", query, window, found.Total, shown)
            : ScimAnswer.List(found.Total, query.StartIndex, shown.Resources);
    }

    /// <summary>The page in its order, up to the first (from the first) that has no room; who has gone meanwhile is left out.</summary>
    private static ShownRows Page(Both found, ShownRows people, ShownRows sets, bool isBack)
    {
        var shown = new Dictionary<Guid, IShown?>(); // null for what has no room
        for (var i = 0; i < found.Users.Count; i++)
        {
            shown[found.Users[i].Id.Value] = people.Resources.ElementAtOrDefault(i - people.First);
        }

        for (var i = 0; i < found.Groups.Count; i++)
        {
            shown[found.Groups[i].Id.Value] = sets.Resources.ElementAtOrDefault(i - sets.First);
        }

        var order = found.Order.Where(shown.ContainsKey).ToList();
        var end = isBack ? order.FindLastIndex(id => shown[id] is null) : order.FindIndex(id => shown[id] is null);
        var (first, count) = isBack ? (end + 1, order.Count - end - 1) : (0, end < 0 ? order.Count : end);
        return new ShownRows(first, [.. order.Skip(first).Take(count).Select(id => shown[id]!)]);
    }

    private static async Task<ScimResult<Both>> InTurnAsync(
        UserListing users,
        GroupListing groups,
        Query query,
        Window window,
        CancellationToken ct
    )
    {
        if (!(await users.FindAsync(query, window, ct)).TryGet(out var first, out var error))
        {
            return error;
        }

        var behind = new Window((int)Math.Max(0, window.Offset - first.Total), window.Count - first.Rows.Count);
        return (await groups.FindAsync(query, behind, ct)).TryGet(out var second, out error)
            ? new Both(
                first.Total + second.Total,
                first.Rows,
                second.Rows,
                [.. first.Rows.Select(m => m.Id.Value), .. second.Rows.Select(g => g.Id.Value)]
            )
            : error;
    }

    private static async Task<ScimResult<Both>> SortedAsync(
        ScimCall call,
        UserListing users,
        GroupListing groups,
        Query query,
        Window window,
        CancellationToken ct
    )
    {
        if (
            !SortAcross.Resolve(query.SortBy!, query.SortOrder, [call.Schemas.User, Group], call.Strict).TryGet(out var sort, out var error)
            || !(await users.MatchesAsync(query.Filter, sort.For(call.Schemas.User), ct)).TryGet(out var people, out error)
            || !(await groups.MatchesAsync(query.Filter, sort.For(Group), ct)).TryGet(out var sets, out error)
        )
        {
            return error;
        }

        var isUser = people.Select(m => m.Id).ToHashSet();
        List<Guid> part =
        [
            .. people
                .Concat(sets)
                .OrderBy(m => m.Value, Comparer<SortValue?>.Create(sort.Compare))
                .ThenBy(m => m.Id)
                .Skip(window.Offset)
                .Take(window.Count)
                .Select(m => m.Id),
        ];
        return new Both(
            people.Count + sets.Count,
            await users.RowsAsync([.. part.Where(isUser.Contains).Select(id => new Id<Member>(id))], ct),
            await groups.RowsAsync([.. part.Where(id => !isUser.Contains(id)).Select(id => new Id<Group>(id))], ct),
            part
        );
    }

    private sealed record Both(long Total, IReadOnlyList<Member> Users, IReadOnlyList<Group> Groups, IReadOnlyList<Guid> Order);
}
