using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Data;
using UserManagement.Membership.Groups;
using UserManagement.Membership.Members;
using UserManagement.Membership.Roles;
using UserManagement.Membership.Rules;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Undo;

/// <summary>Undoes what a cycle made of one person, within one attempt; every rule of <see cref="Admission"/> holds.</summary>
internal sealed class MemberUndo(Attempt attempt, WorkspaceContext workspace, CycleUndo run, Story story)
{
    private readonly List<string> _left = [];
    private bool _again;

    /// <summary>Undoes it.</summary>
    /// <param name="isLast">Whether a name that is somebody else's is given up.</param>
    /// <param name="ct">Stops the reading.</param>
    /// <returns>What came of it and what is left, or a refusal of which nothing is written.</returns>
    public async Task<Outcome<(UndoEnd End, string? Reason)>> RunAsync(bool isLast, CancellationToken ct)
    {
        var id = new Id<Member>(story.Target);
        var member = await attempt.Db.Members.AsNoTracking().FirstOrDefaultAsync(m => m.WorkspaceId == workspace.Id && m.Id == id, ct);
        var plan = MemberPlan.Of(story, member);
        _left.AddRange(plan.Left);
        if (member is null || plan.IsEmpty)
        {
            return (_left.Count == 0 ? UndoEnd.Same : UndoEnd.Left, Reason());
        }

        if (workspace.Configuration.MayTouch(attempt.Actor, member.Role) is { } beyond)
        {
            return beyond;
        }

        var grants = await attempt.Db.Grants.AsNoTracking().Where(g => g.WorkspaceId == workspace.Id && g.MemberId == id).ToListAsync(ct);
        var file = new MemberWithGrants(member, grants);
        if (plan.Access == AccessMove.End)
        {
            return (await EndMember.EndAsync(attempt, workspace, file, "member.undone", ct, run.Reason)).Refusal is { } no
                ? no
                : (UndoEnd.Undone, null);
        }

        var after = plan.Fields.Aggregate(member, (m, field) => MemberPlan.With(m, field, story.Wanted(field)));
        after = plan.Access switch
        {
            AccessMove.Revive => await RevivedAsync(after, ct),
            AccessMove.In when after.DirectoryActive == true => after.WithoutHold(),
            AccessMove.Out when after.DirectoryActive == false => after.WithoutHold(),
            AccessMove.In => Held(after, after.HeldAs == HeldAs.Deletion ? HeldAs.Deletion : HeldAs.Deactivation),
            AccessMove.Out => Held(after, HeldAs.Admission),
            _ => after,
        };
        var revives = plan.Access == AccessMove.Revive;
        if (!(await NamedAsync(member, after, revives, isLast, ct)).Is(out after!, out var taken))
        {
            return taken;
        }

        if (after == member)
        {
            return (_again ? UndoEnd.Again : UndoEnd.Left, Reason());
        }

        return await (revives ? ReviveAsync(file, after, ct) : ChangeAsync(file, after, ct));
    }

    private string? Reason() => _left.Count == 0 ? null : Key.Cut(string.Join(' ', _left), 1000);

    private Member Held(Member member, HeldAs held) =>
        member with
        {
            HeldAs = held,
            HeldSince = member.HeldSince ?? attempt.At,
            HeldUntil = null,
            HeldBy = run.ClientId,
        };

    /// <summary>Somebody who ended, as they were; the directory does not find them until it brings them in again.</summary>
    private async Task<Member> RevivedAsync(Member member, CancellationToken ct)
    {
        var was =
            story.Has("directoryActive") ? story.Wanted("directoryActive")
            : member.DirectoryActive is false ? "false"
            : null;
        var account = member.AccountId;
        member = member with
        {
            State = MemberState.Provisioned, // whatever follows from the facts
            AccountId = account is not null && await attempt.Db.Accounts.AnyAsync(a => a.Id == account, ct) ? account : null,
        };
        return was == "false" || (member.DirectoryActive is null && member.JoinedAt is null)
            ? member
            : Held(member with { DirectoryActive = false }, HeldAs.Deletion);
    }

    /// <summary>The person under a name that is free: the former one, or, while it is somebody else's, another of those they had.</summary>
    private async Task<Outcome<Member>> NamedAsync(Member before, Member after, bool revives, bool isLast, CancellationToken ct)
    {
        if (!revives && Key.Of(before.UserName) == Key.Of(after.UserName))
        {
            return after;
        }

        if (!await IsTakenAsync(after.UserName, ct))
        {
            return after;
        }

        if (revives || isLast)
        {
            var taken = $"The user name {after.UserName} is somebody else's by now.";
            if (revives)
            {
                return new Refusal(RefusalKind.Conflict, "userNameTaken", taken);
            }

            _left.Add(taken);
            return after with { UserName = before.UserName };
        }

        _again = true;
        foreach (var former in story.FormerNames.Where(n => n != after.UserName))
        {
            if (!await IsTakenAsync(former, ct))
            {
                return after with { UserName = former };
            }
        }

        return after with
        {
            UserName = before.UserName,
        };
    }

