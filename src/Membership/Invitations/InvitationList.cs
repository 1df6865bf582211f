using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Members;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Invitations;

/// <summary>One page of a workspace's invitations.</summary>
/// <param name="Invitations">The invitations, newest first.</param>
/// <param name="Next">Where the next page goes on; null on the last.</param>
public sealed record InvitationPage(IReadOnlyList<Invitation> Invitations, PageCursor? Next);

/// <summary>Which invitations somebody wants to see.</summary>
public sealed record InvitationQuery
{
    /// <summary>Only these, by the clock; empty for all that the configuration shows.</summary>
    public IReadOnlyList<InvitationStatus> Statuses { get; init; } = [];

    /// <summary>Only those for this user name, letter case aside; null for all.</summary>
    public string? UserName { get; init; }

    /// <summary>Only those for this member; null for all.</summary>
    public Id<Member>? Member { get; init; }
}

/// <summary>Reads the invitations of a workspace, newest first, open and closed. Refusal: <c>forbidden</c>.</summary>
public sealed class InvitationList(Store store)
{
    /// <summary>Reads one page.</summary>
    /// <param name="actor">Who asks.</param>
    /// <param name="workspace">The workspace.</param>
    /// <param name="status">Only these, by the clock; null for all that the configuration shows.</param>
    /// <param name="after">The page that follows this place; null for the first.</param>
    /// <param name="count">How many, 1 to 200.</param>
    /// <param name="ct">Stops the reading.</param>
    public Task<Outcome<InvitationPage>> RunAsync(
        Actor actor,
        WorkspaceContext workspace,
        InvitationStatus? status,
        PageCursor? after,
        int count,
        CancellationToken ct
    ) => FindAsync(actor, workspace, new() { Statuses = status is { } only ? [only] : [] }, after, count, ct);

    /// <summary>The same for more that is asked.</summary>
    public async Task<Outcome<InvitationPage>> FindAsync(
        Actor actor,
        WorkspaceContext workspace,
        InvitationQuery query,
        PageCursor? after,
        int count,
        CancellationToken ct
    )
    {
        if (actor.Demand(workspace.Id, Permission.InviteMembers) is { } refused)
        {
            return refused;
        }

        await using var db = store.Read();
        var now = store.Time.Now();
        var found = db.Invitations.AsNoTracking().Where(i => i.WorkspaceId == workspace.Id);
        if (query.Statuses.Count > 0)
        {
            var (pending, expired) = (query.Statuses.Contains(InvitationStatus.Pending), query.Statuses.Contains(InvitationStatus.Expired));
            var closed = query.Statuses.Where(s => s is InvitationStatus.Accepted or InvitationStatus.Revoked).ToList();
            found = found.Where(i =>
                (pending && i.Stored == InvitationStatus.Pending && i.ExpiresAt > now)
                || (expired && (i.Stored == InvitationStatus.Expired || (i.Stored == InvitationStatus.Pending && i.ExpiresAt <= now)))
                || closed.Contains(i.Stored)
            );
        }
        else if (!workspace.Configuration.Invitations.ShowClosed)
        {
            found = found.Where(i => i.Stored == InvitationStatus.Pending);
        }

        if (query.Member is { } member)
        {
            found = found.Where(i => i.MemberId == member);
        }

        if (query.UserName is { } userName)
        {
            var key = Key.Of(userName);
            var invited = db.Members.Where(m => m.WorkspaceId == workspace.Id && m.UserNameKey == key).Select(m => m.Id);
            found = found.Where(i => invited.Contains(i.MemberId));
        }

        if (after is { } place)
        {
            var id = new Id<Invitation>(place.Id);
            found = found.Where(i => i.Id < id);
        }

        count = Math.Clamp(count, 1, 200);
        var rows = await found.OrderByDescending(i => i.Id).Take(count + 1).ToListAsync(ct);
        return new InvitationPage([.. rows.Take(count)], rows.Count > count ? new PageCursor("", rows[count - 1].Id.Value) : null);
    }

    /// <summary>Reads one invitation, open or closed. Refusals: <c>forbidden</c>, <c>notFound</c>.</summary>
    public async Task<Outcome<Invitation>> OneAsync(Actor actor, Id<Workspace> workspace, Id<Invitation> id, CancellationToken ct)
    {
        if (actor.Demand(workspace, Permission.InviteMembers) is { } refused)
        {
            return refused;
        }

        await using var db = store.Read();
        return await db.Invitations.AsNoTracking().FirstOrDefaultAsync(i => i.WorkspaceId == workspace && i.Id == id, ct) is { } row
            ? row
            : Refusal.NotFound("invitation");
    }
}
