using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Outbox;

/// <summary>
/// Something to be done outside after a change, written in the change's own transaction: it is neither lost with the
/// server nor done for what never happened. Holds no secret: the sender reads what it needs when it sends.
/// </summary>
public sealed record OutboxMessage
{
    /// <summary>Its id; ordered by time.</summary>
    public required Id<OutboxMessage> Id { get; init; }

    /// <summary>The workspace; null for what concerns an account.</summary>
    public Id<Workspace>? WorkspaceId { get; init; }

    /// <summary>Whom or what it is about: messages of one subject are sent one after the other.</summary>
    public required string Subject { get; init; }

    /// <summary>What is to be done, see <see cref="OutboxKind"/>.</summary>
    public required string Kind { get; init; }

    /// <summary>The id of the thing it is about: the invitation, the one-time link.</summary>
    public required Guid About { get; init; }

    /// <summary>When it was written.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Not before this time; moves with each failed try.</summary>
    public required DateTimeOffset DueAt { get; init; }

    /// <summary>Until when an instance has it in hand; null when none has.</summary>
    public DateTimeOffset? ClaimedUntil { get; init; }

    /// <summary>How often it was tried.</summary>
    public int Tries { get; init; }

    /// <summary>When it was done with: sent, or no longer needed; null while it waits.</summary>
    public DateTimeOffset? DoneAt { get; init; }

    /// <summary>When it was given up after too many tries; null while there is hope.</summary>
    public DateTimeOffset? DeadAt { get; init; }

    /// <summary>Why the last try failed; null when none did.</summary>
    public string? LastError { get; init; }
}

/// <summary>The kinds of messages; each has a consumer.</summary>
public static class OutboxKind
{
    /// <summary>Mail an invitation; about the invitation.</summary>
    public const string InvitationMail = "invitation.mail";

    /// <summary>Reminds the invited person, a day before the invitation ends.</summary>
    public const string InvitationReminder = "invitation.reminder";

    /// <summary>Tell the inviter that an invitation needs correcting; about the invitation.</summary>
    public const string CorrectionMail = "invitation.correction";

    /// <summary>Mail the link that proves the address of somebody who asks to join; about the request.</summary>
    public const string JoinProofMail = "joinRequest.proof";

    /// <summary>Tell the admins that somebody asks to join; about the request.</summary>
    public const string JoinRequestMail = "joinRequest.asked";

    /// <summary>Tell somebody that they may not join; about the request.</summary>
    public const string JoinRejectedMail = "joinRequest.rejected";

    /// <summary>Mail a link to the set-up portal; about the link.</summary>
    public const string PortalLinkMail = "portalLink.mail";

    /// <summary>Tell the admins what is amiss with their directories; about the workspace.</summary>
    public const string DirectoryMail = "directory.concern";

    /// <summary>Invite the next rows of an import; about the import.</summary>
    public const string InvitationImport = "invitation.import";

    /// <summary>Change the next of all members that match, or take the next back; about the run.</summary>
    public const string MemberChange = "members.change";

    /// <summary>Give the free seats of a workspace to those who wait; about the workspace.</summary>
    public const string SeatsFree = "seats.free";

    /// <summary>Tell somebody that they got the seat for which they waited; about the member.</summary>
    public const string SeatGivenMail = "seat.given";

    /// <summary>Tell the admins who got a seat of late; about the workspace.</summary>
    public const string SeatsGivenMail = "seats.given";

    /// <summary>Tell the admins that seats came free for which people wait, where an admin gives them; about the workspace.</summary>
    public const string SeatsFreeMail = "seats.freeMail";

    /// <summary>Tell the admins who came in without the seat that they were to have; about the workspace.</summary>
    public const string SeatsWantedMail = "seats.wanted";

    /// <summary>Remind the admins of the access review that it is about, or, about the workspace, that one is due.</summary>
    public const string ReviewReminder = "accessReview.reminder";

    /// <summary>Remind the sponsor of somebody whose time as a member ends soon; about the member.</summary>
    public const string TermMail = "member.termEnds";

    /// <summary>Somebody asked for a link to set a new password; about the account, or about nobody.</summary>
    public const string PasswordResetAsked = "passwordReset.asked";

    /// <summary>Mail a link to set a new password; about the one-time link.</summary>
    public const string PasswordResetMail = "passwordReset.mail";

    /// <summary>Take away the many logins of a connection that was removed; about the connection.</summary>
    public const string ConnectionRemoved = "connection.removed";

    /// <summary>A session ended through which apps have access; about the session.</summary>
    public const string AppSessionEnded = "app.sessionEnded";

    /// <summary>Somebody may no longer use a workspace through apps; about the account.</summary>
    public const string AppMemberEnded = "app.memberEnded";

    /// <summary>Look through what sign-ins gave apps; about the workspace, connection, account or app that the subject names.</summary>
    public const string AppReview = "app.review";

    /// <summary>Tell an app that a session ended; about what the session gave it (<see cref="Apps.AppGrant"/>).</summary>
    public const string AppLogout = "app.logout";

    /// <summary>Carry a decision on all that is held out on the next people; about the workspace.</summary>
    public const string HeldDecided = "held.decided";

    /// <summary>Look through the next members after rules changed; about the workspace.</summary>
    public const string RuleRun = "rules.run";

    /// <summary>Tell the other admins that one asks for an approval; about the request.</summary>
    public const string ApprovalMail = "approval.asked";

    /// <summary>Work the undo of a cycle off; about the cycle.</summary>
    public const string CycleUndo = "cycle.undo";

    /// <summary>Tell an endpoint of an event; about the delivery (<see cref="Webhooks.WebhookDelivery"/>).</summary>
    public const string Webhook = "webhook";
}
