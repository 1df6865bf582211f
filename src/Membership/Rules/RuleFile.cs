using UserManagement.Membership.Data;
using UserManagement.Membership.Groups;
using UserManagement.Membership.Members;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Rules;

/// <summary>A member with all that rules depend on.</summary>
/// <param name="File">The member and the grants.</param>
/// <param name="Groups">Of the groups that rules ask for or filled, those they are in, each with the rule that put them there.</param>
internal sealed record RuleFile(MemberWithGrants File, Dictionary<Id<Group>, Id<GroupRule>?> Groups)
{
    private static readonly IReadOnlyList<Grant> None = [];

    /// <summary>
    /// Reads some members who have not ended, by id. Each is read before their groups: whoever changes the groups for which rules ask
    /// changes the members' versions with them, so what is written of a version was planned from its groups.
    /// </summary>
    public static async Task<List<RuleFile>> ReadAsync(
        MembershipDb db,
        Id<Workspace> workspace,
        RuleSet rules,
        List<Id<Member>> ids,
        CancellationToken ct
    )
    {
        var batch = new ReadBatch();
        var reader = RowReader<Member>.Of(db);
        var members = batch.Read(
            $"SELECT {reader.Columns("m")} FROM members m WHERE {db.IsAmong("m.workspace_id", "$1", "m.id", "$2")} AND m.state <> 'Ended'",
            row => reader.Read(row, 0),
            workspace.Value,
            PresentMembers.Part(db, ids, 0, ids.Count)
        );
        var rest = Rest(db, batch, workspace, rules, ids);
        await batch.RunAsync(db, ct);
        return Joined([.. members.Rows.OrderBy(m => m.Id)], rest);
    }

    /// <summary>The same of members who are read already.</summary>
    public static async Task<List<RuleFile>> OfAsync(
        MembershipDb db,
        Id<Workspace> workspace,
        RuleSet rules,
        IReadOnlyList<Member> members,
        CancellationToken ct
    )
    {
        if (members.Count == 0)
        {
            return [];
        }

        var batch = new ReadBatch();
        var rest = Rest(db, batch, workspace, rules, [.. members.Select(m => m.Id)]);
        await batch.RunAsync(db, ct);
        return Joined(members, rest);
    }

    /// <summary>The groups of a member whose file is read.</summary>
    public static async Task<RuleFile> OfAsync(MembershipDb db, RuleSet rules, MemberWithGrants file, CancellationToken ct)
    {
        var batch = new ReadBatch();
        var groups = AddGroups(db, batch, file.Member.WorkspaceId, rules, [file.Member.Id]);
        await batch.RunAsync(db, ct);
        return new(file, groups.Rows.ToDictionary(g => g.Group, g => g.Rule));
    }

    private static List<RuleFile> Joined(
        IReadOnlyList<Member> members,
        (BatchedRead<Grant> Grants, BatchedRead<(Id<Member> Member, Id<Group> Group, Id<GroupRule>? Rule)> Groups) rest
    )
    {
        var grants = rest.Grants.Rows.GroupBy(g => g.MemberId).ToDictionary(g => g.Key, g => (IReadOnlyList<Grant>)[.. g]);
        var groups = rest.Groups.Rows.GroupBy(g => g.Member).ToDictionary(g => g.Key, g => g.ToDictionary(x => x.Group, x => x.Rule));
        return [.. members.Select(m => new RuleFile(new(m, grants.GetValueOrDefault(m.Id) ?? None), groups.GetValueOrDefault(m.Id) ?? []))];
    }

    private static (BatchedRead<Grant> Grants, BatchedRead<(Id<Member> Member, Id<Group> Group, Id<GroupRule>? Rule)> Groups) Rest(
        MembershipDb db,
        ReadBatch batch,
        Id<Workspace> workspace,
        RuleSet rules,
        List<Id<Member>> ids
    )
    {
        var reader = RowReader<Grant>.Of(db);
        var grants = batch.Read(
            $"SELECT {reader.Columns("g")} FROM grants g WHERE {db.IsAmong("g.workspace_id", "$1", "g.member_id", "$2")}",
            row => reader.Read(row, 0),
            workspace.Value,
            PresentMembers.Part(db, ids, 0, ids.Count)
        );
        return (grants, AddGroups(db, batch, workspace, rules, ids));
    }

    private static BatchedRead<(Id<Member> Member, Id<Group> Group, Id<GroupRule>? Rule)> AddGroups(
        MembershipDb db,
        ReadBatch batch,
        Id<Workspace> workspace,
        RuleSet rules,
        List<Id<Member>> ids
    )
    {
        var named = rules.Asked.Concat(rules.Filled).Select(g => (object)g.Value).ToList();
        var among = named.Count == 0 ? "" : $" OR g.group_id IN ({string.Join(", ", named.Select((_, i) => PositionalName.Of(i + 2)))})";
        return batch.Read(
            "SELECT g.member_id, g.group_id, g.rule_id FROM group_members g WHERE "
                + $"{db.IsAmong("g.workspace_id", "$1", "g.member_id", "$2")} AND (g.rule_id IS NOT NULL{among})",
            row =>
                (
                    new Id<Member>(row.GetGuid(0)),
                    new Id<Group>(row.GetGuid(1)),
                    row.IsDBNull(2) ? (Id<GroupRule>?)null : new Id<GroupRule>(row.GetGuid(2))
                ),
            [workspace.Value, PresentMembers.Part(db, ids, 0, ids.Count), .. named]
        );
    }
}
