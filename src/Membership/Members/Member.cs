using UserManagement.Membership.Accounts;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Members;

/// <summary>Where a member stands; follows from the facts beside it, see <see cref="MemberStateRules"/>.</summary>
public enum MemberState
{
    /// <summary>Invited and not joined; takes no capacity.</summary>
    Invited,

    /// <summary>A directory made it inactive; takes no capacity.</summary>
    Provisioned,

    /// <summary>In; takes capacity whether or not the person has signed in.</summary>
    Active,

    /// <summary>Kept out for now, by the directory or by an admin; everything else is kept.</summary>
    Suspended,

    /// <summary>Removed by an admin; kept and restorable, out of the member list; a directory still sees it.</summary>
    Removed,

    /// <summary>Deleted by the directory, or an invitation that was revoked: kept as history, found by no door.</summary>
    Ended,
}

/// <summary>What an admin says of a member, beside what the directory says; access needs both.</summary>
public enum LocalBlock
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Suspended.</summary>
    Suspended,

    /// <summary>Removed.</summary>
    Removed,
}

/// <summary>
/// A word of the directory that is remembered and not carried out: what it asks for waits for an admin, or is kept from happening.
/// </summary>
public enum HeldAs
{
    /// <summary>The directory lets the person in, the workspace has not yet: no access, no seat, as if it had said inactive.</summary>
    Admission,

    /// <summary>The directory says inactive; the person stays in as if it said active.</summary>
    Deactivation,

    /// <summary>The directory deleted the person and does not find them any more; they stay in as if it said active.</summary>
    Deletion,

    /// <summary>The directory took somebody for its own who was here: until that is confirmed its groups give them nothing.</summary>
    Match,

    /// <summary>By rules, the directory's groups or attributes would change what the person has; they keep it.</summary>
    Access,
}

/// <summary>By what a directory's person and one who was here already are the same.</summary>
public enum HeldMatch
{
    /// <summary>The user name.</summary>
    UserName,

    /// <summary>A mail address.</summary>
    Email,

    /// <summary>Whatever else the directory looked for them by.</summary>
    Other,
}

/// <summary>
/// A person in a workspace: one row for each of the two, found by user name. Names live here and not on the account,
/// so that nothing one workspace does reaches another. Written only through <see cref="Licensing.Seats"/>.
/// </summary>
public sealed record Member
{
    /// <summary>The workspace.</summary>
    public required Id<Workspace> WorkspaceId { get; init; }

    /// <summary>The member's id, also the id of the SCIM User.</summary>
    public required Id<Member> Id { get; init; }

    /// <summary>The person's account; null until the first sign-in.</summary>
    public Id<Account>? AccountId { get; init; }

    /// <summary>The user name as it was given (RFC 7643 section 4.1.1): unique in the workspace, compared without case.</summary>
    public required string UserName { get; init; }

    /// <summary>The key of the user name under the unique index; null once the member has ended, so that the name is free again.</summary>
    public string? UserNameKey { get; init; }

    /// <summary>
    /// The user name as the directory sent it, by which it sees and finds the person; null where no mapping made another one of it.
    /// </summary>
    public string? SentUserName { get; init; }

    /// <summary>The directory's own id for the person; opaque, compared by case, not unique.</summary>
    public string? ExternalId { get; init; }

    /// <summary>The primary mail address for showing and writing to; null when there is none.</summary>
    public string? Email { get; init; }

    /// <summary>The name to show; null when none was given.</summary>
    public string? DisplayName { get; init; }

    /// <summary>First name.</summary>
    public string? GivenName { get; init; }

    /// <summary>Last name.</summary>
    public string? FamilyName { get; init; }

    /// <summary>Where the member stands.</summary>
    public required MemberState State { get; init; }

    /// <summary>What the directory says: active, inactive, or null when no directory manages the member.</summary>
    public bool? DirectoryActive { get; init; }

    /// <summary>Which word of the directory is held, see <see cref="MemberStateRules"/>; null where none is, as nearly always.</summary>
    public HeldAs? HeldAs { get; init; }

