using UserManagement.Membership.Access;
using UserManagement.Membership.Outbox;
using UserManagement.Membership.Reviews;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Integrations.Tests;

public class ReviewReminderMailTests
{
    [Theory, EachDatabase]
    [Shows("S1-35")]
    public async Task Admins_are_mailed_that_a_review_is_due_and_later_that_it_is_not_finished(Database kind)
    {
        await using var acme = await MailedWorkspace.NewAsync(kind, "ranked");
        await acme.AdminAsync("bea@example.com");

        acme.Clock.Advance(TimeSpan.FromDays(90));
        foreach (var admin in (string[])["ada@example.com", "bea@example.com"])
        {
            var due = await acme.FoundAsync(m => m.Subject == "An access review of Acme is due" && m.Recipients.Contains(admin));
            Assert.Equal([admin], due.Recipients);
            Assert.Contains("looked through every 90 days", due.Text, StringComparison.Ordinal);
            Assert.Equal(acme.Server.Links.Reviews("acme"), Assert.Single(due.Links));
        }

        var review = (await new StartAccessReview(acme.Server.Store).RunAsync(Actor.Operator, acme.Id, null, null, default)).Value;
        acme.Clock.Advance(ReviewReminders.Again);
        var open = await acme.FoundAsync(m => m.Subject == "The access review of Acme is not finished");
        Assert.Contains("Begun by: a program. Decided: 0.", open.Text, StringComparison.Ordinal);
        Assert.Equal(acme.Server.Links.Review("acme", review.Id), Assert.Single(open.Links));
        Assert.Equal(2, acme.Mail.Mails.Count(m => m.Subject == "An access review of Acme is due")); // none once somebody is at it
    }

    [Theory, EachDatabase]
    public async Task One_admin_whose_address_is_refused_or_slow_keeps_no_mail_from_the_others_nor_sends_it_twice(Database kind)
    {
        await using var acme = await MailedWorkspace.NewAsync(kind, "ranked");
        string[] others = ["bea@example.com", "cy@example.com", "dee@example.com"];
        foreach (var other in others)
        {
            await acme.AdminAsync(other);
        }

        acme.Mail.Next(
            MailFault.Permanent(),
            MailFault.Temporary(at: MailStep.Recipient),
            MailFault.None,
            MailFault.Temporary(at: MailStep.Recipient)
        );
        acme.Clock.Advance(TimeSpan.FromDays(90));
        await acme.FoundAsync(_ => Told().Count == 3);
        acme.Clock.Advance(TimeSpan.FromHours(3)); // whatever is to be tried again would be by then
        await acme.FoundAsync(_ => Waiting() == 0);
        Assert.Equal(3, Told().Count);
        Assert.Equal(3, Told().Distinct().Count()); // each once; the fourth was refused for good

        List<string> Told() => [.. acme.Mail.Mails.Where(m => m.Acknowledged).SelectMany(m => m.Recipients)];

        int Waiting()
        {
            using var db = acme.Server.Store.Read();
            var now = acme.Clock.GetUtcNow();
            return db.OutboxMessages.Count(m =>
                m.Kind == OutboxKind.ReviewReminder && m.DoneAt == null && m.DeadAt == null && m.DueAt <= now
            );
        }
    }
}
