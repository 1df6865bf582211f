using UserManagement.Membership;
using UserManagement.Membership.Access;
using UserManagement.Membership.Accounts;
using UserManagement.Membership.Reviews;
using UserManagement.Membership.Workspaces;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Integrations.Tests;

public class ReviewReminderMailTests
{
    [Theory, EachDatabase]
    [Shows("S1-35")]
    public async Task Admins_are_mailed_that_a_review_is_due_and_later_that_it_is_not_finished(Database kind)
    {
        await using var mail = MailSink.Start();
        await using var database = await TestDatabase.NewAsync(kind);
        var clock = new HandClock();
        await using var server = await TestServer.StartAsync(database, clock, mail);
        var acme = (await new CreateWorkspace(server.Store).RunAsync(Actor.Operator, new("acme", "Acme", "ranked"), default)).Value;
        var link = await new InviteAdmin(server.Store).RunAsync(Actor.Operator, acme.Id, "ada@example.com", TimeSpan.FromHours(1), default);
        Assert.True(link.Done, link.Refusal?.Message);

        clock.Advance(TimeSpan.FromDays(90));
        var due = await FoundAsync(mail, clock, "An access review of Acme is due");
        Assert.Equal(["ada@example.com"], due.Recipients);
        Assert.Contains("looked through every 90 days", due.Text, StringComparison.Ordinal);
        Assert.Equal(server.Links.Reviews("acme"), Assert.Single(due.Links));

        var review = (await new StartAccessReview(server.Store).RunAsync(Actor.Operator, acme.Id, null, null, default)).Value;
        clock.Advance(ReviewReminders.Again);
        var open = await FoundAsync(mail, clock, "The access review of Acme is not finished");
        Assert.Contains("Begun by: a program. Decided: 0.", open.Text, StringComparison.Ordinal);
        Assert.Equal(server.Links.Review("acme", review.Id), Assert.Single(open.Links));
        Assert.Equal(2, mail.Mails.Count(m => m.Subject.Contains("review", StringComparison.Ordinal))); // the second one was not wanted
    }

    private static Task<RecordedMail> FoundAsync(MailSink mail, HandClock clock, string subject)
    {
        var looks = 0;
        return Until.FoundAsync(() =>
        {
            if (++looks % 50 == 0)
            {
                clock.Advance(TimeSpan.FromSeconds(1)); // whoever had just looked looks again
            }

            return mail.Mails.FirstOrDefault(m => m.Subject == subject);
        });
    }
}
