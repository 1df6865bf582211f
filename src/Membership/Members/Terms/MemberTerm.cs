using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Members.Terms;

/// <summary>
/// That somebody is a member for a time: on its end they are suspended, access ends everywhere. A row of its own beside the member, which a
/// directory does not see.
/// </summary>
public sealed record MemberTerm
{
    /// <summary>The workspace.</summary>
    public required Id<Workspace> WorkspaceId { get; init; }

    /// <summary>Who.</summary>
    public required Id<Member> MemberId { get; init; }

    /// <summary>When it ends.</summary>
    public required DateTimeOffset EndsAt { get; init; }

    /// <summary>Who answers for them, and is reminded before the end; null for nobody: then the admins are.</summary>
    public Id<Member>? SponsorId { get; init; }

    /// <summary>Who set it, by name.</summary>
    public required string SetBy { get; init; }

    /// <summary>When it was set or last extended.</summary>
    public required DateTimeOffset SetAt { get; init; }

    /// <summary>When it was written that the end comes near; null before.</summary>
    public DateTimeOffset? RemindedAt { get; init; }

    /// <summary>When the end was carried out; null before. Whoever is restored afterwards stays, without an end.</summary>
    public DateTimeOffset? EndedAt { get; init; }
}
