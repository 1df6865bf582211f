using UserManagement.Membership.Groups;
using UserManagement.Membership.Members;
using UserManagement.Membership.Provisioning;

namespace UserManagement.Scim.Stories;

/// <summary>Whom or what an answer is about, for the provisioning log.</summary>
/// <param name="Kind"><c>member</c> or <c>group</c>.</param>
/// <param name="Id">Which one.</param>
/// <param name="Name">The name to show.</param>
internal sealed record About(string Kind, Guid Id, string Name)
{
    /// <summary>A member.</summary>
    public static About Of(Member member) => new("member", member.Id.Value, member.ShownName);

    /// <summary>A group.</summary>
    public static About Of(Group group) => new("group", group.Id.Value, group.DisplayName);

    /// <summary>What a revision made of a member, as they were found and as they are.</summary>
    /// <param name="before">As the last run of the revision found them; null where it did not run.</param>
    /// <param name="after">As they are.</param>
    public static ProvisioningOutcome CameOf(Member? before, Member after) =>
        before is null || before.Version == after.Version ? ProvisioningOutcome.Unchanged
        : after.AwaitsDecision && before.HeldAs != after.HeldAs ? ProvisioningOutcome.Held
        : before.State == MemberState.Active && after.State != MemberState.Active ? ProvisioningOutcome.Deactivated
        : before.State != MemberState.Active && after.State == MemberState.Active ? ProvisioningOutcome.Activated
        : ProvisioningOutcome.Changed;
}
