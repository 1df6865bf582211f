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
using UserManagement.Scim.Protocol.Resources;
using UserManagement.Scim.Protocol.Schemas;
using UserManagement.Scim.Queries;

namespace UserManagement.Scim.Users;

/// <summary>Users with any filter and any order.</summary>
internal sealed class UserListing(MembershipDb db, ScimCall call)
    : Listing<Member>(db, SchemaRegistry.Full.User, new UserFilter(db, call.Workspace, call.Strict), call.Limits, call.Strict)
{
    private static ScimResourceType Type => SchemaRegistry.Full.User;

    /// <inheritdoc/>
    protected override IQueryable<Member> All => Db.Members.AsNoTracking().Where(m => m.WorkspaceId == call.Workspace && m.State != MemberState.Ended);

    /// <inheritdoc/>
    protected override Expression<Func<Member, Id<Member>>> Id { get; } = m => m.Id;

    /// <inheritdoc/>
    protected override async Task<long> CountAllAsync(CancellationToken ct) => (await Counts.ReadAsync(Db, call.Workspace, ct)).Visible;

    /// <inheritdoc/>
    protected override IOrderedQueryable<Member>? Order(IQueryable<Member> rows, Sort sort)
    {
        var up = sort.Order == SortOrder.Ascending;
        return sort.Key switch
        {
            "id" => up ? rows.OrderBy(m => m.Id) : rows.OrderByDescending(m => m.Id),
            // those who have ended have none, and would stand before all others
            "userName" => (up ? rows.Where(m => m.UserNameKey != null).OrderBy(m => m.UserNameKey) : rows.Where(m => m.UserNameKey != null).OrderByDescending(m => m.UserNameKey)).ThenBy(m => m.Id),
            "meta.created" => (up ? rows.OrderBy(m => m.CreatedAt) : rows.OrderByDescending(m => m.CreatedAt)).ThenBy(m => m.Id),
            "meta.lastModified" => (up ? rows.OrderBy(m => m.ModifiedAt) : rows.OrderByDescending(m => m.ModifiedAt)).ThenBy(m => m.Id),
            // no value counts as the greatest
            "externalId" => (up ? rows.OrderBy(m => m.ExternalId == null || m.ExternalId == "").ThenBy(m => m.ExternalId)
                : rows.OrderByDescending(m => m.ExternalId == null || m.ExternalId == "").ThenByDescending(m => m.ExternalId)).ThenBy(m => m.Id),
            _ => null,
        };
    }

    /// <inheritdoc/>
    protected override async Task<IReadOnlyList<JsonObject>> ResourcesAsync(IReadOnlyList<Member> rows, Func<string, bool> needs, int mostRows, CancellationToken ct)
    {
        var resources = rows.Select(UserMap.ToResource).ToList();
        var ids = rows.Select(m => m.Id).ToList();
        if (needs("groups") && ids.Count > 0)
        {
            var found = await ReferenceReads.OfMembers.ManyAsync(Db, call.Workspace, [.. ids.Select(m => m.Value)], mostRows + 1, ct);
            if (found.Count > mostRows)
            {
                throw new TooManyRowsException();
            }

            var (shape, groups) = (References.ToGroups(call.BaseUrl), found.ToLookup(g => g.Owner));
            for (var i = 0; i < rows.Count; i++)
            {
                resources[i]["groups"] = new JsonArray([.. groups[rows[i].Id.Value].Select(shape.Tree)]);
            }
        }

        if (needs("manager"))
        {
            await AddManagersAsync(resources, ct);
        }

        if (SchemaRegistry.Full.FindSchema(ScimUrn.MembershipUser)!.Attributes.Any(a => needs(a.Name)) && ids.Count > 0)
        {
            var grants = (await UserReads.GrantsAsync(Db, call.Workspace, ids, ct)).ToLookup(g => g.MemberId);
            for (var i = 0; i < rows.Count; i++)
            {
                resources[i][ScimUrn.MembershipUser] = MembershipMap.Of(rows[i], grants[rows[i].Id]);
            }
        }

        return [.. rows.Select((member, i) => ScimResource.Compose(
            resources[i], Type, member.Id.ToString(), ScimResource.Meta(Type, member.CreatedAt, member.ModifiedAt, UserView.Location(call, member), Etag.Of(member.Version))))];
    }

    private async Task AddManagersAsync(List<JsonObject> resources, CancellationToken ct)
    {
        var managers = new List<(JsonObject Json, Id<Member> Id)>();
        foreach (var json in resources.Select(UserMap.ManagerObject).OfType<JsonObject>())
        {
            if (Id<Member>.TryParse(json["value"]?.GetValue<string>(), out var id))
            {
                managers.Add((json, id));
            }
        }

        if (managers.Count == 0)
        {
            return;
        }

        var names = await UserReads.NamesAsync(Db, call.Workspace, [.. managers.Select(m => m.Id).Distinct()], ct);
        foreach (var (json, id) in managers.Where(m => names.ContainsKey(m.Id)))
        {
            json["$ref"] = $"{call.BaseUrl}/Users/{id}";
            json["displayName"] = names[id];
        }
    }
}
