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
    /// <summary>Hands a letter over. Throws when it was not taken; a <see cref="UndeliverableException"/> when it never will be.</summary>
    Task SendAsync(Letter letter, CancellationToken ct);
}

/// <summary>The letter itself is at fault, so that sending it again is no use.</summary>
public sealed class UndeliverableException(string reason) : Exception(reason);

/// <summary>How mail leaves.</summary>
public sealed record MailSettings
{
    /// <summary>The sender's address.</summary>
    public string From { get; init; } = "usermanagement@localhost.localdomain";

    /// <summary>The sender's name.</summary>
    public string FromName { get; init; } = "UserManagement";

    /// <summary>The SMTP server; null writes <c>.eml</c> files into <see cref="Folder"/> instead.</summary>
    public string? SmtpHost { get; init; }

    /// <summary>Its port.</summary>
    public int SmtpPort { get; init; } = 587;

    /// <summary>Whether the line must be encrypted by STARTTLS before anything is said.</summary>
    public bool StartTls { get; init; } = true;

    /// <summary>Who signs in there; null for nobody.</summary>
    public string? User { get; init; }

    /// <summary>With which password.</summary>
    public string? Password { get; init; }

    /// <summary>How long handing over may last.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Where <c>.eml</c> files go.</summary>
    public required string Folder { get; init; }
}
