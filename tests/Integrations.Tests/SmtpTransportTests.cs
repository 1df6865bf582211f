using UserManagement.Integrations.Mail;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Integrations.Tests;

public class SmtpTransportTests
{
    private static readonly Letter Good = new("ada@example.org", "Hello", "text\n", "<p>text</p>");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static TheoryData<string, string> Hostile =>
        new()
        {
            { "ada@example.org\r\nBcc: eve@example.org", "Hello" },
            { "ada@example.org,eve@example.org", "Hello" },
            { "ada@example.org;eve@example.org", "Hello" },
            { "\"ada@example.org\" <eve@example.org>", "Hello" },
            { "ada@example.org> RCPT TO:<eve@example.org", "Hello" },
            { "ada@exa\0mple.org", "Hello" },
            { "", "Hello" },
            { "ada@example.org", "Hello\r\nBcc: eve@example.org" },
            { "ada@example.org", "Hello\nX: y" },
            { "ada@example.org", "Hel\0lo" },
        };

    [Theory, MemberData(nameof(Hostile))]
    public async Task A_letter_that_would_write_headers_or_reach_others_is_refused_before_a_line_is_opened(string to, string subject)
    {
        await using var mail = MailSink.Start();
        await Assert.ThrowsAsync<UndeliverableException>(() => Smtp(mail).SendAsync(Good with { To = to, Subject = subject }, Ct));
        await Assert.ThrowsAsync<UndeliverableException>(() =>
            new FolderTransport(Settings(mail), TimeProvider.System).SendAsync(Good with { To = to, Subject = subject }, Ct)
        );
        Assert.Equal(0, mail.Connections);
    }

    [Fact]
    public async Task A_body_that_looks_like_the_end_of_a_message_stays_one_message()
    {
        await using var mail = MailSink.Start();
        const string text = "before\n.\nMAIL FROM:<eve@example.org>\nRCPT TO:<eve@example.org>\n..\nafter\n";
        await Smtp(mail).SendAsync(Good with { Text = text, Html = "<p>\r\n.\r\nQUIT</p>" }, Ct);
        var received = await mail.WaitForAsync(_ => true);
        Assert.Single(mail.Mails);
        Assert.Equal(["ada@example.org"], received.Recipients);
        Assert.Equal(text.Trim(), received.Text!.ReplaceLineEndings("\n").Trim());
    }

    [Fact]
    public async Task A_server_that_wants_a_password_gets_it_and_a_wrong_one_is_a_failure()
    {
        await using var mail = MailSink.Start("mailer", "right");
        await Smtp(mail, s => s with { User = "mailer", Password = "right" }).SendAsync(Good, Ct);
        Assert.Single(mail.Mails);
        await Assert.ThrowsAnyAsync<Exception>(() => Smtp(mail, s => s with { User = "mailer", Password = "wrong" }).SendAsync(Good, Ct));
        Assert.Single(mail.Mails);
    }

    [Fact]
    public async Task An_address_that_the_server_does_not_know_is_undeliverable_and_a_later_is_not()
    {
        await using var mail = MailSink.Start();
        mail.Next(MailFault.Permanent(), MailFault.Temporary(at: MailStep.Recipient));
        await Assert.ThrowsAsync<UndeliverableException>(() => Smtp(mail).SendAsync(Good, Ct));
        await Assert.ThrowsAsync<NotTakenException>(() => Smtp(mail).SendAsync(Good, Ct));
        await Smtp(mail).SendAsync(Good, Ct);
        Assert.Single(mail.Mails);
    }

    [Fact]
    public async Task A_line_that_must_be_encrypted_is_not_used_in_clear()
    {
        await using var mail = MailSink.Start();
        await Assert.ThrowsAnyAsync<Exception>(() => Smtp(mail, s => s with { StartTls = true }).SendAsync(Good, Ct));
        Assert.Empty(mail.Mails);
    }

    [Fact]
    public async Task A_server_that_never_answers_is_given_up_in_time()
    {
        using var listener = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        var settings = new MailSettings
        {
            Folder = "",
            SmtpHost = "127.0.0.1",
            SmtpPort = ((System.Net.IPEndPoint)listener.LocalEndpoint).Port,
            StartTls = false,
            Timeout = TimeSpan.FromMilliseconds(400),
        };
        await Assert.ThrowsAsync<TimeoutException>(() =>
            new SmtpTransport(settings, TimeProvider.System).SendAsync(Good, Ct).WaitAsync(Until.Longest, Ct)
        );
    }

    private static SmtpTransport Smtp(MailSink mail, Func<MailSettings, MailSettings>? change = null) =>
        new((change ?? (s => s))(Settings(mail)), TimeProvider.System);

    private static MailSettings Settings(MailSink mail) =>
        new()
        {
            Folder = TestFolder.New(),
            SmtpHost = mail.Host,
            SmtpPort = mail.Port,
            StartTls = false,
            From = "people@example.org",
            FromName = "People",
        };
}
