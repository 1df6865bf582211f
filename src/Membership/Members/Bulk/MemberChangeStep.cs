using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Groups;
using UserManagement.Membership.Invitations;
using UserManagement.Membership.Licensing;
using UserManagement.Membership.Roles;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Members.Bulk;

/// <summary>
/// A change on one member: by the act that does it to one alone, so that the rules, the audit line and what apps are told are the same. A
/// group takes all of its new people in one act.
/// </summary>
/// <param name="store">The store.</param>
/// <param name="actor">Who acts.</param>
/// <param name="workspace">The workspace.</param>
/// <param name="change">What is done.</param>
/// <param name="since">Whose invitation was sent from then on has it already: a job that goes on after a crash sends nothing twice.</param>
internal sealed class MemberChangeStep(Store store, Actor actor, Id<Workspace> workspace, BulkChange change, DateTimeOffset? since = null)
{
    /// <summary>Whether the last one was sent a mail.</summary>
    public bool Mailed { get; private set; }

    /// <summary>Changes a member; the same version comes back where there was nothing to change.</summary>
    public Task<Outcome<Member>> RunAsync(Member member, CancellationToken ct) =>
        change.Kind switch
        {
            MemberChangeKind.Role => new AssignRole(store).RunAsync(actor, workspace, member.Id, change.Value, ct),
            MemberChangeKind.License => new AssignLicense(store).RunAsync(actor, workspace, member.Id, change.Value, ct),
            MemberChangeKind.Suspend => new SuspendMember(store).RunAsync(actor, workspace, member.Id, ct),
            MemberChangeKind.Remove => new RemoveMember(store).RunAsync(actor, workspace, member.Id, ct),
            MemberChangeKind.Resend => ResendAsync(member, ct),
            _ => throw new InvalidOperationException("A group is changed for all at once."),
        };

    /// <summary>What became of somebody who is not refused.</summary>
    public MemberForecast Forecast(Member before, Member after) =>
        change.Kind == MemberChangeKind.Resend
            ? new(before, after, null, ReferenceEquals(before, after)) // it changes nothing about the member
            : MemberForecast.Of(before, after);

    private async Task<Outcome<Member>> ResendAsync(Member member, CancellationToken ct)
    {
        Mailed = false;
        Invitation? open = null;
        var days = 0;
        if (member.State == MemberState.Invited)
        {
            await using var db = store.Read();
            open = await db
                .Invitations.AsNoTracking()
                .Where(i => i.WorkspaceId == workspace && i.MemberId == member.Id && i.Stored == InvitationStatus.Pending)
                .OrderByDescending(i => i.Id)
                .FirstOrDefaultAsync(ct);
            days = (await WorkspaceContext.ByIdAsync(db, workspace, ct))?.Configuration.Invitations.LifetimeDays ?? 0;
        }

        if (open is null)
        {
            return new Refusal(RefusalKind.Conflict, "notInvited", "There is no open invitation to send again.");
        }

        if (since is { } began && open.ExpiresAt >= began.AddDays(days))
        {
            return member;
        }

        var sent = await new ResendInvitation(store).RunAsync(actor, workspace, open.Id, ct);
        Mailed = sent is { Done: true, Value.MailTo: not null };
        return sent.Refusal is { } refusal ? refusal : member with { };
    }

    /// <summary>Puts members into the group, or takes them out.</summary>
    public async Task<Refusal?> GroupAsync(IReadOnlyList<Id<Member>> members, MembershipStepKind kind, CancellationToken ct) =>
        (
            await new ReviseGroup(store).RunAsync(
                actor,
                workspace,
                change.Group,
                null,
                row => (GroupFacts.Of(row), [new MembershipStep(kind, members)]),
                ct
            )
        ).Refusal;

    /// <summary>Who of them is in the group.</summary>
    public async Task<HashSet<Id<Member>>> InGroupAsync(MembershipDb db, IReadOnlyList<Member> members, CancellationToken ct)
    {
        var ids = members.Select(m => m.Id).ToList();
        var group = change.Group;
        return
        [
            .. await db
                .GroupMembers.AsNoTracking()
                .Where(g => g.WorkspaceId == workspace && g.GroupId == group && ids.Contains(g.MemberId))
                .Select(g => g.MemberId)
                .ToListAsync(ct),
        ];
    }

    /// <summary>Gives one member back what they had.</summary>
    /// <param name="member">The member as the change left them.</param>
    /// <param name="had">What they had, see <see cref="MemberChangeFacts.Were"/>.</param>
    /// <param name="ct">Stops it before it is written.</param>
    public async Task<Refusal?> UndoAsync(Member member, string had, CancellationToken ct)
    {
        switch (change.Kind)
        {
            case MemberChangeKind.Role:
                return (await new AssignRole(store).RunAsync(actor, workspace, member.Id, had, member.Version, ct)).Refusal;
            case MemberChangeKind.License:
                return (await new AssignLicense(store).RunAsync(actor, workspace, member.Id, had, member.Version, ct)).Refusal;
            default:
                var restored = await new RestoreMember(store).RunAsync(actor, workspace, member.Id, member.Version, ct);
                return restored.Is(out var back, out var refusal)
                    ? had == Suspended
                        ? (await new SuspendMember(store).RunAsync(actor, workspace, back.Id, back.Version, ct)).Refusal
                        : null
                    : refusal;
        }
    }

    /// <summary>What a member has before the change, to be given back; empty for nothing.</summary>
    public string Had(Member member) =>
        change.Kind switch
        {
            MemberChangeKind.Role => member.Role,
            MemberChangeKind.License => member.License ?? "",
            MemberChangeKind.Remove when member.LocalBlock == LocalBlock.Suspended => Suspended,
            _ => "",
        };

    private const string Suspended = "suspended";
}
