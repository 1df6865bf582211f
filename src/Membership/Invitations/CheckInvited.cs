using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Invitations;

/// <summary>A name as it would be invited.</summary>
/// <param name="UserName">The name.</param>
/// <param name="Refusal">Why it would not be; null where nothing stands against it now.</param>
public sealed record CheckedName(string UserName, Refusal? Refusal);

/// <summary>
/// Tells what stands against each of several names before anybody is invited, by the rules of <see cref="InvitePeople"/>. Nothing is
/// written. Refusals: <c>notFound</c>, <c>forbidden</c>, too many names.
/// </summary>
public sealed class CheckInvited(Store store)
{
    /// <summary>Checks the names; each that is there twice is told once.</summary>
    public async Task<Outcome<IReadOnlyList<CheckedName>>> RunAsync(
        Actor actor,
        Id<Workspace> workspaceId,
        InvitationRequest request,
        CancellationToken ct
    )
    {
        if (actor.Demand(workspaceId, Permission.InviteMembers) is { } refused)
        {
            return refused;
        }

        var names = InvitePeople.Names(request);
        if (names.Count > InvitePeople.Most)
        {
            return InvitePeople.TooMany();
        }

        await using var db = store.Read();
        if (await WorkspaceContext.ByIdAsync(db, workspaceId, ct) is not { } workspace)
        {
            return Refusal.NotFound("workspace");
        }

        var configuration = workspace.Configuration;
        var role = string.IsNullOrEmpty(request.Role) ? configuration.Join.DefaultRole : request.Role;
        var alone = names.ConvertAll(n => InviteeRules.AgainstName("userName", n, InvitePeople.AsksForAddress(configuration, request)));
        var good = names.Where((_, i) => alone[i] is null).ToList();
        var against = await InviteeRules.AgainstAsync(
            db,
            workspace,
            actor,
            good.ConvertAll(n => new Invitee(Key.Of(n), role, InvitePeople.IsMailed(request, n))),
            null, // an invitation takes no place
            store.Time.Now(),
            ct
        );
        var next = 0;
        return names.Select((n, i) => new CheckedName(n, alone[i] ?? against[next++])).ToList();
    }
}
