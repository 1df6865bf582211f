using UserManagement.Membership.Data;
using UserManagement.Membership.Licensing;
using UserManagement.Membership.Members;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Rules;

/// <summary>Compares what rules gave with what a fresh look would give, for <see cref="VerifyCounters"/>: reads everybody.</summary>
internal static class RuleCheck
{
    /// <summary>
    /// Everybody who has something by a rule that does not match them. Who has nothing although one matches is no fault: there may have
    /// been no seat. Nothing is told while a look through all members is under way.
    /// </summary>
    public static async Task<List<Discrepancy>> OfAsync(MembershipDb db, WorkspaceContext workspace, CancellationToken ct)
    {
        var found = new List<Discrepancy>();
        var rules = await RuleSet.ReadAsync(db, workspace, ct);
        if (await RuleRuns.ReadAsync(db, workspace.Id, ct) is { DoneAt: null } || !await IsAnyAsync(db, workspace.Id, ct))
        {
            return found;
        }

        Id<Member> last = default;
        while (true)
        {
            var page = await WorkRuleRun.PageAsync(db, workspace.Id, last, null, WorkRuleRun.MostSeen, ct);
            foreach (var file in await RuleFile.OfAsync(db, workspace.Id, rules, page, ct))
            {
                Check(found, workspace, rules, file);
            }

            if (page.Count < WorkRuleRun.MostSeen)
            {
                return found;
            }

            last = page[^1].Id;
        }
    }

    private static async Task<bool> IsAnyAsync(MembershipDb db, Id<Workspace> workspace, CancellationToken ct)
    {
        var batch = new ReadBatch();
        var granted = batch.Read("SELECT 1 FROM grants WHERE workspace_id = $1 AND origin = 'Group' LIMIT 1", _ => true, workspace.Value);
        var filled = batch.Read(
            "SELECT 1 FROM group_members WHERE workspace_id = $1 AND rule_id IS NOT NULL LIMIT 1",
            _ => true,
            workspace.Value
        );
        await batch.RunAsync(db, ct);
        return granted.Rows.Count + filled.Rows.Count > 0;
    }

    private static void Check(List<Discrepancy> found, WorkspaceContext workspace, RuleSet rules, RuleFile file)
    {
        if (file.File.Member.HeldRole is not null)
        {
            return; // what rules say of them waits for an admin
        }

        var verdict = rules.Resolve(file.Groups.ContainsKey, rules.FactsOf(file.File.Member.Document));
        foreach (var grant in file.File.Grants.Where(g => g.Origin == GrantOrigin.Group))
        {
            var rule = grant.Kind == GrantKind.Role ? verdict.Role : verdict.License;
            var value = grant.Kind == GrantKind.Role ? rule?.Role : rule?.License;
            if (rule?.Id.ToString() != grant.OriginId || value != (grant.Wanted ?? grant.Value))
            {
                Tell(
                    $"{grant.Kind} by a rule of {grant.MemberId}",
                    $"{grant.Wanted ?? grant.Value} by {grant.OriginId}",
                    $"{value} by {rule?.Id}"
                );
            }
        }

        foreach (var (group, by) in file.Groups.Where(g => g.Value is not null))
        {
            if (!verdict.Groups.TryGetValue(group, out var rule) || rule.Id != by)
            {
                Tell($"place by a rule of {file.File.Member.Id} in the group {group}", $"by {by}", $"by {rule?.Id}");
            }
        }

        void Tell(string what, string stored, string rows) => found.Add(new(workspace.Row.Slug, what, stored, rows));
    }
}
