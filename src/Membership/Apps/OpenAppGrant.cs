using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Accounts;
using UserManagement.Membership.Data;

namespace UserManagement.Membership.Apps;

/// <summary>
/// Opens what a sign-in gives an app, a row of its own for each, so that a code used twice ends its own family and no other; and
/// remembers what a person agreed to. What may be given was settled before (<see cref="ReadAppClaims"/>). No refusals.
/// </summary>
public sealed class OpenAppGrant(Store store)
{
    private readonly LastUsedNotes<Guid> _uses = new();

    /// <summary>Opens it, and notes who used the app last.</summary>
    /// <param name="client">The app.</param>
    /// <param name="claims">The person, as just read.</param>
    /// <param name="scopes">The scopes that it may use.</param>
    /// <param name="ct">Stops it before it is written.</param>
    /// <returns>Its id.</returns>
    public async Task<Outcome<Guid>> RunAsync(Client client, AppClaims claims, IReadOnlyList<string> scopes, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(claims);
        var opened = await AddAsync(client, claims, scopes, AppAccess.AdHoc, claims.Session.Id, ct);
        if (opened.Done)
        {
            await ClientUse.NoteAsync(store, _uses, client.Id, claims.Session.AccountId, ct);
        }

        return opened;
    }

    /// <summary>Remembers that the person agreed that the app uses these scopes in this workspace.</summary>
    public Task<Outcome<Guid>> ConsentAsync(Client client, AppClaims claims, IReadOnlyList<string> scopes, CancellationToken ct) =>
        AddAsync(client, claims, scopes, AppAccess.Permanent, null, ct);

    /// <summary>Whether the person agreed to all of these scopes before.</summary>
    public async Task<bool> HasConsentAsync(Client client, AppClaims claims, IReadOnlyList<string> scopes, CancellationToken ct)
    {
        await using var db = store.Read();
        var (app, account, workspace) = (
            (Guid?)client.Id,
            (Id<Account>?)claims.Session.AccountId,
            (Id<Workspaces.Workspace>?)claims.Workspace.Id
        );
        var given = await db
            .AppGrants.AsNoTracking()
            .Where(g =>
                g.AccountId == account
                && g.WorkspaceId == workspace
                && g.ApplicationId == app
                && g.Type == AppAccess.Permanent
                && g.Status == AppAccess.Valid
            )
            .Select(g => g.Scopes)
            .ToListAsync(ct);
        return given.OfType<string>().Any(text => !scopes.Except(StoredList.Read(text)).Any());
    }

    /// <summary>The workspace for which the app was last used in a session; null for none.</summary>
    public async Task<Id<Workspaces.Workspace>?> LastWorkspaceAsync(Client client, Id<Session> session, CancellationToken ct)
    {
        await using var db = store.Read();
        var (app, of) = ((Guid?)client.Id, (Id<Session>?)session);
        return await db
            .AppGrants.AsNoTracking()
            .Where(g => g.SessionId == of && g.ApplicationId == app && g.Status == AppAccess.Valid)
            .OrderByDescending(g => g.CreationDate)
            .ThenByDescending(g => g.Id)
            .Select(g => g.WorkspaceId)
            .FirstOrDefaultAsync(ct);
    }

    private Task<Outcome<Guid>> AddAsync(
        Client client,
        AppClaims claims,
        IReadOnlyList<string> scopes,
        string type,
        Id<Session>? session,
        CancellationToken ct
    ) =>
        store.ChangeAsync<Guid>(
            Access.Actor.System,
            null,
            "app.granted",
            attempt =>
            {
                var row = new AppGrant
                {
                    Id = Ids.Next(attempt.Time),
                    ApplicationId = client.Id,
                    AccountId = claims.Session.AccountId,
                    WorkspaceId = claims.Workspace.Id,
                    SessionId = session,
                    Subject = claims.Subject,
                    Scopes = JsonSerializer.Serialize(scopes),
                    Status = AppAccess.Valid,
                    Type = type,
                    CreationDate = attempt.At.UtcDateTime,
                };
                attempt.Changes.Add(row);
                return Task.FromResult<Outcome<Guid>>(row.Id);
            },
            ct
        );
}
