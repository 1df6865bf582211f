using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Apps;
using UserManagement.Membership.Data;
using UserManagement.Membership.Members;
using UserManagement.Membership.Roles;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Access;

/// <summary>A program that showed a live key, or a live token of an app.</summary>
/// <param name="Actor">The key or the app as an actor, with the permissions of its role at this moment.</param>
/// <param name="Workspace">The one workspace that it opens.</param>
public sealed record RecognizedKey(Actor Actor, WorkspaceContext Workspace);

/// <summary>
/// Tells whether a bearer token is a live key, or a token of an app that acts for itself: keyed reads at each request, no cache, so
/// that a revoked key, a key whose maker was suspended or may not hand out its role any more, and a changed role hold at once. Notes the
/// use at most once a minute.
/// </summary>
public sealed class RecognizeApiKey(Store store)
{
    private static readonly ConcurrentDictionary<Type, Func<MembershipDb, byte[], Task<Found?>>> Queries = new();
    private readonly LastUsedNotes<Id<ApiKey>> _uses = new();
    private readonly RecognizeProgram _programs = new(store);

    /// <summary>
    /// Recognizes the key; null for one that is unknown, expired, revoked, or whose maker is no longer behind it: the cases are not told
    /// apart.
    /// </summary>
    /// <param name="key">The bearer token.</param>
    /// <param name="client">The User-Agent; null when it sent none.</param>
    /// <param name="ct">Stops the note.</param>
    public async Task<RecognizedKey?> RunAsync(string key, string? client, CancellationToken ct)
    {
        if (ProgramToken.IsOne(key))
        {
            return await _programs.RunAsync(key, AppScopeNames.Api, ct) is { Role: { } role } program
                ? new(ActorOf(program.Client.DisplayName!, program.Client.Id, role, program.Workspace), program.Workspace)
                : null;
        }

        if (key.Length is < 40 or > 128 || !key.StartsWith(CreateApiKey.Prefix, StringComparison.Ordinal))
        {
            return null;
        }

        await using var db = store.Read();
        // A compiled query belongs to one type of context; both databases may live in one process.
        var found = await Queries.GetOrAdd(
            db.GetType(),
            static _ =>
                EF.CompileAsyncQuery(
                    static (MembershipDb db, byte[] hash) =>
                        (
                            from k in db.ApiKeys.AsNoTracking()
                            join w in db.Workspaces.AsNoTracking() on k.WorkspaceId equals w.Id
                            where k.KeyHash == hash
                            select new Found(k, w)
                        ).FirstOrDefault()
                )
        )(db, Secret.Hash(key));
        var now = store.Time.Now();
        if (found is null || !found.Key.IsLive(now) || WorkspaceContext.Of(db, found.Workspace) is not { } workspace)
        {
            return null;
        }

        if (!await IsBackedAsync(db, found.Key.Role, found.Key.MadeById, workspace, ct))
        {
            return null;
        }

        await NoteAsync(found.Key, client, now, ct);
        return new(ActorOf(found.Key.Name, found.Key.Id.Value, found.Key.Role, workspace), workspace);
    }

    private static Actor ActorOf(string name, Guid id, string role, WorkspaceContext workspace) =>
        new()
        {
            Kind = ActorKind.ApiKey,
            Door = Door.Rest,
            Name = name,
            Id = id,
            Workspace = workspace.Id,
            Role = role,
            Permissions = workspace.Configuration.PermissionsOf(role),
        };

    /// <summary>
    /// Whether a program's role is there, and the member who gave it is active and may still hand it out; what the operator gave needs
    /// nobody.
    /// </summary>
    internal static bool IsBacked(
        string role,
        Id<Member>? makerId,
        MemberState? makerState,
        string? makerRole,
        WorkspaceContext workspace
    ) =>
        workspace.Configuration.Role(role) is not null
        && (
            makerId is null
            || (
                makerState == MemberState.Active
                && workspace.Configuration.MayGrant(
                    new Actor
                    {
                        Kind = ActorKind.Member,
                        Door = Door.Rest,
                        Name = "",
                        Workspace = workspace.Id,
                        Role = makerRole,
                    },
                    role
                )
                    is null
            )
        );

    /// <summary>
    /// The same, with the member read by workspace and id: a read of its own, for joined to what is found without a workspace it would read
    /// the members of all workspaces, where those lie on several machines.
    /// </summary>
    internal static async Task<bool> IsBackedAsync(
        MembershipDb db,
        string role,
        Id<Member>? makerId,
        WorkspaceContext workspace,
        CancellationToken ct
    )
    {
        var (batch, makerRole) = (new ReadBatch(), (string?)null);
        if (makerId is { } maker)
        {
            var read = batch.Read(
                "SELECT role FROM members WHERE workspace_id = $1 AND id = $2 AND state = 'Active'",
                row => row.GetString(0),
                workspace.Id.Value,
                maker.Value
            );
            await batch.RunAsync(db, ct);
            makerRole = read.First;
        }

        return IsBacked(role, makerId, makerRole is null ? null : MemberState.Active, makerRole, workspace);
    }

    private async Task NoteAsync(ApiKey key, string? client, DateTimeOffset now, CancellationToken ct)
    {
        if (!_uses.IsDue(key.Id, now))
        {
            return;
        }

        await store.NoteAsync(
            "INSERT INTO api_key_uses (workspace_id, key_id, last_used_at, client) VALUES (@p0, @p1, @p2, @p3) ON CONFLICT "
                + "(workspace_id, key_id) DO UPDATE SET last_used_at = excluded.last_used_at, client = excluded.client",
            [
                Value.Of("@p0", key.WorkspaceId.Value),
                Value.Of("@p1", key.Id.Value),
                Value.Of("@p2", now.ToUnixTimeMilliseconds()),
                Value.Of("@p3", new Accounts.Browser(client, null).UserAgent),
            ],
            ct
        );
    }

    private sealed record Found(ApiKey Key, Workspace Workspace);
}
