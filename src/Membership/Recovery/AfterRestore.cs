using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Accounts;
using UserManagement.Membership.Apps;
using UserManagement.Membership.Data;
using UserManagement.Membership.Domains;
using UserManagement.Membership.Operators;
using UserManagement.Membership.Outbox;

namespace UserManagement.Membership.Recovery;

/// <summary>What became void after a restore; nothing where that was done before.</summary>
public sealed record VoidAfterRestore
{
    /// <summary>The time of the state that was restored; null when nobody wrote it down.</summary>
    public DateTimeOffset? State { get; init; }

    /// <summary>Sessions that were ended.</summary>
    public required int Sessions { get; init; }

    /// <summary>One-time links: password resets and first sign-ins.</summary>
    public required int Links { get; init; }

    /// <summary>Invitations whose links and mails open nothing until they are sent again.</summary>
    public required int Invitations { get; init; }

    /// <summary>Links for many, links to the set-up portal, and proofs of who asked to join.</summary>
    public required int JoinLinks { get; init; }

    /// <summary>What sign-ins gave apps, and consents.</summary>
    public required int AppGrants { get; init; }

    /// <summary>Codes and tokens of apps.</summary>
    public required int AppTokens { get; init; }

    /// <summary>Tokens of directories and keys of programs, where that was asked for.</summary>
    public required int Keys { get; init; }

    /// <summary>Whether anything was.</summary>
    public bool Any => Sessions + Links + Invitations + JoinLinks + AppGrants + AppTokens + Keys > 0;
}

/// <summary>
/// To be run on a database that was set back to a backup, before a server serves it. Whatever was ended between the backup and the restore
/// would live again: so every session, one-time link, invitation link, and everything that apps were given is void, apps are told, and
/// each workspace's admins are asked to have their directory synchronised in full (<see cref="ConfirmDirectory"/>). People, roles, groups,
/// seats and the audit log stay as they were. Run again it finds nothing to do. Refusals: <c>forbidden</c>.
/// </summary>
public sealed class AfterRestore(Store store)
{
    /// <summary>Does it, all in one transaction.</summary>
    /// <param name="actor">Whoever runs the server.</param>
    /// <param name="revokeKeys">Whether tokens of directories and keys of programs go too: those that were revoked since the backup open
    /// their doors again otherwise.</param>
    /// <param name="ct">Stops it before it is written.</param>
    public Task<Outcome<VoidAfterRestore>> RunAsync(Actor actor, bool revokeKeys, CancellationToken ct) =>
        store.ChangeAsync<VoidAfterRestore>(
            actor,
            null,
            "installation.restored",
            async attempt =>
            {
                if (!actor.Unlimited)
                {
                    return Refusal.Forbidden("Only whoever runs the server may do this.");
                }

                var (found, backup) = await ReadAsync(attempt, revokeKeys, ct);
                if (!found.Any && backup is null)
                {
                    return found;
                }

                await TellAppsAsync(attempt, ct);
                var at = attempt.At.ToUnixTimeMilliseconds();
                foreach (var sql in Statements(revokeKeys))
                {
                    attempt.Changes.Execute(new(sql, sql.Contains("$1", StringComparison.Ordinal) ? [Value.Of("$1", at)] : []));
                }

                await MarkAsync(attempt, backup, ct);
                attempt.Changes.TellFacts("installation.restored", default, ("installation", null, null), null, found);
                foreach (var workspace in await attempt.Db.Workspaces.AsNoTracking().OrderBy(w => w.Id).ToListAsync(ct))
                {
                    attempt.Changes.TellFacts(
                        "workspace.restored",
                        workspace.Id,
                        ("workspace", workspace.Id.Value, workspace.Name),
                        null,
                        new { found.State }
                    );
                }

                return found;
            },
            ct
        );

