namespace UserManagement.Membership.Retention;

/// <summary>
/// How long the installation keeps what is over. What has no rule here goes when its own time is over: sessions, links, sign-ins, answers
/// kept for an Idempotency-Key.
/// </summary>
public sealed record RetentionRules
{
    /// <summary>How long the data of somebody whose membership ended is kept; then it is erased (<see cref="ErasePerson"/>).</summary>
    public TimeSpan EndedMembers { get; init; } = TimeSpan.FromDays(30);

    /// <summary>How long outbox messages that were sent are kept; at least a day, for the mail quota counts them.</summary>
    public TimeSpan SentMessages { get; init; } = TimeSpan.FromDays(7);

    /// <summary>How long outbox messages that were given up are kept, to be seen and sent again.</summary>
    public TimeSpan DeadMessages { get; init; } = TimeSpan.FromDays(30);

    /// <summary>How long events and their deliveries to endpoints are kept, to be seen and sent again.</summary>
    public TimeSpan Deliveries { get; init; } = TimeSpan.FromDays(30);

    /// <summary>How long a sign-in that led nowhere is told to admins.</summary>
    public TimeSpan FailedSignIns { get; init; } = TimeSpan.FromDays(30);

    /// <summary>How long it is kept when apps lost their access to a person, and when each acknowledged it.</summary>
    public TimeSpan AppReceipts { get; init; } = TimeSpan.FromDays(90);

    /// <summary>How long an account is kept by which nobody became a member and nobody signs in; at least a day.</summary>
    public TimeSpan UnusedAccounts { get; init; } = TimeSpan.FromDays(30);

    /// <summary>How long invitations that were accepted or revoked are kept, and at least as long as the member they were for.</summary>
    public TimeSpan ClosedInvitations { get; init; } = TimeSpan.FromDays(365);
}
