using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Data;
using UserManagement.Membership.Members;
using UserManagement.Membership.Members.Terms;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Invitations;

/// <summary>
/// What somebody who had been removed was before they were invited again, so that an invitation that comes to nothing destroys nothing:
/// they are removed as before, and can be restored. (Their groups stay on the row all the while.)
/// </summary>
/// <param name="JoinedAt">When they had joined.</param>
/// <param name="Email">Their address; null for none.</param>
/// <param name="Grants">What they had been given; without what rules give, which follows from rules.</param>
/// <param name="Term">Until when they were to be a member; null for no end.</param>
internal sealed record BeforeInvitation(DateTimeOffset? JoinedAt, string? Email, IReadOnlyList<GrantBefore> Grants, TermBefore? Term)
{
    /// <summary>As an invitation keeps it; null for somebody new, and for who is invited anew without having joined.</summary>
    /// <param name="db">To read through.</param>
    /// <param name="file">Who is there under the name.</param>
    /// <param name="open">Their last invitation, if it is not closed: what it keeps is kept on.</param>
    /// <param name="ct">Stops the reading.</param>
    public static async Task<string?> OfAsync(MembershipDb db, MemberWithGrants? file, Invitation? open, CancellationToken ct)
    {
        if (file is not { Member: { State: MemberState.Removed } member })
        {
            return open?.MemberBefore;
        }

        var term = await TermAsync(db, member, ct);
        return JsonSerializer.Serialize(
            new BeforeInvitation(
                member.JoinedAt,
                member.Email,
                [
                    .. file
                        .Grants.Where(g => g.Origin != GrantOrigin.Group)
                        .Select(g => new GrantBefore(g.Kind, g.Origin, g.OriginId, g.Value, g.Wanted, g.GivenBy, g.GivenAt)),
                ],
                term is null ? null : new(term.EndsAt, term.SponsorId?.Value, term.SetBy, term.SetAt, term.RemindedAt, term.EndedAt)
            ),
            WorkspaceConfiguration.Json
        );
    }

    /// <summary>
    /// Queues the end of an invited person's invitation: who is new ends, who had been removed is removed again. Refusals: those of
    /// <see cref="EndMember"/>.
    /// </summary>
    /// <returns>The member as they are then.</returns>
    public static async Task<Outcome<Member>> ReturnAsync(
        Attempt attempt,
        WorkspaceContext workspace,
        MemberWithGrants file,
        string act,
        CancellationToken ct
    )
    {
        var open = await PendingInvitations.OfAsync(attempt.Db, file.Member, ct);
        if (
            open?.MemberBefore is not { } kept
            || JsonSerializer.Deserialize<BeforeInvitation>(kept, WorkspaceConfiguration.Json) is not { } was
        )
        {
            return (await EndMember.EndAsync(attempt, workspace, file, act, ct)).Refusal is { } no
                ? no
                : file.Member with
                {
                    State = MemberState.Ended,
                };
        }

        var placed = await Admission.PlaceAsync(
            attempt,
            workspace,
            file,
            file.Member with
            {
                LocalBlock = LocalBlock.Removed,
                JoinedAt = was.JoinedAt,
                Email = was.Email,
            },
            [.. was.Grants.Select(g => g.For(file.Member))],
            null,
            ct
        );
        if (placed.Is(out var member, out _))
        {
            if (await TermAsync(attempt.Db, member, ct) is { } meant)
            {
                attempt.Changes.Remove(meant);
            }

            if (was.Term is { } term)
            {
                attempt.Changes.Add(term.For(member));
            }

            PendingInvitations.Close(attempt, open, InvitationStatus.Revoked);
            attempt.Changes.Tell(act, workspace.Id, ("member", member.Id.Value, member.ShownName), file.Member, member);
        }

        return placed;
    }

    private static Task<MemberTerm?> TermAsync(MembershipDb db, Member member, CancellationToken ct) =>
        db.MemberTerms.AsNoTracking().FirstOrDefaultAsync(t => t.WorkspaceId == member.WorkspaceId && t.MemberId == member.Id, ct);
}

/// <summary>Until when somebody was to be a member: see <see cref="MemberTerm"/>.</summary>
internal sealed record TermBefore(
    DateTimeOffset EndsAt,
    Guid? SponsorId,
    string SetBy,
    DateTimeOffset SetAt,
    DateTimeOffset? RemindedAt,
    DateTimeOffset? EndedAt
)
{
    /// <summary>The term itself.</summary>
    public MemberTerm For(Member member) =>
        new()
        {
            WorkspaceId = member.WorkspaceId,
            MemberId = member.Id,
            EndsAt = EndsAt,
            SponsorId = SponsorId is { } sponsor ? new Id<Member>(sponsor) : null,
            SetBy = SetBy,
            SetAt = SetAt,
            RemindedAt = RemindedAt,
            EndedAt = EndedAt,
        };
}

/// <summary>One thing that somebody had been given: see <see cref="Grant"/>.</summary>
internal sealed record GrantBefore(
    GrantKind Kind,
    GrantOrigin Origin,
    string OriginId,
    string Value,
    string? Wanted,
    string GivenBy,
    DateTimeOffset GivenAt
)
{
    /// <summary>The grant itself.</summary>
    public Grant For(Member member) =>
        new()
        {
            WorkspaceId = member.WorkspaceId,
            MemberId = member.Id,
            Kind = Kind,
            Origin = Origin,
            OriginId = OriginId,
            Value = Value,
            Wanted = Wanted,
            GivenBy = GivenBy,
            GivenAt = GivenAt,
        };
}
