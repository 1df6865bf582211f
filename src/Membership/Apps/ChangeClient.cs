using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Apps;

/// <summary>Changes what an app is allowed. Refusals as of <see cref="CreateClient"/>.</summary>
public sealed class ChangeClient(Store store)
{
    /// <summary>Changes it; from the next request on.</summary>
    public Task<Outcome<Client>> RunAsync(
        Actor actor,
        Id<Workspace>? workspaceId,
        string clientId,
        ClientSettings settings,
        CancellationToken ct
    ) =>
        store.ChangeAsync<Client>(
            actor,
            workspaceId,
            "client.changed",
            async attempt =>
            {
                if ((ClientAct.Refuse(actor, workspaceId, attempt.At) ?? ClientCheck.Of(settings)) is { } refused)
                {
                    return refused;
                }

                if (await ClientAct.FindAsync(attempt, workspaceId, clientId, ct) is not { } row)
                {
                    return Refusal.NotFound("app");
                }

                var after = settings.On(row);
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
