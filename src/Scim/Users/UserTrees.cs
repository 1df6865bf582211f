using System.Text.Json.Nodes;
using UserManagement.Membership;
using UserManagement.Membership.Data;
using UserManagement.Membership.Members;
using UserManagement.Scim.Http;
using UserManagement.Scim.Protocol;
using UserManagement.Scim.Protocol.Resources;

namespace UserManagement.Scim.Users;

/// <summary>
/// Members as trees of JSON, where one has to be looked at: by a filter, or by a choice of attributes. What is derived is read
/// here for many at once; what can go out as it is stored makes no tree, see <see cref="ShownUser"/>.
/// </summary>
internal static class UserTrees
{
    /// <summary>The whole resource: what is kept of the member, and what is common to all resources.</summary>
    public static JsonObject Compose(ScimCall call, Member member, JsonObject tree)
    {
        var type = call.Schemas.User;
        var meta = ScimResource.Meta(type, member.CreatedAt, member.ModifiedAt, UserView.Location(call, member), Etag.Of(member.Version));
        return ScimResource.Compose(tree, type, member.Id.ToString(), meta);
    }

    /// <summary>Adds the extension of memberships, each member's to the tree at its place.</summary>
    public static async Task AddMembershipsAsync(
        MembershipDb db,
        ScimCall call,
        IReadOnlyList<Member> members,
        IReadOnlyList<JsonObject> trees,
        CancellationToken ct
    )
    {
        var grants = (await UserReads.GrantsAsync(db, call.Workspace, [.. members.Select(m => m.Id)], ct)).ToLookup(g => g.MemberId);
        for (var i = 0; i < members.Count; i++)
        {
            trees[i][ScimUrn.MembershipUser] = MembershipMap.Of(members[i], grants[members[i].Id]);
        }
    }

    /// <summary>Adds the address and today's name to each manager who is here.</summary>
    public static async Task AddManagersAsync(MembershipDb db, ScimCall call, IReadOnlyList<JsonObject> trees, CancellationToken ct)
    {
        var managers = trees
            .Select(UserMap.ManagerObject)
            .OfType<JsonObject>()
            .Select(json => (Json: json, IsId: Id<Member>.TryParse(json["value"]?.GetValue<string>(), out var id), Id: id))
            .Where(manager => manager.IsId)
            .ToList();
        if (managers.Count == 0)
        {
            return;
        }

        var names = await UserReads.NamesAsync(db, call.Workspace, [.. managers.Select(m => m.Id).Distinct()], ct);
        foreach (var (json, _, id) in managers)
        {
            if (names.TryGetValue(id, out var name))
            {
                json["$ref"] = $"{call.BaseUrl}/Users/{id}";
                json["displayName"] = name;
            }
        }
    }
}
