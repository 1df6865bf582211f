using System.Globalization;
using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Outbox;

namespace UserManagement.Membership.Apps;

/// <summary>
/// Looks through what sign-ins gave apps after a change that may have ended some of it: a sign-in policy, a connection, a login, a second
/// factor, a setting of an app. Whoever may no longer use an app by the rules of <see cref="ReadAppClaims"/> is signed out of it: they come
/// back by a new sign-in that pays what is asked. Works in pieces, each of which goes on where the one before ended.
/// </summary>
public sealed class ReviewAppAccess(Store store, ReadAppClaims read) : IOutboxConsumer
{
    internal const string OfWorkspace = "workspace";
    internal const string OfConnection = "connection";
    internal const string OfAccount = "account";
    internal const string OfClient = "client";

    /// <summary>How many grants are read at once.</summary>
    internal int Most { get; init; } = 200;

    /// <summary>How many pages one turn takes; what is left is a message of its own.</summary>
    internal int MostPages { get; init; } = 10;

    /// <inheritdoc/>
    public string Kind => OutboxKind.AppReview;

    /// <summary>The subject of a message: what is looked through, why, and from which grant on.</summary>
    internal static string SubjectOf(string what, Guid about, string cause, Guid from = default) =>
        string.Create(CultureInfo.InvariantCulture, $"app-review:{what}:{about:D}:{cause}:{from:D}");

    /// <inheritdoc/>
    public async Task<Delivery> DeliverAsync(OutboxMessage message, CancellationToken ct)
    {
        if (message.Subject.Split(':') is not [_, var what, _, var cause, var text] || !Guid.TryParse(text, out var from))
        {
            return Delivery.Never("It does not say what is to be looked through.");
        }

        for (var pages = 0; pages < MostPages; pages++)
        {
            var page = await PageAsync(what, message.About, from, ct);
            foreach (var group in page.GroupBy(g => (g.ApplicationId, g.SessionId, g.WorkspaceId)))
            {
                if (
                    !(await read.OfGrantAsync(group.First().Id, false, ct)).Done
                    && (await EndAsync(group.First(), cause, message.CreatedAt, ct)).Refusal is { } refusal
                )
                {
                    return Delivery.Failed(refusal.Code);
                }
            }

            if (page.Count < Most)
            {
                return Delivery.Done;
            }

            from = page[^1].Id;
        }

        var next = await store.ChangeAsync<Nothing>(
            Actor.System,
            null,
            Kind,
            attempt =>
            {
                attempt.Changes.Add(
                    new OutboxMessage
                    {
                        Id = Id<OutboxMessage>.New(attempt.Time),
                        Subject = SubjectOf(what, message.About, cause, from),
                        Kind = Kind,
                        About = message.About,
                        CreatedAt = message.CreatedAt,
                        DueAt = attempt.At,
                    }
                );
                return Task.FromResult<Outcome<Nothing>>(default(Nothing));
            },
            ct
        );
        return next.Refusal is { } no ? Delivery.Failed(no.Code) : Delivery.Done;
    }

    private async Task<List<AppGrant>> PageAsync(string what, Guid about, Guid from, CancellationToken ct)
    {
        await using var db = store.Read();
        var (workspace, account, connection) = (
            (Id<Workspaces.Workspace>?)new Id<Workspaces.Workspace>(about),
            (Id<Accounts.Account>?)new Id<Accounts.Account>(about),
            (Id<Connections.IdentityConnection>?)new Id<Connections.IdentityConnection>(about)
        );
        var grants = db.AppGrants.AsNoTracking().Where(g => g.Status == AppAccess.Valid && g.Type == AppAccess.AdHoc);
        grants = what switch
        {
            OfWorkspace => grants.Where(g => g.WorkspaceId == workspace),
            OfAccount => grants.Where(g => g.AccountId == account),
            OfClient => grants.Where(g => g.ApplicationId == about),
            _ => grants.Where(g => db.Sessions.Any(s => s.Id == g.SessionId && s.ConnectionId == connection)),
        };
        return await grants.Where(g => g.Id > from).OrderBy(g => g.Id).Take(Most).ToListAsync(ct);
    }

    /// <summary>Ends all that one sign-in gave the app for the workspace, and has the app told.</summary>
    private Task<Outcome<Nothing>> EndAsync(AppGrant one, string cause, DateTimeOffset at, CancellationToken ct) =>
        store.ChangeAsync<Nothing>(
            Actor.System,
            null,
            Kind,
            async attempt =>
            {
                var standing = await attempt
                    .Db.AppGrants.AsNoTracking()
                    .Where(g =>
                        g.SessionId == one.SessionId
                        && g.ApplicationId == one.ApplicationId
                        && g.WorkspaceId == one.WorkspaceId
                        && g.Status == AppAccess.Valid
                        && g.Type == AppAccess.AdHoc
                    )
                    .OrderBy(g => g.Id)
                    .ToListAsync(ct);
                if (
                    standing.Count == 0
                    || await attempt.Db.Clients.AsNoTracking().FirstOrDefaultAsync(c => c.Id == one.ApplicationId, ct) is not { } client
                )
                {
                    return default(Nothing);
                }

                foreach (var grant in standing)
                {
                    attempt.Changes.Execute(
                        new(
                            $"UPDATE oidc_grants SET status = '{AppAccess.Revoked}', end_cause = $2 WHERE id = $1",
                            [Value.Of("$1", grant.Id), Value.Of("$2", cause)]
                        )
                    );
                }

                AppEnding.Tell(attempt.Changes, standing, client, cause, at);
                return default(Nothing);
            },
            ct
        );
}
