namespace UserManagement.Membership.Members;

/// <summary>
/// The one place where a member's state follows from its facts: the two switches (what the directory says, what an
/// admin says), whether a word of the directory is held, whether the person ever joined, whether the row has ended.
/// </summary>
public static class MemberStateRules
{
    /// <summary>The state of these facts.</summary>
    /// <param name="directoryActive">What the directory says; null when none manages the member.</param>
    /// <param name="block">What an admin says.</param>
    /// <param name="joined">Whether the member was ever active.</param>
    /// <param name="held">Which word of the directory is held: the state is then as if it had said the opposite. Null for none.</param>
    public static MemberState Of(bool? directoryActive, LocalBlock block, bool joined, HeldAs? held = null) =>
        (block, IsHeld(directoryActive, held) ? !directoryActive : directoryActive, joined) switch
        {
            (LocalBlock.Removed, _, _) => MemberState.Removed,
            (not LocalBlock.None, _, _) => MemberState.Suspended, // also by a word of a later version: whatever it keeps out stays out
            (_, true, _) => MemberState.Active,
            (_, false, true) => MemberState.Suspended,
            (_, false, false) => MemberState.Provisioned,
            (_, null, true) => MemberState.Active,
            (_, null, false) => MemberState.Invited,
        };

    /// <summary>
    /// The state in which a member is placed: what has ended stays so; a state of a later version, whose facts this one cannot
    /// know, stays what it is until an admin suspends or removes the member.
    /// </summary>
    public static MemberState Of(Member member) =>
        member.State == MemberState.Ended
        || (
            !(member.State.IsKnown() && member.HeldAs?.IsKnown() != false)
            && member.LocalBlock is not (LocalBlock.Suspended or LocalBlock.Removed)
        )
            ? member.State
            : Of(member.DirectoryActive, member.LocalBlock, member.JoinedAt is not null, member.HeldAs);

    /// <summary>
    /// The member without a hold that nothing stands behind any more: the directory has taken its word back, or the row has ended.
    /// </summary>
    public static Member WithoutSettledHold(Member member) =>
        member.HeldAs is not { } held ? member
        : member.State == MemberState.Ended ? member.WithoutHold()
        : !held.IsKnown() || held is HeldAs.Match or HeldAs.Access || IsHeld(member.DirectoryActive, held) ? member
        : member.HeldRole is not null ? member with { HeldAs = HeldAs.Access } // what rules make of it waits on
        : member.WithoutHold();

    /// <summary>The member with the directory's word carried out.</summary>
    public static Member WithoutHold(this Member member) =>
        member with
        {
            HeldAs = null,
            HeldSince = null,
            HeldUntil = null,
            HeldBy = null,
            HeldRole = null,
            HeldMatch = null,
        };

    /// <summary>Whether the directory finds the member: not whom it deleted, though they stay in.</summary>
    public static bool IsSeenByDirectory(this Member member) => member.State != MemberState.Ended && member.HeldAs != HeldAs.Deletion;

    // held is the word that the directory said last: who it lets in, or whom it takes out
    private static bool IsHeld(bool? directoryActive, HeldAs? held) =>
        held switch
        {
            HeldAs.Admission => directoryActive == true,
            HeldAs.Deactivation or HeldAs.Deletion => directoryActive == false,
            _ => false,
        };

    /// <summary>What SCIM shows as <c>active</c>: the directory's own word where there is one, else whether the member is in.</summary>
    public static bool ShownActive(this Member member) => member.DirectoryActive ?? member.State == MemberState.Active;

    /// <summary>Whether the row stands in member lists: everybody but the removed and the ended.</summary>
    public static bool IsListed(this MemberState state) => state is not (MemberState.Removed or MemberState.Ended);
}
