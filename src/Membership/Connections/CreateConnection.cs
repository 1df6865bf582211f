using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Accounts.Factors;
using UserManagement.Membership.Data;
using UserManagement.Membership.Outbox;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Connections;

/// <summary>Asks the provider whether it is what a draft says, before anything is stored: the relying party's word. Null when it is.</summary>
/// <param name="connection">The connection as it would be stored.</param>
/// <param name="ct">Stops the asking.</param>
public delegate Task<Refusal?> ConnectionProbe(IdentityConnection connection, CancellationToken ct);

/// <summary>
/// Connects an OpenID provider to a workspace, or to the installation (the empty id, the operator alone). Refusals:
/// <c>forbidden</c>, <c>signInAgain</c>, <c>notFound</c>, <c>tooManyConnections</c>, <c>connectionThere</c> (sent twice), what <see cref="ConnectionCheck"/> finds, and what the
/// probe says (<c>issuerMismatch</c> and the like).
/// </summary>
public sealed class CreateConnection(Store store)
{
    /// <summary>How many a workspace may have.</summary>
    public const int Most = 50;

    /// <summary>Makes it.</summary>
    /// <param name="actor">Who acts.</param>
    /// <param name="workspaceId">The workspace; the empty id for the installation.</param>
    /// <param name="draft">The connection as wanted.</param>
    /// <param name="probe">Asks the provider.</param>
    /// <param name="ct">Stops it before it is written.</param>
    /// <param name="id">An id that the caller made before, so that the redirect address could be shown; null for a new one.</param>
    public async Task<Outcome<IdentityConnection>> RunAsync(Actor actor, Id<Workspace> workspaceId, ConnectionDraft draft, ConnectionProbe probe, CancellationToken ct, Id<IdentityConnection>? id = null)
    {
        var made = draft.Credential is null ? null : draft.Onto(new()
        {
            WorkspaceId = workspaceId,
            Id = id ?? Id<IdentityConnection>.New(store.Time),
            Kind = draft.Kind,
            Name = "",
            Authority = "",
            ClientId = "",
            ClientAuthentication = draft.ClientAuthentication,
            CredentialSealed = [],
            Enabled = draft.Enabled,
            CreatedAt = store.Time.Now(),
            Version = 1,
        }, store.Box);

        // The right first: who may not connect a provider does not make the server dial either; the act below says no.
        if (ConnectionGuard.MayNot(actor, workspaceId, store.Time.Now()) is null
            && ((made is null ? Refusal.Invalid("credential", "The client's secret or key is missing.") : ConnectionCheck.Check(draft, made.IsPlatform))
                ?? await probe(made!, ct)) is { } wrong)
        {
            return wrong;
        }

        return await store.ChangeAsync<IdentityConnection>(actor, workspaceId, "connection.created", async attempt =>
        {
            if (ConnectionGuard.MayNot(actor, workspaceId, attempt.At) is { } refused)
            {
                return refused;
            }

            if (!made!.IsPlatform && await WorkspaceContext.ByIdAsync(attempt.Db, workspaceId, ct) is null)
            {
                return Refusal.NotFound("workspace");
            }

            if (await attempt.Db.IdentityConnections.AnyAsync(c => c.Id == made.Id, ct))
            {
                return new Refusal(RefusalKind.Conflict, "connectionThere", "This connection was made already.");
            }

            if (await attempt.Db.IdentityConnections.CountAsync(c => c.WorkspaceId == workspaceId, ct) >= Most)
            {
                return new Refusal(RefusalKind.Conflict, "tooManyConnections", $"There are {Most} connections already. Remove one first.");
            }

            attempt.Changes.Add(made);
            attempt.Changes.Tell("connection.created", workspaceId, ("connection", made.Id.Value, made.Name), after: made);
            return made;
        }, ct);
    }
}

