using System.Collections.Concurrent;
using System.Data.Common;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Members;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Apps;

/// <summary>An app of a workspace that showed a live token of its own.</summary>
/// <param name="Client">The app.</param>
/// <param name="Workspace">The one workspace that it opens.</param>
/// <param name="Role">The role as which it speaks REST; null for none, and where nobody stands behind it any more.</param>
public sealed record RecognizedProgram(Client Client, WorkspaceContext Workspace, string? Role);

/// <summary>
/// Tells whether a bearer token is a live one of an app that acts for itself: keyed reads at each request, no cache, so that a removed
/// app or secret, a door or role taken away and a maker who left hold at once. Notes the use at most once a minute.
/// </summary>
public sealed class RecognizeProgram(Store store)
{
    private readonly LastUsedNotes<Guid> _uses = new();

    /// <summary>Recognizes the app; null for an unknown, expired or revoked token, and for one that does not open this door.</summary>
    /// <param name="token">The bearer token.</param>
    /// <param name="scope">The door, of <see cref="AppScopeNames.OfPrograms"/>.</param>
    /// <param name="ct">Stops the reading.</param>
    public async Task<RecognizedProgram?> RunAsync(string token, string scope, CancellationToken ct)
    {
        if (!ProgramToken.IsOne(token))
        {
            return null;
        }

        await using var db = store.Read();
        if (
            await FindAsync(db, token, ct) is not { } found
            || !found.Token.Opens(found.Client, scope)
            || await WorkspaceContext.AtAsync(db, found.Client.WorkspaceId!.Value, found.Version, ct) is not { } workspace
        )
        {
            return null;
        }

        var role = found.Client.Role;
        var isBacked = role is not null && await RecognizeApiKey.IsBackedAsync(db, role, found.Client.RoleGivenById, workspace, ct);
        if (scope == AppScopeNames.Api && !isBacked)
        {
            return null;
        }

        await ClientUse.NoteAsync(store, _uses, found.Client.Id, null, ct);
        return new(found.Client, workspace, isBacked ? role : null);
    }

    /// <summary>Whether a token opens some door at this moment: for whoever asks the protocol about it. Notes no use.</summary>
    public async Task<bool> StandsAsync(string token, CancellationToken ct)
    {
        if (!ProgramToken.IsOne(token))
        {
            return false;
        }

        await using var db = store.Read();
        return await FindAsync(db, token, ct) is { } found && found.Token.Scopes.Any(s => found.Token.Opens(found.Client, s));
    }

    private async Task<Found?> FindAsync(MembershipDb db, string token, CancellationToken ct)
    {
        var select = Select.Of(db);
        var batch = new ReadBatch();
        var read = batch.Read(select.Sql, select.Row, ProgramToken.ReferenceOf(token));
        await batch.RunAsync(db, ct);
        return read.Rows is [{ } found] && found.EndsAt > store.Time.Now() ? found : null;
    }

    private sealed record Found(Client Client, ProgramToken Token, DateTimeOffset EndsAt, long Version);

    /// <summary>The one read, below EF because it comes before everything else; one for each product's model.</summary>
    private sealed record Select(string Sql, Func<DbDataReader, Found?> Row)
    {
        private static readonly ConcurrentDictionary<Type, Select> Known = new();

        public static Select Of(MembershipDb db) =>
            Known.GetOrAdd(
                db.GetType(),
                static (_, db) =>
                {
                    var clients = RowReader<Client>.Of(db);
                    return new(
                        $"""
                        SELECT {clients.Columns("c")}, t.properties, t.expiration_date, w.version
                        FROM oidc_tokens t
                        JOIN {clients.Table} c ON c.id = t.application_id
                        JOIN workspaces w ON w.id = c.workspace_id
                        WHERE t.reference_id = $1 AND t.status = '{AppAccess.Valid}'
                        """,
                        reader => Read(clients, reader)
                    );
                },
                db
            );

        private static Found? Read(RowReader<Client> clients, DbDataReader reader)
        {
            var at = clients.Width;
            return ProgramToken.Read(Text(reader, at)) is { } token && !reader.IsDBNull(at + 1)
                ? new(
                    clients.Read(reader, 0),
                    token,
                    DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(at + 1)),
                    reader.GetInt64(at + 2)
                )
                : null;
        }

        private static string? Text(DbDataReader reader, int ordinal) => reader.IsDBNull(ordinal) ? null : reader.GetString(ordinal);
    }
}
