using System.Text.Json.Nodes;
using UserManagement.Membership.Data;
using UserManagement.Membership.Groups;
using UserManagement.Scim.Protocol;
using UserManagement.Scim.Protocol.Resources;
using UserManagement.Scim.Protocol.Schemas;
using UserManagement.Scim.Wire;

namespace UserManagement.Scim.Groups;

/// <summary>
/// Groups as answers, cut to the attributes asked for. Members are read only where they are wanted, and for a whole page
/// in one query; a group without any shows an empty list, because some clients take a missing one for "unknown". One
/// group shows all of its members, several only as many together as a query may look at.
/// </summary>
internal static class GroupView
{
    private static ScimResourceType Type => SchemaRegistry.Default.Group;

    /// <summary>The answer for one group.</summary>
    /// <param name="store">To read through.</param>
    /// <param name="call">The request.</param>
    /// <param name="group">The group.</param>
    /// <param name="projection">Which attributes.</param>
    /// <param name="hasMembers">False where it is known to have none.</param>
    /// <param name="ct">Stops the reading.</param>
    public static async Task<ScimAnswer> OneAsync(Store store, ScimCall call, Group group, Projection projection, bool hasMembers, CancellationToken ct)
    {
        await using var db = store.Read();
        return await OneAsync(db, call, group, projection, hasMembers, ct);
    }

    /// <summary>The same, through what is open already.</summary>
    public static async Task<ScimAnswer> OneAsync(MembershipDb db, ScimCall call, Group group, Projection projection, bool hasMembers, CancellationToken ct) =>
        (await ManyAsync(db, call, [group], projection, hasMembers, ct)).TryGet(out var shown, out var error)
            ? ScimAnswer.Ok(shown[0]) with { Version = group.Version, Id = group.Id.ToString() }
            : ScimAnswer.Of(error);

    /// <summary>The resources of a page of groups. Refusal: 400 tooMany, for more than one group with too many members.</summary>
    public static async Task<ScimResult<List<IShown>>> ManyAsync(
        MembershipDb db, ScimCall call, IReadOnlyList<Group> groups, Projection projection, bool hasMembers, CancellationToken ct)
    {
        var wanted = projection.Wants("members");
        IReadOnlyList<MemberOfGroup>? found = [];
        if (wanted && hasMembers && groups.Count > 0
            && (found = await GroupReads.MembersAsync(db, call.Workspace, [.. groups.Select(g => g.Id)], groups.Count == 1 ? null : call.Limits.Rows, ct)) is null)
        {
            return call.Limits.TooManyMembers();
        }

        var members = found.ToLookup(m => m.Group);
        return groups.Select(IShown (group) =>
        {
            var resource = GroupMap.ToResource(group);
            if (wanted)
            {
                resource["members"] = new JsonArray([.. members[group.Id].Select(m => Show(call, m))]);
            }

            var meta = ScimResource.Meta(Type, group.CreatedAt, group.ModifiedAt, Location(call, group), Etag.Of(group.Version));
            return new ShownJson(projection.Apply(ScimResource.Compose(resource, Type, group.Id.ToString(), meta)));
        }).ToList();
    }

    /// <summary>The address of a group.</summary>
    public static string Location(ScimCall call, Group group) => $"{call.BaseUrl}/Groups/{group.Id}";

    private static JsonObject Show(ScimCall call, MemberOfGroup member) => new()
    {
        ["value"] = member.Member.ToString(),
        ["$ref"] = $"{call.BaseUrl}/Users/{member.Member}",
        ["type"] = "User",
        ["display"] = member.Name,
    };
}
