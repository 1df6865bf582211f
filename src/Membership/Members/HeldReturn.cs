using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Data;
using UserManagement.Membership.Groups;
using UserManagement.Membership.Holds;
using UserManagement.Membership.Rules;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Members;

/// <summary>
/// A directory brings somebody in whom it deleted while the deletion is held (<see cref="HeldAs.Deletion"/>): the row is taken up again, with
/// its id, account and what admins gave. Of the directory's groups it begins anew, as it does for whoever is new.
/// </summary>
internal static class HeldReturn
{
    /// <summary>Places the member anew by what the directory says now.</summary>
    /// <returns>Null when nobody of the name is here whom the directory does not see.</returns>
    public static async Task<Outcome<Member>?> PlaceAsync(
        Attempt attempt,
        WorkspaceContext workspace,
        MemberAttributes facts,
        CancellationToken ct
    )
    {
        if (
            await MemberWithGrants.ByUserNameAsync(attempt.Db, workspace.Id, facts.UserName, ct)
            is not { Member.HeldAs: HeldAs.Deletion } file
        )
        {
            return null;
        }

        var after = ProvisionMember.Described(file.Member, facts).WithoutHold() with { DirectoryActive = facts.Active };
        after = await Breaker.PassAsync(attempt, workspace, file.Member, after, ct);
        var left = await GroupsAsync(attempt.Db, file.Member, ct);
        var rules = await RuleSet.OfAsync(attempt.Db, workspace, ct);
        var whole = await RuleFile.OfAsync(attempt.Db, rules, file, ct);
        var verdict = rules.Resolve(id => whole.Groups.ContainsKey(id) && !left.Exists(g => g.Id == id), rules.FactsOf(after.Document));
        var waits = HeldRules.Wait(attempt, workspace, after);
        if (waits)
        {
            var marked = HeldRules.Marked(attempt, workspace, whole, after, verdict);
            if (marked.AwaitsDecision && !after.AwaitsDecision)
            {
                await HoldRows.HoldAsync(attempt, workspace, 1, ct);
            }

            after = marked;
        }

        var grants = waits
            ? file.Grants
            : await RuleGrants.KeepLastAdminAsync(
                attempt,
                workspace.Configuration,
                file,
                RuleGrants.Over(attempt, workspace.Id, file, verdict),
                ct
            );
        var placed = await Admission.PlaceAsync(attempt, workspace, file, after, grants, facts.Keys, ct);
        if (placed.Is(out var done, out _))
        {
            foreach (var group in left)
            {
                GroupStatements.Touch(attempt.Changes, workspace.Id, group.Id);
                foreach (var statement in GroupStatements.Leave(attempt, group, [done.Id]))
                {
                    attempt.Changes.Execute(statement);
                }
            }

            var fills = new RuleFills(attempt, workspace.Id);
            if (!waits && !HeldRules.WaitToBeLetIn(done) && fills.Of(done.Id, whole.Groups, verdict))
            {
                await fills.WriteAsync(rules.Groups, ct);
            }

            attempt.Changes.Tell(
                "member.provisioned",
                workspace.Id,
                ("member", done.Id.Value, done.ShownName),
                file.Member,
                done,
                passedOver: facts.PassedOver
            );
        }

        return placed;
    }

    private static Task<List<Group>> GroupsAsync(MembershipDb db, Member member, CancellationToken ct) =>
        db
            .Groups.AsNoTracking()
            .Where(g =>
                g.WorkspaceId == member.WorkspaceId
                && g.IsDirectoryManaged
                && db.GroupMembers.Any(m => m.WorkspaceId == g.WorkspaceId && m.GroupId == g.Id && m.MemberId == member.Id)
            )
            .OrderBy(g => g.Id)
            .ToListAsync(ct);
}
