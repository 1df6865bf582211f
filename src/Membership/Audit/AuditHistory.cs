using UserManagement.Membership.Data;
using UserManagement.Membership.Groups;
using UserManagement.Membership.Members;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Audit;

/// <summary>
/// The newest lines about one person: those about them, as whomever they were here, about invitations to them, and those by which they came
/// into groups and out of them. Each kind is read under an index and to a bound, all of them in one round trip: lines about the groups
/// they are in as far as <see cref="MostOfGroup"/> back, about all others as far as <see cref="MostOfGroups"/>.
/// </summary>
internal static class AuditHistory
{
    /// <summary>How many lines of a group they are in are looked at.</summary>
    public const int MostOfGroup = 50;

    /// <summary>How many lines about who is in groups are looked at, of all groups together.</summary>
    public const int MostOfGroups = 200;

    private const int MostGroups = 20;

    /// <summary>Reads them, newest first.</summary>
    /// <param name="db">To read through.</param>
    /// <param name="workspace">Whose log.</param>
    /// <param name="person">The member.</param>
    /// <param name="former">As whom they were here before.</param>
    /// <param name="groups">The groups they are in.</param>
    /// <param name="count">How many.</param>
    /// <param name="ct">Stops the reading.</param>
    public static async Task<IReadOnlyList<AuditEntry>> ReadAsync(
        MembershipDb db,
        Id<Workspace> workspace,
        Id<Member> person,
        IReadOnlyList<Id<Member>> former,
        IReadOnlyList<Id<Group>> groups,
        int count,
        CancellationToken ct
    )
    {
        IReadOnlyList<Id<Member>> people = [person, .. former];
        var lines = RowReader<AuditEntry>.Of(db);
        var columns = lines.Columns("a");
        var first = new ReadBatch();
        var invitations = people
            .Select(m =>
                first.Read(
                    "SELECT i.id FROM invitations i WHERE i.workspace_id = $1 AND i.member_id = $2 ORDER BY i.id DESC LIMIT $3",
                    row => row.GetGuid(0),
                    workspace.Value,
                    m.Value,
                    AuditSubjects.MostInvitations
                )
            )
            .ToList();
        await first.RunAsync(db, ct);

        var second = new ReadBatch();
        var about = $"SELECT {columns} FROM {lines.Table} a WHERE a.workspace_id = $1 AND a.target_id = $2 ORDER BY a.id DESC LIMIT $3";
        List<BatchedRead<AuditEntry>> found =
        [
            .. people
                .Select(m => m.Value)
                .Concat(invitations.SelectMany(i => i.Rows))
                .Select(id => second.Read(about, row => lines.Read(row, 0), workspace.Value, id, count)),
        ];
        foreach (var member in people)
        {
            var named = $"%{member}%";
            found.Add(
                second.Read(
                    Named(columns, "b.act = $2", lines.Table),
                    Row,
                    workspace.Value,
                    "group.membersChanged",
                    MostOfGroups,
                    named,
                    count
                )
            );
            found.AddRange(
                groups
                    .Take(MostGroups)
                    .Select(g =>
                        second.Read(
                            Named(columns, "b.target_id = $2", lines.Table),
                            Row,
                            workspace.Value,
                            g.Value,
                            MostOfGroup,
                            named,
                            count
                        )
                    )
            );
        }

        await second.RunAsync(db, ct);
        return [.. found.SelectMany(f => f.Rows).DistinctBy(l => l.Id).OrderByDescending(l => l.Id).Take(count)];

        AuditEntry Row(System.Data.Common.DbDataReader row) => lines.Read(row, 0);
    }

    // the bound first, then what is looked for within it
    private static string Named(string columns, string leading, string table) =>
        $"SELECT {columns} FROM (SELECT * FROM {table} b WHERE b.workspace_id = $1 AND {leading} ORDER BY b.id DESC LIMIT $3) a "
        + "WHERE a.act = 'group.membersChanged' AND (a.\"before\" LIKE $4 OR a.\"after\" LIKE $4) ORDER BY a.id DESC LIMIT $5";
}
