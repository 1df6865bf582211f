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
    protected override IQueryable<Member> All => Seen.Where(m => m.State != MemberState.Ended);

    /// <inheritdoc/>
    /// <remarks>
    /// Who has ended has no user name key, and nobody else lacks one. Both conditions at once are guessed to be met by a share of a share:
    /// where many have ended, PostgreSQL would sort all who live rather than read the index in its order.
    /// </remarks>
    protected override IQueryable<Member> AllBy(Sort? sort) => sort?.Key == "userName" ? Seen.Where(m => m.UserNameKey != null) : All;

    private IQueryable<Member> Seen => Db.Members.AsNoTracking().Where(m => m.WorkspaceId == call.Workspace && m.HeldAs != HeldAs.Deletion);

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
            "userName" => up ? rows.OrderBy(m => m.UserNameKey) : rows.OrderByDescending(m => m.UserNameKey), // nobody shares it
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
