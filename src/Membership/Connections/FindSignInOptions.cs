using UserManagement.Membership.Data;
using UserManagement.Membership.Invitations;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Connections;

/// <summary>How people may sign in on a page: that of a workspace, or of the installation.</summary>
/// <param name="Workspace">The workspace; null for the installation's page.</param>
/// <param name="Connections">The providers offered, the workspace's own first.</param>
/// <param name="TakesPassword">Whether a password of this server will do.</param>
public sealed record SignInOptions(WorkspaceContext? Workspace, IReadOnlyList<IdentityConnection> Connections, bool TakesPassword)
{
    /// <summary>
    /// The provider to which an address leads; null for the password, or where that is not taken for a choice by the
    /// person. Decided by the address's domain and the lists alone, so the answer tells nothing about an account.
    /// </summary>
    /// <param name="address">The address or user name as typed.</param>
    public IdentityConnection? For(string address)
    {
        var domain = EmailAddress.Domain(address.Trim());
        return (domain is null ? null : Connections.FirstOrDefault(c => Lists(c, domain)))
            ?? (!TakesPassword && Connections is [var only] ? only : null);
    }

    /// <summary>The providers with which an invitation into this workspace may be accepted.</summary>
    public IEnumerable<IdentityConnection> For(Invitation invitation) =>
        Connections.Where(c =>
            Is(c, invitation.Provider)
            && (
                invitation.TenantId is not { } tenant
                || c.TenantList.Count == 0
                || c.TenantList.Contains(tenant, StringComparer.OrdinalIgnoreCase)
            )
        );

    /// <summary>Whether anybody can accept an invitation that is bound to this provider.</summary>
    public bool Takes(IdentityProvider provider) =>
        (TakesPassword && provider is (IdentityProvider.Any or IdentityProvider.Local)) || Connections.Any(c => Is(c, provider));

    private static bool Is(IdentityConnection connection, IdentityProvider provider) =>
        provider switch
        {
            IdentityProvider.Any => true,
            IdentityProvider.Google => connection.Kind == ConnectionKind.Google,
            IdentityProvider.Entra => connection.Kind == ConnectionKind.Entra,
            IdentityProvider.Oidc => connection.Kind == ConnectionKind.Oidc,
            _ => false,
        };

    private bool Lists(IdentityConnection connection, string domain) =>
        connection.Kind == ConnectionKind.Google
        && (
            connection.DomainList.Contains(domain, StringComparer.Ordinal)
            || (
                connection.IsPlatform
                && connection.DomainList.Count == 0
                && Workspace?.Configuration.SignIn.Domains.Contains(domain, StringComparer.Ordinal) == true
            )
        );
}

/// <summary>
/// Reads how people may sign in. On the installation's page a workspace's own providers have no say: anybody could list anybody's domain.
/// </summary>
public sealed class FindSignInOptions(Store store)
{
    /// <summary>Reads.</summary>
    /// <param name="slug">The workspace's name in addresses; null for the installation's page.</param>
    /// <param name="ct">Stops the read.</param>
    /// <returns>Null when there is no such workspace.</returns>
    public async Task<SignInOptions?> RunAsync(string? slug, CancellationToken ct)
    {
        if (slug is null)
        {
            return await OfAsync(null, ct);
        }

        await using var db = store.Read();
        return await WorkspaceContext.BySlugAsync(db, slug, ct) is { } workspace ? await OfAsync(workspace, ct) : null;
    }

    /// <summary>The ways into a workspace that is at hand; null for the installation's page.</summary>
    public async Task<SignInOptions> OfAsync(WorkspaceContext? workspace, CancellationToken ct) =>
        new(workspace, await new ListConnections(store).OfferedAsync(workspace, ct), workspace?.Configuration.SignIn.LocalPassword ?? true);
}
