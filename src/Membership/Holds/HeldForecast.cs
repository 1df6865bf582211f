using UserManagement.Membership.Members;

namespace UserManagement.Membership.Holds;

/// <summary>What would become of one person if what a directory said of them were carried out now.</summary>
/// <param name="Member">As they are.</param>
/// <param name="After">As they would be; null where it would be refused.</param>
/// <param name="Conflict">Why it would be refused; null where it would not.</param>
/// <param name="Wanted">The key of the role that is meant for them; another one than theirs where no seat is free for it.</param>
/// <param name="Rule">The name of the rule that gives the role, or else the license; null where none does.</param>
/// <param name="Into">The names of the groups into which rules would put them.</param>
/// <param name="OutOf">The names of the groups out of which rules would take them.</param>
/// <param name="Same">Who was here already with the same address; null where nobody was, or this one was here already.</param>
/// <param name="Merge">What would become of the two as one person; null where nobody else is here with the address.</param>
public sealed record HeldForecast(
    Member Member,
    Member? After,
    Refusal? Conflict,
    string? Wanted,
    string? Rule,
    IReadOnlyList<string> Into,
    IReadOnlyList<string> OutOf,
    Member? Same,
    MergeForecast? Merge
)
{
    /// <summary>Whether they would come in without the seat that is meant for them: in line for one, or with another role.</summary>
    public bool LacksSeat => After is { HasSeat: false, State: MemberState.Active } && Wanted is not null && Wanted != After.Role;
}

/// <summary>What would become of somebody who is here already, if the person that a directory would let in is the same.</summary>
/// <param name="After">The one person; null where the two cannot be merged.</param>
/// <param name="Conflict">Why not; null where they can.</param>
/// <param name="Rule">The name of the rule that gives the role, or else the license; null where none does.</param>
/// <param name="Into">The names of the groups into which rules would put them.</param>
/// <param name="OutOf">The names of the groups out of which rules would take them.</param>
public sealed record MergeForecast(Member? After, Refusal? Conflict, string? Rule, IReadOnlyList<string> Into, IReadOnlyList<string> OutOf);
