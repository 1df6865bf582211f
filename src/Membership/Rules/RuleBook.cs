using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Rules;

/// <summary>
/// How every act on rules is written: the list as a whole, the version of the configuration, and the look through all members.
/// </summary>
internal static class RuleBook
{
    /// <summary>Saves a change.</summary>
    /// <param name="store">The store.</param>
    /// <param name="actor">Who acts.</param>
    /// <param name="workspaceId">The workspace.</param>
    /// <param name="act">The act's name in the audit log.</param>
    /// <param name="edit">The change.</param>
    /// <param name="ct">Stops it before it is written.</param>
    /// <returns>The rule that it was about.</returns>
    public static Task<Outcome<GroupRule>> RunAsync(
        Store store,
        Actor actor,
        Id<Workspace> workspaceId,
        string act,
        RuleEdit edit,
        CancellationToken ct
    ) =>
        store.ChangeAsync<GroupRule>(
            actor,
            workspaceId,
            act,
            async attempt =>
            {
                if (!(await EditedAsync(attempt.Db, actor, workspaceId, edit, attempt.Time, ct)).Is(out var edited, out var refusal))
                {
                    return refusal;
                }

                var (workspace, before, after) = edited;
                GroupRule? about = null;
                foreach (var rule in after)
                {
                    var was = before.FirstOrDefault(r => r.Id == rule.Id);
                    if (was is null)
                    {
                        attempt.Changes.Add(rule);
                        about = rule;
                    }
                    else if (was != rule)
                    {
                        attempt.Changes.Update(was, rule);
                        about = About(edit, rule) ? rule : about;
                    }
                    else
                    {
                        about = About(edit, rule) ? rule : about;
                    }
                }

                foreach (var gone in before.Where(r => after.All(a => a.Id != r.Id)))
                {
                    attempt.Changes.Remove(gone);
                    about = gone;
                }

                if (attempt.Changes.IsEmpty)
                {
                    return about!;
                }

                Renew(attempt, workspace);
                attempt.Changes.Tell(
                    act,
                    workspaceId,
                    ("rule", about!.Id.Value, about.Name),
                    before.FirstOrDefault(r => r.Id == about.Id),
                    after.FirstOrDefault(r => r.Id == about.Id)
                );
                await RuleRuns.StartAsync(attempt, workspaceId, $"The rule \"{about.Name}\" {Done(edit)}", ct);
                return about;
            },
            ct
        );

    /// <summary>The rules of a workspace before and after a change, or why it is refused.</summary>
    public static async Task<
        Outcome<(WorkspaceContext Workspace, IReadOnlyList<GroupRule> Before, IReadOnlyList<GroupRule> After)>
    > EditedAsync(MembershipDb db, Actor actor, Id<Workspace> workspaceId, RuleEdit edit, TimeProvider time, CancellationToken ct)
    {
        if (RuleDesk.MayChange(actor, workspaceId) is { } refused)
        {
            return refused;
        }

        if (await WorkspaceContext.ByIdAsync(db, workspaceId, ct) is not { } workspace)
        {
            return Refusal.NotFound("workspace");
        }

        var before = await db.GroupRules.AsNoTracking().Where(r => r.WorkspaceId == workspaceId).OrderBy(r => r.Place).ToListAsync(ct);
        if (!(await edit.ApplyAsync(new(db, actor, workspace, time), before, ct)).Is(out var edited, out var refusal))
        {
            return refusal;
        }

        var after = edited.Select((r, i) => r.Place == i ? r : r with { Place = i, Version = Moved(before, r) }).ToList();
        return RuleDesk.Circle(after, await RuleSet.NamedAsync(db, workspaceId, after, ct)) is { } circle
            ? circle
            : (workspace, before, after);
    }

    /// <summary>The version of the configuration moves: what is kept of the rules at the old one counts no more.</summary>
    public static void Renew(Attempt attempt, WorkspaceContext workspace) =>
        attempt.Changes.Update(
            workspace.Row,
            workspace.Row with
            {
                Version = workspace.Row.Version + 1,
                ConfigurationVersion = workspace.Row.ConfigurationVersion + 1,
            }
        );

    private static long Moved(List<GroupRule> before, GroupRule rule) =>
        before.Find(r => r.Id == rule.Id) is { } was && was.Version == rule.Version ? rule.Version + 1 : rule.Version;

    private static bool About(RuleEdit edit, GroupRule rule) =>
        edit is RuleEdit.Change change && change.Id == rule.Id || edit is RuleEdit.Move move && move.Id == rule.Id;

    private static string Done(RuleEdit edit) =>
        edit switch
        {
            RuleEdit.Create => "was made",
            RuleEdit.Delete => "was deleted",
            RuleEdit.Move => "was moved",
            _ => "was changed",
        };
}
