namespace UserManagement.Membership.Outbox;

/// <summary>Questions about messages that are asked in several places.</summary>
public static class OutboxMessages
{
    /// <summary>The longest wait before a next try, see <see cref="OutboxPump.BackOff"/>; and what is ordered for soon waits less.</summary>
    private static readonly TimeSpan Soon = TimeSpan.FromHours(2);

    /// <summary>
    /// What waits to be done, due already or within two hours. What is ordered for a later day (a reminder) waits for its day and not for
    /// the server.
    /// </summary>
    /// <param name="messages">Those to look at.</param>
    /// <param name="now">The time of the question.</param>
    public static IQueryable<OutboxMessage> WaitingAt(this IQueryable<OutboxMessage> messages, DateTimeOffset now)
    {
        var soon = now + Soon;
        return messages.Where(m => m.DoneAt == null && m.DeadAt == null && m.DueAt <= soon);
    }
}
