using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Data;
using UserManagement.Membership.Members;
using UserManagement.Membership.Roles;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Access;

/// <summary>A new key, which is shown this once.</summary>
/// <param name="Row">The key as it is kept.</param>
/// <param name="Key">The bearer token (RFC 6750).</param>
public sealed record IssuedApiKey(ApiKey Row, string Key);

/// <summary>
/// Makes a key for a program. Refusals: <c>forbidden</c>, <c>signInAgain</c>, <c>notFound</c>, <c>grantCeiling</c> (a role above what the
/// actor may hand out), <c>tooManyKeys</c>, <c>peopleOnly</c> (a key asks: what it made would outlive its revocation), an
/// invalid name, role or lifetime.
/// </summary>
public sealed class CreateApiKey(Store store)
{
    /// <summary>How many keys of a workspace may be live at once.</summary>
    public const int MostLive = 25;

    /// <summary>What every key begins with, so that scanners for leaked secrets find it.</summary>
    public const string Prefix = "umapi_";

    /// <summary>The longest life of a key.</summary>
    public static readonly TimeSpan LongestLife = TimeSpan.FromDays(366);

    /// <summary>Makes the key.</summary>
    /// <param name="actor">Who acts.</param>
    /// <param name="workspaceId">The workspace.</param>
    /// <param name="name">Which program it is for, 1 to 100 characters.</param>
    /// <param name="role">The key of the role as which it acts.</param>
    /// <param name="lifetime">How long it lives, up to <see cref="LongestLife"/>.</param>
    /// <param name="ct">Stops it before it is written.</param>
    public Task<Outcome<IssuedApiKey>> RunAsync(
        Actor actor,
        Id<Workspace> workspaceId,
        string name,
        string role,
        TimeSpan lifetime,
        CancellationToken ct
    ) =>
        store.ChangeAsync<IssuedApiKey>(
            actor,
            workspaceId,
            "apiKey.created",
            async attempt =>
            {
                if (
                    (
                        actor.Demand(workspaceId, Permission.ConfigureWorkspace)
                        ?? NoProgram(actor)
                        ?? Accounts.Factors.RecentAuthentication.Check(actor, attempt.At)
                    ) is
                    { } refused
                )
                {
                    return refused;
                }

                if (Key.Check("name", name) is not null || name.Length > 100)
                {
                    return Refusal.Invalid("name", "A key has a name of 1 to 100 characters.");
                }

                if (lifetime <= TimeSpan.Zero || lifetime > LongestLife)
                {
                    return Refusal.Invalid("lifetime", $"A key lives up to {LongestLife.Days} days.");
                }

                if (await WorkspaceContext.ByIdAsync(attempt.Db, workspaceId, ct) is not { } workspace)
                {
                    return Refusal.NotFound("workspace");
                }

                if (workspace.Configuration.MayGrant(actor, role) is { } beyond)
                {
                    return beyond;
                }

                var now = attempt.At;
                if (
                    await attempt.Db.ApiKeys.CountAsync(k => k.WorkspaceId == workspaceId && k.RevokedAt == null && k.ExpiresAt > now, ct)
                    >= MostLive
                )
                {
                    return new Refusal(RefusalKind.Conflict, "tooManyKeys", $"{MostLive} keys are live. Revoke one first.");
                }

                var secret = Secret.New(Prefix);
                var row = new ApiKey
                {
                    WorkspaceId = workspaceId,
                    Id = Id<ApiKey>.New(attempt.Time),
                    Name = name.Trim(),
                    Role = role,
                    KeyHash = Secret.Hash(secret),
                    KeyEnd = secret[^4..],
                    MadeById = actor.Member,
                    MadeBy = Membership.Key.Cut(actor.Name, 200),
                    CreatedAt = now,
                    ExpiresAt = Moment.Cut(now + lifetime),
                };
                attempt.Changes.Add(row);
                // two at once cannot pass the limit
                attempt.Changes.Update(workspace.Row, workspace.Row with { Version = workspace.Row.Version + 1 });
                attempt.Changes.Tell("apiKey.created", workspaceId, ("apiKey", row.Id.Value, row.Name), after: row);
                return new IssuedApiKey(row, secret);
            },
            ct
        );

    /// <summary>
    /// No key makes credentials, keys or tokens: they would live on when the key that leaked is revoked. People make them, and the
    /// operator's verbs.
    /// </summary>
    internal static Refusal? NoProgram(Actor actor) =>
        actor.Kind == ActorKind.ApiKey
            ? new(
                RefusalKind.Forbidden,
                "peopleOnly",
                "A key makes no keys and no tokens: they would live on when it is revoked. A person makes them."
            )
            : null;
}