    private Task<bool> IsTakenAsync(string userName, CancellationToken ct)
    {
        var (key, id) = (Key.Of(userName), new Id<Member>(story.Target));
        return attempt.Db.Members.AnyAsync(m => m.WorkspaceId == workspace.Id && m.UserNameKey == key && m.Id != id, ct);
    }

    private async Task<Outcome<(UndoEnd End, string? Reason)>> ChangeAsync(MemberWithGrants file, Member after, CancellationToken ct)
    {
        (after, var grants, var fill) = await RuleMoves.RevisedAsync(attempt, workspace, file, after, ct);
        var keys = after.Document == file.Member.Document && after.Email == file.Member.Email ? null : DocumentKeys.Of(after);
        return await PlacedAsync(file, after, grants, keys, fill ?? (() => Task.CompletedTask), ct);
    }

    private async Task<Outcome<(UndoEnd End, string? Reason)>> ReviveAsync(MemberWithGrants file, Member after, CancellationToken ct)
    {
        if (
            after.AccountId is { } account
            && await attempt.Db.Members.AnyAsync(
                m => m.WorkspaceId == workspace.Id && m.AccountId == account && m.Id != after.Id && m.State != MemberState.Ended,
                ct
            )
        )
        {
            return new Refusal(RefusalKind.Conflict, "alreadyMember", "Their account belongs to somebody else here by now.");
        }

        if (story.Groups is null)
        {
            _left.Add("In which groups they were was not kept.");
        }

        var ids = (story.Groups ?? []).Select(g => new Id<Group>(g)).ToList();
        var groups = await attempt
            .Db.Groups.AsNoTracking()
            .Where(g => g.WorkspaceId == workspace.Id && ids.Contains(g.Id))
            .OrderBy(g => g.Id)
            .ToListAsync(ct);
        if (groups.Count < ids.Count)
        {
            _left.Add($"{(ids.Count - groups.Count == 1 ? "A group" : $"{ids.Count - groups.Count} groups")} of theirs is gone.");
        }

        var rules = await RuleSet.OfAsync(attempt.Db, workspace, ct);
        var isIn = groups.Select(g => g.Id).ToHashSet();
        var verdict = rules.Resolve(isIn.Contains, rules.FactsOf(after.Document));
        var grants = rules.IsEmpty ? file.Grants : RuleGrants.Over(attempt, workspace.Id, file, verdict);
        return await PlacedAsync(
            file,
            after,
            grants,
            DocumentKeys.Of(after),
            async () =>
            {
                foreach (var group in groups)
                {
                    foreach (var statement in GroupStatements.Join(attempt, group, [after.Id]))
                    {
                        attempt.Changes.Execute(statement);
                    }

                    GroupStatements.Touch(attempt.Changes, workspace.Id, group.Id);
                    attempt.Changes.TellFacts(
                        "group.membersChanged",
                        workspace.Id,
                        ("group", group.Id.Value, group.DisplayName),
                        null,
                        ReviseGroup.Told("added", [after.Id]),
                        run.Reason
                    );
                }

                var fills = new RuleFills(attempt, workspace.Id);
                if (fills.Of(after.Id, isIn.ToDictionary(g => g, _ => (Id<GroupRule>?)null), verdict))
                {
                    await fills.WriteAsync(rules.Groups, ct);
                }
            },
            ct
        );
    }

    private async Task<Outcome<(UndoEnd End, string? Reason)>> PlacedAsync(
        MemberWithGrants file,
        Member after,
        IReadOnlyList<Grant> grants,
        IReadOnlyList<FindableBy>? keys,
        Func<Task> also,
        CancellationToken ct
    )
    {
        var placed = await Admission.PlaceAsync(attempt, workspace, file, after, grants, keys, ct);
        if (!placed.Is(out var done, out var refusal))
        {
            return refusal;
        }

        await also();
        attempt.Changes.Tell("member.undone", workspace.Id, ("member", done.Id.Value, done.ShownName), file.Member, done, run.Reason);
        if (story.Wanted("hasSeat") == "true" && done is { HasSeat: false, State: MemberState.Active })
        {
            _left.Add(done.IsWaiting ? "No seat is free: they wait in line for one." : "No seat is free: they are in without one.");
        }

        return (
            _again ? UndoEnd.Again
            : _left.Count > 0 ? UndoEnd.Partly
            : UndoEnd.Undone,
            Reason()
        );
    }
}
