using UserManagement.Membership;
using UserManagement.Membership.Data;
using UserManagement.Membership.Outbox;
using UserManagement.Membership.Reviews;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Integrations.Mail;

/// <summary>Reminds the admins of a workspace that an access review is due, or that one is open for a week.</summary>
public sealed class ReviewReminderMail(Store store, IMailTransport transport, Links links) : IOutboxConsumer
{
    /// <inheritdoc/>
    public string Kind => OutboxKind.ReviewReminder;

    /// <inheritdoc/>
    public async Task<Delivery> DeliverAsync(OutboxMessage message, CancellationToken ct)
    {
        await using var db = store.Read();
        if (
            await WorkspaceContext.ByIdAsync(db, message.WorkspaceId ?? default, ct) is not { } workspace
            || await ReviewReminders.ReadAsync(db, workspace, message, store.Time.GetUtcNow(), ct) is not { } reminder
        )
        {
            return Delivery.NotWanted;
        }

        var admins = await Admins.OfAsync(db, workspace, ct);
        try
        {
            foreach (var admin in admins)
            {
                var body = new LetterBody().Say($"Hello {admin.ShownName},");
                var letter = reminder.Open is { } open
                    ? OfOpen(body, workspace, open, reminder.StartedBy)
                    : OfDue(body, workspace, reminder);
                await transport.SendAsync(letter.Item1.To(admin.Email!, letter.Item2), ct);
            }
        }
        catch (UndeliverableException refused)
        {
            return Delivery.Never(refused.Message);
        }

        return admins.Count == 0 ? Delivery.NotWanted : Delivery.Done;
    }

    private (LetterBody, string) OfDue(LetterBody body, WorkspaceContext workspace, ReviewReminder reminder) =>
        (
            body.Say($"everybody who has access to {workspace.Row.Name} is to be looked through every {reminder.EveryDays} days.")
                .Say($"It is time: keep who is still there, take away what nobody needs.")
                .Link("Begin the access review", links.Reviews(workspace.Row.Slug)),
            $"An access review of {LetterBody.Name(workspace.Row.Name)} is due"
        );

    private (LetterBody, string) OfOpen(LetterBody body, WorkspaceContext workspace, Membership.Reviews.AccessReview open, string? by) =>
        (
            body.Say($"the access review of {workspace.Row.Name} that was begun on {LetterBody.Time(open.StartedAt)} is not finished.")
                .Say($"Begun by: {by ?? "a program"}. Decided: {open.Decided}.")
                .Link("Go on with the review", links.Review(workspace.Row.Slug, open.Id)),
            $"The access review of {LetterBody.Name(workspace.Row.Name)} is not finished"
        );
}
