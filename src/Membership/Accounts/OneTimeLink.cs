using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Accounts;

/// <summary>What a one-time link does.</summary>
public enum OneTimeLinkKind
{
    /// <summary>Lets the owner of the address set a new password.</summary>
    PasswordReset,

    /// <summary>Signs the first admin of a workspace in, who then sets a password.</summary>
    AdminSignIn,
}

/// <summary>A link that works once, for one account, for a while.</summary>
public sealed record OneTimeLink
{
    /// <summary>What its secret is sealed for while a mail with it waits.</summary>
    public const string Purpose = "one-time-link";

    /// <summary>Its id.</summary>
    public required Id<OneTimeLink> Id { get; init; }

    /// <summary>Whom it lets in.</summary>
    public required Id<Account> AccountId { get; init; }

    /// <summary>The workspace that it leads into; null for a password's, and in rows of older builds.</summary>
    public Id<Workspace>? WorkspaceId { get; init; }

    /// <summary>What it does.</summary>
    public required OneTimeLinkKind Kind { get; init; }

    /// <summary>SHA-256 of its secret.</summary>
    public required byte[] SecretHash { get; init; }

    /// <summary>The secret, sealed, until the mail has gone; null after and for links that are printed.</summary>
    public byte[]? SecretSealed { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it ends by itself.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>When it was used or made void; null while it is open.</summary>
    public DateTimeOffset? ClosedAt { get; init; }
}
