using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Apps;

/// <summary>
/// Takes an app away, with everything that it was given: codes, tokens, sessions and consents are gone with the same transaction. It is
/// told of each session that it had (<see cref="AppRemoval"/>), and a receipt says when it acknowledged.
/// Refusals: <c>forbidden</c>, <c>notFound</c>, <c>signInAgain</c>.
/// </summary>
public sealed class RemoveClient(Store store)
{
    /// <summary>Removes it.</summary>
    public Task<Outcome<Client>> RunAsync(Actor actor, Id<Workspace>? workspaceId, string clientId, CancellationToken ct) =>
        store.ChangeAsync<Client>(
            actor,
            workspaceId,
            "client.removed",
            async attempt =>
            {
                if (ClientAct.RefuseEnd(actor, workspaceId, attempt.At) is { } refused)
                {
                    return refused;
                }

                if (await ClientAct.FindAsync(attempt, workspaceId, clientId, ct) is not { } row)
                {
                    return Refusal.NotFound("app");
                }

                attempt.Changes.Remove(row);
                attempt.Changes.Execute(new("DELETE FROM client_uses WHERE client_id = $1", [Value.Of("$1", row.Id)]));
                if (row.WorkspaceId is { } of)
                {
                    attempt.Changes.Execute(
                        new(
                            "DELETE FROM scim_credential_uses WHERE workspace_id = $1 AND credential_id = $2",
                            [Value.Of("$1", of.Value), Value.Of("$2", row.Id)]
                        )
                    );
                }

                attempt.Changes.TellFacts(
                    "client.removed",
                    workspaceId ?? default,
                    ("client", row.Id, row.DisplayName),
                    ClientAct.Facts(row),
                    null
                );
                return row;
            },
            ct
        );
}
