using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Members;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Roles;

/// <summary>
/// Takes back what one <see cref="AssignSeats"/> did, as far as nothing else happened to those people since: they have the role without a
/// seat again. Refusals: those of that act, <c>notFound</c> where nothing is left of it.
/// </summary>
public sealed class TakeBackSeats(Store store)
{
    /// <summary>Takes them back.</summary>
    /// <param name="actor">Who acts.</param>
    /// <param name="workspaceId">The workspace.</param>
    /// <param name="at">When they were given (<see cref="AssignedSeats.At"/>).</param>
    /// <param name="ct">Stops it before it is written.</param>
    /// <returns>How many.</returns>
    public Task<Outcome<int>> RunAsync(Actor actor, Id<Workspace> workspaceId, DateTimeOffset at, CancellationToken ct) =>
        store.ChangeAsync<int>(
            actor,
            workspaceId,
            "seats.takenBack",
            async attempt =>
            {
                if (!(await AssignSeats.OpenAsync(attempt.Db, actor, workspaceId, ct)).Is(out var open, out var refusal))
                {
                    return refusal;
                }

                var (workspace, target, fallback) = open;
                var members = await attempt
                    .Db.Members.AsNoTracking()
                    .Where(m => m.WorkspaceId == workspaceId && m.State != MemberState.Ended)
                    .Where(m => m.Role == target.Key && m.State == MemberState.Active && m.ModifiedAt == at)
                    .Take(AssignSeats.Most)
                    .ToListAsync(ct);
                var ids = members.Select(m => m.Id).ToList();
                var grants = (
                    await attempt
                        .Db.Grants.AsNoTracking()
                        .Where(g => g.WorkspaceId == workspaceId && ids.Contains(g.MemberId))
                        .ToListAsync(ct)
                ).ToLookup(g => g.MemberId);
                members.RemoveAll(m =>
                    !grants[m.Id]
                        .Any(g => g is { Kind: GrantKind.Role, Origin: GrantOrigin.Admin } && g.Value == target.Key && g.GivenAt == at)
                );
                if (members.Count == 0)
                {
                    return Refusal.NotFound("seats");
                }

                if (attempt.AwaitsTurn(members.Count))
                {
                    return 0;
                }

                foreach (var member in members)
                {
                    var file = new MemberWithGrants(member, [.. grants[member.Id]]);
                    var grant = ProvisionMember.NewGrant(attempt, workspaceId, member.Id, GrantKind.Role, GrantOrigin.Admin, fallback.Key);
                    var placed = await Admission.PlaceAsync(attempt, workspace, file, member, file.Grants.With(grant), null, ct);
                    if (!placed.Is(out var done, out var kept))
                    {
                        return kept;
                    }

                    attempt.Changes.Tell("role.changed", workspaceId, ("member", member.Id.Value, done.ShownName), member, done);
                }

                attempt.Changes.TellFacts(
                    "seats.takenBack",
                    workspaceId,
                    ("workspace", workspaceId.Value, workspace.Row.Name),
                    null,
                    new { takenBack = members.Count, role = fallback.Key }
                );
                return members.Count;
            },
            ct
        );
}
