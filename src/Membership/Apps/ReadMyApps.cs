using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Accounts;
using UserManagement.Membership.Data;
using UserManagement.Membership.Members;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Apps;

/// <summary>An app as one of those whom it serves sees it.</summary>
/// <param name="ClientId">Its client id.</param>
/// <param name="Name">Its name.</param>
/// <param name="Start">Where to begin; null where it has no page.</param>
/// <param name="Refusal">Why it is of no use to this person now; null when it is.</param>
/// <param name="AgreedAt">When the person agreed that it learns of them; null when they did not, or were not asked.</param>
/// <param name="Scopes">To what.</param>
public sealed record MyApp(
    string ClientId,
    string Name,
    string? Start,
    Refusal? Refusal,
    DateTimeOffset? AgreedAt,
    IReadOnlyList<string> Scopes
);

/// <summary>
/// The apps that somebody may use in a workspace: its own and the installation's that have a start page, and those that they agreed to.
/// No refusals: whoever is in the workspace sees what is theirs.
/// </summary>
public sealed class ReadMyApps(Store store)
{
    /// <summary>Reads them, by name.</summary>
    /// <param name="workspace">The workspace.</param>
    /// <param name="member">The person in it.</param>
    /// <param name="ct">Stops the reading.</param>
    public async Task<IReadOnlyList<MyApp>> RunAsync(WorkspaceContext workspace, Member member, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        ArgumentNullException.ThrowIfNull(member);
        await using var db = store.Read();
        Id<Workspace>? here = workspace.Id;
        var account = member.AccountId;
        var clients = await db
            .Clients.AsNoTracking()
            .Where(c => c.WorkspaceId == here || c.WorkspaceId == null)
            .OrderBy(c => c.ClientId)
            .Take(1000)
            .ToListAsync(ct);
        var consents = await db
            .AppGrants.AsNoTracking()
            .Where(g =>
                account != null
                && g.AccountId == account
                && g.WorkspaceId == here
                && g.Type == AppAccess.Permanent
                && g.Status == AppAccess.Valid
            )
            .ToListAsync(ct);
        return
        [
            .. clients
                .Select(c => Of(c, [.. consents.Where(g => g.ApplicationId == c.Id)], workspace, member))
                .OfType<MyApp>()
                .OrderBy(a => a.Name, StringComparer.OrdinalIgnoreCase)
                .ThenBy(a => a.ClientId, StringComparer.Ordinal),
        ];
    }

    private static MyApp? Of(Client client, IReadOnlyList<AppGrant> consents, WorkspaceContext workspace, Member member)
    {
        var settings = ClientSettings.Of(client);
        return settings.RedirectUris.Count == 0 || (settings.ClientUri is null && consents.Count == 0)
            ? null
            : new(
                client.ClientId!,
                settings.ClientName,
                settings.ClientUri,
                settings.NeedsSeat && !member.HasSeat ? ReadAppClaims.SeatNeeded(workspace) : null,
                consents.Count == 0 ? null : consents.Max(g => new DateTimeOffset(g.CreationDate!.Value, TimeSpan.Zero)),
                [.. consents.SelectMany(g => StoredList.Read(g.Scopes)).Distinct()]
            );
    }
}
