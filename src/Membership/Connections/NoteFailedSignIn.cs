using UserManagement.Membership.Data;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Connections;

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

    private Task WriteAsync(
        IdentityConnection connection,
        Id<Workspace>? toward,
        string kind,
        string sentence,
        bool byKind,
        CancellationToken ct
    )
    {
        var workspace = connection.IsPlatform ? toward ?? default : connection.WorkspaceId;
        return store.NoteAsync(
            Sql,
            [
                Value.Of("@p0", connection.Id.Value),
                Value.Of("@p1", workspace.Value),
                Value.Of("@p2", store.Time.Now().ToUnixTimeMilliseconds()),
                Value.Of("@p3", Key.Cut(kind, 64)),
                Value.Of("@p4", Key.Cut(sentence, 600)),
                Value.Of("@p5", byKind ? 1 : 0),
            ],
            ct
        );
    }
}
