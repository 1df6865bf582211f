using UserManagement.Membership;
using UserManagement.Membership.Data;
using UserManagement.Membership.Licensing;
using UserManagement.Membership.Members;
using UserManagement.Membership.Outbox;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Integrations.Mail;

/// <summary>Tells the admins of a workspace who came in of late without the seat that they were to have, for none was free.</summary>
public sealed class SeatsWantedMail(Store store, IMailTransport transport, Links links) : FanOutMail(store, transport)
{
    /// <inheritdoc/>
    public override string Kind => OutboxKind.SeatsWantedMail;

    /// <inheritdoc/>
    protected override async Task<FanOutLetters?> ReadAsync(
        MembershipDb db,
        WorkspaceContext workspace,
        OutboxMessage message,
        CancellationToken ct
    ) =>
        await WantedSeats.ReadAsync(db, workspace, message, ct) is { } wanted
            ? new(await Admins.OfAsync(db, workspace, ct), admin => Write(workspace, admin, wanted))
            : null;

    private Letter Write(WorkspaceContext workspace, Member admin, WantedSeatsView wanted)
    {
        var body = new LetterBody()
            .Say($"Hello {admin.ShownName},")
            .Say($"no seat was free in {workspace.Row.Name} for whoever came in of late. They are in without one, and wait for it:");
        foreach (var name in wanted.Names)
        {
            body = body.Say($"{name}");
        }

        if (wanted.Count > wanted.Names.Count)
        {
            body = body.Say($"and {wanted.Count - wanted.Names.Count} more.");
        }

        return body.Say($"{What(wanted)}")
            .Link("See who waits", links.WaitingForSeat(workspace.Row.Slug))
            .To(
                admin.Email!,
                $"{wanted.Count} {(wanted.Count == 1 ? "person waits" : "people wait")} for a seat in {LetterBody.Name(workspace.Row.Name)}"
            );
    }

    private static string What(WantedSeatsView wanted) =>
        wanted.IsInTurn
            ? "Each gets one by itself when it is their turn: sooner with more seats, or when somebody gives theirs back."
            : "Take a seat back from who does not need it, or get more, and give it to them.";
}
