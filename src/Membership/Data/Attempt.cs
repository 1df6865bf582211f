using UserManagement.Membership.Access;
using UserManagement.Membership.Licensing;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Data;

/// <summary>
/// One try of an act: what it reads through, what it will write, and what earlier tries learned. An act is planned
/// from fresh reads at each try, and nothing is written before the plan is whole.
/// </summary>
public sealed class Attempt
{
    private readonly bool _hasTurn;

    internal Attempt(
        MembershipDb db,
        Actor actor,
        TimeProvider time,
        SecretBox box,
        IReadOnlySet<CounterId> full,
        bool isFirst = true,
        bool hasTurn = false,
        string act = ""
    )
    {
        IsFirst = isFirst;
        _hasTurn = hasTurn;
        Db = db;
        Actor = actor;
        Time = time;
        Box = box;
        Full = full;
        Changes = new(db, actor, time, act);
        (db.Plan, db.Proof) = (Changes, actor.Proof);
    }

    /// <summary>Reads, without tracking. What is written rests on each workspace's configuration that was opened through it.</summary>
    public MembershipDb Db { get; }

    /// <summary>Who acts.</summary>
    public Actor Actor { get; }

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; }

    /// <summary>Seals what must be kept secret.</summary>
    public SecretBox Box { get; }

    /// <summary>What will be written.</summary>
    public Changes Changes { get; }

    /// <summary>The time of this try, to the millisecond.</summary>
    public DateTimeOffset At => Changes.At;

    /// <summary>Whether it is the first try: what a unique index will tell anyway may be left to it.</summary>
    public bool IsFirst { get; }

    /// <summary>Counters in which the tries just before found no room: the plan must do without them or refuse.</summary>
    public IReadOnlySet<CounterId> Full { get; }

    /// <summary>
    /// The workspace in which a seat came free that somebody may wait for, or whose limit is another one; null for none. See
    /// <see cref="SeatLine"/>.
    /// </summary>
    internal WorkspaceContext? FreesSeatsOf { get; set; }

    /// <summary>The same workspace as the act makes it; null where it changes nothing of its configuration and plan.</summary>
    internal WorkspaceContext? Becomes { get; set; }

    /// <summary>Whom or what the act concerns, for the line that says that it was refused; null where that is the workspace.</summary>
    internal (string Kind, Guid? Id, string? Name)? Concerned { get; private set; }

    /// <summary>Says whom the act concerns; the first word counts. The name is looked up where it is told.</summary>
    internal void Concerns(Id<Members.Member> member) => Concerned ??= ("member", member.Value, null);

    /// <summary>The same where no member is known, or the thing is another.</summary>
    internal void Concerns(string kind, Guid? id, string? name) => Concerned ??= (kind, id, name);

    /// <summary>Whether it redeems the invitation of whom it places, and closes that itself.</summary>
    internal bool Redeems { get; set; }

    /// <summary>Whether the act must be planned anew at its turn; see <see cref="AwaitsTurn"/>.</summary>
    internal bool IsAwaitingTurn { get; private set; }

    /// <summary>
    /// Whether an act that has to do with so many rows must wait for its turn (<see cref="LargeTurns"/>). Then its plan ends here, whatever
    /// it gives back, and is made anew when the turn has come.
    /// </summary>
    internal bool AwaitsTurn(int rows)
    {
        IsAwaitingTurn |= !_hasTurn && rows > LargeTurns.MostAtEase;
        return IsAwaitingTurn;
    }

    /// <summary>
    /// Where one act places several, and counts what is left from one to the next: what is full for the next of them. Null where
    /// <see cref="Full"/> tells.
    /// </summary>
    internal IReadOnlySet<CounterId>? FullNow { get; set; }

    /// <summary>Whether a counter of this workspace was found full, or its trial is over: then nothing that is sold is given out.</summary>
    public bool IsFull(WorkspaceContext workspace, CounterKind kind, string key = "") =>
        (FullNow ?? Full).Contains(new(workspace.Id, kind, key))
        || (workspace.Plan.IsOver(At) && (kind != CounterKind.Slots || workspace.Configuration.Capacity.MemberSlots is not null));
}
