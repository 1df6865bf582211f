namespace UserManagement.Integrations.Mail;

/// <summary>How mail leaves.</summary>
public sealed record MailSettings
{
    /// <summary>The port whose line is encrypted from the first byte (RFC 8314 section 3.3).</summary>
    public const int SubmissionsPort = 465;

    /// <summary>The sender's address.</summary>
    public string From { get; init; } = "usermanagement@localhost.localdomain";

    /// <summary>The sender's name.</summary>
    public string FromName { get; init; } = "UserManagement";

    /// <summary>The SMTP server; null writes <c>.eml</c> files into <see cref="Folder"/> instead.</summary>
    public string? SmtpHost { get; init; }

    /// <summary>Its port.</summary>
    public int SmtpPort { get; init; } = 587;

    /// <summary>Whether the line is encrypted from the first byte; null where the port decides: 465 is, others are not.</summary>
    public bool? Tls { get; init; }

    /// <summary>
    /// Whether the line must be encrypted by STARTTLS (RFC 3207) before anything is said, where it is not encrypted from the first byte.
    /// </summary>
    public bool StartTls { get; init; } = true;

    /// <summary>
    /// A PEM file of certificate authorities that the server's certificate may come from, beside the machine's own; null for those alone.
    /// </summary>
    public string? AuthoritiesFile { get; init; }

    /// <summary>Who signs in there; null for nobody.</summary>
    public string? User { get; init; }

    /// <summary>With which password; null where <see cref="OAuth"/> gives tokens, or nobody signs in.</summary>
    public string? Password { get; init; }

    /// <summary>Where access tokens for the user's mailbox come from (SASL XOAUTH2); null for a password.</summary>
    public MailOAuth? OAuth { get; init; }

    /// <summary>How long handing over may last.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Where <c>.eml</c> files go.</summary>
    public required string Folder { get; init; }

    /// <summary>Whether the line is encrypted from the first byte.</summary>
    public bool IsTlsAtOnce => Tls ?? SmtpPort == SubmissionsPort;
}

/// <summary>A client that gets access tokens by client credentials (RFC 6749 section 4.4), as Microsoft 365 wants it of servers.</summary>
/// <param name="TokenEndpoint">Where it asks: https, or http on this machine.</param>
/// <param name="ClientId">Its name there.</param>
/// <param name="ClientSecret">Its secret.</param>
/// <param name="Scope">What it asks for, as <c>https://outlook.office365.com/.default</c>; null for the server's default.</param>
public sealed record MailOAuth(Uri TokenEndpoint, string ClientId, string ClientSecret, string? Scope);
