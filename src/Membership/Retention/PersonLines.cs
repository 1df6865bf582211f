using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Accounts;
using UserManagement.Membership.Audit;
using UserManagement.Membership.Data;
using UserManagement.Membership.Members;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Retention;

/// <summary>
/// Erases a person from lines of the audit log (<see cref="Erasure"/>), a piece at a time: what is said about them goes, and their name
/// where they acted. A line about somebody else keeps what it says unless it says what names the person alone: a user name, an address, an
/// id.
/// </summary>
internal static class PersonLines
{
    private const int Piece = 200;
    private const string Gone =
        "target_name = NULL, \"before\" = NULL, \"after\" = NULL, salt = NULL, digest = COALESCE(digest, $1), erased_at = "
        + "COALESCE(erased_at, $2)";

    private static readonly string[] ActorFields = ["givenBy", "invitedBy", "madeBy"];

    /// <summary>Acts whose lines are the proof of an erasure and hold no name.</summary>
    public static readonly string[] Proofs = [ErasePerson.Act, ErasePerson.AccountAct];

    /// <summary>Erases what is said about one thing: the person, their account, an invitation to them.</summary>
    /// <returns>How many lines lost something; refused (<c>busy</c>) when rivals kept it from being written.</returns>
    public static Task<Outcome<int>> AboutAsync(Store store, Id<Workspace> workspace, Guid target, CancellationToken ct) =>
        InPiecesAsync(
            store,
            workspace,
            async (db, last) =>
            {
                var after = new Id<AuditEntry>(last);
                return await db
                    .AuditEntries.AsNoTracking()
                    .Where(a => a.WorkspaceId == workspace && a.TargetId == target && a.Id > after)
                    .OrderBy(a => a.Id)
                    .Take(Piece)
                    .ToListAsync(ct);
            },
            (lines, at) =>
                (
                    [
                        .. lines
                            .Where(l => l.Refused || !Proofs.Contains(l.Act)) // that it was tried proves nothing, and may name them
                            .Select(l => WholeOf(l, at, IsOwn(l) ? Erasure.Name : null))
                            .OfType<Statement>(),
                    ],
                    []
                ),
            ct
        );

    /// <summary>
    /// Erases whom invitations were meant for that were refused: such a line names them and bears no id, for there was nothing yet.
    /// </summary>
    /// <param name="store">The store.</param>
    /// <param name="workspace">Whose log.</param>
    /// <param name="names">What names them and nobody else, in full.</param>
    /// <param name="ct">Stops it between two pieces.</param>
    /// <returns>How many lines lost something; refused (<c>busy</c>) when rivals kept it from being written.</returns>
    public static Task<Outcome<int>> MeantForAsync(Store store, Id<Workspace> workspace, IReadOnlySet<string> names, CancellationToken ct)
    {
        var keys = names.Select(Key.Of).ToHashSet(StringComparer.Ordinal);
        return InPiecesAsync(
            store,
            workspace,
            async (db, last) =>
            {
                var after = new Id<AuditEntry>(last);
                return await db
                    .AuditEntries.AsNoTracking()
                    .Where(a => a.WorkspaceId == workspace && a.Act == "invitation.created" && a.Refused && a.Id > after)
                    .OrderBy(a => a.Id)
                    .Take(Piece)
                    .ToListAsync(ct);
            },
            (lines, at) =>
                (
                    [
                        .. lines
                            .Where(l => l.TargetId is null && l.TargetName is { } name && keys.Contains(Key.Of(name)))
                            .Select(l => WholeOf(l, at, null))
                            .OfType<Statement>(),
                    ],
                    []
                ),
            ct
        );
    }

