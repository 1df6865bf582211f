using System.Linq.Expressions;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using UserManagement.Membership;
using UserManagement.Membership.Data;
using UserManagement.Membership.Licensing;
using UserManagement.Membership.Members;
using UserManagement.Scim.Groups;
using UserManagement.Scim.Http;
using UserManagement.Scim.Protocol;
using UserManagement.Scim.Protocol.Queries;
using UserManagement.Scim.Protocol.Schemas;
using UserManagement.Scim.Queries;

namespace UserManagement.Scim.Users;

/// <summary>Users with any filter and any order.</summary>
internal sealed class UserListing(MembershipDb db, ScimCall call)
    : Listing<Member>(
        db,
        call.Schemas.User,
        new UserFilter(db, call.Workspace, call.Strict, call.IsMapped, call.Schemas.User),
        call.Limits,
        call.Strict
    )
{
    /// <inheritdoc/>
    protected override IQueryable<Member> All =>
        Db
            .Members.AsNoTracking()
            .Where(m => m.WorkspaceId == call.Workspace && m.State != MemberState.Ended && m.HeldAs != HeldAs.Deletion);

    /// <inheritdoc/>
    protected override Expression<Func<Member, Id<Member>>> Id { get; } = m => m.Id;

    /// <inheritdoc/>
    protected override async Task<long> CountAllAsync(CancellationToken ct) =>
        (await Counts.ReadAsync(Db, call.Workspace, ct)).Visible - await Counts.UnseenAsync(Db, call.Workspace, ct);

    /// <inheritdoc/>
    protected override IOrderedQueryable<Member>? Order(IQueryable<Member> rows, Sort sort)
    {
        var up = sort.Order == SortOrder.Ascending;
        return sort.Key switch
        {
            "id" => up ? rows.OrderBy(m => m.Id) : rows.OrderByDescending(m => m.Id),
            // those who have ended have none, and would stand before all others; who has one shares it with nobody
            "userName" => up
                ? rows.Where(m => m.UserNameKey != null).OrderBy(m => m.UserNameKey)
                : rows.Where(m => m.UserNameKey != null).OrderByDescending(m => m.UserNameKey),
            "meta.created" => (up ? rows.OrderBy(m => m.CreatedAt) : rows.OrderByDescending(m => m.CreatedAt)).ThenBy(m => m.Id),
            "meta.lastModified" => (up ? rows.OrderBy(m => m.ModifiedAt) : rows.OrderByDescending(m => m.ModifiedAt)).ThenBy(m => m.Id),
            // no value counts as the greatest
            "externalId" => (
                up
                    ? rows.OrderBy(m => m.ExternalId == null || m.ExternalId == "").ThenBy(m => m.ExternalId)
                    : rows.OrderByDescending(m => m.ExternalId == null || m.ExternalId == "").ThenByDescending(m => m.ExternalId)
            ).ThenBy(m => m.Id),
            _ => null,
        };
    }

    /// <inheritdoc/>
    protected override async Task<IReadOnlyList<JsonObject>> ResourcesAsync(
        IReadOnlyList<Member> rows,
        Func<string, bool> needs,
        int mostRows,
        CancellationToken ct
    )
    {
        var resources = rows.Select(UserMap.ToResource).ToList();
        if (needs("groups"))
        {
            await ReferenceReads.OfMembers.AddAsync(
                Db,
                call.Workspace,
                References.ToGroups(call.BaseUrl),
                [.. rows.Select(m => m.Id.Value)],
                resources,
                mostRows,
                ct
            );
        }

        if (needs("manager"))
        {
            await UserTrees.AddManagersAsync(Db, call, resources, ct);
        }

        if (SchemaRegistry.Full.FindSchema(ScimUrn.MembershipUser)!.Attributes.Any(a => needs(a.Name)) && rows.Count > 0)
        {
            await UserTrees.AddMembershipsAsync(Db, call, rows, resources, ct);
        }

        return [.. rows.Select((member, i) => UserTrees.Compose(call, member, resources[i]))];
    }
}
