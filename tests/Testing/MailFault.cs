namespace UserManagement.Testing;

/// <summary>Where in an SMTP transaction (RFC 5321 section 3.3) a fault strikes.</summary>
public enum MailStep
{
    /// <summary>At MAIL FROM.</summary>
    Sender,

    /// <summary>At each RCPT TO.</summary>
    Recipient,

    /// <summary>After the whole message, in place of the 250.</summary>
    Message,
}

/// <summary>What a <see cref="MailSink"/> does wrong with one message.</summary>
public abstract record MailFault
{
    private MailFault() { }

    /// <summary>Nothing: the place of a good message in a series of faults.</summary>
    public static MailFault None { get; } = new Fine();

    /// <summary>A reply that says "later": by RFC 5321 the sender tries again.</summary>
    public static MailFault Temporary(int code = 451, string text = "4.3.0 Try again later", MailStep at = MailStep.Message) =>
        new Refuse(code, text, at);

    /// <summary>A reply that says "never": the sender gives up on this message.</summary>
    public static MailFault Permanent(int code = 550, string text = "5.1.1 No such mailbox", MailStep at = MailStep.Recipient) =>
        new Refuse(code, text, at);

    /// <summary>
    /// Takes the whole message and closes the connection without a reply. The sender cannot know; the message is recorded
    /// as not acknowledged.
    /// </summary>
    public static MailFault DropAfterData { get; } = new Drop();

    /// <summary>Answers MAIL FROM only after this long in real time.</summary>
    public static MailFault Slow(TimeSpan delay) => new Wait(delay);

    internal sealed record Fine : MailFault;

    internal sealed record Refuse(int Code, string Text, MailStep At) : MailFault;

    internal sealed record Drop : MailFault;

    internal sealed record Wait(TimeSpan Delay) : MailFault;
}
