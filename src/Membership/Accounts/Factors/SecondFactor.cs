namespace UserManagement.Membership.Accounts.Factors;

/// <summary>
/// What an account has beside its first factor. One row for each account that ever set something up; every use of a
/// code counts its version up, so that of rivals with the same code one gets through, on however many servers.
/// </summary>
public sealed record SecondFactor
{
    /// <summary>What the key of the authenticator app is sealed for.</summary>
    public const string TotpPurpose = "totp-key";

    /// <summary>The account.</summary>
    public required Id<Account> AccountId { get; init; }

    /// <summary>The key of the authenticator app (RFC 6238), sealed; null for none.</summary>
    public byte[]? TotpSealed { get; init; }

    /// <summary>When a code of it was first shown to be right; null while it is being set up, or there is none.</summary>
    public DateTimeOffset? TotpConfirmedAt { get; init; }

    /// <summary>The last time step whose code was used: it and all before it are worth nothing any more.</summary>
    public long TotpStep { get; init; }

    /// <summary>How many passkeys the account has.</summary>
    public int Passkeys { get; init; }

    /// <summary>Wrong codes since the last right one.</summary>
    public int FailedTries { get; init; }

    /// <summary>Until when no code is accepted; null when it is not locked.</summary>
    public DateTimeOffset? LockedUntil { get; init; }

    /// <summary>Counts the changes; a change names the version it saw.</summary>
    public required long Version { get; init; }

    /// <summary>Whether codes of an authenticator app are asked for.</summary>
    public bool HasTotp => TotpConfirmedAt is not null;

    /// <summary>Whether a second factor is there, and so is asked for.</summary>
    public bool IsSetUp => HasTotp || Passkeys > 0;
}

/// <summary>A recovery code: stands once for the second factor when that is lost.</summary>
public sealed record RecoveryCode
{
    /// <summary>The account.</summary>
    public required Id<Account> AccountId { get; init; }

    /// <summary>Its keyed hash; without the installation's master key nobody can try codes against it.</summary>
    public required byte[] CodeHash { get; init; }

    /// <summary>When it was used; null while it is good.</summary>
    public DateTimeOffset? UsedAt { get; init; }
}

/// <summary>A passkey (Web Authentication Level 3): a key pair of which only the public half is here.</summary>
public sealed record Passkey
{
    /// <summary>Its id, for lists and for removing it.</summary>
    public required Id<Passkey> Id { get; init; }

    /// <summary>Whose.</summary>
    public required Id<Account> AccountId { get; init; }

    /// <summary>The id that the authenticator gave it, unique in the installation; up to 1,023 bytes.</summary>
    public required byte[] CredentialId { get; init; }

    /// <summary>The public key as SubjectPublicKeyInfo (RFC 5280 section 4.1.2.7).</summary>
    public required byte[] PublicKey { get; init; }

    /// <summary>The signature's algorithm (COSE): -7 for ES256, -257 for RS256.</summary>
    public required int Algorithm { get; init; }

    /// <summary>The authenticator's counter as last seen; 0 where it counts nothing.</summary>
    public long SignCount { get; init; }

    /// <summary>Whether it is kept in several places, such as a password manager.</summary>
    public bool BackedUp { get; init; }

    /// <summary>
    /// Whether it proves the second factor only and signs nobody in by itself: after a reset of the password by mail whose
    /// address had never been proven, until it is used beside the new password.
    /// </summary>
    public bool SecondOnly { get; init; }

    /// <summary>What its owner calls it.</summary>
    public required string Name { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it was last used; null for never.</summary>
    public DateTimeOffset? LastUsedAt { get; init; }

    /// <summary>Counts the changes; a change names the version it saw.</summary>
    public required long Version { get; init; }
}
