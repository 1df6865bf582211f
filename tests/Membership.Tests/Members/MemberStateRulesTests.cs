using UserManagement.Membership.Members;
using Xunit;

namespace UserManagement.Membership.Tests.Members;

public sealed class MemberStateRulesTests
{
    [Theory]
    [InlineData(null, LocalBlock.None, false, MemberState.Invited, false)]
    [InlineData(null, LocalBlock.None, true, MemberState.Active, true)]
    [InlineData(null, LocalBlock.Suspended, false, MemberState.Suspended, false)]
    [InlineData(null, LocalBlock.Suspended, true, MemberState.Suspended, false)]
    [InlineData(null, LocalBlock.Removed, false, MemberState.Removed, false)]
    [InlineData(null, LocalBlock.Removed, true, MemberState.Removed, false)]
    [InlineData(false, LocalBlock.None, false, MemberState.Provisioned, false)]
    [InlineData(false, LocalBlock.None, true, MemberState.Suspended, false)]
    [InlineData(false, LocalBlock.Suspended, false, MemberState.Suspended, false)]
    [InlineData(false, LocalBlock.Suspended, true, MemberState.Suspended, false)]
    [InlineData(false, LocalBlock.Removed, false, MemberState.Removed, false)]
    [InlineData(false, LocalBlock.Removed, true, MemberState.Removed, false)]
    [InlineData(true, LocalBlock.None, false, MemberState.Active, true)]
    [InlineData(true, LocalBlock.None, true, MemberState.Active, true)]
    [InlineData(true, LocalBlock.Suspended, false, MemberState.Suspended, true)]
    [InlineData(true, LocalBlock.Suspended, true, MemberState.Suspended, true)]
    [InlineData(true, LocalBlock.Removed, false, MemberState.Removed, true)]
    [InlineData(true, LocalBlock.Removed, true, MemberState.Removed, true)]
    public void Every_combination_of_facts_has_one_state_and_the_directory_sees_its_own_word(
        bool? directory,
        LocalBlock block,
        bool joined,
        MemberState state,
        bool shownActive
    )
    {
        Assert.Equal(state, MemberStateRules.Of(directory, block, joined));
        var member = new Member
        {
            WorkspaceId = default,
            Id = default,
            UserName = "x",
            State = state,
            DirectoryActive = directory,
            LocalBlock = block,
            Role = "user",
            SortKey = "",
            CreatedAt = default,
            ModifiedAt = default,
            Version = 1,
        };
        Assert.Equal(shownActive, member.ShownActive());
    }

    [Theory]
    [InlineData(HeldAs.Admission, true, false, MemberState.Provisioned)]
    [InlineData(HeldAs.Admission, true, true, MemberState.Suspended)]
    [InlineData(HeldAs.Deactivation, false, true, MemberState.Active)]
    [InlineData(HeldAs.Deletion, false, true, MemberState.Active)]
    public void A_held_word_leaves_the_state_as_if_the_directory_had_said_the_opposite(
        HeldAs held,
        bool directory,
        bool joined,
        MemberState state
    )
    {
        Assert.Equal(state, MemberStateRules.Of(directory, LocalBlock.None, joined, held));
        Assert.Equal(MemberState.Suspended, MemberStateRules.Of(directory, LocalBlock.Suspended, joined, held));
        Assert.Equal(MemberState.Removed, MemberStateRules.Of(directory, LocalBlock.Removed, joined, held));
        // once the directory says otherwise nothing is held
        Assert.Equal(
            MemberStateRules.Of(!directory, LocalBlock.None, joined),
            MemberStateRules.Of(!directory, LocalBlock.None, joined, held)
        );
    }
}
