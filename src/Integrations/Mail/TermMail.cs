using Microsoft.EntityFrameworkCore;
using UserManagement.Membership;
using UserManagement.Membership.Data;
using UserManagement.Membership.Members;
using UserManagement.Membership.Members.Terms;
using UserManagement.Membership.Outbox;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Integrations.Mail;

/// <summary>Reminds the sponsor of somebody whose time as a member ends soon; where there is none any more, the admins.</summary>
public sealed class TermMail(Store store, IMailTransport transport, Links links) : FanOutMail(store, transport)
{
    /// <inheritdoc/>
    public override string Kind => OutboxKind.TermMail;

    /// <inheritdoc/>
    protected override async Task<FanOutLetters?> ReadAsync(
        MembershipDb db,
        WorkspaceContext workspace,
        OutboxMessage message,
        CancellationToken ct
    )
    {
        var id = new Id<Member>(message.About);
        if (
            await db.MemberTerms.AsNoTracking().FirstOrDefaultAsync(t => t.WorkspaceId == workspace.Id && t.MemberId == id, ct)
                is not { EndedAt: null } term
            || await db.Members.AsNoTracking().FirstOrDefaultAsync(m => m.WorkspaceId == workspace.Id && m.Id == id, ct)
                is not { State: MemberState.Active or MemberState.Invited } member
        )
        {
            return null;
        }

        return new(await ReadersAsync(db, workspace, term, ct), reader => Write(workspace, term, member, reader));
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