    private static IEnumerable<string> Statements(bool revokeKeys) =>
        [
            "UPDATE sessions SET ended_at = $1 WHERE ended_at IS NULL",
            "UPDATE one_time_links SET closed_at = $1, secret_sealed = NULL WHERE closed_at IS NULL",
            "UPDATE invitations SET expires_at = $1, link_sealed = NULL, mail_sealed = NULL, version = version + 1 "
                + "WHERE closed_at IS NULL AND expires_at > $1",
            "UPDATE invite_links SET ended_at = $1, link_sealed = NULL, version = version + 1 WHERE ended_at IS NULL",
            "UPDATE portal_links SET revoked_at = $1, mail_sealed = NULL WHERE revoked_at IS NULL AND expires_at > $1",
            "DELETE FROM join_requests WHERE state = 'Unproven'",
            $"UPDATE oidc_grants SET status = '{AppAccess.Revoked}', end_cause = 'installation.restored commandLine', "
                + "ended_at = CASE WHEN session_id IS NULL THEN NULL ELSE $1 END "
                + $"WHERE status = '{AppAccess.Valid}'",
            $"UPDATE oidc_tokens SET status = '{AppAccess.Revoked}' WHERE status = '{AppAccess.Valid}'",
            .. revokeKeys
                ?
                [
                    "UPDATE scim_credentials SET revoked_at = $1 WHERE revoked_at IS NULL",
                    "UPDATE api_keys SET revoked_at = $1 WHERE revoked_at IS NULL",
                    $"DELETE FROM marks WHERE name LIKE '{OperatorKey.MarkPrefix}%'",
                ]
                : Array.Empty<string>(),
        ];

    private static async Task<(VoidAfterRestore Found, Mark? Backup)> ReadAsync(Attempt attempt, bool revokeKeys, CancellationToken ct)
    {
        var db = attempt.Db;
        var backup = await db.Marks.AsNoTracking().FirstOrDefaultAsync(m => m.Name == Mark.BackedUp, ct);
        var keys = revokeKeys
            ? await db.ScimCredentials.CountAsync(c => c.RevokedAt == null, ct)
                + await db.ApiKeys.CountAsync(k => k.RevokedAt == null, ct)
                + await db.Marks.CountAsync(m => m.Name.StartsWith(OperatorKey.MarkPrefix), ct)
            : 0;
        return (
            new()
            {
                State = backup?.At,
                Sessions = await db.Sessions.CountAsync(s => s.EndedAt == null, ct),
                Links = await db.OneTimeLinks.CountAsync(l => l.ClosedAt == null, ct),
                Invitations = await db.Invitations.CountAsync(i => i.ClosedAt == null && i.ExpiresAt > attempt.At, ct),
                JoinLinks =
                    await db.InviteLinks.CountAsync(l => l.EndedAt == null, ct)
                    + await db.JoinRequests.CountAsync(r => r.State == JoinRequestState.Unproven, ct)
                    + await db.PortalLinks.CountAsync(l => l.RevokedAt == null && l.ExpiresAt > attempt.At, ct),
                AppGrants = await db.AppGrants.CountAsync(g => g.Status == AppAccess.Valid, ct),
                AppTokens = await db.AppTokens.CountAsync(t => t.Status == AppAccess.Valid, ct),
                Keys = keys,
            },
            backup
        );
    }

    /// <summary>The receipts and messages to apps are made from this by the outbox, a session at a time.</summary>
    private static async Task TellAppsAsync(Attempt attempt, CancellationToken ct)
    {
        var sessions = await attempt
            .Db.AppGrants.AsNoTracking()
            .Where(g => g.Status == AppAccess.Valid && g.SessionId != null)
            .Select(g => g.SessionId!.Value)
            .Distinct()
            .ToListAsync(ct);
        foreach (var session in sessions)
        {
            attempt.Changes.Send(OutboxKind.AppSessionEnded, session.Value, "app:" + session, null);
        }
    }

    private static async Task MarkAsync(Attempt attempt, Mark? backup, CancellationToken ct)
    {
        var mark = new Mark
        {
            Name = Mark.Restored,
            Value = backup?.At.ToString("O") ?? "",
            At = attempt.At,
        };
        if (await attempt.Db.Marks.AsNoTracking().FirstOrDefaultAsync(m => m.Name == Mark.Restored, ct) is { } before)
        {
            attempt.Changes.Update(before, mark);
        }
        else
        {
            attempt.Changes.AddIfMissing(mark);
        }

        if (backup is not null)
        {
            attempt.Changes.Remove(backup, mustExist: false); // it is told, and the next run is another one
        }
    }
}
