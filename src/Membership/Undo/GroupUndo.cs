using System.Globalization;
using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Data;
using UserManagement.Membership.Groups;
using UserManagement.Membership.Licensing;
using UserManagement.Membership.Members;
using UserManagement.Membership.Rules;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Undo;

/// <summary>Undoes what a cycle made of one group, within one attempt.</summary>
internal sealed class GroupUndo(Attempt attempt, WorkspaceContext workspace, CycleUndo run, Story story)
{
    private readonly Id<Group> _id = new(story.Target);

    /// <summary>Makes a group again that the cycle deleted, with nobody in it yet; nothing where it is there, or never was.</summary>
    public async Task<Outcome<Nothing>> RemakeAsync(CancellationToken ct)
    {
        if (!story.IsDeleted || story.IsCreated || await ReadAsync(ct) is not null || story.Wanted("displayName") is not { } name)
        {
            return default(Nothing);
        }

        var facts = new GroupFacts
        {
            DisplayName = name,
            ExternalId = story.Wanted("externalId"),
            Document = story.Wanted("document"),
        };
        var group = CreateGroup.Named(
            workspace,
            new Group
            {
                WorkspaceId = workspace.Id,
                Id = _id,
                DisplayName = "",
                DisplayNameKey = "",
                IsDirectoryManaged = story.Wanted("isDirectoryManaged") == "true",
                SeatPriority = int.TryParse(story.Wanted("seatPriority"), NumberStyles.None, CultureInfo.InvariantCulture, out var priority)
                    ? priority
                    : null,
                CreatedAt = story.Deleted?.CreatedAt is { } made ? DateTimeOffset.FromUnixTimeMilliseconds(made) : attempt.At,
                ModifiedAt = attempt.At,
                Version = (story.Deleted?.Version ?? 0) + 2,
            },
            facts
        );
        if (await CreateGroup.IsTakenAsync(attempt, group, ct))
        {
            return CreateGroup.NameTaken();
        }

        attempt.Changes.Add(group);
        attempt.Changes.Count(new(workspace.Id, CounterKind.Groups), 1);
        attempt.Changes.Tell("group.undone", workspace.Id, ("group", _id.Value, group.DisplayName), after: group, reason: run.Reason);
        await RuleMoves.CameBackAsync(attempt, workspace, group, ct);
        return default(Nothing);
    }

    /// <summary>Undoes the rest: names, members, and that it was made.</summary>
    /// <param name="isLast">Whether a name that is another group's is given up.</param>
    /// <param name="ct">Stops the reading.</param>
    public async Task<Outcome<(UndoEnd End, string? Reason)>> RunAsync(bool isLast, CancellationToken ct)
    {
        var group = await ReadAsync(ct);
        var plan = await GroupPlan.OfAsync(attempt.Db, workspace.Id, story, group, ct);
        var left = plan.Left.ToList();
        if (plan.Remakes)
        {
            // its name was another group's when it was tried first; who was in it follows once all others are done
            return (await RemakeAsync(ct)).Refusal is { } taken && isLast ? taken : (UndoEnd.Again, null);
        }

        if (group is null || plan.IsEmpty)
        {
            return (
                left.Count > 0 ? UndoEnd.Left
                : story.IsDeleted ? UndoEnd.Undone
                : UndoEnd.Same,
                Reason(left)
            );
        }

        return plan.Deletes ? await DeleteAsync(group, ct) : await ChangeAsync(group, plan, left, isLast, ct);
    }

    private static string? Reason(List<string> left) => left.Count == 0 ? null : Key.Cut(string.Join(' ', left), 1000);

    private Task<Group?> ReadAsync(CancellationToken ct) =>
        attempt.Db.Groups.AsNoTracking().FirstOrDefaultAsync(g => g.WorkspaceId == workspace.Id && g.Id == _id, ct);

    private async Task<Outcome<(UndoEnd End, string? Reason)>> DeleteAsync(Group group, CancellationToken ct) =>
        (await DeleteGroup.DeleteAsync(attempt, workspace, group, run.Reason, ct)).Refusal is { } used ? used : (UndoEnd.Undone, null);

    private async Task<Outcome<(UndoEnd End, string? Reason)>> ChangeAsync(
        Group group,
        GroupPlan plan,
        List<string> left,
        bool isLast,
        CancellationToken ct
    )
    {
        var steps = new[]
        {
            new MembershipStep(MembershipStepKind.Add, plan.Back),
            new MembershipStep(MembershipStepKind.Remove, plan.Out),
        };
        if (await MembershipPlan.MakeAsync(attempt, workspace.Id, _id, [.. steps.Where(s => s.Members.Count > 0)], ct) is not { } moves)
        {
            return Refusal.Busy(); // nobody is told: it is planned anew at its turn
        }

        if (moves.Unknown.Count > 0)
        {
            left.Add($"{(moves.Unknown.Count == 1 ? "One person" : $"{moves.Unknown.Count} people")} of it are gone by now.");
        }

        var wanted = plan.Fields.Aggregate(group, (g, field) => GroupPlan.With(g, field, story.Wanted(field)));
        var named = CreateGroup.Named(workspace, wanted, GroupFacts.Of(wanted));
        if (named.DisplayNameKey == group.DisplayNameKey)
        {
            named = named with { UniqueNameKey = group.UniqueNameKey };
        }

        var again = false;
        if (named.UniqueNameKey != group.UniqueNameKey && await CreateGroup.IsTakenAsync(attempt, named, ct))
        {
            again = !isLast;
            left.Add($"The name {named.DisplayName} is another group's by now.");
            named = named with
            {
                DisplayName = group.DisplayName,
                DisplayNameKey = group.DisplayNameKey,
                UniqueNameKey = group.UniqueNameKey,
            };
        }

        if (named.IsDirectoryManaged != group.IsDirectoryManaged)
        {
            await RuleMoves.GroupChangedAsync(attempt, workspace, group, "is the workspace's again", ct);
        }

        if (await RuleMoves.GroupAsync(attempt, workspace, group, moves.Added, moves.Removed, ct, mayRefuse: false) is { } refusal)
        {
            return refusal;
        }

        var changed = ReviseGroup.Write(attempt, group, named, moves, guarded: true, reason: run.Reason);
        return (
            again ? UndoEnd.Again
            : left.Count == 0 ? UndoEnd.Undone
            : changed.IsSame ? UndoEnd.Left
            : UndoEnd.Partly,
            again ? null : Reason(left)
        );
    }
}