    /// <summary>Since when; null where none is held.</summary>
    public DateTimeOffset? HeldSince { get; init; }

    /// <summary>Until when an admin may decide; null where none is held, and where one decided that the word is not carried out.</summary>
    public DateTimeOffset? HeldUntil { get; init; }

    /// <summary>The directory whose word it is: the id of its token or program; null where none is held.</summary>
    public Guid? HeldBy { get; init; }

    /// <summary>
    /// The key of the role that they would have by the rules, while what rules make of the directory's word waits or is not carried out
    /// (perhaps the one they have: then a license or groups wait). Null where rules count as they come.
    /// </summary>
    public string? HeldRole { get; init; }

    /// <summary>
    /// By what the directory's person and one who was here already are the same: this one, or for <see cref="Members.HeldAs.Admission"/>
    /// somebody else with the same address. Null where nobody was.
    /// </summary>
    public HeldMatch? HeldMatch { get; init; }

    /// <summary>
    /// As whom they go on, where an admin said that somebody whom a directory brought is the same person: this row has ended. Else null.
    /// </summary>
    public Id<Member>? MergedInto { get; init; }

    /// <summary>What an admin says.</summary>
    public LocalBlock LocalBlock { get; init; }

    /// <summary>When the member first became active; null before.</summary>
    public DateTimeOffset? JoinedAt { get; init; }

    /// <summary>The effective role's key, materialised from the grants.</summary>
    public required string Role { get; init; }

    /// <summary>The effective license's key, materialised from the grants; null for none.</summary>
    public string? License { get; init; }

    /// <summary>Whether the member holds a seat now.</summary>
    public bool HasSeat { get; init; }

    /// <summary>
    /// Since when they are meant to have a role that needs a seat and have none: their place in the line. Kept while they are suspended;
    /// null for whoever does not wait.
    /// </summary>
    public DateTimeOffset? WaitsSince { get; init; }

    /// <summary>
    /// The version of the workspace's terms of use that the person accepted last; null for none. No directory sees it: it moves beside
    /// <see cref="Version"/>.
    /// </summary>
    public int? AcceptedTerms { get; init; }

    /// <summary>When they accepted it; null exactly when <see cref="AcceptedTerms"/> is.</summary>
    public DateTimeOffset? TermsAcceptedAt { get; init; }

    /// <summary>The rest of the SCIM resource as JSON, kept and never read by the core; null when there is none.</summary>
    public string? Document { get; init; }

    /// <summary>The key by which lists sort.</summary>
    public required string SortKey { get; init; }

    /// <summary>When the row was made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When something that a directory can see was last changed.</summary>
    public required DateTimeOffset ModifiedAt { get; init; }

    /// <summary>Counts the changes; the SCIM ETag. A change names the version it saw.</summary>
    public required long Version { get; init; }

    /// <summary>The name to show to people: display name, first and last name, or the user name.</summary>
    public string ShownName =>
        DisplayName is { Length: > 0 } shown ? shown
        : string.Join(' ', new[] { GivenName, FamilyName }.Where(n => !string.IsNullOrEmpty(n))) is { Length: > 0 } full ? full
        : UserName;

    /// <summary>Whether the member stands in line for a seat: in, without one, and meant to have one.</summary>
    public bool IsWaiting => State == MemberState.Active && !HasSeat && WaitsSince is not null;

    /// <summary>Whether a word of the directory is held that nobody has decided on.</summary>
    public bool AwaitsDecision => HeldAs is not null && HeldUntil is not null;

    /// <summary>Whether terms of use are asked for that they have not accepted.</summary>
    public bool OwesTerms(Workspaces.Terms terms)
    {
        ArgumentNullException.ThrowIfNull(terms);
        return terms.AskedVersion is { } asked && asked != AcceptedTerms;
    }

    /// <summary>Whether a directory manages the member.</summary>
    public bool IsDirectoryManaged => DirectoryActive is not null;
}
