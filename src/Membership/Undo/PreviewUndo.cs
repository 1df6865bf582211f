using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Groups;
using UserManagement.Membership.Licensing;
using UserManagement.Membership.Members;
using UserManagement.Membership.Provisioning;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Undo;

/// <summary>Somebody, or a group, that an undo leaves as it is, or does not wholly make what it was.</summary>
/// <param name="Kind"><c>member</c> or <c>group</c>.</param>
/// <param name="Id">Which one.</param>
/// <param name="Name">The name; null where it was erased.</param>
/// <param name="Reason">What is left and why.</param>
public sealed record UndoLeft(string Kind, Guid Id, string? Name, string Reason);

/// <summary>What the undo of a cycle would do at this moment.</summary>
public sealed record UndoPreview
{
    /// <summary>How many it names of those that are left.</summary>
    public const int MostLeft = 100;

    /// <summary>The cycle.</summary>
    public required ProvisioningCycle Cycle { get; init; }

    /// <summary>How many people and groups the cycle wrote to; the number by which an undo of many is confirmed.</summary>
    public required int Total { get; init; }

    /// <summary>Who was deactivated and is in again.</summary>
    public int ActiveAgain { get; init; }

    /// <summary>Who was deleted and is here again.</summary>
    public int BackAfterDeletion { get; init; }

    /// <summary>Who was let in and is out again.</summary>
    public int OutAgain { get; init; }

    /// <summary>Whom the cycle made and who ends.</summary>
    public int Ended { get; init; }

    /// <summary>Of whom facts are what they were.</summary>
    public int Revised { get; init; }

    /// <summary>Groups that were deleted and are there again.</summary>
    public int GroupsBack { get; init; }

    /// <summary>Groups that the cycle made and that go.</summary>
    public int GroupsDeleted { get; init; }

    /// <summary>Groups whose name or other facts are what they were.</summary>
    public int GroupsRevised { get; init; }

    /// <summary>How many people come into groups again.</summary>
    public int BackInGroups { get; init; }

    /// <summary>How many people go out of groups again.</summary>
    public int OutOfGroups { get; init; }

    /// <summary>How many seats those had who come back.</summary>
    public int SeatsNeeded { get; init; }

    /// <summary>How many seats are free; null without a limit.</summary>
    public long? SeatsFree { get; init; }

    /// <summary>What is as it was already.</summary>
    public int Same { get; init; }

    /// <summary>How many are left in part or wholly.</summary>
    public int LeftCount { get; init; }

    /// <summary>The first <see cref="MostLeft"/> of them.</summary>
    public IReadOnlyList<UndoLeft> Left { get; init; } = [];

    /// <summary>Whether anything would be done.</summary>
    public bool DoesAnything =>
        ActiveAgain
            + BackAfterDeletion
            + OutAgain
            + Ended
            + Revised
            + GroupsBack
            + GroupsDeleted
            + GroupsRevised
            + BackInGroups
            + OutOfGroups
        > 0;
}

/// <summary>
/// What the undo of a cycle would do: the plans of all whom it is about, and nothing of it is written. Refusals: <c>forbidden</c>,
/// <c>notFound</c>, <c>alreadyUndone</c>.
/// </summary>
public sealed class PreviewUndo(Store store)
{
    private const int Page = 500;

    /// <summary>Looks.</summary>
    /// <param name="actor">Who asks; needs what <see cref="UndoCycle"/> needs.</param>
    /// <param name="workspaceId">The workspace.</param>
    /// <param name="id">The cycle.</param>
    /// <param name="ct">Stops the reading.</param>
    public async Task<Outcome<UndoPreview>> RunAsync(Actor actor, Id<Workspace> workspaceId, Id<ProvisioningCycle> id, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(actor);
        if (UndoCycle.MayUndo(actor, workspaceId) is { } refused)
        {
            return refused;
        }

        await using var db = store.Read();
        if (await UndoCycle.FindAsync(db, workspaceId, id, ct) is not { } cycle)
        {
            return Refusal.NotFound("cycle");
        }

        if (await UndoCycle.AgainstAsync(db, workspaceId, id, ct) is { } against)
        {
            return against;
        }

        var span = CycleSpan.Of(cycle, store.Time);
        var undone = await Stories.UndoneAsync(db, workspaceId, ct);
        var look = new Look(db, workspaceId);
        var seen = new HashSet<Guid>();
        for (Guid? cursor = span.End; cursor is { } before; )
        {
            (var targets, cursor) = await span.PageAsync(db, workspaceId, null, before, Page, ct);
            var news = targets.Where(t => seen.Add(t.Id)).ToList();
            var stories = await Stories.ReadAsync(db, workspaceId, span, undone, [.. news.Select(t => t.Id)], ct);
            await look.AddAsync(news, stories, ct);
        }

        var seats = (await Counts.ReadAsync(db, workspaceId, ct)).Seats.RoomForNewAt(store.Time.Now());
        return look.Found(cycle, seen.Count) with { SeatsFree = seats };
    }

