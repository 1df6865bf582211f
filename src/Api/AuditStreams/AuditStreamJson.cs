using UserManagement.Membership.AuditStreams;

namespace UserManagement.Api.AuditStreams;

/// <summary>Where the audit log goes, and how far it is.</summary>
internal sealed record AuditStreamJson
{
    /// <summary>Its id.</summary>
    public required Guid Id { get; init; }

    /// <summary>Which receiver it is.</summary>
    public required string Name { get; init; }

    /// <summary>How it speaks: syslog (RFC 5424 over TLS, RFC 5425) or https (JSON lines); never changes.</summary>
    public required AuditStreamKind Kind { get; init; }

    /// <summary>Where to.</summary>
    public required string Address { get; init; }

    /// <summary>Certificate authorities that alone are believed, as PEM; null for the machine's.</summary>
    public string? Authorities { get; init; }

    /// <summary>Whether a bearer token goes with each request.</summary>
    public required bool HasToken { get; init; }

    /// <summary>Whether it is sent to.</summary>
    public required bool Enabled { get; init; }

    /// <summary>The place in the log of the last line that was taken; 0 for none.</summary>
    public required long Sequence { get; init; }

    /// <summary>How many sealed lines it has not taken yet.</summary>
    public required long Behind { get; init; }

    /// <summary>When a line was last taken; null for never.</summary>
    public DateTimeOffset? SentAt { get; init; }

    /// <summary>Since when nothing is taken; null while all is well.</summary>
    public DateTimeOffset? FailingSince { get; init; }

    /// <summary>Why not; null while all is well.</summary>
    public string? LastError { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Counts its changes.</summary>
    public required long Version { get; init; }

    /// <summary>Of a stream.</summary>
    public static AuditStreamJson Of(AuditStreamView view) =>
        new()
        {
            Id = view.Row.Id.Value,
            Name = view.Row.Name,
            Kind = view.Row.Kind,
            Address = view.Row.Address,
            Authorities = view.Row.Authorities,
            HasToken = view.Row.TokenSealed is not null,
            Enabled = view.Row.DisabledAt is null,
            Sequence = view.Position.Sequence,
            Behind = view.Behind,
            SentAt = view.Position.SentAt,
            FailingSince = view.Position.FailingSince,
            LastError = view.Position.LastError,
            CreatedAt = view.Row.CreatedAt,
            Version = view.Row.Version,
        };
}

/// <summary>A stream to be made.</summary>
internal sealed record NewAuditStream
{
    /// <summary>Which receiver it is, 1 to 100 characters.</summary>
    public required string Name { get; init; }

    /// <summary>How it speaks: syslog or https.</summary>
    public required AuditStreamKind Kind { get; init; }

    /// <summary>An absolute https address, or host:port of a syslog receiver (port 6514 where none is named).</summary>
    public required string Address { get; init; }

    /// <summary>Certificate authorities of the receiver's own as PEM, for syslog alone; null for the machine's.</summary>
    public string? Authorities { get; init; }

    /// <summary>The bearer token that goes with each request, for https alone; null for none. It is kept sealed and never shown.</summary>
    public string? Token { get; init; }

    /// <summary>Whether it begins with the oldest line there is instead of the next one.</summary>
    public bool FromStart { get; init; }
}

/// <summary>What changes of a stream; absent fields stay.</summary>
internal sealed record AuditStreamChange
{
    /// <summary>Which receiver it is.</summary>
    public string? Name { get; init; }

    /// <summary>Where to. Where a token is kept it must be given anew with it.</summary>
    public string? Address { get; init; }

    /// <summary>Certificate authorities as PEM; null for the machine's.</summary>
    public string? Authorities { get; init; }

    /// <summary>The bearer token; null for none.</summary>
    public string? Token { get; init; }

    /// <summary>Whether it is sent to.</summary>
    public bool? Enabled { get; init; }
}
