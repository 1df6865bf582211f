using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Connections;

/// <summary>
/// Sign-ins through a connection that led nowhere for one reason: for the admins who have to find out why. A note beside the facts, of the
/// last of them; of each connection and workspace the last <see cref="Kept"/> are kept, for <see cref="Retention.RetentionRules.FailedSignIns"/>.
/// </summary>
public sealed record FailedSignIn
{
    /// <summary>How many are kept for each connection and workspace.</summary>
    public const int Kept = 20;

    /// <summary>The connection.</summary>
    public required Id<IdentityConnection> ConnectionId { get; init; }

    /// <summary>The workspace towards which it went; the empty id where it went nowhere yet, which is the operator's to see.</summary>
    public required Id<Workspace> WorkspaceId { get; init; }

    /// <summary>Its place among those that are kept, from 0 to below <see cref="Kept"/>.</summary>
    public required int Slot { get; init; }

    /// <summary>Counts those of this connection and workspace, from 1: the highest says how many there were.</summary>
    public required long Number { get; init; }

    /// <summary>When the last of them was.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The refusal's code.</summary>
    public required string Kind { get; init; }

    /// <summary>
    /// Why, in words for an admin of that workspace. No claims of strangers, no secrets; people of the workspace by
    /// <see cref="Named"/>, so that they are found when they are erased.
    /// </summary>
    public required string Sentence { get; init; }

    /// <summary>How a sentence names somebody whom the workspace knows.</summary>
    internal static string Named(string userName) => $"\"{userName}\"";

    /// <summary>Takes somebody who is erased out of a workspace's sentences.</summary>
    internal static Statement Erase(Id<Workspace> workspace, string userName) => new(
        "UPDATE failed_sign_ins SET sentence = REPLACE(sentence, $1, $2) WHERE workspace_id = $3 AND REPLACE(sentence, $1, $2) <> sentence",
        [Value.Of("$1", Named(userName)), Value.Of("$2", Named(Audit.Erasure.Name)), Value.Of("$3", workspace.Value)]);
}

/// <summary>
/// Notes a sign-in that led nowhere, whoever refused it: the core that knows nobody of that name, or the relying party that
/// could not begin or could not believe the answer. The same failure again is no further note: its time moves and the number of all
/// rises, so that many of one kind push nothing else off. No refusals; where the database is lame the note is left out.
/// </summary>
public sealed class NoteFailedSignIn(Store store)
{
    private const string Here = "connection_id = @p0 AND workspace_id = @p1";

    // the place of the same failure, else the first free one, else that of the oldest
    private static readonly string Sql = $"""
        INSERT INTO failed_sign_ins (connection_id, workspace_id, slot, number, at, kind, sentence)
        SELECT @p0, @p1, COALESCE(
            (SELECT MIN(slot) FROM failed_sign_ins WHERE {Here} AND kind = @p3 AND (sentence = @p4 OR @p5 = 1)),
            (SELECT MIN(f.slot) FROM (SELECT 0 AS slot UNION ALL SELECT slot + 1 FROM failed_sign_ins WHERE {Here}) f
                WHERE f.slot < {FailedSignIn.Kept} AND f.slot NOT IN (SELECT slot FROM failed_sign_ins WHERE {Here})),
            (SELECT slot FROM failed_sign_ins WHERE {Here} ORDER BY number LIMIT 1)),
            (SELECT COALESCE(MAX(number), 0) + 1 FROM failed_sign_ins WHERE {Here}), @p2, @p3, @p4
        WHERE 1 = 1
        ON CONFLICT (connection_id, workspace_id, slot) DO UPDATE SET number = excluded.number, at = excluded.at, kind = excluded.kind, sentence = excluded.sentence
        """;

