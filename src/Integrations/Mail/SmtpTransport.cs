using System.Net;
using System.Net.Mail;
using System.Net.Mime;
using System.Text;

namespace UserManagement.Integrations.Mail;

/// <summary>Hands letters to an SMTP server (RFC 5321) with STARTTLS and AUTH where the settings say so.</summary>
public sealed class SmtpTransport(MailSettings settings) : IMailTransport
{
    /// <inheritdoc/>
    public async Task SendAsync(Letter letter, CancellationToken ct)
    {
        if (letter.Fault() is { } fault)
        {
            throw new UndeliverableException(fault);
        }

        using var message = new MailMessage
        {
            From = new MailAddress(settings.From, settings.FromName, Encoding.UTF8),
            Subject = letter.Subject,
            SubjectEncoding = Encoding.UTF8,
            HeadersEncoding = Encoding.UTF8,
        };
        message.To.Add(new MailAddress(letter.To));
        message.Headers.Add("Auto-Submitted", "auto-generated"); // RFC 3834: no out-of-office answers
        message.AlternateViews.Add(AlternateView.CreateAlternateViewFromString(letter.Text, Encoding.UTF8, MediaTypeNames.Text.Plain));
        message.AlternateViews.Add(AlternateView.CreateAlternateViewFromString(letter.Html, Encoding.UTF8, MediaTypeNames.Text.Html));

        // One connection a letter: the class's own pool would keep a dead one.
        using var client = new SmtpClient(settings.SmtpHost, settings.SmtpPort)
        {
            EnableSsl = settings.StartTls,
            DeliveryFormat = letter.To.All(char.IsAscii) ? SmtpDeliveryFormat.SevenBit : SmtpDeliveryFormat.International,
            Credentials = settings.User is null ? null : new NetworkCredential(settings.User, settings.Password),
        };
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(settings.Timeout);
        try
        {
            await client.SendMailAsync(message, limit.Token).WaitAsync(limit.Token);
        }
        catch (SmtpFailedRecipientException e) when ((int)e.StatusCode is >= 550 and <= 559)
        {
            throw new UndeliverableException($"The mail server takes no mail for this address ({(int)e.StatusCode}).");
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            throw new TimeoutException($"The mail server took longer than {settings.Timeout.TotalSeconds:0} seconds.");
        }
    }
}