    /// <summary>Erases the name of somebody who acted, also where it stands beside what they gave: a grant, an invitation, a key.</summary>
    /// <param name="store">The store.</param>
    /// <param name="workspace">Whose log.</param>
    /// <param name="actor">The member's or the account's id.</param>
    /// <param name="names">What names them and nobody else, in full.</param>
    /// <param name="ct">Stops it between two pieces.</param>
    /// <returns>How many lines lost something; refused (<c>busy</c>) when rivals kept it from being written.</returns>
    public static Task<Outcome<int>> ByAsync(
        Store store,
        Id<Workspace> workspace,
        Guid actor,
        IReadOnlySet<string> names,
        CancellationToken ct
    )
    {
        var quoted = names.Select(Quoted).ToList();
        return InPiecesAsync(
            store,
            workspace,
            (db, last) => ReadByAsync(db, workspace, actor, last, Piece, ct),
            (lines, at) =>
            {
                var named = lines.Where(l => l.ActorName != Erasure.Name).ToList();
                var given = named
                    .Where(l => l.TargetId is not null)
                    .OrderBy(l => l.TargetKind, StringComparer.Ordinal)
                    .ThenBy(l => l.TargetId);
                return (
                    [.. named.Select(l => Says(l) ? WholeOf(l, at, Erasure.Name)! : NameOf(l, at))],
                    [.. given.SelectMany(l => Given(l, actor))]
                );
            },
            ct
        );

        bool Says(AuditEntry line) =>
            (line.TargetName is { } target && names.Contains(target)) || Tells(line, line.Before) || Tells(line, line.After);

        // A display name may be somebody else's too: it counts only where the facts say by it who acted.
        bool Tells(AuditEntry line, string? facts) =>
            facts is not null
            && (
                quoted.Any(q => facts.Contains(q, StringComparison.Ordinal))
                || ActorFields.Any(f => facts.Contains($"\"{f}\":{Quoted(line.ActorName)}", StringComparison.Ordinal))
            );

        static string Quoted(string text) => JsonSerializer.Serialize(text, WorkspaceConfiguration.Json);
    }

    /// <summary>
    /// Erases the name of somebody in what was done by links to the set-up portal that they made; the links are known by the lines of
    /// their making, so that this comes before <see cref="ByAsync"/>.
    /// </summary>
    public static async Task<Outcome<int>> ByLinksAsync(Store store, Id<Workspace> workspace, Guid actor, CancellationToken ct)
    {
        List<Guid> links;
        await using (var db = store.Read())
        {
            var batch = new ReadBatch();
            var found = batch.Read(
                "SELECT target_id FROM audit_entries WHERE workspace_id = $1 AND actor_id = $2 AND actor_kind IN ('Member', 'Person') "
                    + "AND act = 'portalLink.made' AND target_id IS NOT NULL",
                row => row.GetGuid(0),
                workspace.Value,
                actor
            );
            await batch.RunAsync(db, ct);
            links = [.. found.Rows];
        }

        var all = 0;
        foreach (var link in links)
        {
            var outcome = await InPiecesAsync(
                store,
                workspace,
                (db, last) => ReadAsync(db, workspace, link, last, Piece, "= 'PortalLink'", ct),
                (lines, at) => ([.. lines.Where(l => l.ActorName != Erasure.Name).Select(l => NameOf(l, at))], []),
                ct
            );
            if (!outcome.Is(out var some, out var refusal))
            {
                return refusal;
            }

            all += some;
        }

        return all;
    }

    /// <summary>The lines of what one person did, in their order, in the words of the index that serves it.</summary>
    public static Task<IReadOnlyList<AuditEntry>> ReadByAsync(
        MembershipDb db,
        Id<Workspace> workspace,
        Guid actor,
        Guid after,
        int count,
        CancellationToken ct
    ) => ReadAsync(db, workspace, actor, after, count, "IN ('Member', 'Person')", ct);

    private static async Task<IReadOnlyList<AuditEntry>> ReadAsync(
        MembershipDb db,
        Id<Workspace> workspace,
        Guid actor,
        Guid after,
        int count,
        string kinds,
        CancellationToken ct
    )
    {
        var reader = RowReader<AuditEntry>.Of(db);
        var batch = new ReadBatch();
        var found = batch.Read(
            $"SELECT {reader.Columns("a")} FROM {reader.Table} a WHERE a.workspace_id = $1 AND a.actor_id = $2 AND a.id > $3 AND a.actor_kind {kinds} ORDER BY a.id LIMIT $4",
            row => reader.Read(row, 0),
            workspace.Value,
            actor,
            after,
            count
        );
        await batch.RunAsync(db, ct);
        return found.Rows;
    }

    /// <summary>
    /// Whether the person themselves acted, before anybody knew them by an account: a stranger with the link of their invitation.
    /// </summary>
    private static bool IsOwn(AuditEntry line) => line is { ActorKind: ActorKind.Person, ActorId: null } && line.ActorName != Erasure.Name;

