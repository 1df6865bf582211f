using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Data;

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
        return
            await db.IdentityConnections.AsNoTracking().FirstOrDefaultAsync(c => c.Id == id && c.Enabled, ct) is { IsKnown: true } row
            && store.Box.OpenText(IdentityConnection.Purpose, row.CredentialSealed) is { } credential
            ? new ConnectionWithSecret(row, credential)
            : Gone();
    }

    internal static Refusal Gone() =>
        new(
            RefusalKind.Forbidden,
            "connectionGone",
            "This way to sign in is not offered any more. Sign in another way, or ask an admin of your workspace."
        );
}
