using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Apps;

/// <summary>
/// Gives an app one more secret: who holds it does what the app may. Refusals: as of <see cref="RemoveClient"/>, <c>peopleOnly</c>,
/// <c>grantCeiling</c>, <c>tooManySecrets</c>, <c>publicClient</c>.
/// </summary>
public sealed class AddClientSecret(Store store)
{
    /// <summary>Makes it.</summary>
    public Task<Outcome<IssuedClient>> RunAsync(Actor actor, Id<Workspace>? workspaceId, string clientId, CancellationToken ct) =>
        store.ChangeAsync<IssuedClient>(
            actor,
            workspaceId,
            "client.secretAdded",
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

                if (row.ClientType != "confidential")
                {
                    return new Refusal(RefusalKind.Conflict, "publicClient", "This app runs at its users' and can keep no secret.");
                }

                if (ClientSecrets.Of(row).Count >= ClientSecrets.Most)
                {
                    return new Refusal(
                        RefusalKind.Conflict,
                        "tooManySecrets",
                        $"{ClientSecrets.Most} secrets live already. Remove one first."
                    );
                }

                if (await ClientAct.RefusePowersAsync(attempt, actor, workspaceId, ClientSettings.Of(row), ct) is { } beyond)
                {
                    return beyond;
                }

                var after = row.Next();
                (var secret, after.ClientSecret) = ClientSecrets.Add(row, attempt.At);
                attempt.Changes.Update(row, after);
                attempt.Changes.TellFacts(
                    "client.secretAdded",
                    workspaceId ?? default,
                    ("client", row.Id, row.DisplayName),
                    null,
                    new { end = secret[^4..] }
                );
                return new IssuedClient(after, secret);
            },
            ct
        );
}