/// <summary>
/// Changes a connection; the next request sees it. Switched off, it ends its sessions: switched on again, people sign in anew. Its kind stays; whoever points it to another provider or client
/// gives the secret anew, so that no secret travels to where it was not meant for. Refusals: those of
/// <see cref="CreateConnection"/>, <c>stale</c>, <c>credentialNeeded</c>, and <c>noWayIn</c> and <c>locksYouOut</c> where the
/// change would shut the acting admin out (see <see cref="ChangeConfiguration"/>).
/// </summary>
public sealed class ChangeConnection(Store store)
{
    /// <summary>Changes it.</summary>
    /// <param name="actor">Who acts.</param>
    /// <param name="workspaceId">The workspace; the empty id for the installation's.</param>
    /// <param name="id">The connection.</param>
    /// <param name="seen">The version that the change is based on; null for any.</param>
    /// <param name="draft">The whole connection as wanted.</param>
    /// <param name="probe">Asks the provider.</param>
    /// <param name="ct">Stops it before it is written.</param>
    public async Task<Outcome<IdentityConnection>> RunAsync(
        Actor actor, Id<Workspace> workspaceId, Id<IdentityConnection> id, long? seen, ConnectionDraft draft, ConnectionProbe probe, CancellationToken ct)
    {
        if (ConnectionGuard.MayNot(actor, workspaceId, store.Time.Now()) is null)
        {
            await using var db = store.Read();
            if (!(await PlanAsync(db, workspaceId, id, seen, draft, ct)).Is(out var planned, out var refusal))
            {
                return refusal;
            }

            // switching off must work while the provider is away
            if (planned.After.Enabled && await probe(planned.After, ct) is { } wrong)
            {
                return wrong;
            }
        }

        return await store.ChangeAsync<IdentityConnection>(actor, workspaceId, "connection.changed", async attempt =>
        {
            if (ConnectionGuard.MayNot(actor, workspaceId, attempt.At) is { } refused)
            {
                return refused;
            }

            if (!(await PlanAsync(attempt.Db, workspaceId, id, seen, draft, ct)).Is(out var planned, out var refusal))
            {
                return refusal;
            }

            var (before, after) = planned;
            if (await ConnectionGuard.AgainstAsync(attempt, before, after, ct) is { } against)
            {
                return against;
            }

            attempt.Changes.Update(before, after);
            if (after.Enabled != before.Enabled)
            {
                // Off ends them for good; on ends what was opened at the very moment of switching off.
                attempt.Changes.Execute(new("UPDATE sessions SET ended_at = @p0 WHERE connection_id = @p1 AND ended_at IS NULL", [Value.Of("@p0", attempt.At.ToUnixTimeMilliseconds()), Value.Of("@p1", id.Value)]));
            }

            attempt.Changes.Tell("connection.changed", workspaceId, ("connection", id.Value, after.Name), before, after, draft.Credential is null ? null : "with a new credential");
            return after;
        }, ct);
    }

    private async Task<Outcome<Planned>> PlanAsync(MembershipDb db, Id<Workspace> workspaceId, Id<IdentityConnection> id, long? seen, ConnectionDraft draft, CancellationToken ct)
    {
        if (await db.IdentityConnections.AsNoTracking().FirstOrDefaultAsync(c => c.WorkspaceId == workspaceId && c.Id == id, ct) is not { } before)
        {
            return Refusal.NotFound("connection");
        }

        if (seen is { } version && before.Version != version)
        {
            return Refusal.Stale();
        }

        if (!before.IsKnown)
        {
            return new Refusal(RefusalKind.Conflict, "laterConnection", "A later version of this server set this connection up in a way that this one does not know. Change it there.");
        }

        if (draft.Kind != before.Kind)
        {
            return Refusal.Invalid("kind", "The kind of a connection stays. Make another one.");
        }

        if (ConnectionCheck.Check(draft, before.IsPlatform) is { } wrong)
        {
            return wrong;
        }

        var moves = Receiver(before.Kind, draft.Authority) != Receiver(before.Kind, before.Authority) || draft.ClientId != before.ClientId || draft.ClientAuthentication != before.ClientAuthentication;
        return moves && draft.Credential is null
            ? new Refusal(RefusalKind.Invalid, "credentialNeeded", "Another provider or client needs its own secret: enter it.", "credential")
            : new Planned(before, draft.Onto(before, store.Box) with { Version = before.Version + 1 });
    }

