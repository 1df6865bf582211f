using System.Data.Common;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Roles;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Rules;

/// <summary>What a change of a workspace's configuration means for its rules.</summary>
internal static class RuleConfiguration
{
    /// <summary>Whether rules may give an admin's role is said by whoever may grant one; null when nothing stands against it.</summary>
    public static Refusal? Against(WorkspaceConfiguration now, Actor actor, WorkspaceConfiguration wanted) =>
        wanted.Rules?.MayGiveAdmin != true || now.Rules?.MayGiveAdmin == true ? null
        : now.Roles.Where(r => r.IsAdmin).Select(r => now.MayGrant(actor, r.Key)).FirstOrDefault(r => r is not null) is { } beyond
            ? beyond with
            {
                Message = "Only who may grant an admin's role lets rules give one.",
                Field = "rules.mayGiveAdmin",
            }
        : null;

    /// <summary>A role or license that a rule gives cannot vanish. Asked once the workspace's row is changed.</summary>
    public static void RefuseWhatIsInUse(Changes changes, WorkspaceContext workspace, WorkspaceConfiguration wanted)
    {
        foreach (var role in workspace.Configuration.Roles.Where(r => wanted.Role(r.Key) is null))
        {
            Refuse(changes, workspace, "role", role.Key, "roleInUse", $"A group rule gives the role {role.Label}: change the rule first.");
        }

        foreach (var license in workspace.Configuration.Licenses.Where(l => wanted.License(l.Key) is null))
        {
            Refuse(
                changes,
                workspace,
                "license",
                license.Key,
                "licenseInUse",
                $"A group rule gives the license {license.Label}: change the rule first."
            );
        }
    }

    /// <summary>Everybody is looked at again where another rule may count now.</summary>
    public static async Task FollowAsync(Attempt attempt, WorkspaceContext workspace, WorkspaceConfiguration wanted, CancellationToken ct)
    {
        var now = workspace.Configuration;
        if (
            (now.Rules ?? new()) == (wanted.Rules ?? new())
            && now.Roles.All(r => wanted.Role(r.Key) is { } other && other.Rank == r.Rank && other.IsAdmin == r.IsAdmin)
        )
        {
            return;
        }

        await SwitchedAsync(attempt, workspace, ct);
    }

    /// <summary>The same where the whole catalogue becomes another, and the rules with it.</summary>
    public static async Task SwitchedAsync(Attempt attempt, WorkspaceContext workspace, CancellationToken ct)
    {
        if (!(await RuleSet.OfAsync(attempt.Db, workspace, ct)).IsEmpty)
        {
            await RuleRuns.StartAsync(attempt, workspace.Id, "The settings of the rules, or of the roles that they give, were changed", ct);
        }
    }

    private static void Refuse(Changes changes, WorkspaceContext workspace, string column, string key, string code, string message)
    {
        List<Func<DbCommand, DbParameter>> values = [Value.Of("$1", workspace.Id.Value), Value.Of("$2", key)];
        changes.RefuseIf(
            $"SELECT 1 FROM group_rules WHERE workspace_id = $1 AND {column} = $2",
            values,
            new(RefusalKind.Conflict, code, message, column + "s")
        );
    }
}
