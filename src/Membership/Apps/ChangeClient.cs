using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Apps;

/// <summary>
/// Changes what an app is allowed. What is taken away from it holds from its next request on; whoever changes an app with a role stands
/// behind that role from then on. Refusals as of <see cref="CreateClient"/>, and <c>stale</c>.
/// </summary>
public sealed class ChangeClient(Store store)
{
    /// <summary>Changes it; from the next request on.</summary>
    /// <param name="actor">Who acts.</param>
    /// <param name="workspaceId">The workspace; null for the installation.</param>
    /// <param name="clientId">Its <c>client_id</c>.</param>
    /// <param name="seen">The version on which the change is based; null for any.</param>
    /// <param name="settings">The whole of what it is allowed.</param>
    /// <param name="ct">Stops it before it is written.</param>
    public Task<Outcome<Client>> RunAsync(
        Actor actor,
        Id<Workspace>? workspaceId,
        string clientId,
        long? seen,
        ClientSettings settings,
        CancellationToken ct
    ) =>
        store.ChangeAsync<Client>(
            actor,
            workspaceId,
            "client.changed",
            async attempt =>
            {
                if (ClientAct.Refuse(actor, workspaceId, attempt.At) is { } refused)
                {
                    return refused;
                }

                if (await ClientAct.FindAsync(attempt, workspaceId, clientId, ct) is not { } row)
                {
                    return Refusal.NotFound("app");
                }

                if (seen is { } version && version != row.Version)
                {
                    return Refusal.Stale();
                }

                if (
                    (
                        ClientCheck.Of(settings, workspaceId is not null)
                        ?? await ClientAct.RefusePowersAsync(attempt, actor, workspaceId, settings, ct)
                    ) is
                    { } wrong
                )
                {
                    return wrong;
                }

                var after = settings.On(row);
                after.RoleGivenById = after.Role is null ? null : actor.Member;
                attempt.Changes.Update(row, after);
                attempt.Changes.TellFacts(
                    "client.changed",
                    workspaceId ?? default,
                    ("client", row.Id, after.DisplayName),
                    ClientAct.Facts(row),
                    ClientAct.Facts(after)
                );
                return after;
            },
            ct
        );
}
