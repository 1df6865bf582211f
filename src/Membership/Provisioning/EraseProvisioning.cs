using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Data;
using UserManagement.Membership.Members;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Provisioning;

/// <summary>
/// Erases a person from the provisioning log, a piece at a time: names, payloads, sentences and the query of the address. What stays is
/// that a request of this kind came, when, and what came of it.
/// </summary>
internal static class EraseProvisioning
{
    private const int Piece = 500;
    private const int MostEntries = 2_000;
    private static readonly string[] Naming = ["userName", "sentUserName", "email", "externalId"];
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    // of an address only what every request of its kind has
    private const string PlainPath = "CASE WHEN path LIKE '/Users%' THEN '/Users' WHEN path LIKE '/Groups%' THEN '/Groups' ELSE '/' END";

    /// <summary>Erases what is said about them, by their id and by every name that is known of them.</summary>
    /// <param name="store">The store.</param>
    /// <param name="member">The person.</param>
    /// <param name="names">What names them and nobody else.</param>
    /// <param name="ct">Stops it between two pieces.</param>
    public static async Task RunAsync(Store store, Member member, IReadOnlySet<string> names, CancellationToken ct)
    {
        await RunAsync(store, member.WorkspaceId, member.Id.Value, false, ct);
        await Undo.EraseUndo.RunAsync(store, member, ct);
        var all = names.Concat(await FormerAsync(store, member, ct));
        foreach (var subject in all.Select(ProvisioningSubject.Of).Distinct())
        {
            await RunAsync(store, member.WorkspaceId, subject, true, ct);
        }
    }

    /// <summary>What they were called before, as the audit log still knows it.</summary>
    private static async Task<IReadOnlySet<string>> FormerAsync(Store store, Member member, CancellationToken ct)
    {
        await using var db = store.Read();
        var told = await db
            .AuditEntries.AsNoTracking()
            .Where(a => a.WorkspaceId == member.WorkspaceId && a.TargetId == member.Id.Value)
            .OrderByDescending(a => a.Id)
            .Take(MostEntries)
            .Select(a => new { a.Before, a.After })
            .ToListAsync(ct);
        var former = new HashSet<string>(StringComparer.Ordinal);
        foreach (var facts in told.SelectMany(t => new[] { t.Before, t.After }).OfType<string>().Where(f => f.StartsWith('{')))
        {
            using var json = JsonDocument.Parse(facts);
            former.UnionWith(
                Naming
                    .Select(name => json.RootElement.TryGetProperty(name, out var value) ? value : default)
                    .Where(value => value.ValueKind == JsonValueKind.String)
                    .Select(value => value.GetString()!)
                    .Where(value => value.Length > 2)
            );
        }

        return former;
    }

    private static async Task RunAsync(Store store, Id<Workspace> workspace, Guid subject, bool isByName, CancellationToken ct)
    {
        // a digest of a name can be tried for names: it goes as well
        var set =
            $"target_name = NULL, reason = NULL, request = NULL, answer = NULL, path = {PlainPath}, erased_at = $3"
            + (isByName ? ", subject = NULL" : "");
        while (true)
        {
            await using var db = store.Read();
            var left = new ReadBatch();
            var any = left.Read(
                "SELECT 1 FROM provisioning_lines l WHERE l.workspace_id = $1 AND l.subject = $2 AND l.erased_at IS NULL LIMIT 1",
                _ => true,
                workspace.Value,
                subject
            );
            await left.RunAsync(db, ct);
            if (!any.First)
            {
                return;
            }

            await store.WriteBesideAsync(
                [
                    new Statement(
                        $"UPDATE provisioning_lines SET {set} WHERE workspace_id = $1 AND id IN (SELECT l.id FROM provisioning_lines l "
                            + $"WHERE l.workspace_id = $1 AND l.subject = $2 AND l.erased_at IS NULL LIMIT {Piece})",
                        [
                            Value.Of("$1", workspace.Value),
                            Value.Of("$2", subject),
                            Value.Of("$3", store.Time.Now().ToUnixTimeMilliseconds()),
                        ]
                    ),
                ],
                Patience,
                ct
            );
        }
    }
}
