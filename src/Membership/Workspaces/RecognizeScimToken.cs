using System.Collections.Concurrent;
using System.Data.Common;
using UserManagement.Membership.Access;
using UserManagement.Membership.Apps;
using UserManagement.Membership.Data;

namespace UserManagement.Membership.Workspaces;

/// <summary>A directory that showed a live token of the workspace it speaks to, or an app with leave to speak SCIM there.</summary>
/// <param name="Actor">The directory as an actor.</param>
/// <param name="Workspace">The workspace.</param>
public sealed record RecognizedDirectory(Actor Actor, WorkspaceContext Workspace);

/// <summary>
/// Tells whether a bearer token opens a workspace's SCIM door: one keyed read at each request, so that a revoked token is dead at once.
/// What a token opened is remembered for less than a minute, so that the read can go along with the request's own (<see cref="TokenProof"/>).
/// Notes the use at most once a minute.
/// </summary>
public sealed class RecognizeScimToken(Store store)
{
    private const int MostRemembered = 10_000;
    private readonly ConcurrentDictionary<UInt128, Remembered> _remembered = new();
    private readonly LastUsedNotes<Id<ScimCredential>> _uses = new();
    private readonly RecognizeProgram _programs = new(store);
    private readonly ConcurrentDictionary<Id<ScimCredential>, (string? Shape, string? Dialect, DateTimeOffset At)> _signs = new();

    /// <summary>
    /// Recognizes the directory; null for an unknown, expired or revoked token and for another workspace's: the cases are not told apart.
    /// </summary>
    /// <param name="slug">The workspace in the address.</param>
    /// <param name="token">The bearer token.</param>
    /// <param name="client">The User-Agent; null when it sent none.</param>
    /// <param name="ct">Stops the reading.</param>
    public async Task<RecognizedDirectory?> RunAsync(string slug, string token, string? client, CancellationToken ct)
    {
        if (ProgramToken.IsOne(token))
        {
            if (
                await _programs.RunAsync(token, AppScopeNames.Scim, ct) is not { } program
                || !string.Equals(program.Workspace.Row.Slug, slug, StringComparison.OrdinalIgnoreCase)
            )
            {
                return null;
            }

            await NoteAsync(program.Workspace.Id, new(program.Client.Id), client, store.Time.Now(), ct);
            return new(ActorOf(program.Client.DisplayName!, program.Client.Id, program.Workspace), program.Workspace);
        }

        if (token.Length is < 20 or > 128)
        {
            return null;
        }

        await using var db = store.Read();
        var select = Select.Of(db);
        var batch = new ReadBatch();
        var hash = Secret.Hash(token);
        var read = batch.Read(select.Sql, select.Row, hash);
        await batch.RunAsync(db, ct);
        var now = store.Time.Now();
        if (
            read.Rows is not [var (credential, version)]
            || !credential.IsLive(now)
            || await WorkspaceContext.AtAsync(db, credential.WorkspaceId, version, ct) is not { } workspace
            || !string.Equals(workspace.Row.Slug, slug, StringComparison.OrdinalIgnoreCase)
        )
        {
            _remembered.TryRemove(TokenProof.KeyOf(hash), out _);
            return null;
        }

        await NoteAsync(credential.WorkspaceId, credential.Id, client, now, ct);
        var directory = new RecognizedDirectory(ActorOf(credential.Name, credential.Id.Value, workspace), workspace);
        if (workspace.Row.Version == version)
        {
            Remember(TokenProof.KeyOf(hash), new(directory, credential.ExpiresAt, now));
        }

        return directory;
    }

    /// <summary>
    /// What a token opened a short while ago; null where that is not known. Whoever goes on with it begins anew with
    /// <see cref="RunAsync"/> where a <see cref="StaleTokenException"/> comes of it, and lets nothing out before <see cref="ShowAsync"/>.
    /// </summary>
    /// <param name="slug">The workspace in the address.</param>
    /// <param name="token">The bearer token.</param>
    /// <param name="hash">Its <see cref="Secret.Hash"/>.</param>
    public RecognizedDirectory? Recall(string slug, string token, byte[] hash)
    {
        ArgumentNullException.ThrowIfNull(token);
        ArgumentNullException.ThrowIfNull(hash);
        if (token.Length is < 20 or > 128 || ProgramToken.IsOne(token))
        {
            return null;
        }

        var now = store.Time.Now();
        return
            _remembered.TryGetValue(TokenProof.KeyOf(hash), out var known)
            && known.IsGood(now)
            && string.Equals(known.Directory.Workspace.Row.Slug, slug, StringComparison.OrdinalIgnoreCase)
            ? known.Directory with
            {
                Actor = known.Directory.Actor with
                {
                    Proof = new(hash, known.Directory.Workspace.Id, known.Directory.Workspace.Row.Version, known.ExpiresAt),
                },
            }
            : null;
    }

    /// <summary>Asks for the token of a directory that was recalled, where nothing that was done for it has asked already.</summary>
    /// <exception cref="StaleTokenException">It opens no more what it opened.</exception>
    public Task ShowAsync(RecognizedDirectory directory, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(directory);
        return TokenProof.ShowAsync(directory.Actor.Proof, store, ct);
    }

