using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Members;

/// <summary>
/// When a member signed in and was last seen: a table of its own, written at most once a minute, so that it moves no ETag.
/// </summary>
public sealed record MemberActivity
{
    /// <summary>The workspace.</summary>
    public required Id<Workspace> WorkspaceId { get; init; }

    /// <summary>The member.</summary>
    public required Id<Member> MemberId { get; init; }

    /// <summary>The first sign-in to this workspace.</summary>
    public required DateTimeOffset FirstSignInAt { get; init; }

    /// <summary>The last sign-in to this workspace.</summary>
    public required DateTimeOffset LastSignInAt { get; init; }

    /// <summary>The last request, to the minute.</summary>
    public required DateTimeOffset LastActiveAt { get; init; }
}
