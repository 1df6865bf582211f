using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Members;
using UserManagement.Membership.Roles;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Portals;

/// <summary>Somebody who came by a link that is live.</summary>
/// <param name="Actor">The link as an actor: it has what it opens, and no permission beside that.</param>
/// <param name="Workspace">The one workspace that it opens.</param>
/// <param name="Link">The link.</param>
/// <param name="MadeBy">The name of who made it; null for the operator.</param>
public sealed record PortalVisitor(Actor Actor, WorkspaceContext Workspace, PortalLink Link, string? MadeBy);

/// <summary>
/// Tells whether a link is live, by its secret or, in the session that began with it, by its id: read at each request, so that one that is
/// revoked, expired, or whose maker may not do the same any more opens nothing from that moment on. Refusals: <c>notFound</c> for a
/// secret that is none, <c>portalClosed</c>.
/// </summary>
public sealed class RecognizePortalLink(Store store)
{
    private readonly LastUsedNotes<Id<PortalLink>> _uses = new();

    /// <summary>Looks at a link by its secret; looking is no use of it.</summary>
    public async Task<Outcome<PortalVisitor>> BySecretAsync(string? secret, CancellationToken ct)
    {
        if (secret is null || secret.Length is < 40 or > 64)
        {
            return Unknown();
        }

        var hash = Secret.Hash(secret);
        await using var db = store.Read();
        return
            await db.PortalLinks.AsNoTracking().FirstOrDefaultAsync(l => l.TokenHash == hash, ct) is { } link
            && CryptographicOperations.FixedTimeEquals(link.TokenHash, hash)
            ? await OfAsync(db, link, store.Time.Now(), ct)
            : Unknown();
    }

    /// <summary>Recognizes the session that began with a link, and notes the use at most once a minute.</summary>
    public async Task<Outcome<PortalVisitor>> ByIdAsync(Id<PortalLink> id, CancellationToken ct)
    {
        var now = store.Time.Now();
        Outcome<PortalVisitor> outcome;
        await using (var db = store.Read())
        {
            outcome = await db.PortalLinks.AsNoTracking().FirstOrDefaultAsync(l => l.Id == id, ct) is { } link
                ? await OfAsync(db, link, now, ct)
                : PortalLink.Closed("This link is over.");
        }

        if (outcome.Done && _uses.IsDue(id, now))
        {
            await store.NoteAsync(
                "UPDATE portal_links SET last_used_at = @p0 WHERE workspace_id = @p1 AND id = @p2",
                [
                    Value.Of("@p0", now.ToUnixTimeMilliseconds()),
                    Value.Of("@p1", outcome.Value.Workspace.Id.Value),
                    Value.Of("@p2", id.Value),
                ],
                ct
            );
        }

        return outcome;
    }

    /// <summary>What a link opens at this moment, by itself and by what its maker may do.</summary>
    internal static Outcome<PortalScopes> OpensNow(PortalLink link, Member? maker, WorkspaceContext workspace, DateTimeOffset at)
    {
        if (link.ClosedAt(at) is { } closed)
        {
            return closed;
        }

        var opens =
            link.MadeById is null ? link.Opens
            : maker is { State: MemberState.Active } ? link.Opens & PortalLink.LentBy(workspace.Configuration.PermissionsOf(maker.Role))
            : PortalScopes.None;
        return opens == PortalScopes.None
            ? PortalLink.Closed("Whoever made this link does not look after this workspace any more.")
            : opens;
    }

    private static async Task<Outcome<PortalVisitor>> OfAsync(MembershipDb db, PortalLink link, DateTimeOffset at, CancellationToken ct)
    {
        if (await WorkspaceContext.ByIdAsync(db, link.WorkspaceId, ct) is not { } workspace)
        {
            return Unknown();
        }

        var maker = link.MadeById is { } id
            ? await db.Members.AsNoTracking().FirstOrDefaultAsync(m => m.WorkspaceId == link.WorkspaceId && m.Id == id, ct)
            : null;
        return OpensNow(link, maker, workspace, at).Is(out var opens, out var refusal)
            ? new PortalVisitor(ActorOf(link, opens, maker?.ShownName), workspace, link, maker?.ShownName)
            : refusal;
    }

    private static Actor ActorOf(PortalLink link, PortalScopes opens, string? maker) =>
        new()
        {
            Kind = ActorKind.PortalLink,
            Door = Door.Page,
            Name = $"portal link of {Key.Cut(maker ?? Actor.Operator.Name, 80)} ({link.Note})",
            Id = link.Id.Value,
            Workspace = link.WorkspaceId,
            Opens = opens,
        };

    private static Refusal Unknown() => new(RefusalKind.NotFound, "notFound", "This link is not valid.");
}
