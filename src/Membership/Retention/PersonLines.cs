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
/// where they acted. A line about somebody else keeps what it says unless it says the person's name.
/// </summary>
internal static class PersonLines
{
    private const int Piece = 200;
    private const string Gone = "target_name = NULL, \"before\" = NULL, \"after\" = NULL, salt = NULL, digest = COALESCE(digest, $1), erased_at = COALESCE(erased_at, $2)";

    /// <summary>Acts whose lines are the proof of an erasure and hold no name.</summary>
    public static readonly string[] Proofs = [ErasePerson.Act, ErasePerson.AccountAct];

    /// <summary>Erases what is said about one thing: the person, their account, an invitation to them.</summary>
    /// <returns>How many lines lost something.</returns>
    public static async Task<int> AboutAsync(Store store, Id<Workspace> workspace, Guid target, CancellationToken ct)
    {
        await using var db = store.Read();
        for (var (all, last) = (0, default(Id<AuditEntry>)); ;)
        {
            var lines = await db.AuditEntries.AsNoTracking().Where(a => a.WorkspaceId == workspace && a.TargetId == target && a.Id > last).OrderBy(a => a.Id).Take(Piece).ToListAsync(ct);
            List<Statement> steps = [.. lines.Where(l => !Proofs.Contains(l.Act)).Select(l => WholeOf(l, store.Time.Now(), IsOwn(l) ? Erasure.Name : null)).OfType<Statement>()];
            await WriteAsync(db, steps, ct);
            all += steps.Count;
            if (lines.Count < Piece)
            {
                return all;
            }

            last = lines[^1].Id;
        }
    }

    /// <summary>Erases the name of somebody who acted, also where it stands beside what they gave: a grant, an invitation, a key.</summary>
    /// <param name="store">The store.</param>
    /// <param name="workspace">Whose log.</param>
    /// <param name="actor">The member's or the account's id.</param>
    /// <param name="names">What they are called by, in full.</param>
    /// <param name="ct">Stops it between two pieces.</param>
    /// <returns>How many lines lost something.</returns>
    public static async Task<int> ByAsync(Store store, Id<Workspace> workspace, Guid actor, IReadOnlySet<string> names, CancellationToken ct)
    {
        await using var db = store.Read();
        var quoted = names.Select(n => JsonSerializer.Serialize(n, WorkspaceConfiguration.Json)).ToList();
        for (var (all, last) = (0, Guid.Empty); ;)
        {
            var lines = await ReadByAsync(db, workspace, actor, last, Piece, ct);
            var steps = new List<Statement>();
            foreach (var line in lines.Where(l => l.ActorName != Erasure.Name))
            {
                steps.Add(Says(line) ? WholeOf(line, store.Time.Now(), Erasure.Name)! : NameOf(line, store.Time.Now()));
            }

            all += steps.Count;
            steps.AddRange(lines.Where(l => l.ActorName != Erasure.Name && l.TargetId is not null).SelectMany(l => Given(l, actor)));
            await WriteAsync(db, steps, ct);
            if (lines.Count < Piece)
            {
                return all;
            }

            last = lines[^1].Id.Value;
        }

        bool Says(AuditEntry line) => (line.TargetName is { } target && names.Contains(target))
            || quoted.Any(q => line.Before?.Contains(q, StringComparison.Ordinal) == true || line.After?.Contains(q, StringComparison.Ordinal) == true);
    }

    /// <summary>The lines of what one person did, in their order, in the words of the index that serves it.</summary>
    public static async Task<IReadOnlyList<AuditEntry>> ReadByAsync(MembershipDb db, Id<Workspace> workspace, Guid actor, Guid after, int count, CancellationToken ct)
    {
        var reader = RowReader<AuditEntry>.Of(db);
        var journey = new Journey();
        var found = journey.Read(
            $"SELECT {reader.Columns("a")} FROM {reader.Table} a WHERE a.workspace_id = $1 AND a.actor_id = $2 AND a.id > $3 AND a.actor_kind IN ('Member', 'Person') ORDER BY a.id LIMIT $4",
            row => reader.Read(row, 0), workspace.Value, actor, after, count);
        await journey.RunAsync(db, ct);
        return found.Rows;
    }

    /// <summary>Whether the person themselves acted, before anybody knew them by an account: a stranger with the link of their invitation.</summary>
    private static bool IsOwn(AuditEntry line) => line is { ActorKind: ActorKind.Person, ActorId: null } && line.ActorName != Erasure.Name;

    private static Task WriteAsync(MembershipDb db, List<Statement> steps, CancellationToken ct) =>
        steps.Count == 0 ? Task.CompletedTask : db.WriteAsync(steps, null, ct);

    private static Statement? WholeOf(AuditEntry line, DateTimeOffset at, string? actorName)
    {
        var erased = Erasure.Of(line, at);
        return ReferenceEquals(erased, line) && actorName is null ? null : new(
            $"UPDATE audit_entries SET {Gone}, actor_name = COALESCE($3, actor_name) WHERE workspace_id = $4 AND id = $5",
            [
                Value.Of("$1", erased.Digest), Value.Of("$2", at.ToUnixTimeMilliseconds()), Value.Of("$3", actorName ?? line.ActorName),
                Value.Of("$4", line.WorkspaceId.Value), Value.Of("$5", line.Id.Value),
            ]);
    }

    private static Statement NameOf(AuditEntry line, DateTimeOffset at) => new(
        "UPDATE audit_entries SET actor_name = $1, erased_at = COALESCE(erased_at, $2) WHERE workspace_id = $3 AND id = $4",
        [Value.Of("$1", Erasure.Name), Value.Of("$2", at.ToUnixTimeMilliseconds()), Value.Of("$3", line.WorkspaceId.Value), Value.Of("$4", line.Id.Value)]);

    private static IEnumerable<Statement> Given(AuditEntry line, Guid actor)
    {
        var (erased, workspace, target) = (Value.Of("$1", Erasure.Name), Value.Of("$2", line.WorkspaceId.Value), Value.Of("$3", line.TargetId!.Value));
        var (name, by) = (Value.Of("$4", line.ActorName), Value.Of("$4", actor));
        switch (line.TargetKind)
        {
            case "member":
                yield return new("UPDATE grants SET given_by = $1 WHERE workspace_id = $2 AND member_id = $3 AND given_by = $4", [erased, workspace, target, name]);
                break;
            case "invitation":
                yield return new("UPDATE grants SET given_by = $1 WHERE workspace_id = $2 AND member_id IN (SELECT member_id FROM invitations WHERE workspace_id = $2 AND id = $3) AND given_by = $4", [erased, workspace, target, name]);
                yield return new("UPDATE invitations SET invited_by = $1 WHERE workspace_id = $2 AND id = $3 AND inviter_id = $4", [erased, workspace, target, by]);
                break;
            case "apiKey":
                yield return new("UPDATE api_keys SET made_by = $1 WHERE workspace_id = $2 AND id = $3 AND made_by_id = $4", [erased, workspace, target, by]);
                break;
            default:
                break;
        }
    }
}
