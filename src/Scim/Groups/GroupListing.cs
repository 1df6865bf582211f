using System.Linq.Expressions;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using UserManagement.Membership;
using UserManagement.Membership.Data;
using UserManagement.Membership.Groups;
using UserManagement.Membership.Licensing;
using UserManagement.Scim.Http;
using UserManagement.Scim.Protocol.Queries;
using UserManagement.Scim.Protocol.Schemas;
using UserManagement.Scim.Queries;

namespace UserManagement.Scim.Groups;

/// <summary>Groups with any filter and any order.</summary>
internal sealed class GroupListing(MembershipDb db, ScimCall call)
    : Listing<Group>(db, SchemaRegistry.Full.Group, new GroupFilter(db, call.Workspace, call.Strict), call.Limits, call.Strict)
{
    /// <inheritdoc/>
    protected override IQueryable<Group> All => Db.Groups.AsNoTracking().Where(g => g.WorkspaceId == call.Workspace);

    /// <inheritdoc/>
    protected override Expression<Func<Group, Id<Group>>> Id { get; } = g => g.Id;

    /// <inheritdoc/>
    protected override async Task<long> CountAllAsync(CancellationToken ct) => (await Counts.ReadAsync(Db, call.Workspace, ct)).Groups;

    /// <inheritdoc/>
    protected override IOrderedQueryable<Group>? Order(IQueryable<Group> rows, Sort sort)
    {
        var up = sort.Order == SortOrder.Ascending;
        return sort.Key switch
        {
            "id" => up ? rows.OrderBy(g => g.Id) : rows.OrderByDescending(g => g.Id),
            "displayName" => (up ? rows.OrderBy(g => g.DisplayNameKey) : rows.OrderByDescending(g => g.DisplayNameKey)).ThenBy(g => g.Id),
            "meta.created" => (up ? rows.OrderBy(g => g.CreatedAt) : rows.OrderByDescending(g => g.CreatedAt)).ThenBy(g => g.Id),
            "meta.lastModified" => (up ? rows.OrderBy(g => g.ModifiedAt) : rows.OrderByDescending(g => g.ModifiedAt)).ThenBy(g => g.Id),
            _ => null,
        };
    }

    /// <inheritdoc/>
    protected override async Task<IReadOnlyList<JsonObject>> ResourcesAsync(
        IReadOnlyList<Group> rows,
        Func<string, bool> needs,
        int mostRows,
        CancellationToken ct
    )
    {
        var resources = rows.Select(GroupMap.ToResource).ToList();
        if (needs("members"))
        {
            await ReferenceReads.OfGroups.AddAsync(
                Db,
                call.Workspace,
                References.ToMembers(call.BaseUrl),
                [.. rows.Select(g => g.Id.Value)],
                resources,
                mostRows,
                ct
            );
        }

        return [.. rows.Select((group, i) => GroupView.Compose(call, group, resources[i]))];
    }
}
