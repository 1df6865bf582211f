using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using UserManagement.Membership;
using UserManagement.Membership.Data;
using UserManagement.Membership.Groups;
using UserManagement.Membership.Members;
using UserManagement.Membership.Workspaces;
using UserManagement.Scim.Protocol;
using UserManagement.Scim.Protocol.Resources;
using UserManagement.Scim.Protocol.Schemas;
using UserManagement.Scim.Wire;

namespace UserManagement.Scim.Users;

/// <summary>
/// Members as answers: the resource with <c>groups</c> and the manager's name derived, cut to the attributes asked for.
/// What is not asked for is not read; what is read comes in one query for a whole page.
/// </summary>
internal static class UserView
{
    private static ScimResourceType Type => SchemaRegistry.Full.User;

    // the extension's attributes, each returned on request
    private static readonly string[] Shown = [.. SchemaRegistry.Full.FindSchema(ScimUrn.MembershipUser)!.Attributes.Select(a => $"{ScimUrn.MembershipUser}:{a.Name}")];

    /// <summary>The answer for one member.</summary>
    public static async Task<ScimAnswer> OneAsync(Store store, ScimCall call, Member member, Projection projection, bool isNew, CancellationToken ct)
    {
        await using var db = store.Read();
        var body = (await ManyAsync(db, call, [member], projection, hasGroups: !isNew, ct))[0];
        return ScimAnswer.Ok(body) with { Version = member.Version };
    }

    /// <summary>The resources of a page of members.</summary>
    /// <param name="db">To read through.</param>
    /// <param name="call">The request.</param>
    /// <param name="members">The members, in order.</param>
    /// <param name="projection">Which attributes.</param>
    /// <param name="hasGroups">False where none of them can be in a group.</param>
    /// <param name="ct">Stops the reading.</param>
    public static async Task<IReadOnlyList<JsonObject>> ManyAsync(
        MembershipDb db, ScimCall call, IReadOnlyList<Member> members, Projection projection, bool hasGroups, CancellationToken ct)
    {
        var resources = members.Select(UserMap.ToResource).ToList();
        if (hasGroups && members.Count > 0 && projection.Wants("groups"))
        {
            await AddGroupsAsync(db, call, members, resources, ct);
        }

        if (members.Count > 0 && Shown.Any(projection.Wants))
        {
            var grants = (await UserReads.GrantsAsync(db, call.Workspace, [.. members.Select(m => m.Id)], ct)).ToLookup(g => g.MemberId);
            for (var i = 0; i < members.Count; i++)
            {
                resources[i][ScimUrn.MembershipUser] = MembershipMap.Of(members[i], grants[members[i].Id]);
            }
        }

        await AddManagersAsync(db, call, resources, projection, ct);
        return [.. members.Zip(resources, (member, resource) => projection.Apply(ScimResource.Compose(
            resource, Type, member.Id.ToString(), ScimResource.Meta(Type, member.CreatedAt, member.ModifiedAt, Location(call, member), Etag.Of(member.Version)))))];
    }

    /// <summary>The address of a member.</summary>
    public static string Location(ScimCall call, Member member) => $"{call.BaseUrl}/Users/{member.Id}";

    private static async Task AddGroupsAsync(MembershipDb db, ScimCall call, IReadOnlyList<Member> members, List<JsonObject> resources, CancellationToken ct)
    {
        var memberships = (await UserReads.GroupsAsync(db, call.Workspace, [.. members.Select(m => m.Id)], ct)).ToLookup(m => m.Member);
        for (var i = 0; i < members.Count; i++)
        {
            var groups = memberships[members[i].Id].Select(m => (JsonNode)new JsonObject
            {
                ["value"] = m.Group.ToString(),
                ["$ref"] = $"{call.BaseUrl}/Groups/{m.Group}",
                ["display"] = m.Name,
                ["type"] = "direct",
            }).ToArray();
            if (groups.Length > 0)
            {
                resources[i]["groups"] = new JsonArray(groups);
            }
        }
    }

    private static async Task AddManagersAsync(MembershipDb db, ScimCall call, List<JsonObject> resources, Projection projection, CancellationToken ct)
    {
        var managers = resources.Select(UserMap.ManagerObject).OfType<JsonObject>()
            .Select(json => (Json: json, Known: Id<Member>.TryParse(json["value"]?.GetValue<string>(), out var id), Id: id))
            .Where(manager => manager.Known).ToList();
        if (managers.Count == 0 || !projection.Wants(ScimUrn.EnterpriseUser + ":manager"))
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
