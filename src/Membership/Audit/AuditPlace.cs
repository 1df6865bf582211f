using UserManagement.Membership.Data;

namespace UserManagement.Membership.Audit;

/// <summary>Where a line stands among all lines of the installation: ids follow time.</summary>
/// <param name="Id">The line.</param>
/// <param name="Workspace">In whose log.</param>
internal readonly record struct AuditPlace(Guid Id, Guid Workspace)
{
    /// <summary>The next ones, of all workspaces, from an index that holds nothing else.</summary>
    internal const string Next =
        "SELECT id, workspace_id FROM audit_entries WHERE (id, workspace_id) > ($1, $2) ORDER BY id, workspace_id LIMIT $3";

    /// <summary>The segments that may hold some lines.</summary>
    internal const string Segments = "SELECT workspace_id, lines FROM audit_segments WHERE last_id >= $1 AND last_id <= $2";

    /// <summary>The places that follow one, in their order.</summary>
    public static async Task<IReadOnlyList<AuditPlace>> NextAsync(MembershipDb db, AuditPlace after, int count, CancellationToken ct)
    {
        var batch = new ReadBatch();
        var found = batch.Read(Next, row => new AuditPlace(row.GetGuid(0), row.GetGuid(1)), after.Id, after.Workspace, count);
        await batch.RunAsync(db, ct);
        return found.Rows;
    }

    /// <summary>Those of some places, given in their order, that are in no segment.</summary>
    public static async Task<IReadOnlyList<AuditPlace>> UnsealedAsync(
        MembershipDb db,
        IReadOnlyList<AuditPlace> places,
        CancellationToken ct
    )
    {
        var (first, last) = (places[0].Id, places[^1].Id);
        var batch = new ReadBatch();
        var found = batch.Read(
            Segments,
            row => (Workspace: row.GetGuid(0), Lines: (byte[])row.GetValue(1)),
            first,
            Ids.FirstAt(Ids.MillisecondOf(last) + (long)AuditSegment.Span.TotalMilliseconds)
        );
        await batch.RunAsync(db, ct);
        var known = new HashSet<AuditPlace>();
        foreach (var (workspace, lines) in found.Rows)
        {
            known.UnionWith(AuditSegment.Unpack(lines).Where(id => id >= first && id <= last).Select(id => new AuditPlace(id, workspace)));
        }

        return known.Count == 0 ? places : [.. places.Where(p => !known.Contains(p))];
    }
}
