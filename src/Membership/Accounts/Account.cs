namespace UserManagement.Membership.Accounts;

/// <summary>A person across workspaces. Made at the first sign-in; no workspace and no directory can change it.</summary>
public sealed record Account
{
    /// <summary>Its id.</summary>
    public required Id<Account> Id { get; init; }

    /// <summary>The name by which other places of the server greet the person.</summary>
    public required string DisplayName { get; init; }

    /// <summary>The stored address, to which resets go; null when there is none.</summary>
    public string? Email { get; init; }

    /// <summary>The key of the address once its owner proved it by a mailed secret, unique; null while unproven.</summary>
    public string? ProvenEmailKey { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Counts the changes; a change names the version it saw.</summary>
    public required long Version { get; init; }
}
