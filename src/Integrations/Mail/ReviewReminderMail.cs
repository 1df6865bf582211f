using UserManagement.Membership;
using UserManagement.Membership.Data;
using UserManagement.Membership.Members;
using UserManagement.Membership.Outbox;
using UserManagement.Membership.Reviews;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Integrations.Mail;

/// <summary>Reminds the admins of a workspace that an access review is due, or that one is open for a week.</summary>
public sealed class ReviewReminderMail(Store store, IMailTransport transport, Links links) : FanOutMail(store, transport)
{
    private readonly Store _store = store;

    /// <inheritdoc/>
    public override string Kind => OutboxKind.ReviewReminder;

    /// <inheritdoc/>
    protected override async Task<FanOutLetters?> ReadAsync(
        MembershipDb db,
        WorkspaceContext workspace,
        OutboxMessage message,
        CancellationToken ct
    ) =>
        await ReviewReminders.ReadAsync(db, workspace, message, _store.Time.GetUtcNow(), ct) is { } reminder
            ? new(
                await Admins.OfAsync(db, workspace, ct),
                admin => reminder.Open is { } open ? OfOpen(admin, workspace, open, reminder.StartedBy) : OfDue(admin, workspace, reminder)
            )
            : null;

    private Letter OfDue(Member admin, WorkspaceContext workspace, ReviewReminder reminder) =>
        new LetterBody()
            .Say($"Hello {admin.ShownName},")
            .Say($"everybody who has access to {workspace.Row.Name} is to be looked through every {reminder.EveryDays} days.")
            .Say($"It is time: keep who is still there, take away what nobody needs.")
            .Link("Begin the access review", links.Reviews(workspace.Row.Slug))
            .To(admin.Email!, $"An access review of {LetterBody.Name(workspace.Row.Name)} is due");

    private Letter OfOpen(Member admin, WorkspaceContext workspace, AccessReview open, string? by) =>
        new LetterBody()
            .Say($"Hello {admin.ShownName},")
            .Say($"the access review of {workspace.Row.Name} that was begun on {LetterBody.Time(open.StartedAt)} is not finished.")
            .Say($"Begun by: {by ?? "a program"}. Decided: {open.Decided}.")
            .Link("Go on with the review", links.Review(workspace.Row.Slug, open.Id))
            .To(admin.Email!, $"The access review of {LetterBody.Name(workspace.Row.Name)} is not finished");
}
