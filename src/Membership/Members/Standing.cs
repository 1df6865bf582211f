namespace UserManagement.Membership.Members;

/// <summary>
/// The one place where a member's state follows from its facts: the two switches (what the directory says, what an
/// admin says), whether the person ever joined, whether the row has ended.
/// </summary>
public static class Standing
{
    /// <summary>The state of these facts.</summary>
    /// <param name="directoryActive">What the directory says; null when none manages the member.</param>
    /// <param name="block">What an admin says.</param>
    /// <param name="joined">Whether the member was ever active.</param>
    public static MemberState Of(bool? directoryActive, LocalBlock block, bool joined) => (block, directoryActive, joined) switch
    {
        (LocalBlock.Removed, _, _) => MemberState.Removed,
        (LocalBlock.Suspended, _, _) => MemberState.Suspended,
        (_, true, _) => MemberState.Active,
        (_, false, true) => MemberState.Suspended,
        (_, false, false) => MemberState.Provisioned,
        (_, null, true) => MemberState.Active,
        (_, null, false) => MemberState.Invited,
    };

    /// <summary>What SCIM shows as <c>active</c>: the directory's own word where there is one, else whether the member is in.</summary>
    public static bool ShownActive(this Member member) => member.DirectoryActive ?? member.State == MemberState.Active;

    /// <summary>Whether the row stands in member lists: everybody but the removed and the ended.</summary>
    public static bool IsListed(this MemberState state) => state is not (MemberState.Removed or MemberState.Ended);
}