    private void Remember(UInt128 key, Remembered known)
    {
        if (_remembered.Count >= MostRemembered)
        {
            _remembered.Clear();
        }

        _remembered[key] = known;
    }

    private static Actor ActorOf(string name, Guid id, WorkspaceContext workspace) =>
        new()
        {
            Kind = ActorKind.Directory,
            Door = Door.Scim,
            Name = name,
            Id = id,
            Workspace = workspace.Id,
            Permissions = Actor.DirectoryPermissions,
        };

    /// <summary>Notes which directory it is by what it sends: where that is news, and once a minute at most after the first.</summary>
    /// <param name="directory">Who sent it.</param>
    /// <param name="shape">The directory; null where nothing told.</param>
    /// <param name="isSure">Whether it takes the place of what was noted before.</param>
    /// <param name="dialect">How it writes PATCH; null where it sent none.</param>
    /// <param name="ct">Stops the writing.</param>
    public async Task NoteSignsAsync(RecognizedDirectory directory, string? shape, bool isSure, string? dialect, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(directory);
        var credential = new Id<ScimCredential>(directory.Actor.Id!.Value);
        var now = store.Time.Now();
        var known = _signs.TryGetValue(credential, out var before);
        var (newShape, newDialect) = (isSure ? shape ?? before.Shape : before.Shape ?? shape, dialect ?? before.Dialect);
        var isFirst = (before.Shape is null && newShape is not null) || (before.Dialect is null && newDialect is not null);
        if (known && ((newShape, newDialect) == (before.Shape, before.Dialect) || (!isFirst && now - before.At < Store.NoteInterval)))
        {
            return;
        }

        _signs[credential] = (newShape, newDialect, now);
        var (first, second) = isSure ? ("excluded.shape", "scim_credential_uses.shape") : ("scim_credential_uses.shape", "excluded.shape");
        await store.NoteAsync(
            $"INSERT INTO scim_credential_uses (workspace_id, credential_id, last_used_at, shape, dialect) VALUES (@p0, @p1, "
                + $"@p2, @p3, @p4) ON CONFLICT (workspace_id, credential_id) DO UPDATE SET shape = COALESCE({first}, {second}), "
                + $"dialect = COALESCE(excluded.dialect, scim_credential_uses.dialect)",
            [
                Value.Of("@p0", directory.Workspace.Id.Value),
                Value.Of("@p1", credential.Value),
                Value.Of("@p2", now.ToUnixTimeMilliseconds()),
                Value.Of("@p3", shape),
                Value.Of("@p4", dialect),
            ],
            ct
        );
    }

    private async Task NoteAsync(
        Id<Workspace> workspace,
        Id<ScimCredential> credential,
        string? client,
        DateTimeOffset now,
        CancellationToken ct
    )
    {
        if (!_uses.IsDue(credential, now))
        {
            return;
        }

        await store.NoteAsync(
            "INSERT INTO scim_credential_uses (workspace_id, credential_id, last_used_at, client) VALUES (@p0, @p1, @p2, @p3) "
                + "ON CONFLICT (workspace_id, credential_id) DO UPDATE SET last_used_at = excluded.last_used_at, client = "
                + "excluded.client",
            [
                Value.Of("@p0", workspace.Value),
                Value.Of("@p1", credential.Value),
                Value.Of("@p2", now.ToUnixTimeMilliseconds()),
                Value.Of("@p3", Shown(client)),
            ],
            ct
        );
    }

    private static string? Shown(string? client)
    {
        var plain = client is null ? null : string.Concat(client.Where(c => !char.IsControl(c) && !char.IsSurrogate(c)));
        return plain is { Length: > 200 } ? plain[..200] : plain;
    }

    /// <summary>What a token opened, and when that was read: as long as no further use of it is to be noted.</summary>
    private sealed record Remembered(RecognizedDirectory Directory, DateTimeOffset? ExpiresAt, DateTimeOffset At)
    {
        public bool IsGood(DateTimeOffset now) => now >= At && now - At < Store.NoteInterval && (ExpiresAt is not { } end || now < end);
    }

    /// <summary>The one read, below EF because it comes before everything else; one for each product's model.</summary>
    private sealed record Select(string Sql, Func<DbDataReader, (ScimCredential Credential, long Version)> Row)
    {
        private static readonly ConcurrentDictionary<Type, Select> Known = new();

        public static Select Of(MembershipDb db) =>
            Known.GetOrAdd(
                db.GetType(),
                static (_, db) =>
                {
                    var credentials = RowReader<ScimCredential>.Of(db);
                    return new(
                        $"SELECT {credentials.Columns("c")}, w.version FROM {credentials.Table} c JOIN workspaces w ON w.id = c.workspace_id WHERE c.token_hash = $1",
                        reader => (credentials.Read(reader, 0), reader.GetInt64(credentials.Width))
                    );
                },
                db
            );
    }
}
