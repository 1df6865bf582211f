using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.InviteLinks;

/// <summary>A link with its secret in clear.</summary>
/// <param name="Link">The link.</param>
/// <param name="Secret">What stands in its address.</param>
public sealed record IssuedInviteLink(InviteLink Link, string Secret);

/// <summary>
/// Makes the link of a role, or makes it anew: the one before is dead at once, and so are invitations that were asked for by it. Refusals:
/// <c>forbidden</c>, <c>grantCeiling</c>, <c>notFound</c>, <c>noLinks</c> where the configuration offers none for the role, a time or a
/// number that is none.
/// </summary>
public sealed class RenewInviteLink(Store store)
{
    /// <summary>The longest time after which a link ends by itself, in days.</summary>
    public const int MostDays = 365;

    /// <summary>Makes it.</summary>
    /// <param name="actor">Who acts.</param>
    /// <param name="workspaceId">The workspace.</param>
    /// <param name="role">The role's key.</param>
    /// <param name="days">Days until it ends by itself; null for never.</param>
    /// <param name="mostUses">How many may join by it; null for any number.</param>
    /// <param name="ct">Stops it before it is written.</param>
    public Task<Outcome<IssuedInviteLink>> RunAsync(
        Actor actor,
        Id<Workspace> workspaceId,
        string role,
        int? days,
        int? mostUses,
        CancellationToken ct
    ) =>
        store.ChangeAsync<IssuedInviteLink>(
            actor,
            workspaceId,
            "inviteLink.made",
            async attempt =>
            {
                if (!(await OpenAsync(attempt.Db, actor, workspaceId, role, ct)).Is(out var workspace, out var refusal))
                {
                    return refusal;
                }

                if (!workspace.Configuration.LinkRoles.Contains(role))
                {
                    return new Refusal(RefusalKind.Conflict, "noLinks", "There are no invite links for this role here.", "role");
                }

                if (days is < 1 or > MostDays)
                {
                    return Refusal.Invalid("days", $"A link lives 1 to {MostDays} days, or without end.");
                }

                if (mostUses is < 1)
                {
                    return Refusal.Invalid("mostUses", "A link is for at least one person.");
                }

                var before = await attempt
                    .Db.InviteLinks.AsNoTracking()
                    .FirstOrDefaultAsync(l => l.WorkspaceId == workspaceId && l.Role == role && l.EndedAt == null, ct);
                if (before is not null)
                {
                    End(attempt, before);
                }

                var secret = Secret.Within(workspaceId);
                var link = new InviteLink
                {
                    WorkspaceId = workspaceId,
                    Id = Id<InviteLink>.New(attempt.Time),
                    Role = role,
                    LinkHash = Secret.Hash(secret),
                    LinkSealed = attempt.Box.SealText(InviteLink.Purpose, secret),
                    ExpiresAt = days is { } some ? attempt.At.AddDays(some) : null,
                    MostUses = mostUses,
                    Uses = 0,
                    CreatedBy = actor.Member,
                    CreatedAt = attempt.At,
                    Version = 1,
                };
                attempt.Changes.Add(link);
                Tell(attempt, "inviteLink.made", workspace, link, before is not null);
                return new IssuedInviteLink(link, secret);
            },
            ct
        );

    /// <summary>The workspace, for who may invite to this role.</summary>
    internal static async Task<Outcome<WorkspaceContext>> OpenAsync(
        MembershipDb db,
        Actor actor,
        Id<Workspace> workspaceId,
        string? role,
        CancellationToken ct
    ) =>
        actor.Demand(workspaceId, Permission.InviteMembers) is { } refused ? refused
        : await WorkspaceContext.ByIdAsync(db, workspaceId, ct) is not { } workspace ? Refusal.NotFound("workspace")
        : role is not null && Invitations.InvitePeople.AgainstRole(workspace.Configuration, actor, role, null) is { } beyond ? beyond
        : workspace;

    /// <summary>Ends a link: its secret is gone.</summary>
    internal static InviteLink End(Attempt attempt, InviteLink link)
    {
        var ended = link with { EndedAt = attempt.At, LinkSealed = null, Version = link.Version + 1 };
        attempt.Changes.Update(link, ended);
        return ended;
    }

    /// <summary>The line of an act on a link.</summary>
    internal static void Tell(Attempt attempt, string act, WorkspaceContext workspace, InviteLink link, bool? replacesAnother = null) =>
        attempt.Changes.TellFacts(
            act,
            workspace.Id,
            ("inviteLink", link.Id.Value, workspace.Configuration.Role(link.Role)?.Label ?? link.Role),
            null,
            new
            {
                role = link.Role,
                expiresAt = link.ExpiresAt,
                mostUses = link.MostUses,
                uses = link.Uses,
                replacesAnother,
            }
        );
}