    /// <summary>Who gets the secret: at Entra one server for all tenants, elsewhere the issuer.</summary>
    private static string Receiver(ConnectionKind kind, string authority) => kind == ConnectionKind.Entra ? new Uri(authority).GetLeftPart(UriPartial.Authority) : authority;

    private sealed record Planned(IdentityConnection Before, IdentityConnection After);
}

/// <summary>
/// Removes a connection with the logins of it: at the next request its sessions open nothing. The accounts stay.
/// Refusals: <c>forbidden</c>, <c>signInAgain</c>, <c>notFound</c>, <c>noWayIn</c>, <c>locksYouOut</c>.
/// </summary>
public sealed class RemoveConnection(Store store)
{
    /// <summary>Removes it.</summary>
    public Task<Outcome<Nothing>> RunAsync(Actor actor, Id<Workspace> workspaceId, Id<IdentityConnection> id, CancellationToken ct) =>
        store.ChangeAsync<Nothing>(actor, workspaceId, "connection.removed", async attempt =>
        {
            if (ConnectionGuard.MayNot(actor, workspaceId, attempt.At) is { } refused)
            {
                return refused;
            }

            if (await attempt.Db.IdentityConnections.AsNoTracking().FirstOrDefaultAsync(c => c.WorkspaceId == workspaceId && c.Id == id, ct) is not { } row)
            {
                return Refusal.NotFound("connection");
            }

            if (await ConnectionGuard.AgainstAsync(attempt, row, null, ct) is { } against)
            {
                return against;
            }

            var logins = await attempt.Db.Logins.CountAsync(l => l.ConnectionId == id, ct);
            attempt.Changes.Remove(row);
            attempt.Changes.Execute(DropLogins.Piece(id)); // they open nothing without their connection; the rest is only taken away
            if (logins > DropLogins.Most)
            {
                attempt.Changes.Send(OutboxKind.ConnectionRemoved, id.Value, $"connection:{id.Value}", null);
            }

            attempt.Changes.Execute(new("DELETE FROM connection_uses WHERE connection_id = @p0", [Value.Of("@p0", id.Value)]));
            attempt.Changes.Execute(new("DELETE FROM failed_sign_ins WHERE connection_id = @p0", [Value.Of("@p0", id.Value)]));
            attempt.Changes.Tell("connection.removed", workspaceId, ("connection", id.Value, row.Name), before: row, reason: $"with {logins} logins");
            return default(Nothing);
        }, ct);
}

/// <summary>Who may change a connection, and what keeps an admin from shutting themselves out by one of their own workspace.</summary>
internal static class ConnectionGuard
{
    /// <summary>Why the actor may change none at this moment; null when they may. A person proves anew who they are.</summary>
    public static Refusal? MayNot(Actor actor, Id<Workspace> workspace, DateTimeOffset at) =>
        actor.Demand(workspace, Permission.ConfigureWorkspace) ?? RecentAuthentication.Check(actor, at);

    /// <summary>Why the change may not be made; null when it may.</summary>
    /// <param name="attempt">The attempt.</param>
    /// <param name="before">The connection.</param>
    /// <param name="after">What becomes of it; null when it is removed.</param>
    /// <param name="ct">Stops the read.</param>
    public static async Task<Refusal?> AgainstAsync(Attempt attempt, IdentityConnection before, IdentityConnection? after, CancellationToken ct)
    {
        var narrows = after is null || after.Enabled != before.Enabled || after.Authority != before.Authority || after.Tenants != before.Tenants || after.Domains != before.Domains;
        if (before.IsPlatform || !narrows || await WorkspaceContext.ByIdAsync(attempt.Db, before.WorkspaceId, ct) is not { } workspace)
        {
            return null;
        }

        if (await LockoutGuard.GuardAsync(attempt, workspace, workspace.Configuration.SignIn, c => c.Id == before.Id ? after : c, ct) is { } against)
        {
            return against;
        }

        // One way at a time: who changes the policy or another connection at this moment judges anew.
        attempt.Changes.Update(workspace.Row, workspace.Row with { Version = workspace.Row.Version + 1 });
        return null;
    }
}
