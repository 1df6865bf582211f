using System.Globalization;
using System.Text;

namespace UserManagement.Testing;

/// <summary>One connection to a <see cref="MailSink"/>, command by command (RFC 5321, AUTH by RFC 4954, STARTTLS by RFC 3207).</summary>
/// <param name="sink">Whose mail it is.</param>
/// <param name="stream">The line to the sender.</param>
/// <param name="encrypted">Whether the line is encrypted already.</param>
internal sealed class MailConversation(MailSink sink, Stream stream, bool encrypted) : IDisposable
{
    // As Latin-1: it keeps every byte until a message's own charset is known.
    private StreamReader reader = new(stream, Encoding.Latin1);
    private Stream stream = stream;
    private bool encrypted = encrypted;
    private readonly List<string> recipients = [];
    private string? sender;
    private MailFault fault = MailFault.None;
    private bool authenticated = sink.User is null;

    public void Dispose() => reader.Dispose(); // and with it the line

    public async Task RunAsync(CancellationToken cancel)
    {
        await SayAsync("220 mail sink", cancel);
        while (await reader.ReadLineAsync(cancel) is { } line)
        {
            var verb = line.Split(' ', 2)[0].ToUpperInvariant();
            switch (verb)
            {
                case "EHLO":
                    await SayAsync(string.Join("\r\n", Capabilities()), cancel);
                    break;
                case "STARTTLS" when sink.Tls == MailTls.StartTls && !encrypted:
                    await SayAsync("220 2.0.0 Go ahead", cancel);
                    stream = await sink.EncryptAsync(stream, cancel);
                    reader = new(stream, Encoding.Latin1);
                    encrypted = true;
                    Reset();
                    break;
                case "HELO" or "NOOP":
                    await SayAsync("250 OK", cancel);
                    break;
                case "RSET":
                    Reset();
                    await SayAsync("250 OK", cancel);
                    break;
                case "AUTH":
                    await AuthenticateAsync(line, cancel);
                    break;
                case "MAIL":
                    await TakeSenderAsync(line, cancel);
                    break;
                case "RCPT":
                    await TakeRecipientAsync(line, cancel);
                    break;
                case "DATA":
                    if (!await TakeMessageAsync(cancel))
                    {
                        return;
                    }

                    break;
                case "QUIT":
                    await SayAsync("221 Bye", cancel);
                    return;
                default:
                    await SayAsync("502 5.5.2 Not known here", cancel);
                    break;
            }
        }
    }

    private IEnumerable<string> Capabilities()
    {
        List<string> said = ["mail sink", "SIZE 10485760"];
        if (sink.Tls == MailTls.StartTls && !encrypted)
        {
            said.Add("STARTTLS");
        }

        if (sink.User is not null && (encrypted || sink.Tls == MailTls.None))
        {
            said.Add("AUTH PLAIN LOGIN XOAUTH2");
        }

        if (sink.International)
        {
            said.AddRange(["8BITMIME", "SMTPUTF8"]);
        }

        return said.Select((text, i) => (i == said.Count - 1 ? "250 " : "250-") + text);
    }

    private async Task AuthenticateAsync(string line, CancellationToken cancel)
    {
        var parts = line.Split(' ');
        string? user = null;
        string? password = null;
        if (parts.Length > 1 && parts[1].Equals("PLAIN", StringComparison.OrdinalIgnoreCase))
        {
            var fields = Decode(parts.Length > 2 ? parts[2] : await AskAsync("", cancel)).Split('\0');
            (user, password) = fields.Length == 3 ? (fields[1], fields[2]) : (null, null);
        }
        else if (parts.Length > 1 && parts[1].Equals("LOGIN", StringComparison.OrdinalIgnoreCase))
        {
            user = Decode(parts.Length > 2 ? parts[2] : await AskAsync("VXNlcm5hbWU6", cancel));
            password = Decode(await AskAsync("UGFzc3dvcmQ6", cancel));
        }
        else if (parts.Length > 2 && parts[1].Equals("XOAUTH2", StringComparison.OrdinalIgnoreCase))
        {
            // user=NAME ^A auth=Bearer TOKEN ^A ^A
            var fields = Decode(parts[2]).Split('\u0001');
            user = fields[0].Replace("user=", "", StringComparison.Ordinal);
            password = fields.Length > 1 ? fields[1].Replace("auth=", "", StringComparison.Ordinal) : null;
        }

        authenticated = user == sink.User && password == sink.Password;
        await SayAsync(authenticated ? "235 2.7.0 Welcome" : "535 5.7.8 Wrong credentials", cancel);
    }