    /// <summary>Each piece is an act of its own, in the order of the lines' keys, and planned anew when a rival was in its way.</summary>
    private static async Task<Outcome<int>> InPiecesAsync(
        Store store,
        Id<Workspace> workspace,
        Func<MembershipDb, Guid, Task<IReadOnlyList<AuditEntry>>> read,
        Func<IReadOnlyList<AuditEntry>, DateTimeOffset, (List<Statement> Lines, List<Statement> Beside)> plan,
        CancellationToken ct
    )
    {
        var (all, last) = (0, Guid.Empty);
        while (true)
        {
            var after = last;
            var piece = await store.ChangeAsync<Written>(
                Actor.System,
                workspace,
                "person.linesErased",
                async attempt =>
                {
                    var lines = await read(attempt.Db, after);
                    var (steps, beside) = plan(lines, attempt.At);
                    steps.Concat(beside).ToList().ForEach(attempt.Changes.Execute);
                    return new Written(steps.Count, lines.Count < Piece ? null : lines[^1].Id.Value);
                },
                ct
            );
            if (!piece.Is(out var written, out var refusal))
            {
                return refusal;
            }

            all += written.Lines;
            if (written.Last is not { } next)
            {
                return all;
            }

            last = next;
        }
    }

    private static Statement? WholeOf(AuditEntry line, DateTimeOffset at, string? actorName)
    {
        var erased = Erasure.Of(line, at);
        return ReferenceEquals(erased, line) && actorName is null
            ? null
            : new(
                // a rival may have erased it since it was read: then nothing of it changes, as its trigger demands
                $"UPDATE audit_entries SET {Gone}, actor_name = CASE WHEN actor_name = '{Erasure.Name}' THEN actor_name ELSE $3 "
                    + $"END WHERE workspace_id = $4 AND id = $5",
                [
                    Value.Of("$1", erased.Digest),
                    Value.Of("$2", at.ToUnixTimeMilliseconds()),
                    Value.Of("$3", actorName ?? line.ActorName),
                    Value.Of("$4", line.WorkspaceId.Value),
                    Value.Of("$5", line.Id.Value),
                ]
            );
    }

    private static Statement NameOf(AuditEntry line, DateTimeOffset at) =>
        new(
            "UPDATE audit_entries SET actor_name = $1, erased_at = COALESCE(erased_at, $2) WHERE workspace_id = $3 AND id = $4",
            [
                Value.Of("$1", Erasure.Name),
                Value.Of("$2", at.ToUnixTimeMilliseconds()),
                Value.Of("$3", line.WorkspaceId.Value),
                Value.Of("$4", line.Id.Value),
            ]
        );

    private static IEnumerable<Statement> Given(AuditEntry line, Guid actor)
    {
        var (erased, workspace, target) = (
            Value.Of("$1", Erasure.Name),
            Value.Of("$2", line.WorkspaceId.Value),
            Value.Of("$3", line.TargetId!.Value)
        );
        var (name, by) = (Value.Of("$4", line.ActorName), Value.Of("$4", actor));
        switch (line.TargetKind)
        {
            case "member":
                yield return new(
                    "UPDATE grants SET given_by = $1 WHERE workspace_id = $2 AND member_id = $3 AND given_by = $4",
                    [erased, workspace, target, name]
                );
                break;
            case "invitation":
                yield return new(
                    "UPDATE grants SET given_by = $1 WHERE workspace_id = $2 AND member_id IN (SELECT member_id FROM "
                        + "invitations WHERE workspace_id = $2 AND id = $3) AND given_by = $4",
                    [erased, workspace, target, name]
                );
                yield return new(
                    "UPDATE invitations SET invited_by = $1 WHERE workspace_id = $2 AND id = $3 AND inviter_id = $4",
                    [erased, workspace, target, by]
                );
                break;
            case "apiKey":
                yield return new(
                    "UPDATE api_keys SET made_by = $1 WHERE workspace_id = $2 AND id = $3 AND made_by_id = $4",
                    [erased, workspace, target, by]
                );
                break;
            default:
                break;
        }
    }

    /// <summary>What one piece came to.</summary>
    /// <param name="Lines">How many lines lost something.</param>
    /// <param name="Last">Where the next one begins; null for none.</param>
    private sealed record Written(int Lines, Guid? Last);
}
