using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Accounts;
using UserManagement.Membership.Connections;
using UserManagement.Membership.Data;
using UserManagement.Membership.Groups;
using UserManagement.Membership.Members;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Invitations;

/// <summary>Who redeems, as the sign-in proved it.</summary>
public sealed record Redeemer
{
    /// <summary>The account that is signed in.</summary>
    public required Id<Account> AccountId { get; init; }

    /// <summary>The provider it signed in with.</summary>
    public required IdentityProvider Provider { get; init; }

    /// <summary>The provider's user-name claim: the login here, Google's verified address, Entra's preferred_username.</summary>
    public required string UserName { get; init; }

    /// <summary>The names that the provider stood for (<see cref="Connections.LinkProof.Names"/>), as keys.</summary>
    public IReadOnlyList<string> ProvenNames { get; init; } = [];

    /// <summary>Entra's tenant; null for others.</summary>
    public string? TenantId { get; init; }

    /// <summary>First name, for a member who has none yet; null when unknown.</summary>
    public string? GivenName { get; init; }

    /// <summary>Last name, likewise.</summary>
    public string? FamilyName { get; init; }

    /// <summary>
    /// The version of the terms of use that they accepted with it; null for none. Where it is not the one that is asked for, they are
    /// asked at their first page.
    /// </summary>
    public int? AcceptedTerms { get; init; }
}

/// <summary>The membership that an invitation led to.</summary>
/// <param name="Member">The member.</param>
/// <param name="Workspace">The workspace.</param>
/// <param name="Already">Whether this account had redeemed it before; nothing was changed then.</param>
public sealed record Redeemed(Member Member, WorkspaceContext Workspace, bool Already);

/// <summary>
/// Redeems an invitation after sign-in. Refusals: <c>notFound</c>, <c>invitationClosed</c>, <c>wrongProvider</c>,
/// <c>linkClosed</c>, <c>wrongTenant</c>, <c>wrongUserName</c> (none says for whom it is), <c>alreadyMember</c>, <c>suspended</c>,
/// <c>seatsFull</c> and the like: then the invitation stays open.
/// </summary>
public sealed class RedeemInvitation(Store store)
{
    /// <summary>The tenant of Microsoft's personal accounts.</summary>
    public const string ConsumerTenant = "9188040d-6c67-4c5b-b112-36a304b66dad";

    /// <summary>Redeems; the second time by the same account is harmless.</summary>
    public Task<Outcome<Redeemed>> RunAsync(Actor actor, string secret, Redeemer redeemer, CancellationToken ct) =>
        RunAsync(actor, secret, redeemer, null, ct);

    /// <summary>The same where more must hold at the moment of writing.</summary>
    /// <param name="actor">Who acts.</param>
    /// <param name="secret">The link's secret.</param>
    /// <param name="redeemer">Who redeems.</param>
    /// <param name="against">What stands against it, asked of the invitation and its workspace at each try; null for nothing.</param>
    /// <param name="ct">Stops it before it is written.</param>
    public async Task<Outcome<Redeemed>> RunAsync(
        Actor actor,
        string secret,
        Redeemer redeemer,
        Func<InvitationView, Refusal?>? against,
        CancellationToken ct
    )
    {
        await using var db = store.Read();
        if (await ReadInvitationByLink.FindAsync(db, secret, store.Time.Now(), ct) is not { } seen)
        {
            return new Refusal(RefusalKind.NotFound, "notFound", "This invitation link is not valid. Perhaps a newer one was sent.");
        }

        return await store.ChangeAsync<Redeemed>(
            actor,
            seen.Workspace.Id,
            "invitation.accepted",
            async attempt =>
                await ReadInvitationByLink.FindAsync(attempt.Db, secret, attempt.At, ct) is { } view
                    ? against?.Invoke(view) is { } barred
                        ? barred
                        : await RedeemAsync(attempt, view, redeemer, ct)
                    : new Refusal(RefusalKind.NotFound, "notFound", "This invitation link is not valid. Perhaps a newer one was sent."),
            ct
        );
    }

