namespace UserManagement.Membership.Accounts;

/// <summary>A password kept here: one way for an account to sign in.</summary>
public sealed record LocalCredential
{
    /// <summary>The account.</summary>
    public required Id<Account> AccountId { get; init; }

    /// <summary>The name it signs in with, as given.</summary>
    public required string Login { get; init; }

    /// <summary>The key of that name, unique in the installation.</summary>
    public required string LoginKey { get; init; }

    /// <summary>The password's hash, see <see cref="PasswordHash"/>; null until a password was set.</summary>
    public string? PasswordHash { get; init; }

    /// <summary>When the password was last set; null for never.</summary>
    public DateTimeOffset? PasswordSetAt { get; init; }

    /// <summary>Wrong passwords since the last right one.</summary>
    public int FailedTries { get; init; }

    /// <summary>Until when no password is accepted; null when it is not locked.</summary>
    public DateTimeOffset? LockedUntil { get; init; }

    /// <summary>Counts the changes; a change names the version it saw.</summary>
    public required long Version { get; init; }
}
