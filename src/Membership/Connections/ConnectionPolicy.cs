using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Data;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Connections;

/// <summary>Which workspaces a connection opens, and for whom: asked at sign-in, at redemption and at each request.</summary>
public static class ConnectionPolicy
{
    /// <summary>Why this connection, or this tenant or domain at it, does not open the workspace; null when it does.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="workspace">The workspace.</param>
    /// <param name="tenantId">Entra's tenant of the person; null for none.</param>
    /// <param name="hostedDomain">Google's hosted domain of the person; null for none.</param>
    public static Refusal? Refuse(IdentityConnection connection, WorkspaceContext workspace, string? tenantId, string? hostedDomain)
    {
        if (!connection.IsOffered(workspace.Id, workspace.Configuration.SignIn))
        {
            return new(
                RefusalKind.Forbidden,
                "connectionNotTaken",
                $"{workspace.Row.Name} does not let people in through this sign-in. Sign in with the provider that it uses."
            );
        }

        return
            IsListed(TenantsIn(connection, workspace), connection.Kind == ConnectionKind.Entra, tenantId)
            && IsListed(DomainsIn(connection, workspace), connection.Kind == ConnectionKind.Google, hostedDomain)
            ? null
            : new(
                RefusalKind.Forbidden,
                "organisationNotTaken",
                $"{workspace.Row.Name} does not let people of your organisation in through this sign-in. Use an account of an "
                    + $"organisation that it takes, or ask one of its admins."
            );
    }

    /// <summary>The connections that the workspace lets people in through, its own first.</summary>
    public static async Task<List<IdentityConnection>> OfferedAsync(MembershipDb db, WorkspaceContext workspace, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(db);
        ArgumentNullException.ThrowIfNull(workspace);
        Id<Workspace> platform = default;
        var rows = await db
            .IdentityConnections.AsNoTracking()
            .Where(c => (c.WorkspaceId == platform || c.WorkspaceId == workspace.Id) && c.Enabled)
            .ToListAsync(ct);
        return
        [
            .. rows.Where(c => c.IsOffered(workspace.Id, workspace.Configuration.SignIn))
                .OrderBy(c => c.IsPlatform)
                .ThenBy(c => c.Name, StringComparer.Ordinal),
        ];
    }

    /// <summary>Whether a list of Google domains is in force.</summary>
    public static bool HasDomains(IdentityConnection connection, WorkspaceContext workspace) =>
        DomainsIn(connection, workspace).Any(list => list.Count > 0);

    /// <summary>Whether somebody unknown whom the lists admit may join: the owner said so, and there is a list to be admitted by.</summary>
    public static bool AdmitsUnknown(IdentityConnection connection, WorkspaceContext workspace, ProvenIdentity who) =>
        (connection.IsPlatform ? workspace.Configuration.SignIn.UnknownMayJoin && connection.UnknownMayJoin : connection.UnknownMayJoin)
        && connection.Kind switch
        {
            ConnectionKind.Entra => TenantsIn(connection, workspace).Any(list => list.Count > 0)
                && (!who.IsPersonal || connection.AllowPersonalAccounts)
                && (!who.IsGuest || connection.AllowGuests),
            ConnectionKind.Google => HasDomains(connection, workspace) && who.HostedDomain is not null && who.EmailProven,
            _ => !connection.IsPlatform,
        };

    private static bool IsListed(IEnumerable<IReadOnlyList<string>> lists, bool applies, string? value) =>
        !applies || lists.All(list => list.Count == 0 || (value is not null && list.Contains(value, StringComparer.OrdinalIgnoreCase)));

    internal static IEnumerable<IReadOnlyList<string>> TenantsIn(IdentityConnection connection, WorkspaceContext workspace) =>
        connection.IsPlatform ? [connection.TenantList, workspace.Configuration.SignIn.Tenants] : [connection.TenantList];

    internal static IEnumerable<IReadOnlyList<string>> DomainsIn(IdentityConnection connection, WorkspaceContext workspace) =>
        connection.IsPlatform ? [connection.DomainList, workspace.Configuration.SignIn.Domains] : [connection.DomainList];
}
