using System.Data.Common;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Groups;
using UserManagement.Membership.Members;
using UserManagement.Membership.Rules;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Holds;

/// <summary>
/// What rules would make of somebody while that waits for an admin: the one place where a rule's word is held back. What waits is not
/// written down but for the role: it is what the rules say of the person at the moment it is looked at, or carried out.
/// </summary>
internal static class HeldRules
{
    private const int Chunk = 1000;

    /// <summary>
    /// Whether what rules say of the member waits: it does already, or a directory acts of which everything is held, or of whom something
    /// is. Who never was in has nothing that counts: for them rules go on.
    /// </summary>
    public static bool Wait(Attempt attempt, WorkspaceContext workspace, Member member) =>
        member.HeldRole is not null
        || (
            member.State is not (MemberState.Provisioned or MemberState.Ended)
            && RulesOf(attempt, workspace) is { } rules
            && (rules.Mode == HoldMode.Hold || member.AwaitsDecision)
        );

    /// <summary>Whether they come into groups by rules with the others, once they are let in.</summary>
    public static bool WaitToBeLetIn(Member member) => member.HeldAs == HeldAs.Admission;

    /// <summary>The member with what waits: marked where rules would give or take something, and no longer where they would not.</summary>
    /// <param name="attempt">The try it belongs to.</param>
    /// <param name="workspace">The workspace.</param>
    /// <param name="file">The member as they were read.</param>
    /// <param name="after">The member as wanted.</param>
    /// <param name="verdict">What the rules say.</param>
    public static Member Marked(Attempt attempt, WorkspaceContext workspace, RuleFile file, Member after, Verdict verdict)
    {
        var grants = RuleGrants.Over(attempt, workspace.Id, file.File, verdict);
        var differs = !ReferenceEquals(grants, file.File.Grants) || new RuleFills(attempt, workspace.Id).Of(after.Id, file.Groups, verdict);
        if (!differs)
        {
            return after.HeldAs == HeldAs.Access ? after.WithoutHold() : after with { HeldRole = null };
        }

        var role = Grants.ForRole(workspace.Configuration, grants) is { } grant ? grant.Wanted ?? grant.Value : after.Role;
        if (RulesOf(attempt, workspace) is not { } rules)
        {
            return after with { HeldRole = role };
        }

        // also where an admin said that a former word is not carried out: this is another one
        var isNews = after.HeldAs is null || (after.HeldUntil is null && after.HeldRole != role);
        return !isNews
            ? after with
            {
                HeldRole = role,
            }
            : after with
            {
                HeldAs = after.HeldAs ?? HeldAs.Access,
                HeldSince = attempt.At,
                HeldUntil = attempt.At.AddDays(rules.Days),
                HeldBy = attempt.Actor.Id,
                HeldRole = role,
            };
    }

    /// <summary>
    /// A directory changes more people than rules are asked for within its act: all of them wait, and the look through everybody that
    /// follows lets those go for whom it makes no difference.
    /// </summary>
    public static async Task ManyAsync(Attempt attempt, WorkspaceContext workspace, List<Id<Member>> members, CancellationToken ct)
    {
        for (var at = 0; at < members.Count; at += Chunk)
        {
            var from = at;
            Mark(
                attempt,
                workspace,
                attempt.Db.IsAmong("workspace_id", "$1", "id", "$2"),
                command => Value.Of("$2", PresentMembers.Part(attempt.Db, members, from, Chunk))(command)
            );
        }

        await CountAsync(attempt, workspace, members.Count, ct);
    }

    /// <summary>The same of everybody in a group that goes.</summary>
    public static async Task GroupAsync(Attempt attempt, WorkspaceContext workspace, Group group, CancellationToken ct)
    {
        Mark(
            attempt,
            workspace,
            "workspace_id = $1 AND id IN (SELECT g.member_id FROM group_members g WHERE g.workspace_id = $1 AND g.group_id = $2)",
            Value.Of("$2", group.Id.Value)
        );
        await CountAsync(attempt, workspace, RuleMoves.MostInAct, ct);
    }

    private static Task CountAsync(Attempt attempt, WorkspaceContext workspace, int held, CancellationToken ct) =>
        RulesOf(attempt, workspace) is { Mode: HoldMode.Hold } ? HoldRows.HoldAsync(attempt, workspace, held, ct) : Task.CompletedTask;

    private static void Mark(Attempt attempt, WorkspaceContext workspace, string whom, Func<DbCommand, DbParameter> these)
    {
        if (RulesOf(attempt, workspace) is not { } rules)
        {
            return;
        }

        var all = rules.Mode == HoldMode.Hold;
        var sql =
            "UPDATE members SET held_role = COALESCE(held_role, role), version = version + 1"
            + (
                all
                    ? ", held_as = COALESCE(held_as, 'Access'), held_since = COALESCE(held_since, $3), held_by = COALESCE(held_by, $4), "
                        + "held_until = CASE WHEN held_as IS NULL THEN $5 ELSE held_until END"
                    : ""
            )
            + $" WHERE {whom} AND state NOT IN ('Provisioned', 'Ended') AND held_{(all ? "role IS NULL" : "until IS NOT NULL")}";
        List<Func<DbCommand, DbParameter>> values = [Value.Of("$1", workspace.Id.Value), these];
        if (all)
        {
            values.Add(Value.Of("$3", attempt.At.ToUnixTimeMilliseconds()));
            values.Add(Value.Of("$4", attempt.Actor.Id!.Value));
            values.Add(Value.Of("$5", attempt.At.AddDays(rules.Days).ToUnixTimeMilliseconds()));
        }

        attempt.Changes.Execute(new(sql, values));
    }

    private static HoldRules? RulesOf(Attempt attempt, WorkspaceContext workspace) =>
        attempt.Actor is { Kind: ActorKind.Directory, Id: not null } ? workspace.Configuration.Scim.Hold : null;
}
