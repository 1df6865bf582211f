using UserManagement.Integrations.Mail;
using UserManagement.Testing;
using WireMock.RequestBuilders;
using WireMock.ResponseBuilders;
using WireMock.Server;
using Xunit;

namespace UserManagement.Integrations.Tests;

/// <summary>How the line to a mail server is encrypted, who signs in on it, and which addresses it takes.</summary>
public class SmtpLineTests
{
    private static readonly Letter Good = new("ada@example.org", "Hello", "text\n", "<p>text</p>");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(MailTls.StartTls)]
    [InlineData(MailTls.AtOnce)]
    public async Task A_letter_leaves_encrypted_to_a_server_whose_authority_is_named_and_to_no_other(MailTls tls)
    {
        await using var mail = MailSink.Start("mailer", "right", tls);
        var settings = Settings(mail) with { Tls = tls == MailTls.AtOnce, User = "mailer", Password = "right" };
        await SendAsync(settings with { AuthoritiesFile = await PemAsync(mail) }, Good);
        Assert.Single(mail.Mails);

        await using var other = MailSink.Start(tls: tls);
        await Assert.ThrowsAnyAsync<Exception>(() => SendAsync(settings, Good));
        var stranger = settings with { AuthoritiesFile = await PemAsync(other) };
        await Assert.ThrowsAnyAsync<Exception>(() => SendAsync(stranger, Good));
        var byAnotherName = settings with { AuthoritiesFile = await PemAsync(mail), SmtpHost = "localhost" };
        await Assert.ThrowsAnyAsync<Exception>(() => SendAsync(byAnotherName, Good)); // its certificate is for 127.0.0.1
        Assert.Single(mail.Mails);
    }

    [Fact]
    public void Port_465_is_encrypted_at_once_unless_the_settings_say_otherwise()
    {
        var settings = new MailSettings { Folder = "", SmtpPort = 465 };
        Assert.True(settings.IsTlsAtOnce);
        Assert.False((settings with { Tls = false }).IsTlsAtOnce);
        Assert.False((settings with { SmtpPort = 587 }).IsTlsAtOnce);
        Assert.True((settings with { SmtpPort = 587, Tls = true }).IsTlsAtOnce);
    }

    [Fact]
    public async Task A_mailbox_signs_in_by_a_token_which_is_asked_for_once_and_again_when_it_is_not_taken()
    {
        await using var mail = MailSink.Start("people@example.org", "Bearer first", MailTls.StartTls);
        using var issuer = WireMockServer.Start();
        var asked = Request
            .Create()
            .WithPath("/token")
            .UsingPost()
            .WithHeader("Authorization", "Basic " + Convert.ToBase64String("a%20client:s%3Acret"u8))
            .WithBody("grant_type=client_credentials&scope=mail.send");
        issuer
            .Given(asked)
            .RespondWith(
                Response
                    .Create()
                    .WithStatusCode(200)
                    .WithBodyAsJson(
                        new
                        {
                            access_token = "first",
                            token_type = "Bearer",
                            expires_in = 3600,
                        }
                    )
            );
        var settings = Settings(mail) with
        {
            User = "people@example.org",
            AuthoritiesFile = await PemAsync(mail),
            OAuth = new(new Uri(issuer.Url + "/token"), "a client", "s:cret", "mail.send"),
        };
        var clock = new HandClock();
        using var transport = new SmtpTransport(settings, clock);
        await transport.SendAsync(Good, Ct);
        await transport.SendAsync(Good, Ct);
        Assert.Equal(2, mail.Mails.Count);
        Assert.Single(issuer.LogEntries);

        clock.Advance(TimeSpan.FromMinutes(59));
        issuer.Reset();
        issuer.Given(asked).RespondWith(Response.Create().WithStatusCode(200).WithBodyAsJson(new { access_token = "second" }));
        await Assert.ThrowsAnyAsync<MailKit.Security.AuthenticationException>(() => transport.SendAsync(Good, Ct));
        await Assert.ThrowsAnyAsync<MailKit.Security.AuthenticationException>(() => transport.SendAsync(Good, Ct));
        Assert.Equal(2, issuer.LogEntries.Count);

        issuer.Reset();
        issuer
            .Given(asked)
            .RespondWith(
                Response.Create().WithStatusCode(401).WithBodyAsJson(new { error = "invalid_client", error_description = "s:cret" })
            );
        var fault = await Assert.ThrowsAsync<HttpRequestException>(() => transport.SendAsync(Good, Ct));
        Assert.Contains("invalid_client", fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("cret", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task International_domains_go_in_their_ASCII_form_and_international_mailboxes_only_where_the_server_takes_them()
    {
        await using var plain = MailSink.Start();
        await SendAsync(Settings(plain), Good with { To = "ada@b\u00fccher.example" });
        var received = Assert.Single(plain.Mails);
        Assert.Equal(["ada@xn--bcher-kva.example"], received.Recipients);
        Assert.Contains("ada@xn--bcher-kva.example", received.Header("To"), StringComparison.Ordinal);

        var refused = await Assert.ThrowsAsync<UndeliverableException>(() =>
            SendAsync(Settings(plain), Good with { To = "b\u00f6b@example.org" })
        );
        Assert.Contains("SMTPUTF8", refused.Message, StringComparison.Ordinal);
        Assert.Single(plain.Mails);

        await using var international = MailSink.Start(international: true);
        await SendAsync(Settings(international), Good with { To = "b\u00f6b@example.org" });
        Assert.Single(international.Mails);
    }

    [Fact]
    public async Task A_server_that_refuses_the_recipient_or_the_message_for_good_says_why_and_one_that_refuses_the_sender_is_asked_again()
    {
        await using var mail = MailSink.Start();
        mail.Next(
            MailFault.Permanent(),
            MailFault.Permanent(554, "5.7.1 Looks like spam", MailStep.Message),
            MailFault.Permanent(550, "5.7.1 Not your domain", MailStep.Sender)
        );
        var recipient = await Assert.ThrowsAsync<UndeliverableException>(() => SendAsync(Settings(mail), Good));
        Assert.Contains("550 5.1.1 No such mailbox", recipient.Message, StringComparison.Ordinal);
        var message = await Assert.ThrowsAsync<UndeliverableException>(() => SendAsync(Settings(mail), Good));
        Assert.Contains("554 5.7.1 Looks like spam", message.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<MailKit.Net.Smtp.SmtpCommandException>(() => SendAsync(Settings(mail), Good));
        mail.Next(MailFault.Permanent(552, "5.2.2 Mailbox full"), MailFault.Permanent(550, "5.4.5 Daily quota exceeded"));
        await Assert.ThrowsAsync<NotTakenException>(() => SendAsync(Settings(mail), Good));
        await Assert.ThrowsAsync<NotTakenException>(() => SendAsync(Settings(mail), Good));
    }

    private static async Task SendAsync(MailSettings settings, Letter letter)
    {
        using var transport = new SmtpTransport(settings, TimeProvider.System);
        await transport.SendAsync(letter, Ct);
    }

    private static async Task<string> PemAsync(MailSink mail)
    {
        var file = Path.Combine(TestFolder.New(), "authority.pem");
        await File.WriteAllTextAsync(file, mail.Certificate!.AuthorityPem, Ct);
        return file;
    }

    private static MailSettings Settings(MailSink mail) =>
        new()
        {
            Folder = TestFolder.New(),
            SmtpHost = mail.Host,
            SmtpPort = mail.Port,
            StartTls = mail.Tls == MailTls.StartTls,
            From = "people@example.org",
            FromName = "People",
        };
}