    private sealed class Look(MembershipDb db, Id<Workspace> workspace)
    {
        private readonly HashSet<Guid> _back = [];
        private readonly HashSet<Guid> _out = [];
        private readonly List<UndoLeft> _left = [];
        private readonly Dictionary<AccessMove, int> _moves = [];
        private int _revised;
        private int _groupsBack;
        private int _groupsDeleted;
        private int _groupsRevised;
        private int _seats;
        private int _same;
        private int _leftCount;

        public async Task AddAsync(
            IReadOnlyList<(string Kind, Guid Id)> targets,
            IReadOnlyDictionary<Guid, Story> stories,
            CancellationToken ct
        )
        {
            var people = targets.Where(t => t.Kind == "member").Select(t => new Id<Member>(t.Id)).ToList();
            var members = await db.Members.AsNoTracking().Where(m => m.WorkspaceId == workspace && people.Contains(m.Id)).ToListAsync(ct);
            var rows = members.ToDictionary(m => m.Id.Value);
            foreach (var (kind, id) in targets)
            {
                var story = stories[id];
                if (kind == "member")
                {
                    Add(story, rows.GetValueOrDefault(id));
                }
                else
                {
                    var group = await db
                        .Groups.AsNoTracking()
                        .FirstOrDefaultAsync(g => g.WorkspaceId == workspace && g.Id == new Id<Group>(id), ct);
                    Add(story, await GroupPlan.OfAsync(db, workspace, story, group, ct));
                }
            }
        }

        public UndoPreview Found(ProvisioningCycle cycle, int total) =>
            new()
            {
                Cycle = cycle,
                Total = total,
                ActiveAgain = _moves.GetValueOrDefault(AccessMove.In),
                BackAfterDeletion = _moves.GetValueOrDefault(AccessMove.Revive),
                OutAgain = _moves.GetValueOrDefault(AccessMove.Out),
                Ended = _moves.GetValueOrDefault(AccessMove.End),
                Revised = _revised,
                GroupsBack = _groupsBack,
                GroupsDeleted = _groupsDeleted,
                GroupsRevised = _groupsRevised,
                BackInGroups = _back.Count,
                OutOfGroups = _out.Count,
                SeatsNeeded = _seats,
                Same = _same,
                LeftCount = _leftCount,
                Left = _left,
            };

        private void Add(Story story, Member? now)
        {
            var plan = MemberPlan.Of(story, now);
            _moves[plan.Access] = _moves.GetValueOrDefault(plan.Access) + 1;
            _revised += plan.Fields.Count > 0 ? 1 : 0;
            if (plan.Access is AccessMove.In or AccessMove.Revive && now?.HasSeat == false && story.Wanted("hasSeat") == "true")
            {
                _seats++;
            }

            if (plan.Access == AccessMove.Revive && story.Groups is { Count: > 0 })
            {
                _ = _back.Add(story.Target);
            }

            Add("member", story, now?.ShownName ?? story.Name, plan.IsEmpty, plan.Left);
        }

        private void Add(Story story, GroupPlan plan)
        {
            _groupsBack += plan.Remakes ? 1 : 0;
            _groupsDeleted += plan.Deletes ? 1 : 0;
            _groupsRevised += plan.Fields.Count > 0 ? 1 : 0;
            _back.UnionWith(plan.Back.Select(m => m.Value));
            _out.UnionWith(plan.Out.Select(m => m.Value));
            Add("group", story, story.Name, plan.IsEmpty, plan.Left);
        }

        private void Add(string kind, Story story, string? name, bool isEmpty, IReadOnlyList<string> left)
        {
            _same += isEmpty && left.Count == 0 ? 1 : 0;
            if (left.Count == 0)
            {
                return;
            }

            _leftCount++;
            if (_left.Count < UndoPreview.MostLeft)
            {
                _left.Add(new(kind, story.Target, name, string.Join(' ', left)));
            }
        }
    }
}
