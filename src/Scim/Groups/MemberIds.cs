using System.Text.Json.Nodes;
using UserManagement.Membership;
using UserManagement.Membership.Members;
using UserManagement.Scim.Protocol;
using UserManagement.Scim.Protocol.Patch;

namespace UserManagement.Scim.Groups;

/// <summary>The rest of a long list of members as ids, sixteen bytes each; read by the rules of the list's beginning.</summary>
/// <param name="read">Reads some of them.</param>
internal sealed class MemberIds(Func<JsonArray, ScimResult<List<MemberReference>>> read) : ILongList
{
    /// <summary>Those that are ids.</summary>
    public List<Id<Member>> Ids { get; } = [];

    /// <summary>How many are none, and so name nobody.</summary>
    public int Others { get; private set; }

    /// <summary>Why the list is refused; null when it is good.</summary>
    public ScimError? Error { get; private set; }

    /// <inheritdoc/>
    public void Take(JsonArray elements)
    {
        if (Error is not null)
        {
            return;
        }

        if (!read(elements).TryGet(out var members, out var error))
        {
            Error = error;
            return;
        }

        foreach (var member in members)
        {
            if (Id<Member>.TryParse(member.Value, out var id))
            {
                Ids.Add(id);
            }
            else
            {
                Others++;
            }
        }
    }
}
