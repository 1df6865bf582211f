using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using UserManagement.Membership.Webhooks;

namespace UserManagement.Membership.AuditStreams;

/// <summary>What people say of a stream.</summary>
public sealed record AuditStreamDraft
{
    /// <summary>Which receiver it is, 1 to 100 characters.</summary>
    public required string Name { get; init; }

    /// <summary>How it speaks.</summary>
    public required AuditStreamKind Kind { get; init; }

    /// <summary>An https address, or <c>host:port</c> for syslog (port 6514 where none is named).</summary>
    public required string Address { get; init; }

    /// <summary>Certificate authorities as PEM, for syslog alone; null or empty for the machine's.</summary>
    public string? Authorities { get; init; }

    /// <summary>The bearer token, for https alone; null keeps the one that is there, empty is none.</summary>
    public string? Token { get; init; }

    /// <summary>Whether it is sent to.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>Whether it begins with the oldest line there is instead of the next one; of no meaning to one that is there.</summary>
    public bool FromStart { get; init; }

    /// <summary>What is said of a stream now, without its token.</summary>
    public static AuditStreamDraft Of(AuditStream row)
    {
        ArgumentNullException.ThrowIfNull(row);
        return new()
        {
            Name = row.Name,
            Kind = row.Kind,
            Address = row.Address,
            Authorities = row.Authorities,
            Enabled = row.DisabledAt is null,
        };
    }

    /// <summary>The first thing that is wrong; null when nothing is.</summary>
    internal Refusal? Check(WebhookRules rules) =>
        Key.Check("name", Name) is not null || Name.Length > 100 ? Refusal.Invalid("name", "A stream has a name of 1 to 100 characters.")
        : Kind == AuditStreamKind.Https && !WebhookDraft.IsAddress(Address, rules.MayUseHttp)
            ? Refusal.Invalid("address", "The address is an absolute https address without a user or a fragment.")
        : Kind == AuditStreamKind.Syslog && HostAndPort(Address) is null
            ? Refusal.Invalid("address", "The address of a syslog receiver is host:port, as siem.example.org:6514.")
        : !string.IsNullOrWhiteSpace(Authorities) && (Kind != AuditStreamKind.Syslog || !AreAuthorities(Authorities))
            ? Refusal.Invalid("authorities", "Authorities are certificates in PEM form, for syslog alone.")
        : !string.IsNullOrEmpty(Token) && (Kind != AuditStreamKind.Https || Token.Length > 4000 || Token.Any(c => c is < '!' or > '~'))
            ? Refusal.Invalid("token", "A token has up to 4000 visible ASCII characters, for https alone.")
        : null;

    /// <summary>The row with what is said.</summary>
    internal AuditStream On(AuditStream row, SecretBox box, DateTimeOffset at) =>
        row with
        {
            Name = Name.Trim(),
            Address = Address,
            Authorities = string.IsNullOrWhiteSpace(Authorities) ? null : Authorities,
            TokenSealed =
                Token is null ? row.TokenSealed
                : Token.Length == 0 ? null
                : box.SealText(AuditStream.Purpose, Token),
            DisabledAt = Enabled ? null : row.DisabledAt ?? at,
        };

    /// <summary>The two parts of a syslog receiver's address; null when it is none.</summary>
    public static (string Host, int Port)? HostAndPort(string address)
    {
        ArgumentNullException.ThrowIfNull(address);
        var at = address.LastIndexOf(':');
        var (host, port) = at < 0 || address.EndsWith(']') ? (address, "6514") : (address[..at], address[(at + 1)..]);
        return
            address.Length <= 300
            && Uri.CheckHostName(host.Trim('[', ']')) is not UriHostNameType.Unknown
            && int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number is > 0 and <= 65535
            ? (host.Trim('[', ']'), number)
            : null;
    }

    private static bool AreAuthorities(string pem)
    {
        try
        {
            var found = new X509Certificate2Collection();
            found.ImportFromPem(pem);
            return pem.Length <= 100_000 && found.Count > 0;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }
}
