namespace UserManagement.Membership.Data;

/// <summary>Something about the database as a whole that one process tells those that start later.</summary>
public sealed record Mark
{
    /// <summary>The <see cref="Key.Rules"/> by which every stored key was brought up: see <see cref="RekeyNames"/>.</summary>
    public const string KeyRules = "key-rules";

    /// <summary>
    /// How far accounts were looked at that may have come to nothing: the id of the last, see <see cref="Retention.SweepAccounts"/>.
    /// </summary>
    public const string AccountsSeen = "accounts-seen";

    /// <summary>How far the audit logs were looked through for lines to seal: see <see cref="Audit.AuditLook"/>.</summary>
    public const string AuditSealed = "audit-sealed";

    /// <summary>The keys that outlive a change of master keys, sealed: see <see cref="Membership.FoundingKeys"/>.</summary>
    public const string FoundingKeys = "founding-keys";

    /// <summary>The public keys by which audit logs were signed before the master key was changed, as PEM, newest first.</summary>
    public const string FormerAuditKeys = "former-audit-keys";

    /// <summary>That a copy is a backup: stands in the copy alone.</summary>
    public const string BackedUp = "backed-up";

    /// <summary>
    /// That the database was set back to a backup: the state's time, or nothing where it is unknown; see
    /// <see cref="Recovery.AfterRestore"/>.
    /// </summary>
    public const string Restored = "restored";

    /// <summary>With a workspace's id behind it: that its directory was synchronised in full since.</summary>
    public const string Confirmed = "restored-confirmed:";

    /// <summary>What it is about.</summary>
    public required string Name { get; init; }

    /// <summary>What is told.</summary>
    public required string Value { get; init; }

    /// <summary>When it was set.</summary>
    public required DateTimeOffset At { get; init; }
}
