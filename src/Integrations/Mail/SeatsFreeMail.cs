using UserManagement.Membership;
using UserManagement.Membership.Data;
using UserManagement.Membership.Licensing;
using UserManagement.Membership.Outbox;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Integrations.Mail;

/// <summary>
/// Tells the admins of a workspace that seats came free while people wait for one; how many, as it stands when it is sent.
/// </summary>
public sealed class SeatsFreeMail(Store store, IMailTransport transport, Links links) : FanOutMail(store, transport)
{
    private readonly Store _store = store;

    /// <inheritdoc/>
    public override string Kind => OutboxKind.SeatsFreeMail;

    /// <inheritdoc/>
    protected override async Task<FanOutLetters?> ReadAsync(
        MembershipDb db,
        WorkspaceContext workspace,
        OutboxMessage message,
        CancellationToken ct
    ) =>
        await FreeSeats.ReadAsync(db, workspace, message, _store.Time.GetUtcNow(), ct) is { } free
            ? new(
                await Admins.OfAsync(db, workspace, ct),
                admin =>
                    new LetterBody()
                        .Say($"Hello {admin.ShownName},")
                        .Say($"in {workspace.Row.Name} {Free(free.Room)}, and {Waiting(free.Waiting)}. An admin decides who gets it.")
                        .Link("Give the seats", links.WaitingForSeat(workspace.Row.Slug))
                        .To(admin.Email!, $"Seats came free in {LetterBody.Name(workspace.Row.Name)}")
            )
            : null;

    private static string Free(long? room) =>
        room switch
        {
            null => "there are seats for everybody now",
            1 => "1 seat is free now",
            _ => $"{room} seats are free now",
        };

    private static string Waiting(long waiting) => waiting == 1 ? "1 person waits for one" : $"{waiting} people wait for one";
}
