using UserManagement.Membership.Access;
using UserManagement.Membership.Members;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Portals;

/// <summary>
/// A link by which the customer's IT staff set a workspace up without an account. It always ends by itself, opens what it names and
/// nothing else, and holds no longer than the member who made it is active and may do the same. Who made it is looked up when it is shown.
/// </summary>
public sealed record PortalLink
{
    /// <summary>What its secret is sealed for while it waits to be mailed.</summary>
    public const string MailPurpose = "portal-link-mail";

    /// <summary>The workspace.</summary>
    public required Id<Workspace> WorkspaceId { get; init; }

    /// <summary>Its id.</summary>
    public required Id<PortalLink> Id { get; init; }

    /// <summary>For whom it is, 1 to 100 characters; it stands in the audit log beside all that is done by it.</summary>
    public required string Note { get; init; }

    /// <summary>SHA-256 of its secret; the secret itself is shown once.</summary>
    public required byte[] TokenHash { get; init; }

    /// <summary>Where it is mailed to; null for nowhere.</summary>
    public string? MailAddress { get; init; }

    /// <summary>Its secret, sealed, until the mail has left; null for none.</summary>
    public byte[]? MailSealed { get; init; }

    /// <summary>When the mail left; null for not, or not yet.</summary>
    public DateTimeOffset? MailedAt { get; init; }

    /// <summary>Why the mail was refused for good, in words for admins; null while it was not.</summary>
    public string? MailFailure { get; init; }

    /// <summary>Whether it opens the directory's part.</summary>
    public required bool OpensDirectory { get; init; }

    /// <summary>Whether it opens the part about signing in.</summary>
    public required bool OpensSignIn { get; init; }

    /// <summary>Whether it opens the part about the domain.</summary>
    public required bool OpensDomain { get; init; }

    /// <summary>The member who made it; null for the operator.</summary>
    public Id<Member>? MadeById { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it ends by itself.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>When it was revoked; null while it is not.</summary>
    public DateTimeOffset? RevokedAt { get; init; }

    /// <summary>The last use, to the minute; null for never.</summary>
    public DateTimeOffset? LastUsedAt { get; init; }

    /// <summary>What it opens.</summary>
    public PortalScopes Opens =>
        (OpensDirectory ? PortalScopes.Directory : PortalScopes.None)
        | (OpensSignIn ? PortalScopes.SignIn : PortalScopes.None)
        | (OpensDomain ? PortalScopes.Domain : PortalScopes.None);

    /// <summary>Why it opens nothing at this time; null while it does.</summary>
    public Refusal? ClosedAt(DateTimeOffset at) =>
        RevokedAt is not null ? Closed("This link was taken back.")
        : at >= ExpiresAt ? Closed("This link has expired.")
        : null;

    /// <summary>The link as which somebody acts; null for everybody else.</summary>
    public static Id<PortalLink>? Of(Actor actor)
    {
        ArgumentNullException.ThrowIfNull(actor);
        return actor is { Kind: ActorKind.PortalLink, Id: { } id } ? new Id<PortalLink>(id) : null;
    }

    /// <summary>Which of these parts somebody with these permissions may open: nobody lends what they have not.</summary>
    internal static PortalScopes LentBy(IReadOnlySet<string> permissions) =>
        (permissions.Contains(Permission.ManageDirectory) ? PortalScopes.Directory : PortalScopes.None)
        | (permissions.Contains(Permission.ConfigureWorkspace) ? PortalScopes.SignIn | PortalScopes.Domain : PortalScopes.None);

    /// <summary>What one is told whose link opens nothing any more.</summary>
    internal static Refusal Closed(string why) =>
        new(
            RefusalKind.Forbidden,
            "portalClosed",
            $"{why} Nothing that you set up is lost. Ask whoever sent it to you for a new one, and go on where you were."
        );
}
