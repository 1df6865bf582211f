using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Apps;

/// <summary>Takes a secret of an app away, at once, with the tokens it proved itself by. Refusals: as of <see cref="RemoveClient"/>.</summary>
public sealed class RemoveClientSecret(Store store)
{
    /// <summary>Removes it.</summary>
    public Task<Outcome<Client>> RunAsync(Actor actor, Id<Workspace>? workspaceId, string clientId, Guid secretId, CancellationToken ct) =>
        store.ChangeAsync<Client>(
            actor,
            workspaceId,
            "client.secretRemoved",
            async attempt =>
            {
                if (ClientAct.RefuseEnd(actor, workspaceId, attempt.At) is { } refused)
                {
                    return refused;
                }

                if (
                    await ClientAct.FindAsync(attempt, workspaceId, clientId, ct) is not { } row
                    || ClientSecrets.Of(row).FirstOrDefault(s => s.Id == secretId) is not { } secret
                )
                {
                    return Refusal.NotFound("secret");
                }

                var after = row.Next();
                after.ClientSecret = ClientSecrets.Write([.. ClientSecrets.Of(row).Where(s => s.Id != secretId)]);
                attempt.Changes.Update(row, after);
                attempt.Changes.TellFacts(
                    "client.secretRemoved",
                    workspaceId ?? default,
                    ("client", row.Id, row.DisplayName),
                    new { end = secret.End },
                    null
                );
                return after;
            },
            ct
        );
}
