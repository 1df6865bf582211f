using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Connections;

/// <summary>A connection with its secret or key in clear: for the relying party alone, never shown and never logged.</summary>
/// <param name="Row">The connection.</param>
/// <param name="Credential">The client secret, or the private key as PEM.</param>
public sealed record ConnectionWithSecret(IdentityConnection Row, string Credential)
{
    /// <summary>The name, without the credential.</summary>
    public override string ToString() => $"connection {Row.Id}";
}

/// <summary>
/// Reads a connection at the moment it is used, so that a change or a removal holds at once. Refusal:
/// <c>connectionGone</c>, for one that never was, was removed, is switched off, or whose secret cannot be opened.
/// </summary>
public sealed class FindConnection(Store store)
{
    /// <summary>Reads it.</summary>
    public async Task<Outcome<ConnectionWithSecret>> RunAsync(Id<IdentityConnection> id, CancellationToken ct)
    {
        await using var db = store.Read();
        return await db.IdentityConnections.AsNoTracking().FirstOrDefaultAsync(c => c.Id == id && c.Enabled, ct) is { IsKnown: true } row
            && store.Box.OpenText(IdentityConnection.Purpose, row.CredentialSealed) is { } credential
            ? new ConnectionWithSecret(row, credential)
            : Gone();
    }

    internal static Refusal Gone() =>
        new(RefusalKind.Forbidden, "connectionGone", "This way to sign in is not offered any more. Sign in another way, or ask an admin of your workspace.");
}

/// <summary>Lists connections: for the sign-in page (those that open a workspace) and for the page that sets them up.</summary>
public sealed class ListConnections(Store store)
{
    /// <summary>Those that a sign-in page offers, the workspace's own first; with null the installation's alone.</summary>
    public async Task<IReadOnlyList<IdentityConnection>> OfferedAsync(WorkspaceContext? workspace, CancellationToken ct)
    {
        Id<Workspace> platform = default, own = workspace?.Id ?? default;
        await using var db = store.Read();
        var rows = await db.IdentityConnections.AsNoTracking().Where(c => (c.WorkspaceId == platform || c.WorkspaceId == own) && c.Enabled).ToListAsync(ct);
        return [.. rows.Where(c => workspace is null ? c.IsKnown : c.IsOffered(workspace.Id, workspace.Configuration.SignIn))
            .OrderBy(c => c.IsPlatform).ThenBy(c => c.Name, StringComparer.Ordinal)];
    }

    /// <summary>Those that a workspace owns (the installation's for the empty id). Refusals: <c>forbidden</c>, <c>notFound</c>.</summary>
    public async Task<Outcome<IReadOnlyList<IdentityConnection>>> RunAsync(Actor actor, Id<Workspace> workspace, CancellationToken ct)
    {
        if (actor.Demand(workspace, Permission.ConfigureWorkspace) is { } refused)
        {
            return refused;
        }

        await using var db = store.Read();
        return await db.IdentityConnections.AsNoTracking().Where(c => c.WorkspaceId == workspace).OrderBy(c => c.Name).ThenBy(c => c.Id).Take(200).ToListAsync(ct);
    }
}
