using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Data;
using UserManagement.Membership.Roles;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.InviteLinks;

/// <summary>What a link shows to whoever opens it.</summary>
/// <param name="Link">The link.</param>
/// <param name="Workspace">The workspace it leads into.</param>
/// <param name="Role">The role that it gives; null when the catalogue has it no more.</param>
public sealed record InviteLinkView(InviteLink Link, WorkspaceContext Workspace, Role? Role);

/// <summary>Looks at a link through its secret; looking uses nothing up. Refusals: <c>notFound</c>, <c>linkClosed</c>.</summary>
public sealed class ReadInviteLink(Store store)
{
    /// <summary>Reads a link by which one can join.</summary>
    public async Task<Outcome<InviteLinkView>> RunAsync(string? secret, CancellationToken ct)
    {
        await using var db = store.Read();
        return await FindAsync(db, secret, store.Time.Now(), ct);
    }

    internal static async Task<Outcome<InviteLinkView>> FindAsync(MembershipDb db, string? secret, DateTimeOffset at, CancellationToken ct)
    {
        if (secret is null || secret.Length is < 40 or > 64)
        {
            return Unknown();
        }

        var hash = Secret.Hash(secret);
        return await db.InviteLinks.AsNoTracking().FirstOrDefaultAsync(l => l.LinkHash == hash, ct) is not { } link
            || await WorkspaceContext.ByIdAsync(db, link.WorkspaceId, ct) is not { } workspace
                ? Unknown()
            : link.ClosedAt(at) is { } closed ? closed
            : workspace.Configuration.LinkRoles.Contains(link.Role)
                ? new InviteLinkView(link, workspace, workspace.Configuration.Role(link.Role))
            : new Refusal(RefusalKind.Conflict, "linkClosed", "Nobody can join by this link any more. Ask for another way in.");
    }

    private static Refusal Unknown() => new(RefusalKind.NotFound, "notFound", "This link is not valid.");
}
