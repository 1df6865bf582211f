using System.Text.Json.Nodes;
using UserManagement.Membership;
using UserManagement.Membership.Groups;
using UserManagement.Membership.Members;
using UserManagement.Scim.Http;
using UserManagement.Scim.Protocol;
using UserManagement.Scim.Protocol.Patch;
using UserManagement.Scim.Protocol.Resources;

namespace UserManagement.Scim.Groups;

/// <summary>
/// Between a SCIM Group and a group of the core. Members never pass through here as a list of the whole group: they are steps.
/// </summary>
internal static class GroupMap
{
    /// <summary>The resource of a group without its members, with its id: what PATCH works on.</summary>
    public static JsonObject ToResource(Group group)
    {
        var resource = new JsonObject { ["id"] = group.Id.ToString() };
        if (group.ExternalId is { Length: > 0 } externalId)
        {
            resource["externalId"] = externalId;
        }

        resource["displayName"] = group.DisplayName;
        return resource;
    }

    /// <summary>What a resource says to the core.</summary>
    /// <param name="resource">The resource.</param>
    /// <param name="before">The group as it is, whose document (a later version's) stays; null for a new one.</param>
    public static GroupFacts ToFacts(JsonObject resource, Group? before = null) =>
        new()
        {
            DisplayName = resource["displayName"]?.GetValue<string>() ?? "",
            ExternalId = resource["externalId"]?.GetValue<string>(),
            Document = before?.Document,
        };

    /// <summary>Members named who are not here.</summary>
    public static PassedOver NotHere { get; } = new("members", PassedOverReason.NotHere);

    /// <summary>Member changes as steps for the core. Refusal: 400 invalidValue, see <see cref="Ids"/>.</summary>
    /// <param name="call">The request.</param>
    /// <param name="changes">The changes.</param>
    /// <param name="lists">The rests of their lists.</param>
    /// <param name="passedOver">Takes what was passed over.</param>
    public static ScimResult<List<MembershipStep>> ToSteps(
        ScimCall call,
        IEnumerable<MemberChange> changes,
        LongLists lists,
        List<PassedOver> passedOver
    )
    {
        var steps = new List<MembershipStep>();
        foreach (var change in changes)
        {
            if (
                !Ids(call, change.Members, lists.RestOf(change.List), passedOver, named: change.Kind != MemberChangeKind.Remove)
                    .TryGet(out var ids, out var error)
            )
            {
                return error;
            }

            if (change.Kind == MemberChangeKind.ReplaceAll && ids.Count == 0)
            {
                return ScimError.InvalidValue("None of the members named is here, so the group is left as it is.");
            }

            steps.Add(
                change.Kind switch
                {
                    MemberChangeKind.Add => new(MembershipStepKind.Add, ids),
                    MemberChangeKind.Remove => new(MembershipStepKind.Remove, ids),
                    _ => new(MembershipStepKind.Set, ids),
                }
            );
        }

        return steps;
    }

    /// <summary>
    /// The ids of members. What cannot be an id names nobody: passed over and noted, or refused (400 invalidValue) where
    /// the workspace is strict.
    /// </summary>
    /// <param name="call">The request.</param>
    /// <param name="members">The members named.</param>
    /// <param name="rest">Those that follow them in a long list; null for none.</param>
    /// <param name="passedOver">Takes what was passed over.</param>
    /// <param name="named">Whether they are to be members.</param>
    public static ScimResult<MemberIds> Ids(
        ScimCall call,
        IEnumerable<MemberReference> members,
        ILongList? rest,
        List<PassedOver> passedOver,
        bool named = true
    )
    {
        if (rest is MemberIds { Error: { } error })
        {
            return error;
        }

        var ids = MemberIds.With(members, rest as MemberIds);
        var unknown = ids.Others;
        if (unknown > 0 && named && call.Strict)
        {
            return ScimError.InvalidValue("A member named is not in this workspace.");
        }

        if (named && unknown > 0)
        {
            call.NoteUnknown(unknown);
            passedOver.Add(NotHere);
        }

        return ids;
    }
}
