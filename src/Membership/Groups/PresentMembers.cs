using System.Runtime.InteropServices;
using UserManagement.Membership.Data;
using UserManagement.Membership.Members;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Groups;

/// <summary>
/// Reads who is in a group, a part at a time and each part under an index. A directory does not know of those whom it deleted while that
/// is held: what it says of a group leaves them where they are.
/// </summary>
internal sealed class PresentMembers(MembershipDb db, Id<Workspace> workspace, Id<Group> group, bool forDirectory)
{
    /// <summary>The ids of those, as a list within a statement whose $1 is the workspace.</summary>
    public const string Unseen = "(SELECT h.id FROM members h WHERE h.workspace_id = $1 AND h.held_as = 'Deletion')";

    private const int Chunk = 1000;
    private readonly string _seen = forDirectory ? $" AND member_id NOT IN {Unseen}" : "";

    /// <summary>All of them, in parts.</summary>
    /// <param name="take">Takes a part.</param>
    /// <param name="goesOn">Asked after each part whether to read on.</param>
    /// <param name="ct">Stops the reading.</param>
    public async Task AllAsync(Action<IReadOnlyList<Id<Member>>> take, Func<bool> goesOn, CancellationToken ct)
    {
        var next =
            $"SELECT member_id FROM group_members WHERE workspace_id = $1 AND group_id = $2 AND member_id > $3{_seen} ORDER BY member_id "
            + $"LIMIT {Chunk}";
        var after = Guid.Empty;
        while (true)
        {
            var some = await ReadAsync(next, ct, workspace.Value, group.Value, after);
            take(some);
            if (some.Count < Chunk || !goesOn())
            {
                return;
            }

            after = some[^1].Value;
        }
    }

    /// <summary>Those among others, in parts.</summary>
    public async Task AmongAsync(List<Id<Member>> ids, Action<List<Id<Member>>> take, CancellationToken ct)
    {
        var sql =
            $"SELECT member_id FROM group_members WHERE {db.IsAmong("workspace_id", "$1", "member_id", "$3")} AND group_id = $2{_seen}";
        for (var at = 0; at < ids.Count; at += Chunk)
        {
            take([.. await ReadAsync(sql, ct, workspace.Value, group.Value, Part(db, ids, at, Chunk))]);
        }
    }

    /// <summary>Some of many ids as one value of a statement.</summary>
    public static object Part(MembershipDb db, List<Id<Member>> ids, int at, int count) =>
        db.IdList(MemoryMarshal.Cast<Id<Member>, Guid>(CollectionsMarshal.AsSpan(ids).Slice(at, Math.Min(count, ids.Count - at))));

    private async Task<IReadOnlyList<Id<Member>>> ReadAsync(string sql, CancellationToken ct, params object[] values)
    {
        var batch = new ReadBatch();
        var found = batch.Read(sql, row => new Id<Member>(row.GetGuid(0)), values);
        await batch.RunAsync(db, ct);
        return found.Rows;
    }
}
