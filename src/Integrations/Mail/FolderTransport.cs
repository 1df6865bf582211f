using System.Globalization;
using System.Text;
using UserManagement.Membership;

namespace UserManagement.Integrations.Mail;

/// <summary>
/// Writes letters as <c>.eml</c> files (RFC 5322) into a folder, for a server without a mail server: to be read by a
/// person or opened by a mail program. Bodies stay as they are (8bit), so that a link can be copied from the file.
/// </summary>
public sealed class FolderTransport(MailSettings settings, TimeProvider time) : IMailTransport
{
    /// <inheritdoc/>
    public async Task SendAsync(Letter letter, CancellationToken ct)
    {
        if (letter.Fault() is { } fault)
        {
            throw new UndeliverableException(fault);
        }

        var now = time.Now();
        var id = Guid.CreateVersion7(now);
        Directory.CreateDirectory(settings.Folder);
        var name = $"{now.ToString("yyyyMMdd'T'HHmmss'.'fff", CultureInfo.InvariantCulture)}-{Safe(letter.To)}-{id.ToString("N")[^6..]}";
        var unfinished = Path.Combine(settings.Folder, name + ".part");
        var open = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            open.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite; // a mail holds a secret
        }

        await using (var file = new FileStream(unfinished, open))
        {
            await file.WriteAsync(Encoding.UTF8.GetBytes(Compose(letter, now, id)), ct);
        }

        File.Move(unfinished, Path.Combine(settings.Folder, name + ".eml"));
    }

    private string Compose(Letter letter, DateTimeOffset now, Guid id)
    {
        var boundary = "=_" + id.ToString("N");
        var mail = new StringBuilder();
        Line($"Date: {now.ToString("ddd, dd MMM yyyy HH:mm:ss '+0000'", CultureInfo.InvariantCulture)}");
        Line($"From: {Word(settings.FromName)} <{settings.From}>");
        Line($"To: {letter.To}");
        Line($"Subject: {Word(letter.Subject)}");
        Line($"Message-ID: <{id:N}@{Domain(settings.From)}>");
        Line("Auto-Submitted: auto-generated");
        Line("MIME-Version: 1.0");
        Line($"Content-Type: multipart/alternative; boundary=\"{boundary}\"");
        Part("text/plain", letter.Text);
        Part("text/html", letter.Html);
        Line($"\r\n--{boundary}--");
        return mail.ToString();

        void Line(string text) => mail.Append(text).Append("\r\n");

        void Part(string type, string body)
        {
            Line($"\r\n--{boundary}");
            Line($"Content-Type: {type}; charset=utf-8");
            Line("Content-Transfer-Encoding: 8bit\r\n");
            Line(body.ReplaceLineEndings("\r\n"));
        }
    }

    /// <summary>Plain letters as they are; anything else as encoded words (RFC 2047), each short enough for a line.</summary>
    private static string Word(string text)
    {
        if (text.All(c => char.IsAsciiLetterOrDigit(c) || c is ' ' or '-' or '.'))
        {
            return text;
        }

        var words = new List<string>();
        var piece = new List<byte>();
        foreach (var rune in text.EnumerateRunes())
        {
            var bytes = Encoding.UTF8.GetBytes(rune.ToString());
            if (piece.Count + bytes.Length > 42)
            {
                words.Add($"=?utf-8?B?{Convert.ToBase64String([.. piece])}?=");
                piece.Clear();
            }

            piece.AddRange(bytes);
        }

        words.Add($"=?utf-8?B?{Convert.ToBase64String([.. piece])}?=");
        return string.Join("\r\n ", words);
    }

    private static string Domain(string address) => address[(address.LastIndexOf('@') + 1)..];

    private static string Safe(string address) => string.Concat(address.Take(60).Select(c => char.IsAsciiLetterOrDigit(c) || c is '@' or '.' or '-' or '_' ? c : '_'));
}
