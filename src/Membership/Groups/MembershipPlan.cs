using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Members;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Groups;

/// <summary>
/// The net of a list of steps on a group's members: who comes in, who goes out. Reads only the rows that the steps
/// name, so that changing one member of a group of 50,000 costs what it costs in a group of ten; only
/// <see cref="MembershipStepKind.Set"/> has to look at everybody, side by side with those named, a part at a time. What is
/// kept is sorted ids of sixteen bytes, once, and two bits for each.
/// </summary>
internal sealed record MembershipPlan(List<Id<Member>> Added, List<Id<Member>> Removed, List<Id<Member>> Unknown)
{
    private const int Chunk = 1000;

    /// <summary>Whether the steps would leave exactly people of whom none is here: a mistake, no wish to empty the group.</summary>
    public bool NamesOnlyStrangers { get; private init; }

    /// <summary>
    /// Makes it; null when so many are concerned that the attempt must wait for its turn first (<see cref="Attempt.AwaitsTurn"/>).
    /// </summary>
    /// <param name="attempt">To read through.</param>
    /// <param name="workspace">The workspace.</param>
    /// <param name="group">The group; null for one that is being made.</param>
    /// <param name="steps">What is to be done, in order.</param>
    /// <param name="ct">Stops the reading.</param>
    public static async Task<MembershipPlan?> MakeAsync(
        Attempt attempt,
        Id<Workspace> workspace,
        Id<Group>? group,
        IReadOnlyList<MembershipStep> steps,
        CancellationToken ct
    )
    {
        if (attempt.AwaitsTurn(steps.Sum(s => s.Members.Count)))
        {
            return null;
        }

        var (onlyThese, add, remove) = MembershipSteps.Fold(steps);
        var (named, removed) = (new SortedIds(add), new List<Id<Member>>());
        var forDirectory = attempt.Actor.Kind == ActorKind.Directory;
        if (group is { } id)
        {
            var present = new PresentMembers(attempt.Db, workspace, id, forDirectory);
            if (onlyThese)
            {
                await present.AllAsync(
                    some => removed.AddRange(some.Where(member => !named.Mark(member))),
                    () => !attempt.AwaitsTurn(removed.Count),
                    ct
                );
                if (attempt.IsAwaitingTurn)
                {
                    return null;
                }
            }
            else
            {
                await present.AmongAsync(add, some => some.ForEach(member => named.Mark(member)), ct);
                await present.AmongAsync(remove, removed.AddRange, ct);
            }
        }

        // who is in the group is here: an ending takes them out of it
        var absent = named.Unmarked();
        var here = new SortedIds(absent);
        for (var at = 0; at < absent.Count; at += Chunk)
        {
            var batch = new ReadBatch();
            var known = batch.Read(
                $"SELECT id FROM members WHERE {attempt.Db.IsAmong("workspace_id", "$1", "id", "$2")} AND state <> 'Ended'"
                    + (forDirectory ? $" AND id NOT IN {PresentMembers.Unseen}" : ""),
                row => new Id<Member>(row.GetGuid(0)),
                workspace.Value,
                PresentMembers.Part(attempt.Db, absent, at, Chunk)
            );
            await batch.RunAsync(attempt.Db, ct);
            foreach (var member in known.Rows)
            {
                here.Mark(member);
            }
        }

        removed.Sort();
        var added = here.Marked();
        return new(added, removed, here.Unmarked())
        {
            NamesOnlyStrangers = onlyThese && add.Count > 0 && added.Count == 0 && absent.Count == add.Count,
        };
    }
}
