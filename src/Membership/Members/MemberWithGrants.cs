using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Data;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Members;

/// <summary>A member as an act needs to see them before it changes something.</summary>
/// <param name="Member">The row.</param>
/// <param name="Grants">Why they have what they have.</param>
internal sealed record MemberWithGrants(Member Member, IReadOnlyList<Grant> Grants)
{
    /// <summary>Reads a member who has not ended; null when there is none.</summary>
    public static async Task<MemberWithGrants?> ReadAsync(MembershipDb db, Id<Workspace> workspace, Id<Member> id, CancellationToken ct)
    {
        var batch = new ReadBatch();
        var file = Selects.Of(db).Add(batch, workspace, id);
        await batch.RunAsync(db, ct);
        return file();
    }

    /// <summary>
    /// Reads the workspace and a member who has not ended, and what else the door reads of them, in one round trip; null for what is not
    /// there.
    /// </summary>
    public static async Task<(WorkspaceContext? Workspace, MemberWithGrants? File)> OpenAsync(
        MembershipDb db,
        Id<Workspace> workspace,
        Id<Member> id,
        CancellationToken ct,
        ReadBeside? beside = null
    )
    {
        var batch = new ReadBatch();
        var open = WorkspaceContext.Add(batch, db, workspace, ct);
        var file = Selects.Of(db).Add(batch, workspace, id);
        beside?.AddTo(batch, db);
        await batch.RunAsync(db, ct);
        return (await open(), file());
    }

    /// <summary>Reads the workspace and whether somebody has a user name there, in one round trip.</summary>
    /// <param name="db">To read through.</param>
    /// <param name="workspace">The workspace.</param>
    /// <param name="userName">The name; null leaves the question to the unique index.</param>
    /// <param name="ct">Stops the reading.</param>
    /// <param name="beside">What else the door reads.</param>
    public static async Task<(WorkspaceContext? Workspace, bool IsTaken)> OpenAsync(
        MembershipDb db,
        Id<Workspace> workspace,
        string? userName,
        CancellationToken ct,
        ReadBeside? beside = null
    )
    {
        var batch = new ReadBatch();
        var open = WorkspaceContext.Add(batch, db, workspace, ct);
        beside?.AddTo(batch, db);
        var taken = userName is null
            ? null
            : batch.Read(
                "SELECT 1 FROM members WHERE workspace_id = $1 AND user_name_key = $2",
                _ => true,
                workspace.Value,
                Key.Of(userName)
            );
        await batch.RunAsync(db, ct);
        return (await open(), taken?.Rows.Count > 0);
    }

    /// <summary>Reads a member by user name; null when nobody of that name is there.</summary>
    public static async Task<MemberWithGrants?> ByUserNameAsync(
        MembershipDb db,
        Id<Workspace> workspace,
        string userName,
        CancellationToken ct
    )
    {
        var key = Key.Of(userName);
        return
            await db.Members.AsNoTracking().FirstOrDefaultAsync(m => m.WorkspaceId == workspace && m.UserNameKey == key, ct) is { } member
            ? new(member, await db.Grants.AsNoTracking().Where(g => g.WorkspaceId == workspace && g.MemberId == member.Id).ToListAsync(ct))
            : null;
    }

    /// <summary>The texts for one product's model.</summary>
    private sealed record Selects(RowReader<Member> Members, string Member, RowReader<Grant> Grants, string GrantsOfMember)
    {
        private static readonly ConcurrentDictionary<Type, Selects> Known = new();

        public static Selects Of(MembershipDb db) =>
            Known.GetOrAdd(
                db.GetType(),
                static (_, db) =>
                {
                    var (members, grants) = (RowReader<Member>.Of(db), RowReader<Grant>.Of(db));
                    return new(
                        members,
                        $"SELECT {members.Columns("m")} FROM {members.Table} m WHERE m.workspace_id = $1 AND m.id = $2 AND m.state <> 'Ended'",
                        grants,
                        $"SELECT {grants.Columns("g")} FROM {grants.Table} g WHERE g.workspace_id = $1 AND g.member_id = $2"
                    );
                },
                db
            );

        public Func<MemberWithGrants?> Add(ReadBatch batch, Id<Workspace> workspace, Id<Member> id)
        {
            var member = batch.Read(Member, row => Members.Read(row, 0), workspace.Value, id.Value);
            var grants = batch.Read(GrantsOfMember, row => Grants.Read(row, 0), workspace.Value, id.Value);
            return () => member.First is { } found ? new(found, grants.Rows) : null;
        }
    }
}
