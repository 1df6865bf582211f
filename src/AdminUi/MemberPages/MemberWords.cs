using UserManagement.AdminUi.Http;
using UserManagement.Membership;
using UserManagement.Membership.Access;
using UserManagement.Membership.Invitations;
using UserManagement.Membership.Members;
using UserManagement.Membership.Roles;
using UserManagement.Membership.Workspaces;
using UserManagement.Ui;

namespace UserManagement.AdminUi.MemberPages;

/// <summary>The words in which pages speak of a member's state, and what may be offered for an invitation.</summary>
public static class MemberWords
{
    /// <summary>The state's word.</summary>
    public static string State(MemberState state) =>
        state switch
        {
            MemberState.Invited => "Invited",
            MemberState.Provisioned => "Not activated",
            MemberState.Active => "Active",
            MemberState.Suspended => "Suspended",
            MemberState.Removed => "Removed",
            MemberState.Ended => "Deleted",
            _ => "Unknown",
        };

    /// <summary>The state's word where the workspace has words of its own for it.</summary>
    public static string State(MemberState state, Words words) =>
        state switch
        {
            MemberState.Active => words.ActiveStatus,
            MemberState.Suspended => words.SuspendedStatus,
            _ => State(state),
        };

    /// <summary>The state's colour.</summary>
    public static Tone Tone(MemberState state) =>
        state switch
        {
            MemberState.Active => Ui.Tone.Success,
            MemberState.Invited => Ui.Tone.Info,
            MemberState.Suspended => Ui.Tone.Warning,
            MemberState.Removed => Ui.Tone.Danger,
            _ => Ui.Tone.Neutral,
        };

    /// <summary>Why the member stands where they stand; null where the word says it all.</summary>
    public static string? Why(Member member) =>
        (member.State, member.LocalBlock, member.DirectoryActive) switch
        {
            (MemberState.Suspended, LocalBlock.Suspended, false) => "Suspended by an admin, and inactive in your directory.",
            (MemberState.Suspended, LocalBlock.Suspended, _) => "Suspended by an admin.",
            (MemberState.Suspended or MemberState.Provisioned, _, _) when member.HeldAs == HeldAs.Admission => null, // HeldNotice says it
            (MemberState.Suspended, _, _) => "Inactive in your directory.",
            (MemberState.Provisioned, _, _) => "Your directory made this person and has not activated them.",
            (MemberState.Removed, _, not null) => "Removed by an admin; still in your directory.",
            (MemberState.Removed, _, _) => "Removed by an admin.",
            _ when !member.State.IsKnown() =>
                "A later version of this server keeps this person out for a reason that this one does not know.",
            _ => null,
        };

    /// <summary>What the directory said that is held, as the beginning of a sentence.</summary>
    public static string Held(HeldAs held) =>
        held switch
        {
            HeldAs.Admission => "Held: the directory lets this person in",
            HeldAs.Deactivation => "Held: the directory says inactive",
            HeldAs.Deletion => "Held: the directory deleted this person",
            HeldAs.Match => "Held: the directory took this person, who was here already, for its own",
            HeldAs.Access => "Held: what rules make of the directory's groups and attributes",
            _ => "Held by a later version of this server",
        };

    /// <summary>Whether anything is offered for an invitation: not where the act would be refused for who was invited to what.</summary>
    /// <param name="visit">The request.</param>
    /// <param name="invitation">The invitation.</param>
    /// <param name="held">The role that the member has by now; null where it is not at hand.</param>
    internal static bool MayActOn(Visit visit, Invitation invitation, string? held = null) =>
        visit.Actor.May(Permission.InviteMembers)
        && visit.Configuration.MayTouch(visit.Actor, invitation.Role) is null
        && (held is null || visit.Configuration.MayTouch(visit.Actor, held) is null);

    /// <summary>Whether sending again is offered for an open invitation now.</summary>
    public static bool MayResend(InvitationRules rules, Invitation invitation, DateTimeOffset now) =>
        invitation.Stored == InvitationStatus.Pending
        && (
            rules.Resend == ResendWhen.Always
            || (rules.Resend == ResendWhen.Expired && invitation.StatusAt(now) == InvitationStatus.Expired)
        );

    /// <summary>
    /// The word on the button that ends an open invitation: one that ran out is not revoked any more but taken off the list, unless the
    /// word says that already.
    /// </summary>
    public static string Revoke(InvitationRules rules, Invitation invitation, DateTimeOffset now) =>
        IsTakenOff(rules, invitation, now) ? "Take off the list" : $"{rules.RevokeLabel} invitation";

    /// <summary>
    /// Whether ending an open invitation takes it off the list: it ran out, and one that is revoked would be listed still.
    /// </summary>
    public static bool IsTakenOff(InvitationRules rules, Invitation invitation, DateTimeOffset now) =>
        rules.ShowClosed && invitation.StatusAt(now) == InvitationStatus.Expired;

    /// <summary>The word on that button.</summary>
    public static string Resend(InvitationRules rules) => rules.Resend == ResendWhen.Expired ? "Reinvite" : "Resend invitation";

    /// <summary>The address to show: the mail address, or the user name.</summary>
    public static string Address(Member member) => member.Email ?? member.UserName;

    /// <summary>In how many others somebody is, beside the one that is looked at.</summary>
    internal static string Others(MemberView view) => view.Workspaces == 2 ? "1 other" : $"{view.Workspaces - 1} others";

    /// <summary>"a" or "an" before a word of the configuration.</summary>
    public static string A(string word) =>
        (word.Length > 0 && "aeio".Contains(char.ToLowerInvariant(word[0]), StringComparison.Ordinal) ? "an " : "a ") + word;
}