    /// <summary>Notes it.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="toward">The workspace towards which it went; null for none. That of a workspace's own connection is known.</param>
    /// <param name="kind">The refusal's code.</param>
    /// <param name="sentence">Why, for an admin of that workspace.</param>
    /// <param name="ct">Stops it.</param>
    public Task RunAsync(IdentityConnection connection, Id<Workspace>? toward, string kind, string sentence, CancellationToken ct) =>
        WriteAsync(connection, toward, kind, sentence, byKind: false, ct);

    /// <summary>The same for a refusal as it is.</summary>
    public Task RunAsync(IdentityConnection connection, Id<Workspace>? toward, Refusal refusal, CancellationToken ct) =>
        RunAsync(connection, toward, refusal.Code, refusal.ForAdmins ?? refusal.Message, ct);

    /// <summary>
    /// The same for what is about the provider and no person: it could not be asked, or its answer was not believed. One note of each
    /// code, with the last sentence: the browser brings the answer, and who holds it may have written the provider's word in it.
    /// </summary>
    public Task OfProviderAsync(IdentityConnection connection, Id<Workspace>? toward, Refusal refusal, CancellationToken ct) =>
        WriteAsync(connection, toward, refusal.Code, refusal.ForAdmins ?? refusal.Message, byKind: true, ct);

    private Task WriteAsync(IdentityConnection connection, Id<Workspace>? toward, string kind, string sentence, bool byKind, CancellationToken ct)
    {
        var workspace = connection.IsPlatform ? toward ?? default : connection.WorkspaceId;
        return store.NoteAsync(Sql,
            [
                Value.Of("@p0", connection.Id.Value), Value.Of("@p1", workspace.Value), Value.Of("@p2", store.Time.Now().ToUnixTimeMilliseconds()),
                Value.Of("@p3", Key.Cut(kind, 64)), Value.Of("@p4", Key.Cut(sentence, 600)), Value.Of("@p5", byKind ? 1 : 0),
            ], ct);
    }
}

/// <summary>The last sign-ins through a connection that led nowhere.</summary>
/// <param name="Count">How many there were since it was connected; counted anew once all are older than they are kept.</param>
/// <param name="Last">The last of them, newest first, <see cref="FailedSignIn.Kept"/> at most.</param>
public sealed record FailedSignIns(long Count, IReadOnlyList<FailedSignIn> Last);

/// <summary>
/// Reads them: for admins those towards their own workspace, whosever the connection is; for the operator (the empty id)
/// those through the installation's connections that went towards no workspace. Refusal: <c>forbidden</c>.
/// </summary>
public sealed class ReadFailedSignIns(Store store)
{
    /// <summary>Reads.</summary>
    public async Task<Outcome<FailedSignIns>> RunAsync(Actor actor, Id<Workspace> workspace, Id<IdentityConnection> connection, CancellationToken ct)
    {
        if (actor.Demand(workspace, Permission.ConfigureWorkspace) is { } refused)
        {
            return refused;
        }

        await using var db = store.Read();
        var rows = await db.FailedSignIns.AsNoTracking().Where(f => f.ConnectionId == connection && f.WorkspaceId == workspace).ToListAsync(ct);
        var last = rows.OrderByDescending(f => f.Number).ToList();
        return new FailedSignIns(last is [var newest, ..] ? newest.Number : 0, last);
    }

    /// <summary>Those towards one workspace through the installation's connections together.</summary>
    public async Task<Outcome<FailedSignIns>> OfPlatformAsync(Actor actor, Id<Workspace> workspace, CancellationToken ct)
    {
        if (actor.Demand(workspace, Permission.ConfigureWorkspace) is { } refused)
        {
            return refused;
        }

        Id<Workspace> platform = default;
        await using var db = store.Read();
        var rows = await (from f in db.FailedSignIns.AsNoTracking()
                          join c in db.IdentityConnections.AsNoTracking() on f.ConnectionId equals c.Id
                          where f.WorkspaceId == workspace && c.WorkspaceId == platform
                          orderby f.At descending
                          select f).Take(FailedSignIn.Kept).ToListAsync(ct);
        return new FailedSignIns(rows.Count, rows);
    }
}
