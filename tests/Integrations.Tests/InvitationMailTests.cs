using Microsoft.EntityFrameworkCore;
using UserManagement.Membership;
using UserManagement.Membership.Access;
using UserManagement.Membership.Accounts;
using UserManagement.Membership.Data;
using UserManagement.Membership.Invitations;
using UserManagement.Membership.Members;
using UserManagement.Membership.Outbox;
using UserManagement.Membership.Workspaces;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Integrations.Tests;

public class InvitationMailTests
{
    private static readonly Actor Ada = Actor.Operator with
    {
        Name = "Ada <b>visit evil.example.org</b>",
        Member = Id<Member>.New(TimeProvider.System), // a person: a mail names nobody else
    };

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory, EachDatabase]
    [Shows("S0-13", "S1-15", "S2-08", "S3-17")]
    public async Task An_invitation_is_mailed_to_one_person_with_a_link_that_opens_it(Database kind)
    {
        await using var mail = MailSink.Start();
        await using var database = await TestDatabase.NewAsync(kind);
        await using var server = await TestServer.StartAsync(database, mail: mail);
        var workspace = await WorkspaceAsync(server.Store, "Müller & Søn https://evil.example.net");

        var issued = await InviteAsync(server.Store, workspace, "grace@example.org");
        var received = await mail.WaitForAsync(m => m.Recipients.Contains("grace@example.org"));

        Assert.Equal(["grace@example.org"], received.Recipients);
        Assert.Equal("people@example.org", received.Sender);
        Assert.StartsWith("Invitation to Müller & Søn", received.Subject, StringComparison.Ordinal);
        Assert.Contains("Ada <b>visit", received.Text, StringComparison.Ordinal);
        Assert.Contains("Ada &lt;b&gt;visit", received.Html, StringComparison.Ordinal);
        Assert.DoesNotContain("evil.example.org", received.Text + received.Html, StringComparison.Ordinal);
        Assert.DoesNotContain("https://evil", received.Text + received.Html, StringComparison.Ordinal);
        Assert.Contains("Sign in as grace@example.org when", received.Text, StringComparison.Ordinal);
        Assert.Contains("<b>grace@example.org</b>", received.Html, StringComparison.Ordinal);
        Assert.DoesNotContain(
            received.Text + received.Html + received.Subject,
            c => char.GetUnicodeCategory(c) == System.Globalization.UnicodeCategory.Format
        );
        Assert.Contains(
            issued.Invitation.ExpiresAt.UtcDateTime.ToString("d MMMM yyyy", System.Globalization.CultureInfo.InvariantCulture),
            received.Text,
            StringComparison.Ordinal
        );

        var link = Assert.Single(received.Links);
        Assert.StartsWith(server.Links.Base + "/invite/", link, StringComparison.Ordinal);
        var secret = link[(server.Links.Base + "/invite/").Length..];
        Assert.NotEqual(issued.LinkSecret, secret);

        var row = await UntilAsync(server.Store, i => i.SentAt is not null);
        Assert.Equal(Secret.Hash(secret), row.MailHash);
        Assert.DoesNotContain(secret, server.Log, StringComparison.Ordinal);
        await using var db = server.Store.Read();
        Assert.Single(await db.AuditEntries.Where(a => a.Act == "invitation.mailed").ToListAsync(Ct));
    }

    [Theory, EachDatabase]
    public async Task An_invitation_that_is_closed_or_expired_before_its_mail_goes_sends_nothing(Database kind)
    {
        await using var mail = MailSink.Start();
        await using var database = await TestDatabase.NewAsync(kind);
        var clock = new HandClock();
        var store = database.Store(clock);
        var workspace = await WorkspaceAsync(store, "Acme");
        var issued = await InviteAsync(store, workspace, "late@example.org");
        clock.Advance(issued.Invitation.ExpiresAt - clock.Now);

        await using var server = await TestServer.StartAsync(database, clock, mail);
        await UntilDoneAsync(store);
        Assert.Empty(mail.Mails);
        await using var db = store.Read();
        Assert.Null((await db.Invitations.SingleAsync(Ct)).SentAt);
    }

    [Theory, EachDatabase]
    [Shows("S1-17")]
    public async Task A_mail_server_that_is_away_delays_the_mail_and_loses_none(Database kind)
    {
        await using var database = await TestDatabase.NewAsync(kind);
        await using var mail = MailSink.Start();
        mail.Next(MailFault.Temporary());
        await using var server = await TestServer.StartAsync(database, mail: mail);
        var workspace = await WorkspaceAsync(server.Store, "Acme");
        await InviteAsync(server.Store, workspace, "patient@example.org");
        await mail.WaitForAsync(m => m.Recipients.Contains("patient@example.org"));
        await UntilDoneAsync(server.Store);
        Assert.Contains("try 1", server.Log, StringComparison.Ordinal);
        Assert.Single(mail.Mails);
    }

    [Theory, EachDatabase]
    public async Task Without_a_mail_server_the_mail_is_a_file_that_its_owner_alone_can_read(Database kind)
    {
        await using var database = await TestDatabase.NewAsync(kind);
        await using var server = await TestServer.StartAsync(database);
        var workspace = await WorkspaceAsync(server.Store, "Grün");
        await InviteAsync(server.Store, workspace, "file@example.org");
        await UntilDoneAsync(server.Store);

        Assert.Equal(InvitationMailStatus.File, (await UntilAsync(server.Store, i => i.SentAt is not null)).MailStatus);
        var letter = Assert.Single(server.Mails);
        Assert.Equal("Invitation to Grün", letter.Subject);
        Assert.Equal("file@example.org", letter.Header("To"));
        Assert.Contains("/invite/", Assert.Single(letter.Links), StringComparison.Ordinal);
        Assert.NotNull(letter.Html);
        var file = Assert.Single(Directory.GetFiles(server.Settings.Mail.Folder));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        }
    }

    [Theory, EachDatabase]
    public async Task An_invitation_says_what_became_of_its_mail_and_a_refused_one_is_not_tried_again(Database kind)
    {
        await using var database = await TestDatabase.NewAsync(kind);
        await using var mail = MailSink.Start();
        mail.Next(MailFault.Temporary(text: "4.3.0 Busy"), MailFault.Permanent(text: "5.1.1 No such mailbox"));
        await using var server = await TestServer.StartAsync(database, mail: mail);
        var workspace = await WorkspaceAsync(server.Store, "Acme");
        var issued = await InviteAsync(server.Store, workspace, "gone@example.org");
        Assert.Equal(InvitationMailStatus.Queued, issued.Invitation.MailStatus);
        var delayed = await UntilAsync(server.Store, i => i.MailFailure is not null);
        Assert.Contains("Busy", delayed.MailFailure, StringComparison.Ordinal);
        var refused = await UntilAsync(server.Store, i => i.MailStatus == InvitationMailStatus.Refused);
        Assert.Contains("550 5.1.1 No such mailbox", refused.MailFailure, StringComparison.Ordinal);
        await using var db = server.Store.Read();
        Assert.Equal(2, (await db.OutboxMessages.SingleAsync(Ct)).Tries);
        string[] acts = ["invitation.mailDelayed", "invitation.mailRefused"];
        Assert.Equal(
            acts,
            await db.AuditEntries.Where(a => a.Act.StartsWith("invitation.mail")).OrderBy(a => a.Id).Select(a => a.Act).ToListAsync(Ct)
        );

        Assert.True((await new ResendInvitation(server.Store).RunAsync(Ada, workspace.Id, issued.Invitation.Id, Ct)).Done);
        var sent = await UntilAsync(server.Store, i => i.MailStatus == InvitationMailStatus.Sent);
        Assert.Null(sent.MailFailure);
        Assert.Single(mail.Mails);
    }

    [Theory, EachDatabase]
    [Shows("S2-28")]
    public async Task A_password_reset_is_mailed_to_the_stored_address_and_its_secret_is_forgotten(Database kind)
    {
        await using var database = await TestDatabase.NewAsync(kind);
        await using var server = await TestServer.StartAsync(database);
        var account = new Account
        {
            Id = Id<Account>.New(TimeProvider.System),
            DisplayName = "Ada",
            Email = "ada@example.org",
            CreatedAt = default,
            Version = 1,
        };
        var secret = Secret.New();
        var link = new OneTimeLink
        {
            Id = Id<OneTimeLink>.New(TimeProvider.System),
            AccountId = account.Id,
            Kind = OneTimeLinkKind.PasswordReset,
            SecretHash = Secret.Hash(secret),
            SecretSealed = server.Store.Box.SealText(OneTimeLink.Purpose, secret),
            CreatedAt = TimeProvider.System.Now(),
            ExpiresAt = TimeProvider.System.Now().AddHours(1),
        };
        await server.Store.ChangeAsync<Nothing>(
            Actor.System,
            null,
            "test",
            attempt =>
            {
                attempt.Changes.Add(account);
                attempt.Changes.Add(link);
                attempt.Changes.Send(OutboxKind.PasswordResetMail, link.Id.Value, "account:" + account.Id, null);
                return Task.FromResult<Membership.Outcome<Nothing>>(default(Nothing));
            },
            Ct
        );
        await UntilDoneAsync(server.Store);

        Assert.Equal(server.Links.PasswordReset(secret), Assert.Single(Assert.Single(server.Mails).Links));
        await using var db = server.Store.Read();
        Assert.Null((await db.OneTimeLinks.SingleAsync(Ct)).SecretSealed);
    }

    [Theory, EachDatabase]
    public async Task Who_has_not_come_is_reminded_once_a_day_before_the_end_with_the_link_that_they_have(Database kind)
    {
        await using var mail = MailSink.Start();
        await using var database = await TestDatabase.NewAsync(kind);
        var clock = new HandClock();
        await using var server = await TestServer.StartAsync(database, clock, mail);
        var workspace = await WorkspaceAsync(server.Store, "Acme");
        var issued = await InviteAsync(server.Store, workspace, "late@example.org");
        await UntilAsync(server.Store, i => i.SentAt is not null);
        var remind = new RemindInvited(server.Store);
        clock.Advance(TimeSpan.FromDays(5)); // seven days: it is not time yet
        Assert.Equal(0, await remind.RunAsync(Ct));

        clock.Advance(TimeSpan.FromDays(1));
        await remind.RunAsync(Ct);
        await remind.RunAsync(Ct); // once, whoever runs it
        await UntilDoneAsync(server.Store);
        var (first, second) = (mail.Mails[0], mail.Mails[1]);
        Assert.Equal(("Your invitation to Acme ends soon", 2), (second.Subject, mail.Mails.Count));
        Assert.Equal(Assert.Single(first.Links), Assert.Single(second.Links));
        var row = await UntilAsync(server.Store, i => i.RemindedAt is not null);
        await using var db = server.Store.Read();
        Assert.Single(await db.AuditEntries.Where(a => a.Act == "invitation.reminded").ToListAsync(Ct));
        Assert.DoesNotContain("Exception", server.Log, StringComparison.Ordinal);

        var again = (await new ResendInvitation(server.Store).RunAsync(Ada, workspace.Id, issued.Invitation.Id, Ct)).Value.Invitation;
        Assert.Null(again.RemindedAt); // it is a new time
        Assert.True(row.ExpiresAt < again.ExpiresAt);
    }

    [Theory, EachDatabase]
    public async Task Whom_no_mail_reached_or_who_has_an_invitation_of_two_days_is_not_reminded(Database kind)
    {
        await using var database = await TestDatabase.NewAsync(kind);
        var clock = new HandClock();
        var store = database.Store(clock);
        var workspace = await WorkspaceAsync(store, "Acme");
        await InviteAsync(store, workspace, "never-sent@example.org");
        clock.Advance(TimeSpan.FromDays(6.5));
        Assert.Equal(0, await new RemindInvited(store).RunAsync(Ct));

        var now = (await WorkspaceContext.ByIdAsync(store.Read(), workspace.Id, Ct))!;
        var brief = now.Configuration with { Invitations = now.Configuration.Invitations with { LifetimeDays = 2 } };
        Assert.True((await new ChangeConfiguration(store).RunAsync(Actor.Operator, workspace.Id, now.Row.Version, brief, Ct)).Done);
        await InviteAsync(store, workspace, "brief@example.org");
        await using (var db = store.Read())
        {
            var at = store.Time.GetUtcNow();
            await db
                .Invitations.Where(i => i.UserName == "brief@example.org")
                .ExecuteUpdateAsync(i => i.SetProperty(x => x.SentAt, at), Ct);
        }

        clock.Advance(TimeSpan.FromDays(1.5));
        Assert.Equal(0, await new RemindInvited(store).RunAsync(Ct));
    }

    [Theory, EachDatabase]
    public async Task An_admin_has_a_test_mail_sent_to_themselves_and_learns_what_the_mail_server_said(Database kind)
    {
        await using var database = await TestDatabase.NewAsync(kind);
        await using var mail = MailSink.Start();
        var clock = new HandClock();
        await using var server = await TestServer.StartAsync(database, clock, mail);
        var workspace = await WorkspaceAsync(server.Store, "Acme");
        var link = await new InviteAdmin(server.Store).RunAsync(Actor.Operator, workspace.Id, "ada@example.org", TimeSpan.FromHours(1), Ct);
        await new UseOneTimeLink(server.Store).RunAsync(link.Value, Browser.Unknown, Ct);
        await using var db = server.Store.Read();
        var ada = Ada with { Workspace = workspace.Id, Member = await db.Members.Select(m => m.Id).SingleAsync(Ct) };
        var test = server.Service<SendTestMail>();

        Assert.Equal(new SentTestMail("ada@example.org", false), (await test.RunAsync(ada, workspace, Ct)).Value);
        Assert.Equal("Test mail", (await mail.WaitForAsync(m => m.Recipients.Contains("ada@example.org"))).Subject);
        var soon = (await test.RunAsync(ada, workspace, Ct)).Refusal!;
        Assert.Equal((RefusalKind.TooMany, "testMailLimit"), (soon.Kind, soon.Code));
        clock.Advance(SendTestMail.Between);
        mail.Next(MailFault.Permanent(text: "5.7.1 Not from you"));
        var refused = (await test.RunAsync(ada, workspace, Ct)).Refusal!;
        Assert.Equal("mailRefused", refused.Code);
        Assert.Contains("5.7.1 Not from you", refused.Message, StringComparison.Ordinal);
        clock.Advance(SendTestMail.Between);
        Assert.Equal("invalidEmail", (await test.RunAsync(Actor.Operator with { Workspace = workspace.Id }, workspace, Ct)).Refusal!.Code);
        Assert.Equal(
            [false, true],
            (await db.AuditEntries.Where(a => a.Act == SendTestMail.Act).OrderBy(a => a.Id).ToListAsync(Ct)).Select(a =>
                a.Reason is not null
            )
        );
    }

    private static async Task<WorkspaceContext> WorkspaceAsync(Store store, string name) =>
        (await new CreateWorkspace(store).RunAsync(Actor.Operator, new("acme", name, "seats"), Ct)).Value;

    private static async Task<IssuedInvitation> InviteAsync(Store store, WorkspaceContext workspace, string userName)
    {
        var invited = await new InvitePeople(store).RunAsync(Ada, workspace.Id, new() { UserNames = [userName] }, Ct);
        return Assert.Single(invited.Value).Outcome.Value;
    }

    private static Task<Invitation> UntilAsync(Store store, Func<Invitation, bool> wanted) =>
        Until.FoundAsync(
            async () =>
            {
                await using var db = store.Read();
                return await db.Invitations.SingleAsync(Ct) is var row && wanted(row) ? row : null;
            },
            "the invitation as it should be"
        );

    private static Task UntilDoneAsync(Store store) =>
        Until.TrueAsync(
            async () =>
            {
                await using var db = store.Read();
                return await db.OutboxMessages.AllAsync(m => m.DoneAt != null, Ct);
            },
            "all of the outbox is done"
        );
}
