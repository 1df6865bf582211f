using UserManagement.Membership;

namespace UserManagement.Integrations.Mail;

/// <summary>One mail to one person, before a transport dresses it.</summary>
/// <param name="To">The one address it goes to.</param>
/// <param name="Subject">One line.</param>
/// <param name="Text">The whole message as plain text, lines ended by \n.</param>
/// <param name="Html">The same as simple HTML.</param>
public sealed record Letter(string To, string Subject, string Text, string Html)
{
    /// <summary>
    /// Why it must not be sent, or null. A line end or NUL in what becomes a header would let a name write headers or a
    /// second message; an address that is more than one would send to people nobody chose.
    /// </summary>
    public string? Fault() =>
        !EmailAddress.IsValid(To) ? "The address is no single mail address."
        : Subject.AsSpan().ContainsAny('\r', '\n', '\0') ? "The subject holds a line end or NUL."
        : Text.Contains('\0', StringComparison.Ordinal) || Html.Contains('\0', StringComparison.Ordinal) ? "The text holds NUL."
        : null;
}

/// <summary>Takes letters on their way: an SMTP server, or a folder where there is none.</summary>
public interface IMailTransport
{
    /// <summary>Whether letters only become files on this machine, so that nobody gets them by mail.</summary>
    bool IsFolder { get; }

    /// <summary>Hands a letter over. Throws when it was not taken; a <see cref="UndeliverableException"/> when it never will be.</summary>
    Task SendAsync(Letter letter, CancellationToken ct);
}

/// <summary>The letter itself is at fault, so that sending it again is no use.</summary>
public sealed class UndeliverableException(string reason) : Exception(reason);

/// <summary>The mail server does not take this letter now, and says why; it may take it later.</summary>
public sealed class NotTakenException(string reason, Exception cause) : Exception(reason, cause);
