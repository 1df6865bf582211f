using System.Text.Json;
using UserManagement.Membership.Data;
using UserManagement.Membership.Members;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Invitations;

/// <summary>
/// What somebody who had been removed was before they were invited again, so that an invitation that comes to nothing destroys nothing:
/// they are removed as before, and can be restored. (Their groups stay on the row all the while.)
/// </summary>
/// <param name="JoinedAt">When they had joined.</param>
/// <param name="Email">Their address; null for none.</param>
/// <param name="Grants">What they had been given; without what rules give, which follows from rules.</param>
internal sealed record BeforeInvitation(DateTimeOffset? JoinedAt, string? Email, IReadOnlyList<GrantBefore> Grants)
{
    /// <summary>As an invitation keeps it; null for somebody new, and for who is invited anew without having joined.</summary>
    /// <param name="file">Who is there under the name.</param>
    /// <param name="open">Their last invitation, if it is not closed: what it keeps is kept on.</param>
    public static string? Of(MemberWithGrants? file, Invitation? open) =>
        file is not { Member.State: MemberState.Removed }
            ? open?.MemberBefore
            : JsonSerializer.Serialize(
                new BeforeInvitation(
                    file.Member.JoinedAt,
                    file.Member.Email,
                    [
                        .. file
                            .Grants.Where(g => g.Origin != GrantOrigin.Group)
                            .Select(g => new GrantBefore(g.Kind, g.Origin, g.OriginId, g.Value, g.Wanted, g.GivenBy, g.GivenAt)),
                    ]
                ),
                WorkspaceConfiguration.Json
            );

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
            PendingInvitations.Close(attempt, open, InvitationStatus.Revoked);
            attempt.Changes.Tell(act, workspace.Id, ("member", member.Id.Value, member.ShownName), file.Member, member);
        }

        return placed;
    }
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
