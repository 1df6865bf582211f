using System.Data.Common;
using UserManagement.Membership.Data;
using UserManagement.Membership.Members;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Groups;

/// <summary>Writes to groups that touch no single row the act has read, so that rivals on one group need not plan anew.</summary>
internal static class GroupStatements
{
    private const int MostAtOnce = 1000;

    /// <summary>
    /// Puts members into a group; who is in already stays, and who ends at this moment does not come in: the rows of the
    /// members are held until the end, and <see cref="LeaveAll"/> of a later end finds what was added. A change of the
    /// group's own row must follow, not precede: an ending member's row is taken before the groups' rows too.
    /// </summary>
    public static IEnumerable<Statement> Join(Attempt attempt, Group group, List<Id<Member>> members)
    {
        attempt.Changes.Events.Moved(group, members, isIn: true);
        return Join(attempt, group.WorkspaceId, group.Id, members);
    }

    /// <summary>The same by a rule: what puts them there is kept with the row.</summary>
    public static List<Statement> Join(Attempt attempt, Group group, List<Id<Member>> members, Guid rule)
    {
        attempt.Changes.Events.Moved(group, members, isIn: true);
        return [.. Join(attempt, group.WorkspaceId, group.Id, members).Select(s => ByRule(s, rule))];
    }

    /// <summary>Another rule keeps members in a group; who is in it by hand stays so.</summary>
    public static List<Statement> Renamed(Attempt attempt, Id<Group> group, Id<Workspace> workspace, List<Id<Member>> members, Guid rule)
    {
        var sql =
            $"UPDATE group_members SET rule_id = $4 WHERE {attempt.Db.IsAmong("workspace_id", "$1", "member_id", "$3")} AND group_id = $2 "
            + "AND rule_id IS NOT NULL";
        var statements = new List<Statement>();
        for (var at = 0; at < members.Count; at += MostAtOnce)
        {
            statements.Add(
                new(
                    sql,
                    [
                        Value.Of("$1", workspace.Value),
                        Value.Of("$2", group.Value),
                        Some(attempt.Db, "$3", members, at),
                        Value.Of("$4", rule),
                    ]
                )
            );
        }

        return statements;
    }

    private static Statement ByRule(Statement join, Guid rule) =>
        join with
        {
            Sql = join
                .Sql.Replace("member_id, added_at)", "member_id, added_at, rule_id)", StringComparison.Ordinal)
                .Replace("id, $2 FROM", "id, $2, $5 FROM", StringComparison.Ordinal),
            Parameters = [.. join.Parameters, Value.Of("$5", rule)],
        };

    private static IEnumerable<Statement> Join(Attempt attempt, Id<Workspace> workspace, Id<Group> group, List<Id<Member>> members)
    {
        var sql =
            $"INSERT INTO group_members (workspace_id, group_id, member_id, added_at) SELECT workspace_id, $1, id, $2 FROM members WHERE {attempt.Db.IsAmong("workspace_id", "$3", "id", "$4")} AND state <> 'Ended' {attempt.Db.KeepingKeys} ON CONFLICT DO NOTHING";
        for (var at = 0; at < members.Count; at += MostAtOnce)
        {
            yield return new(
                sql,
                [
                    Value.Of("$1", group.Value),
                    Value.Of("$2", attempt.At.ToUnixTimeMilliseconds()),
                    Value.Of("$3", workspace.Value),
                    Some(attempt.Db, "$4", members, at),
                ]
            );
        }
    }

    /// <summary>Takes members out of a group; who is out already is no miss, and whom a rival brought in meanwhile stays.</summary>
    public static IEnumerable<Statement> Leave(Attempt attempt, Group group, List<Id<Member>> members)
    {
        attempt.Changes.Events.Moved(group, members, isIn: false);
        return Leave(attempt.Db, group.WorkspaceId, group.Id, members);
    }

    private static IEnumerable<Statement> Leave(MembershipDb db, Id<Workspace> workspace, Id<Group> group, List<Id<Member>> members)
    {
        var sql = $"DELETE FROM group_members WHERE {db.IsAmong("workspace_id", "$1", "member_id", "$3")} AND group_id = $2";
        for (var at = 0; at < members.Count; at += MostAtOnce)
        {
            yield return new(sql, [Value.Of("$1", workspace.Value), Value.Of("$2", group.Value), Some(db, "$3", members, at)]);
        }
    }

    /// <summary>Some of the members as one value, made when the statement is.</summary>
    private static Func<DbCommand, DbParameter> Some(MembershipDb db, string name, List<Id<Member>> members, int at) =>
        command => Value.Of(name, PresentMembers.Part(db, members, at, MostAtOnce))(command);

    /// <summary>Counts one more change of the group; misses when the group is gone.</summary>
    public static void Touch(Changes changes, Id<Workspace> workspace, Id<Group> group) =>
        changes.Execute(
            new(
                "UPDATE groups SET version = version + 1, modified_at = $1 WHERE workspace_id = $2 AND id = $3",
                [Value.Of("$1", changes.At.ToUnixTimeMilliseconds()), Value.Of("$2", workspace.Value), Value.Of("$3", group.Value)],
                1,
                GuardFailure.Conflict
            )
        );

    /// <summary>Takes a member out of all groups and counts the change of each.</summary>
    public static void LeaveAll(Changes changes, Member member)
    {
        changes.Execute(
            new(
                "UPDATE groups SET version = version + 1, modified_at = $1 WHERE workspace_id = $2 AND id IN (SELECT group_id "
                    + "FROM group_members WHERE workspace_id = $2 AND member_id = $3)",
                [
                    Value.Of("$1", changes.At.ToUnixTimeMilliseconds()),
                    Value.Of("$2", member.WorkspaceId.Value),
                    Value.Of("$3", member.Id.Value),
                ]
            )
        );
        changes.Execute(
            new(
                "DELETE FROM group_members WHERE workspace_id = $1 AND member_id = $2",
                [Value.Of("$1", member.WorkspaceId.Value), Value.Of("$2", member.Id.Value)]
            )
        );
    }

    /// <summary>Empties a group.</summary>
    public static void Empty(Changes changes, Id<Workspace> workspace, Id<Group> group) =>
        changes.Execute(
            new(
                "DELETE FROM group_members WHERE workspace_id = $1 AND group_id = $2",
                [Value.Of("$1", workspace.Value), Value.Of("$2", group.Value)]
            )
        );
}
