using System.Net;
using System.Net.Mail;
using System.Text;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Host.Tests.TestingTests;

public class MailSinkTests
{
    [Fact]
    public async Task A_message_arrives_with_its_envelope_subject_and_both_bodies_as_they_were_written()
    {
        await using var sink = MailSink.Start();
        using var mail = Mail("Einladung für Jürgen: ein langer Betreff, der sicher nicht in ein einziges Wort passt 🎉");
        mail.Body =
            ".starts with a dot\r\nÄ = ö, and a line that is longer than the seventy-six characters of quoted-printable allow\r\nhttps://acme.example/i/abc?x=1&y=2\r\n";
        mail.Bcc.Add("hidden@example.com");
        mail.AlternateViews.Add(AlternateView.CreateAlternateViewFromString("<p>Grüße</p>", Encoding.UTF8, "text/html"));

        await SendAsync(sink, mail);

        var got = await sink.WaitForAsync(m => m.Recipients.Contains("ada@example.com"));
        Assert.Equal("server@example.com", got.Sender);
        Assert.Equal(["ada@example.com", "hidden@example.com"], got.Recipients);
        Assert.Equal(mail.Subject, got.Subject);
        Assert.Equal(mail.Body.ReplaceLineEndings("\n").TrimEnd(), got.Text!.ReplaceLineEndings("\n").TrimEnd());
        Assert.Equal("<p>Grüße</p>", got.Html!.Trim());
        Assert.Equal(["https://acme.example/i/abc?x=1&y=2"], got.Links);
        Assert.Null(got.Header("Bcc"));
        Assert.True(got.Acknowledged);
    }

    [Fact]
    public async Task Scripted_faults_strike_one_message_each_and_then_the_server_is_well()
    {
        await using var sink = MailSink.Start();
        sink.Next(MailFault.Temporary(), MailFault.Permanent(), MailFault.DropAfterData, MailFault.Slow(TimeSpan.FromMilliseconds(30)));

        var later = await Assert.ThrowsAnyAsync<SmtpException>(() => SendAsync(sink, Mail("one")));
        Assert.Equal(451, (int)later.StatusCode);
        var never = await Assert.ThrowsAnyAsync<SmtpException>(() => SendAsync(sink, Mail("two")));
        Assert.Equal(550, (int)never.StatusCode);
        await Assert.ThrowsAnyAsync<SmtpException>(() => SendAsync(sink, Mail("three")));
        await SendAsync(sink, Mail("four"));
        await SendAsync(sink, Mail("five"));

        Assert.Equal([("three", false), ("four", true), ("five", true)], sink.Mails.Select(m => (m.Subject, m.Acknowledged)));
        Assert.Equal(5, sink.Connections);
    }

    [Fact]
    public async Task A_server_with_a_user_takes_mail_only_from_that_user()
    {
        await using var sink = MailSink.Start("server", "correct horse");

        await Assert.ThrowsAnyAsync<SmtpException>(() => SendAsync(sink, Mail("nobody")));
        await Assert.ThrowsAnyAsync<SmtpException>(() => SendAsync(sink, Mail("wrong"), new NetworkCredential("server", "battery")));
        await SendAsync(sink, Mail("right"), new NetworkCredential("server", "correct horse"));

        Assert.Equal("right", Assert.Single(sink.Mails).Subject);
    }

    [Fact]
    public async Task Waiting_for_mail_that_does_not_come_tells_what_came()
    {
        await using var sink = MailSink.Start();
        await SendAsync(sink, Mail("another"));
        var timeout = await Assert.ThrowsAsync<TimeoutException>(() =>
            sink.WaitForAsync(m => m.Subject == "wanted", TimeSpan.FromMilliseconds(50))
        );
        Assert.Contains("another -> ada@example.com", timeout.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Subject: =?utf-8?Q?Gr=C3=BC=C3?=\r\n =?utf-8?Q?=9Fe_an_Ada=5F1?=\r\n\r\nx", "Grüße an Ada_1")]
    [InlineData("subject: plain\n\nx", "plain")]
    public void Encoded_words_are_joined_before_they_are_read(string raw, string subject) =>
        Assert.Equal(subject, RecordedMail.Parse(raw).Subject);

    private static MailMessage Mail(string subject) =>
        new("server@example.com", "ada@example.com", subject, "x") { SubjectEncoding = Encoding.UTF8, BodyEncoding = Encoding.UTF8 };

    private static async Task SendAsync(MailSink sink, MailMessage mail, NetworkCredential? credential = null)
    {
        using var client = new SmtpClient(sink.Host, sink.Port) { Credentials = credential };
        await client.SendMailAsync(mail);
    }
}
