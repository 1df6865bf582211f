using System.Globalization;
using MimeKit;
using UserManagement.Membership;

namespace UserManagement.Integrations.Mail;

/// <summary>
/// Writes letters as <c>.eml</c> files (RFC 5322) into a folder, for a server without a mail server: to be read by a
/// person or opened by a mail program. Bodies stay as they are (8bit), so that a link can be copied from the file.
/// </summary>
/// <param name="settings">Which folder, and who sends.</param>
/// <param name="time">The clock.</param>
public sealed class FolderTransport(MailSettings settings, TimeProvider time) : IMailTransport
{
    /// <inheritdoc/>
    public bool IsFolder => true;

    /// <inheritdoc/>
    public async Task SendAsync(Letter letter, CancellationToken ct)
    {
        using var message = Envelope.Dress(letter, settings);
        var now = time.Now();
        message.Date = now;
        Directory.CreateDirectory(settings.Folder);
        var stamp = now.ToString("yyyyMMdd'T'HHmmss'.'fff", CultureInfo.InvariantCulture);
        var name = $"{stamp}-{Safe(letter.To)}-{Guid.CreateVersion7(now).ToString("N")[^6..]}";
        var unfinished = Path.Combine(settings.Folder, name + ".part");
        var open = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            open.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite; // a mail holds a secret
        }

        await using (var file = new FileStream(unfinished, open))
        {
            await message.WriteToAsync(Format(), file, ct);
        }

        File.Move(unfinished, Path.Combine(settings.Folder, name + ".eml"));
    }

    private static FormatOptions Format()
    {
        var format = FormatOptions.Default.Clone();
        format.NewLineFormat = NewLineFormat.Dos;
        return format;
    }

    private static string Safe(string address) =>
        string.Concat(address.Take(60).Select(c => char.IsAsciiLetterOrDigit(c) || c is '@' or '.' or '-' or '_' ? c : '_'));
}
