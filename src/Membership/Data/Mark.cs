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

    /// <summary>What it is about.</summary>
    public required string Name { get; init; }

    /// <summary>What is told.</summary>
    public required string Value { get; init; }

    /// <summary>When it was set.</summary>
    public required DateTimeOffset At { get; init; }
}
