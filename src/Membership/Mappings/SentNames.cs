using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Data;
using UserManagement.Membership.Members;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Mappings;

/// <summary>User names that directories sent of people who have another one here: unique among themselves, as they are there.</summary>
internal static class SentNames
{
    /// <summary>Whether a directory sent this name of somebody else; never where a workspace has had no mapping.</summary>
    public static async Task<bool> IsTakenAsync(
        Attempt attempt,
        WorkspaceContext workspace,
        string sent,
        Id<Member>? but,
        CancellationToken ct
    )
    {
        if (workspace.Configuration.Scim.Mappings is null)
        {
            return false;
        }

        var (id, key) = (workspace.Id, Key.Of(sent));
        var owners = await attempt
            .Db.MemberKeys.Where(k => k.WorkspaceId == id && k.Attribute == MemberKey.SentUserName && k.Value == key)
            .Select(k => k.MemberId)
            .Take(2)
            .ToListAsync(ct);
        return owners.Exists(o => o != but);
    }
}
