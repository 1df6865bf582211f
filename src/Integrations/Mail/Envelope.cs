using MimeKit;
using MimeKit.Text;
using UserManagement.Membership;

namespace UserManagement.Integrations.Mail;

/// <summary>
/// Dresses a letter as a message (RFC 5322) of two bodies, plain text first. International domains stand in their ASCII form.
/// </summary>
internal static class Envelope
{
    /// <summary>The message; the caller disposes it.</summary>
    /// <exception cref="UndeliverableException">The letter must not be sent, or its address is none.</exception>
    public static MimeMessage Dress(Letter letter, MailSettings settings)
    {
        if (letter.Fault() is { } fault)
        {
            throw new UndeliverableException(fault);
        }

        var message = new MimeMessage { Subject = letter.Subject };
        try
        {
            message.From.Add(new MailboxAddress(settings.FromName, Ascii(settings.From)));
            message.To.Add(new MailboxAddress(null, Ascii(letter.To)));
            message.MessageId = MimeKit.Utils.MimeUtils.GenerateMessageId(EmailAddress.Domain(settings.From) ?? "localhost.localdomain");
            message.Headers.Add(HeaderId.AutoSubmitted, "auto-generated"); // RFC 3834: no out-of-office answers
            message.Body = new MultipartAlternative(Body(TextFormat.Plain, letter.Text), Body(TextFormat.Html, letter.Html));
            return message;
        }
        catch (ParseException)
        {
            message.Dispose();
            throw new UndeliverableException("The address is no single mail address.");
        }
    }

    private static TextPart Body(TextFormat format, string text) =>
        new(format) { Text = text.ReplaceLineEndings("\r\n"), ContentTransferEncoding = ContentEncoding.EightBit };

    private static string Ascii(string address) =>
        EmailAddress.Domain(address) is { } domain ? $"{address[..address.LastIndexOf('@')]}@{domain}" : address;
}
