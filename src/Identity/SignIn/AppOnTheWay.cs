using Microsoft.AspNetCore.WebUtilities;
using UserManagement.Identity.Http;
using UserManagement.Membership.Apps;
using UserManagement.Membership.Data;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Identity.SignIn;

/// <summary>The app whose request waits while its person signs in, as the pages on the way name it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Workspace">The name of the workspace that it serves alone; null for an app of the installation.</param>
public sealed record AppOnTheWay(string Name, string? Workspace)
{
    private const string Asked = "/connect/authorize?";

    /// <summary>The app to whose request an address leads back; null for any other address and for an app that is not registered.</summary>
    /// <param name="visit">The request.</param>
    /// <param name="back">Where the person goes afterwards; a local path.</param>
    internal static async Task<AppOnTheWay?> OfAsync(Visit visit, string back)
    {
        if (
            !back.StartsWith(Asked, StringComparison.Ordinal)
            || !QueryHelpers.ParseQuery(back[Asked.Length..]).TryGetValue("client_id", out var id)
            || id is not [{ Length: > 0 } one]
            || await visit.Act<ListClients>().FindAsync(one, visit.Ct) is not { DisplayName: { Length: > 0 } name } client
        )
        {
            return null;
        }

        await using var db = visit.Act<Store>().Read();
        return new(name, client.WorkspaceId is { } own ? (await WorkspaceContext.ByIdAsync(db, own, visit.Ct))?.Row.Name : null);
    }
}
