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
        return One((await ManyAsync(db, call, [member], projection, hasGroups: !isNew, ct))[0], member);
    }

    /// <summary>The answer for one member who was read with their groups.</summary>
    public static async Task<ScimAnswer> OneAsync(MembershipDb db, ScimCall call, FoundMember found, Projection projection, CancellationToken ct) =>
        One(await OneShownAsync(db, call, found, projection, ct), found.Member);

    /// <summary>One member who was read with their groups.</summary>
    public static async Task<IShown> OneShownAsync(MembershipDb db, ScimCall call, FoundMember found, Projection projection, CancellationToken ct) =>
        projection.IsDefault && ShownUser.Of(found.Member, found.Groups, call.BaseUrl) is { } shown ? shown
        : (await ComposeAsync(db, call, [found], projection, ct))[0];

    /// <summary>The resources of a page of members.</summary>
    /// <param name="db">To read through.</param>
    /// <param name="call">The request.</param>
    /// <param name="members">The members, in order.</param>
    /// <param name="projection">Which attributes.</param>
    /// <param name="hasGroups">False where none of them can be in a group.</param>
    /// <param name="ct">Stops the reading.</param>
    public static async Task<IReadOnlyList<IShown>> ManyAsync(
        MembershipDb db, ScimCall call, IReadOnlyList<Member> members, Projection projection, bool hasGroups, CancellationToken ct)
    {
        IReadOnlyList<FoundMember> found = [.. members.Select(m => new FoundMember(m, []))];
        if (hasGroups && members.Count > 0 && projection.Wants("groups"))
        {
            var groups = (await UserReads.GroupsAsync(db, call.Workspace, [.. members.Select(m => m.Id)], ct)).ToLookup(g => g.Member);
            found = [.. members.Select(m => new FoundMember(m, [.. groups[m.Id]]))];
        }

        return await ManyAsync(db, call, found, projection, ct);
    }

    /// <summary>The resources of a page of members who were read with their groups.</summary>
    public static async Task<IReadOnlyList<IShown>> ManyAsync(MembershipDb db, ScimCall call, IReadOnlyList<FoundMember> members, Projection projection, CancellationToken ct)
    {
        if (!projection.IsDefault)
        {
            return await ComposeAsync(db, call, members, projection, ct);
        }

        var baseUrl = call.BaseUrl;
        var shown = members.Select(m => (IShown?)ShownUser.Of(m.Member, m.Groups, baseUrl)).ToList();
        if (members.Where((_, i) => shown[i] is null).ToList() is { Count: > 0 } rest)
        {
            var composed = new Queue<IShown>(await ComposeAsync(db, call, rest, projection, ct));
            return [.. shown.Select(s => s ?? composed.Dequeue())];
        }

        return shown!;
    }

    /// <summary>The long way: a tree, derived attributes in it, cut to what is wanted.</summary>
    private static async Task<IReadOnlyList<IShown>> ComposeAsync(MembershipDb db, ScimCall call, IReadOnlyList<FoundMember> members, Projection projection, CancellationToken ct)
    {
        var resources = members.Select(m => UserMap.ToResource(m.Member)).ToList();
        AddGroups(call, members, resources);
        if (members.Count > 0 && Shown.Any(projection.Wants))
        {
            var grants = (await UserReads.GrantsAsync(db, call.Workspace, [.. members.Select(m => m.Member.Id)], ct)).ToLookup(g => g.MemberId);
            for (var i = 0; i < members.Count; i++)
            {
                resources[i][ScimUrn.MembershipUser] = MembershipMap.Of(members[i].Member, grants[members[i].Member.Id]);
            }
        }

        await AddManagersAsync(db, call, resources, projection, ct);
        return [.. members.Zip(resources, (found, resource) => new ShownJson(projection.Apply(ScimResource.Compose(
            resource, Type, found.Member.Id.ToString(), ScimResource.Meta(Type, found.Member.CreatedAt, found.Member.ModifiedAt, Location(call, found.Member), Etag.Of(found.Member.Version))))))];
    }

    private static ScimAnswer One(IShown body, Member member) => ScimAnswer.Ok(body) with { Version = member.Version, Id = member.Id.ToString() };

    /// <summary>The address of a member.</summary>
    public static string Location(ScimCall call, Member member) => $"{call.BaseUrl}/Users/{member.Id}";

    private static void AddGroups(ScimCall call, IReadOnlyList<FoundMember> members, List<JsonObject> resources)
    {
        for (var i = 0; i < members.Count; i++)
        {
            var groups = members[i].Groups.Select(m => (JsonNode)new JsonObject
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
