using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Members;

/// <summary>
/// One row of the key table: by what a member can be found under an index, for SCIM filters and for people who search.
/// User name and id are not here as a rule; the member's own row has an index for them.
/// </summary>
public sealed record MemberKey
{
    /// <summary>Any word of names and addresses, for search as one types.</summary>
    public const string Word = "word";

    /// <summary>The directory's id, compared by case.</summary>
    public const string ExternalId = "externalId";

    /// <summary>The display name, compared without case.</summary>
    public const string DisplayName = "displayName";

    /// <summary>Today's key of the user name, of those alone whose own row has another: see <see cref="ApartNames"/>.</summary>
    public const string UserName = "userName";

    /// <summary>The key of the user name that the directory sent, of those alone who have another here.</summary>
    public const string SentUserName = "sentUserName";

    /// <summary>Any mail address; <c>emails:work</c> and so on for the address of a type.</summary>
    public const string Emails = "emails";

    /// <summary>The id of the manager (RFC 7643 section 4.3).</summary>
    public const string Manager = "manager";

    /// <summary>The workspace.</summary>
    public required Id<Workspace> WorkspaceId { get; init; }

    /// <summary>Which attribute it is the key of.</summary>
    public required string Attribute { get; init; }

    /// <summary>The key itself: <see cref="Membership.Key.Of"/> of the value, or the value where case counts.</summary>
    public required string Value { get; init; }

    /// <summary>Who is found.</summary>
    public required Id<Member> MemberId { get; init; }
}
