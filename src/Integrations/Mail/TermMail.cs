using Microsoft.EntityFrameworkCore;
using UserManagement.Membership;
using UserManagement.Membership.Data;
using UserManagement.Membership.Members;
using UserManagement.Membership.Members.Terms;
using UserManagement.Membership.Outbox;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Integrations.Mail;

/// <summary>Reminds the sponsor of somebody whose time as a member ends soon; where there is none any more, the admins.</summary>
public sealed class TermMail(Store store, IMailTransport transport, Links links) : IOutboxConsumer
{
    /// <inheritdoc/>
    public string Kind => OutboxKind.TermMail;

    /// <inheritdoc/>
    public async Task<Delivery> DeliverAsync(OutboxMessage message, CancellationToken ct)
    {
        var workspaceId = message.WorkspaceId ?? default;
        var id = new Id<Member>(message.About);
        await using var db = store.Read();
        if (
            await WorkspaceContext.ByIdAsync(db, workspaceId, ct) is not { } workspace
            || await db.MemberTerms.AsNoTracking().FirstOrDefaultAsync(t => t.WorkspaceId == workspaceId && t.MemberId == id, ct)
                is not { EndedAt: null } term
            || await db.Members.AsNoTracking().FirstOrDefaultAsync(m => m.WorkspaceId == workspaceId && m.Id == id, ct)
                is not { State: MemberState.Active or MemberState.Invited } member
        )
        {
            return Delivery.NotWanted;
        }

        var to = await ReadersAsync(db, workspace, term, ct);
        try
        {
            foreach (var reader in to)
            {
                await transport.SendAsync(Write(workspace, term, member, reader), ct);
            }
        }
        catch (UndeliverableException refused)
        {
            return Delivery.Never(refused.Message);
        }

        return to.Count == 0 ? Delivery.NotWanted : Delivery.Done;
    }

    private Letter Write(WorkspaceContext workspace, MemberTerm term, Member member, Member reader) =>
        new LetterBody()
            .Say($"Hello {reader.ShownName},")
            .Say($"the time of {member.ShownName} in {workspace.Row.Name} ends on {LetterBody.Time(term.EndsAt)}. Access ends then.")
            .Say($"If it should go on, an admin can extend it.")
            .Link("See the person", links.Member(workspace.Row.Slug, member.Id))
            .To(reader.Email!, $"The time of {LetterBody.Name(member.ShownName)} ends soon");

    private static async Task<List<Member>> ReadersAsync(
        MembershipDb db,
        WorkspaceContext workspace,
        MemberTerm term,
        CancellationToken ct
    ) =>
        term.SponsorId is { } sponsor
        && await db.Members.AsNoTracking().FirstOrDefaultAsync(m => m.WorkspaceId == workspace.Id && m.Id == sponsor, ct)
            is { State: MemberState.Active, Email: not null } known
            ? [known]
            : await Admins.OfAsync(db, workspace, ct);
}
