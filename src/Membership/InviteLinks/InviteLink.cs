using UserManagement.Membership.Members;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.InviteLinks;

/// <summary>
/// A link by which many may join a workspace in one role, until it is made anew or switched off, its time is over or it was used as often
/// as it may be. Of each role one is live at most. Nobody's name stands in it: who made it is looked up when it is shown.
/// </summary>
public sealed record InviteLink
{
    /// <summary>What its secret is sealed for.</summary>
    public const string Purpose = "invite-link";

    /// <summary>The workspace.</summary>
    public required Id<Workspace> WorkspaceId { get; init; }

    /// <summary>Its id.</summary>
    public required Id<InviteLink> Id { get; init; }

    /// <summary>The key of the role that it gives.</summary>
    public required string Role { get; init; }

    /// <summary>SHA-256 of its secret; kept when it has ended.</summary>
    public required byte[] LinkHash { get; init; }

    /// <summary>Its secret, sealed, to be shown again; null once it has ended.</summary>
    public byte[]? LinkSealed { get; init; }

    /// <summary>When it ends by itself; null for never.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>How many may join by it; null for any number.</summary>
    public int? MostUses { get; init; }

    /// <summary>How many have joined by it.</summary>
    public required int Uses { get; init; }

    /// <summary>The member who made it; null for a program or the operator.</summary>
    public Id<Member>? CreatedBy { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it was made anew or switched off; null while it is live.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Counts the changes; a change names the version it saw.</summary>
    public required long Version { get; init; }

    /// <summary>Why nobody can join by it now; null when they can.</summary>
    public Refusal? ClosedAt(DateTimeOffset at) =>
        EndedAt is not null ? Closed("This link is not valid any more. Ask for the new one.")
        : ExpiresAt <= at ? Closed("This link has expired. Ask for a new one.")
        : Uses >= MostUses ? Closed("This link was used as often as it may be. Ask for a new one.")
        : null;

    private static Refusal Closed(string message) => new(RefusalKind.Conflict, "linkClosed", message);
}