    private async Task TakeSenderAsync(string line, CancellationToken cancel)
    {
        if (!authenticated)
        {
            await SayAsync("530 5.7.0 Authentication required", cancel);
            return;
        }

        Reset();
        fault = sink.TakeFault();
        if (fault is MailFault.Wait { Delay: var delay })
        {
            await Task.Delay(delay, cancel);
        }

        if (await RefusedAsync(MailStep.Sender, cancel))
        {
            return;
        }

        sender = Address(line);
        await SayAsync("250 OK", cancel);
    }

    private async Task TakeRecipientAsync(string line, CancellationToken cancel)
    {
        if (sender is null)
        {
            await SayAsync("503 5.5.1 MAIL first", cancel);
            return;
        }

        if (await RefusedAsync(MailStep.Recipient, cancel))
        {
            return;
        }

        recipients.Add(Address(line));
        await SayAsync("250 OK", cancel);
    }

    // False when the connection ends here.
    private async Task<bool> TakeMessageAsync(CancellationToken cancel)
    {
        if (sender is null || recipients.Count == 0)
        {
            await SayAsync("503 5.5.1 MAIL and RCPT first", cancel);
            return true;
        }

        await SayAsync("354 Go ahead", cancel);
        var raw = new StringBuilder();
        while (await reader.ReadLineAsync(cancel) is { } line)
        {
            if (line == ".")
            {
                return await AnswerMessageAsync(raw.ToString(), cancel);
            }

            // A leading dot was doubled by the sender (section 4.5.2).
            raw.Append(line.StartsWith('.') ? line[1..] : line).Append("\r\n");
        }

        return false;
    }

    private async Task<bool> AnswerMessageAsync(string raw, CancellationToken cancel)
    {
        if (await RefusedAsync(MailStep.Message, cancel))
        {
            Reset();
            return true;
        }

        var acknowledged = fault is not MailFault.Drop;
        sink.Record(RecordedMail.Parse(raw) with { Sender = sender!, Recipients = [.. recipients], Acknowledged = acknowledged });
        Reset();
        if (acknowledged)
        {
            await SayAsync("250 2.0.0 Taken", cancel);
        }

        return acknowledged;
    }

    private async Task<bool> RefusedAsync(MailStep at, CancellationToken cancel)
    {
        if (fault is not MailFault.Refuse refuse || refuse.At != at)
        {
            return false;
        }

        await SayAsync(refuse.Code.ToString(CultureInfo.InvariantCulture) + " " + refuse.Text, cancel);
        return true;
    }

    private async Task<string> AskAsync(string challenge, CancellationToken cancel)
    {
        await SayAsync("334 " + challenge, cancel);
        return await reader.ReadLineAsync(cancel) ?? "";
    }

    private async Task SayAsync(string reply, CancellationToken cancel) =>
        await stream.WriteAsync(Encoding.Latin1.GetBytes(reply + "\r\n"), cancel);

    private void Reset()
    {
        sender = null;
        recipients.Clear();
    }

    private static string Decode(string base64)
    {
        var bytes = new byte[base64.Length];
        return Convert.TryFromBase64String(base64, bytes, out var length) ? Encoding.UTF8.GetString(bytes, 0, length) : "";
    }

    private static string Address(string line)
    {
        var open = line.IndexOf('<', StringComparison.Ordinal);
        var close = line.IndexOf('>', StringComparison.Ordinal);
        return open >= 0 && close > open ? line[(open + 1)..close] : line;
    }
}
