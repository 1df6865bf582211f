using Microsoft.EntityFrameworkCore;
using UserManagement.Membership;
using UserManagement.Membership.Data;
using UserManagement.Membership.Licensing;
using UserManagement.Membership.Outbox;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Integrations.Mail;

/// <summary>Tells the admins of a workspace who got a seat by themselves: one letter for all of a short time.</summary>
public sealed class SeatsGivenMail(Store store, IMailTransport transport, Links links) : FanOutMail(store, transport)
{
    private const int MostNamed = 20;

    /// <inheritdoc/>
    public override string Kind => OutboxKind.SeatsGivenMail;

    /// <inheritdoc/>
    protected override async Task<FanOutLetters?> ReadAsync(
        MembershipDb db,
        WorkspaceContext workspace,
        OutboxMessage message,
        CancellationToken ct
    )
    {
        var given = (await GivenSeats.ReadAsync(db, workspace.Id, message.CreatedAt, ct)).ToList();
        if (given.Count == 0)
        {
            return null;
        }

        var waiting = (await Counts.ReadAsync(db, workspace.Id, ct)).Seats.Waiting;
        return new(
            await Admins.OfAsync(db, workspace, ct),
            admin => Write(workspace, admin.ShownName, given, waiting).To(admin.Email!, Subject(workspace, given))
        );
    }

    private LetterBody Write(WorkspaceContext workspace, string admin, List<string> given, long waiting)
    {
        var body = new LetterBody()
            .Say($"Hello {admin},")
            .Say($"seats in {workspace.Row.Name} came free, and whoever was first in line has one now:");
        given.Take(MostNamed).ToList().ForEach(name => body.Say($"{name}"));
        if (given.Count > MostNamed)
        {
            body.Say($"and {given.Count - MostNamed} more.");
        }

        return body.Say($"{waiting} still wait.").Link("See who waits", links.WaitingForSeat(workspace.Row.Slug));
    }

    private static string Subject(WorkspaceContext workspace, List<string> given) =>
        $"{given.Count} got a seat in {LetterBody.Name(workspace.Row.Name)}";
}
