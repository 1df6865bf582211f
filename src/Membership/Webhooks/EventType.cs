namespace UserManagement.Membership.Webhooks;

/// <summary>The events of which endpoints are told; <see cref="MemberEvents"/> says what is which.</summary>
public static class EventType
{
    /// <summary>Somebody is in: by an invitation, by a directory, by a provider's word.</summary>
    public const string Joined = "member.joined";

    /// <summary>Names, user name, address or the directory's id changed.</summary>
    public const string Changed = "member.changed";

    /// <summary>Kept out for now, by an admin or by the directory.</summary>
    public const string Suspended = "member.suspended";

    /// <summary>In again after a suspension or a removal.</summary>
    public const string Restored = "member.restored";

    /// <summary>Gone: removed by an admin, or deleted by the directory.</summary>
    public const string Removed = "member.removed";

    /// <summary>Another role.</summary>
    public const string RoleChanged = "member.roleChanged";

    /// <summary>Another license, or none any more.</summary>
    public const string LicenseChanged = "member.licenseChanged";

    /// <summary>A seat was taken or came free, whatever the reason: a role, a suspension, a removal.</summary>
    public const string SeatChanged = "member.seatChanged";

    /// <summary>Put into a group, or taken out of one.</summary>
    public const string GroupsChanged = "member.groupsChanged";

    /// <summary>An invitation was accepted; the member has joined.</summary>
    public const string InvitationAccepted = "invitation.accepted";

    /// <summary>A group was made.</summary>
    public const string GroupCreated = "group.created";

    /// <summary>A group has another name or other facts.</summary>
    public const string GroupChanged = "group.changed";

    /// <summary>A group is gone, and with it everybody's place in it.</summary>
    public const string GroupDeleted = "group.deleted";

    /// <summary>Somebody tries an endpoint; is sent to that one alone, whatever it asked for.</summary>
    public const string Test = "webhook.test";

    /// <summary>All that an endpoint may ask for, with a sentence for people.</summary>
    public static IReadOnlyList<(string Type, string Meaning)> All { get; } =
    [
        (Joined, "Somebody is in: by an invitation, a directory or a provider"),
        (Changed, "Name, user name, address or external id changed"),
        (Suspended, "Kept out for now"),
        (Restored, "In again after a suspension or a removal"),
        (Removed, "Removed by an admin, or deleted by the directory"),
        (RoleChanged, "Another role"),
        (LicenseChanged, "Another license, or none"),
        (SeatChanged, "A seat was taken or came free"),
        (GroupsChanged, "Put into a group, or taken out of one"),
        (InvitationAccepted, "An invitation was accepted"),
        (GroupCreated, "A group was made"),
        (GroupChanged, "A group was renamed or changed"),
        (GroupDeleted, "A group was deleted, with everybody's place in it"),
    ];

    /// <summary>Whether an endpoint may ask for it.</summary>
    public static bool IsKnown(string type) => All.Any(t => t.Type == type);
}
