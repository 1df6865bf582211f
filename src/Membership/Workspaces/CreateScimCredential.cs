using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Approvals;
using UserManagement.Membership.Data;
using UserManagement.Membership.Portals;

namespace UserManagement.Membership.Workspaces;

/// <summary>A new credential with its token, which is shown this once.</summary>
/// <param name="Credential">The credential.</param>
/// <param name="Token">The bearer token (RFC 6750).</param>
public sealed record IssuedScimToken(ScimCredential Credential, string Token);

/// <summary>
/// Makes a token for a directory. Refusals: <c>forbidden</c>, <c>signInAgain</c>, <c>notFound</c>, <c>tooManyTokens</c> (two are live),
/// <c>peopleOnly</c> (a key asks), <c>awaitsApproval</c> (a second admin has to say yes), an invalid name or lifetime.
/// </summary>
public sealed class CreateScimCredential(Store store)
{
    /// <summary>How many tokens of a workspace may be live at once: the old one and the new one.</summary>
    public const int MostLive = 2;

    /// <summary>What every token begins with, so that scanners for leaked secrets find it.</summary>
    public const string Prefix = "umscim_";

    /// <summary>Makes the token.</summary>
    /// <param name="actor">Who acts.</param>
    /// <param name="workspaceId">The workspace.</param>
    /// <param name="name">What it is for.</param>
    /// <param name="lifetime">How long it lives, up to ten years; null for ever.</param>
    /// <param name="ct">Stops it before it is written.</param>
    public Task<Outcome<IssuedScimToken>> RunAsync(
        Actor actor,
        Id<Workspace> workspaceId,
        string name,
        TimeSpan? lifetime,
        CancellationToken ct
    ) =>
        store.ChangeAsync<IssuedScimToken>(
            actor,
            workspaceId,
            "scimToken.created",
            async attempt =>
            {
                if (
                    (
                        actor.Demand(workspaceId, Permission.ManageDirectory, PortalScopes.Directory)
                        ?? CreateApiKey.NoProgram(actor)
                        ?? Accounts.Factors.RecentAuthentication.Check(actor, attempt.At)
                    ) is
                    { } refused
                )
                {
                    return refused;
                }

                if (Key.Check("name", name) is { } wrong || name.Length > 100)
                {
                    return Refusal.Invalid("name", "A token has a name of 1 to 100 characters.");
                }

                if (lifetime is { } span && (span <= TimeSpan.Zero || span > TimeSpan.FromDays(3653)))
                {
                    return Refusal.Invalid("lifetime", "A token lives up to ten years.");
                }

                if (await WorkspaceContext.ByIdAsync(attempt.Db, workspaceId, ct) is not { } workspace)
                {
                    return Refusal.NotFound("workspace");
                }

                var now = attempt.At;
                if (
                    await attempt.Db.ScimCredentials.CountAsync(
                        c => c.WorkspaceId == workspaceId && c.RevokedAt == null && (c.ExpiresAt == null || c.ExpiresAt > now),
                        ct
                    ) >= MostLive
                )
                {
                    return new Refusal(RefusalKind.Conflict, "tooManyTokens", "Two tokens are live. Revoke one first.");
                }

                if (await FourEyes.AgainstAsync(attempt, workspace, FourEyesAct.IssueDirectoryToken, default, name.Trim(), ct) is { } alone)
                {
                    return alone;
                }

                var token = Secret.New(Prefix);
                var credential = new ScimCredential
                {
                    WorkspaceId = workspaceId,
                    Id = Id<ScimCredential>.New(attempt.Time),
                    Name = name.Trim(),
                    TokenHash = Secret.Hash(token),
                    TokenEnd = token[^4..],
                    CreatedAt = now,
                    ExpiresAt = lifetime is { } lives ? Moment.Cut(now + lives) : null,
                    PortalLinkId = PortalLink.Of(actor),
                };
                attempt.Changes.Add(credential);
                // two at once cannot make a third
                attempt.Changes.Update(workspace.Row, workspace.Row with { Version = workspace.Row.Version + 1 });
                attempt.Changes.Tell(
                    "scimToken.created",
                    workspaceId,
                    ("scimCredential", credential.Id.Value, credential.Name),
                    after: credential
                );
                return new IssuedScimToken(credential, token);
            },
            ct
        );
}