    private static async Task<Outcome<Redeemed>> RedeemAsync(Attempt attempt, InvitationView view, Redeemer redeemer, CancellationToken ct)
    {
        var (invitation, workspace) = (view.Invitation, view.Workspace);
        var file = await MemberWithGrants.ReadAsync(attempt.Db, workspace.Id, invitation.MemberId, ct);
        if (
            view.Status == InvitationStatus.Accepted
            && file is { Member.State: MemberState.Active }
            && file.Member.AccountId == redeemer.AccountId
        )
        {
            return new Redeemed(file.Member, workspace, Already: true);
        }

        if (view.Status != InvitationStatus.Pending || file is null)
        {
            return InvitationAct.Closed(view.Status == InvitationStatus.Pending ? InvitationStatus.Revoked : view.Status);
        }

        if ((LinkProof.Fits(view, redeemer) ?? Stands(file.Member, redeemer)) is { } refused)
        {
            return refused;
        }

        if (await SpendLinkAsync(attempt, invitation, ct) is { } closed)
        {
            return closed;
        }

        // Read before the look at the memberships: whoever joins in between has changed the version that is named below.
        var account = await attempt.Db.Accounts.AsNoTracking().FirstOrDefaultAsync(a => a.Id == redeemer.AccountId, ct);
        if (
            await attempt.Db.Members.AnyAsync(
                m =>
                    m.WorkspaceId == workspace.Id
                    && m.AccountId == redeemer.AccountId
                    && m.Id != invitation.MemberId
                    && m.State != MemberState.Ended,
                ct
            )
        )
        {
            return new Refusal(RefusalKind.Conflict, "alreadyMember", "This account is here already, under another user name.");
        }

        if (account is not null)
        {
            // two redemptions at once cannot make one person two members
            attempt.Changes.Update(account, account with { Version = account.Version + 1 });
        }

        var member = AcceptTerms.Accepted(file.Member, workspace.Configuration.Terms, redeemer.AcceptedTerms, attempt.At) with
        {
            AccountId = redeemer.AccountId,
            JoinedAt = file.Member.JoinedAt ?? attempt.At,
            GivenName = file.Member.GivenName ?? Name(redeemer.GivenName),
            FamilyName = file.Member.FamilyName ?? Name(redeemer.FamilyName),
        };
        attempt.Redeems = true;
        var placed = await Admission.PlaceAsync(attempt, workspace, file, member, file.Grants, null, ct);
        if (!placed.Is(out var done, out var refusal))
        {
            return refusal;
        }

        await JoinGroupsAsync(attempt, invitation, done, ct);
        PendingInvitations.Close(attempt, invitation, InvitationStatus.Accepted);
        attempt.Changes.Tell("invitation.accepted", workspace.Id, ("member", done.Id.Value, done.ShownName), file.Member, done);
        if (done.TermsAcceptedAt == attempt.At)
        {
            AcceptTerms.Tell(attempt, workspace, file.Member, done);
        }

        return new Redeemed(done, workspace, Already: false);
    }

    private static Refusal? Stands(Member member, Redeemer redeemer) =>
        member switch
        {
            { State: not (MemberState.Invited or MemberState.Active) } => new(
                RefusalKind.Conflict,
                "suspended",
                "Your access here is switched off. Ask the person who invited you."
            ),
            { AccountId: { } other } when other != redeemer.AccountId && member.State == MemberState.Active => new(
                RefusalKind.Conflict,
                "alreadyMember",
                "Somebody joined with this invitation's user name already."
            ),
            _ => null,
        };

    /// <summary>Counts the use of the link for many that the invitation came by; refused when nobody can join by that any more.</summary>
    private static async Task<Refusal?> SpendLinkAsync(Attempt attempt, Invitation invitation, CancellationToken ct)
    {
        if (invitation.InviteLinkId is not { } id)
        {
            return null;
        }

        if (
            await attempt.Db.InviteLinks.AsNoTracking().FirstOrDefaultAsync(l => l.WorkspaceId == invitation.WorkspaceId && l.Id == id, ct)
            is not { } link
        )
        {
            return InvitationAct.Closed(InvitationStatus.Revoked);
        }

        if (link.ClosedAt(attempt.At) is { } closed)
        {
            return closed;
        }

        attempt.Changes.Update(link, link with { Uses = link.Uses + 1, Version = link.Version + 1 });
        return null;
    }

    private static async Task JoinGroupsAsync(Attempt attempt, Invitation invitation, Member member, CancellationToken ct)
    {
        var wanted = invitation.Groups.ToList();
        if (wanted.Count == 0)
        {
            return;
        }

        var there = await attempt
            .Db.Groups.AsNoTracking()
            .Where(g => g.WorkspaceId == member.WorkspaceId && wanted.Contains(g.Id))
            .ToListAsync(ct);
        foreach (var group in there.OrderBy(g => g.Id))
        {
            GroupStatements.Touch(attempt.Changes, member.WorkspaceId, group.Id);
            attempt.Changes.Events.Moved(group, [member.Id], isIn: true);
            attempt.Changes.AddIfMissing(
                new GroupMember
                {
                    WorkspaceId = member.WorkspaceId,
                    GroupId = group.Id,
                    MemberId = member.Id,
                    AddedAt = attempt.At,
                }
            );
        }
    }

    private static string? Name(string? given) => Key.Shown(given) is { } name && Key.Check("name", name) is null ? name : null;
}
