using System.Collections.Frozen;
using UserManagement.Membership.Members;
using UserManagement.Membership.Portals;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Access;

/// <summary>What kind of party acts.</summary>
public enum ActorKind
{
    /// <summary>A person who is signed in and a member of the workspace.</summary>
    Member,

    /// <summary>A person who is known by an account but acts as no member: redeeming an invitation, resetting a password.</summary>
    Person,

    /// <summary>An identity provider with a SCIM token of the workspace.</summary>
    Directory,

    /// <summary>A program with an API key of the workspace, acting as the key's role.</summary>
    ApiKey,

    /// <summary>Whoever runs the server: the verbs of the command line.</summary>
    Operator,

    /// <summary>The server itself: the clock, the outbox.</summary>
    System,

    /// <summary>
    /// Somebody without an account who holds a link to the set-up portal (<see cref="Portals.PortalLink"/>): the customer's IT staff.
    /// </summary>
    PortalLink,
}

/// <summary>The door through which an act came.</summary>
public enum Door
{
    /// <summary>The admin pages.</summary>
    Page,

    /// <summary>SCIM.</summary>
    Scim,

    /// <summary>The REST API.</summary>
    Rest,

    /// <summary>Sign-in and invitation pages.</summary>
    SignIn,

    /// <summary>The command line.</summary>
    CommandLine,

    /// <summary>No door: the server's own work.</summary>
    None,
}

/// <summary>
/// Who acts, through which door, in which workspace, and what they may do. Made anew for each request from what the
/// database says at that moment, so that a change of role or a removal holds from the next request on.
/// </summary>
public sealed record Actor
{
    /// <summary>The server itself.</summary>
    public static Actor System { get; } =
        new()
        {
            Kind = ActorKind.System,
            Door = Door.None,
            Name = "System",
        };

    /// <summary>Whoever runs the server.</summary>
    public static Actor Operator { get; } =
        new()
        {
            Kind = ActorKind.Operator,
            Door = Door.CommandLine,
            Name = "Operator",
        };

    /// <summary>What kind of party this is.</summary>
    public required ActorKind Kind { get; init; }

    /// <summary>The door it came through.</summary>
    public required Door Door { get; init; }

    /// <summary>A name for the audit log; a person's display name or address, a token's name.</summary>
    public required string Name { get; init; }

    /// <summary>The member's, account's or credential's id; null for the operator and the system.</summary>
    public Guid? Id { get; init; }

    /// <summary>The one workspace in which this actor may act; null for the operator, the system and a person.</summary>
    public Id<Workspace>? Workspace { get; init; }

    /// <summary>The member, when the actor is one.</summary>
    public Id<Member>? Member { get; init; }

    /// <summary>The key of the role as which the actor acts, when it is a member or an API key.</summary>
    public string? Role { get; init; }

    /// <summary>What the actor may do; ignored for the operator and the system, who may do all.</summary>
    public IReadOnlySet<string> Permissions { get; init; } = FrozenSet<string>.Empty;

    /// <summary>What a link to the set-up portal opens; nothing for everybody else. Such a link has no permissions beside it.</summary>
    public PortalScopes Opens { get; init; }

    /// <summary>
    /// Until when the person's proof of who they are counts for what is sensitive; null when it does not, and for programs.
    /// </summary>
    public DateTimeOffset? FreshUntil { get; init; }

    /// <summary>What its request takes for granted of its token; null for nothing.</summary>
    internal TokenProof? Proof { get; init; }

    /// <summary>Whether the actor answers to nobody: the operator and the system.</summary>
    public bool Unlimited => Kind is ActorKind.Operator or ActorKind.System;

    /// <summary>The permissions of a directory: it provisions people and groups, and no more.</summary>
    public static IReadOnlySet<string> DirectoryPermissions { get; } =
        new[] { Permission.ReadMembers, Permission.ManageMembers, Permission.ManageGroups }.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>
    /// May the actor do this in that workspace? A foreign workspace is not there for it; a missing permission is forbidden.
    /// </summary>
    /// <param name="workspace">Where.</param>
    /// <param name="permission">What a role needs for it.</param>
    /// <param name="orLink">The part of the set-up portal that it belongs to; none where no link opens it.</param>
    /// <returns>Null when it may.</returns>
    public Refusal? Demand(Id<Workspace> workspace, string permission, PortalScopes orLink = PortalScopes.None)
    {
        if (Unlimited)
        {
            return null;
        }

        if (Workspace != workspace)
        {
            return Refusal.NotFound("workspace");
        }

        return Permissions.Contains(permission) || (Opens & orLink) != PortalScopes.None ? null
            : Kind == ActorKind.PortalLink ? Refusal.Forbidden("This link does not open that. Ask whoever sent it to you.")
            : Refusal.Forbidden("Your role does not allow this.");
    }

    /// <summary>
    /// Whether the actor may do this in its workspace: for showing or hiding a control, never instead of <see cref="Demand"/>.
    /// </summary>
    public bool May(string permission) => Unlimited || Permissions.Contains(permission);
}
