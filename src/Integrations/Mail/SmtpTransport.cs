using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text.RegularExpressions;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;
using UserManagement.Membership;

namespace UserManagement.Integrations.Mail;

/// <summary>
/// Hands letters to an SMTP server (RFC 5321): encrypted from the first byte or by STARTTLS, signed in by a password or an
/// access token, as the settings say. One connection a letter.
/// </summary>
/// <param name="settings">Which server, and how.</param>
/// <param name="time">The clock, for how long a token lives.</param>
public sealed partial class SmtpTransport(MailSettings settings, TimeProvider time) : IMailTransport, IDisposable
{
    private readonly MailTokens? _tokens = settings.OAuth is { } oauth ? new(oauth, time) : null;
    private readonly X509Certificate2Collection _authorities = Authorities(settings.AuthoritiesFile);

    /// <inheritdoc/>
    public bool IsFolder => false;

    /// <inheritdoc/>
    public async Task SendAsync(Letter letter, CancellationToken ct)
    {
        using var message = Envelope.Dress(letter, settings);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(settings.Timeout);
        using var client = new SmtpClient
        {
            CheckCertificateRevocation = false, // many authorities answer no more, and then no mail would leave
            ServerCertificateValidationCallback = IsTrusted,
        };
        try
        {
            await client.ConnectAsync(settings.SmtpHost!, settings.SmtpPort, Security(), limit.Token);
            await SignInAsync(client, limit.Token);
            await client.SendAsync(Format(client, letter), message, limit.Token);
            await LeaveAsync(client, limit.Token);
        }
        catch (SmtpCommandException refused)
            when (refused.ErrorCode is SmtpErrorCode.RecipientNotAccepted or SmtpErrorCode.MessageNotAccepted)
        {
            var said = $"{(int)refused.StatusCode} {Line(refused.Message)}";
            throw IsForGood(refused)
                ? new UndeliverableException($"The mail server refuses it: {said}")
                : new NotTakenException($"The mail server does not take it yet: {said}", refused);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            throw new TimeoutException($"The mail server took longer than {settings.Timeout.TotalSeconds:0} seconds.");
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _tokens?.Dispose();
        foreach (var authority in _authorities)
        {
            authority.Dispose();
        }
    }

    private SecureSocketOptions Security() =>
        settings.IsTlsAtOnce ? SecureSocketOptions.SslOnConnect
        : settings.StartTls ? SecureSocketOptions.StartTls
        : SecureSocketOptions.None;

    private async Task SignInAsync(SmtpClient client, CancellationToken ct)
    {
        if (settings.User is not { } user)
        {
            return;
        }

        if (_tokens is null)
        {
            await client.AuthenticateAsync(user, settings.Password ?? "", ct);
            return;
        }

        try
        {
            await client.AuthenticateAsync(new SaslMechanismOAuth2(user, await _tokens.GetAsync(ct)), ct);
        }
        catch (AuthenticationException)
        {
            _tokens.Forget(); // the next try asks for another
            throw;
        }
    }

    /// <summary>An address whose part before the @ is not ASCII needs a server that says SMTPUTF8 (RFC 6531).</summary>
    private static FormatOptions Format(SmtpClient client, Letter letter)
    {
        if (letter.To.AsSpan(0, letter.To.LastIndexOf('@')).ContainsAnyExceptInRange('\0', '\x7F'))
        {
            if (!client.Capabilities.HasFlag(SmtpCapabilities.UTF8))
            {
                throw new UndeliverableException(
                    "The mail server takes no addresses with letters beyond ASCII before the @ (it lacks SMTPUTF8)."
                );
            }

            var international = FormatOptions.Default.Clone();
            international.International = true;
            return international;
        }

        return FormatOptions.Default;
    }

    /// <summary>The letter is taken by then: what goes wrong at the good-bye is nobody's concern.</summary>
    private static async Task LeaveAsync(SmtpClient client, CancellationToken ct)
    {
        try
        {
            await client.DisconnectAsync(true, ct);
        }
        catch (Exception fault) when (fault is IOException or ProtocolException or CommandException or OperationCanceledException)
        {
            // taken
        }
    }

    /// <summary>
    /// RFC 5321 section 4.2.1: 5yz about this recipient or this message is for good. Not where the enhanced code (RFC 3463) speaks of a
    /// full mailbox (x.2.2), of the network (x.4) or of the server's own state (x.3), as 552 5.2.2 and 550 5.4.5 do.
    /// </summary>
    private static bool IsForGood(SmtpCommandException refused) =>
        (int)refused.StatusCode is 501 or (>= 550 and <= 559) && !Passing().IsMatch(refused.Message);

    [GeneratedRegex(@"^\s*[45]\.(2\.2|[34]\.\d{1,3})\b")]
    private static partial Regex Passing();

    private static string Line(string text)
    {
        var line = string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c)).Trim();
        return Key.Cut(line, 200);
    }

    private bool IsTrusted(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (errors == SslPolicyErrors.None)
        {
            return true;
        }

        if (
            errors != SslPolicyErrors.RemoteCertificateChainErrors
            || _authorities.Count == 0
            || certificate is not X509Certificate2 presented
        )
        {
            return false;
        }

        using var own = new X509Chain();
        own.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        own.ChainPolicy.CustomTrustStore.AddRange(_authorities);
        own.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        foreach (var element in chain?.ChainElements ?? Enumerable.Empty<X509ChainElement>())
        {
            own.ChainPolicy.ExtraStore.Add(element.Certificate);
        }

        return own.Build(presented);
    }

    private static X509Certificate2Collection Authorities(string? file)
    {
        var authorities = new X509Certificate2Collection();
        if (file is not null)
        {
            authorities.ImportFromPemFile(file);
        }

        return authorities;
    }
}
