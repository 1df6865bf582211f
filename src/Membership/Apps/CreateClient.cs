using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Apps;

/// <summary>An app that was just made, or a secret: the only moment at which the secret is known.</summary>
/// <param name="Row">The app.</param>
/// <param name="Secret">The new secret; null for an app that has none.</param>
public sealed record IssuedClient(Client Row, string? Secret);

/// <summary>
/// Registers an app. One of a workspace serves its people alone; one of the installation serves all, and only the operator makes it.
/// Refusals: <c>forbidden</c>, <c>notFound</c>, <c>signInAgain</c>, <c>peopleOnly</c>, <c>tooManyClients</c>, <c>clientIdTaken</c>, invalid
/// settings.
/// </summary>
public sealed class CreateClient(Store store)
{
    /// <summary>How many apps a workspace may have.</summary>
    public const int Most = 100;

    /// <summary>Registers it.</summary>
    /// <param name="actor">Who acts.</param>
    /// <param name="workspaceId">The workspace; null for the installation.</param>
    /// <param name="clientId">Its <c>client_id</c>, 3 to 100 of letters, digits and <c>-._</c>; null to have one made.</param>
    /// <param name="settings">What it is allowed.</param>
    /// <param name="ct">Stops it before it is written.</param>
    public Task<Outcome<IssuedClient>> RunAsync(
        Actor actor,
        Id<Workspace>? workspaceId,
        string? clientId,
        ClientSettings settings,
        CancellationToken ct
    ) =>
        store.ChangeAsync<IssuedClient>(
            actor,
            workspaceId,
            "client.created",
            async attempt =>
            {
                if (ClientAct.Refuse(actor, workspaceId, attempt.At) is { } refused)
                {
                    return refused;
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

                if (
                    clientId is not null
                    && (clientId.Length is < 3 or > 100 || !clientId.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_'))
                )
                {
                    return Refusal.Invalid("clientId", "A client id has 3 to 100 letters, digits and -._");
                }

                var id = clientId ?? Ids.Next(attempt.Time).ToString("N");
                if (await attempt.Db.Clients.AnyAsync(c => c.ClientId == id, ct))
                {
                    return new Refusal(RefusalKind.Conflict, "clientIdTaken", "Another app has this client id.", "clientId");
                }

                if (workspaceId is { } of)
                {
                    if (await WorkspaceContext.ByIdAsync(attempt.Db, of, ct) is not { } workspace)
                    {
                        return Refusal.NotFound("workspace");
                    }

                    if (await attempt.Db.Clients.CountAsync(c => c.WorkspaceId == workspaceId, ct) >= Most)
                    {
                        return new Refusal(RefusalKind.Conflict, "tooManyClients", $"There are {Most} apps. Remove one first.");
                    }

                    // two at once cannot pass the limit
                    attempt.Changes.Update(workspace.Row, workspace.Row with { Version = workspace.Row.Version + 1 });
                }

                var row = settings.On(
                    new()
                    {
                        Id = Ids.Next(attempt.Time),
                        ClientId = id,
                        WorkspaceId = workspaceId,
                        CreatedAt = attempt.At,
                        RoleGivenById = settings.Role is null ? null : actor.Member,
                    }
                );
                string? secret = null;
                if (settings is { RequireClientSecret: true, JsonWebKeySet: null })
                {
                    (secret, row.ClientSecret) = ClientSecrets.Add(row, attempt.At);
                }

                attempt.Changes.Add(row);
                attempt.Changes.TellFacts(
                    "client.created",
                    workspaceId ?? default,
                    ("client", row.Id, row.DisplayName),
                    null,
                    ClientAct.Facts(row)
                );
                return new IssuedClient(row, secret);
            },
            ct
        );
}
