using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Accounts.Factors;
using UserManagement.Membership.Data;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Webhooks;

/// <summary>What the acts on endpoints share.</summary>
internal static class WebhookAct
{
    /// <summary>Opens the workspace and reads the endpoint, for an act on one.</summary>
    public static async Task<Outcome<(WorkspaceContext Workspace, Webhook Row)>> FindAsync(
        Attempt attempt,
        Id<Workspace> workspaceId,
        Id<Webhook> id,
        bool isSensitive,
        CancellationToken ct
    )
    {
        if (Refuse(attempt.Actor, workspaceId, attempt.At, isSensitive) is { } refused)
        {
            return refused;
        }

        return
            await WorkspaceContext.ByIdAsync(attempt.Db, workspaceId, ct) is not { } workspace
            || await ReadAsync(attempt.Db, workspaceId, id, ct) is not { } row
            ? Refusal.NotFound("webhook")
            : (workspace, row);
    }

    /// <summary>Whether the actor may: who configures the workspace; a person by a late proof where secrets or addresses change.</summary>
    public static Refusal? Refuse(Actor actor, Id<Workspace> workspaceId, DateTimeOffset at, bool isSensitive) =>
        actor.Demand(workspaceId, Permission.ConfigureWorkspace) ?? (isSensitive ? RecentAuthentication.Check(actor, at) : null);

    public static Task<Webhook?> ReadAsync(MembershipDb db, Id<Workspace> workspace, Id<Webhook> id, CancellationToken ct) =>
        db.Webhooks.AsNoTracking().FirstOrDefaultAsync(w => w.WorkspaceId == workspace && w.Id == id, ct);

    /// <summary>
    /// Tells the workspace's row what its endpoints want, in a version of its own: acts that were planned without knowing are planned anew.
    /// </summary>
    /// <param name="attempt">The act.</param>
    /// <param name="workspace">The workspace.</param>
    /// <param name="id">The endpoint that changes.</param>
    /// <param name="after">What it becomes; null when it is removed.</param>
    /// <param name="ct">Stops the read.</param>
    public static async Task WantAsync(Attempt attempt, WorkspaceContext workspace, Id<Webhook> id, Webhook? after, CancellationToken ct)
    {
        var others = await attempt.Db.Webhooks.AsNoTracking().Where(w => w.WorkspaceId == workspace.Id && w.Id != id).ToListAsync(ct);
        var changed = workspace.Row with
        {
            Webhooks = WantedEvents.Write([.. others, .. after is null ? Array.Empty<Webhook>() : [after]]),
            Version = workspace.Row.Version + 1,
            ConfigurationVersion = workspace.Row.ConfigurationVersion + 1,
        };
        attempt.Changes.Update(workspace.Row, changed);
        WorkspaceContext.Forget(workspace.Id);
    }

    /// <summary>What the audit log says of an endpoint; its secrets are left out.</summary>
    public static object Facts(Webhook row) =>
        new
        {
            name = row.Name,
            url = row.Url,
            types = row.Types.Length == 0 ? "all" : row.Types,
            format = row.Format.Shown(),
            audience = row.Audience,
            enabled = row.DisabledAt is null,
        };

    public static void Tell(Attempt attempt, string act, Webhook row, object? before, object? after) =>
        attempt.Changes.TellFacts(act, row.WorkspaceId, ("webhook", row.Id.Value, row.Name), before, after);
}
