using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Data;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Invitations;

/// <summary>What an invitation's link shows to whoever opens it.</summary>
/// <param name="Invitation">The invitation.</param>
/// <param name="Workspace">The workspace it leads into.</param>
/// <param name="Status">How it stands now.</param>
/// <param name="ByMail">Whether the link is the mailed one, which proves the address.</param>
public sealed record InvitationView(Invitation Invitation, WorkspaceContext Workspace, InvitationStatus Status, bool ByMail);

/// <summary>
/// Looks at an invitation through its link's secret. Looking consumes nothing: mail scanners do it. Refusal:
/// <c>notFound</c>, for a secret that never was as for one that was replaced.
/// </summary>
public sealed class ReadInvitationByLink(Store store)
{
    /// <summary>Reads the invitation, open or closed.</summary>
    public async Task<Outcome<InvitationView>> RunAsync(string? secret, CancellationToken ct)
    {
        await using var db = store.Read();
        return await FindAsync(db, secret, store.Time.Now(), ct) is { } view
            ? view
            : new Refusal(RefusalKind.NotFound, "notFound", "This invitation link is not valid. Perhaps a newer one was sent.");
    }

    /// <summary>The invitation of a secret, or null.</summary>
    internal static async Task<InvitationView?> FindAsync(MembershipDb db, string? secret, DateTimeOffset at, CancellationToken ct)
    {
        if (secret is null || secret.Length is < 40 or > 64)
        {
            return null;
        }

        var hash = Secret.Hash(secret);
        var within = db.Invitations.AsNoTracking();
        if (Secret.WorkspaceOf(secret) is { } workspaceId)
        {
            within = within.Where(i => i.WorkspaceId == workspaceId);
        }

        var invitation =
            await within.FirstOrDefaultAsync(i => i.LinkHash == hash, ct) ?? await within.FirstOrDefaultAsync(i => i.MailHash == hash, ct);
        return invitation is not null && await WorkspaceContext.ByIdAsync(db, invitation.WorkspaceId, ct) is { } workspace
            ? new(invitation, workspace, invitation.StatusAt(at), invitation.MailHash is { } mailed && mailed.AsSpan().SequenceEqual(hash))
            : null;
    }
}
