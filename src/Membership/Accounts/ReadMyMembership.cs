using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Data;

namespace UserManagement.Membership.Accounts;

/// <summary>What a member sees of their own membership.</summary>
/// <param name="Role">The role, as people call it.</param>
/// <param name="RoleDescription">One sentence about it.</param>
/// <param name="License">The license, as people call it; null for none.</param>
/// <param name="Groups">The names of the member's groups.</param>
public sealed record MyMembership(string Role, string RoleDescription, string? License, IReadOnlyList<string> Groups);

/// <summary>Reads what a member may know about themselves without any permission.</summary>
public sealed class ReadMyMembership(Store store)
{
    /// <summary>Reads; at most 100 groups. Null when the person is in no workspace.</summary>
    public async Task<MyMembership?> RunAsync(SignedIn who, CancellationToken ct)
    {
        if (who.Member is not { } member || who.Workspace is not { } workspace)
        {
            return null;
        }

        await using var db = store.Read();
        var groups = await (
            from gm in db.GroupMembers.AsNoTracking()
            join g in db.Groups.AsNoTracking() on new { gm.WorkspaceId, gm.GroupId } equals new { g.WorkspaceId, GroupId = g.Id }
            where gm.WorkspaceId == member.WorkspaceId && gm.MemberId == member.Id
            orderby g.DisplayName
            select g.DisplayName
        )
            .Take(100)
            .ToListAsync(ct);
        var role = workspace.Configuration.Role(member.Role);
        return new(
            role?.Label ?? member.Role,
            role?.Description ?? "",
            workspace.Configuration.License(member.License)?.Label ?? member.License,
            groups
        );
    }
}
