using UserManagement.Membership;
using UserManagement.Membership.Invitations;

namespace UserManagement.AdminUi.InvitationPages;

/// <summary>What a form made of invitations: kept for the page that says so (<c>Once</c>).</summary>
/// <param name="Kind">What the form did.</param>
/// <param name="People">Whom it was about.</param>
/// <param name="Typed">What was typed into the form, for those who were not invited; null where it is not asked again.</param>
public sealed record MadeInvitations(MadeKind Kind, IReadOnlyList<MadeInvitation> People, InviteForm? Typed = null)
{
    /// <summary>One invitation that was sent again, or whose link was asked for.</summary>
    public static MadeInvitations One(MadeKind kind, Id<Invitation> id) => new(kind, [new("", id.Value, null)]);

    /// <summary>The ids of those that were made.</summary>
    public IReadOnlyList<Id<Invitation>> Ids() => [.. People.Select(p => p.Id).OfType<Guid>().Select(id => new Id<Invitation>(id))];
}

/// <summary>One person of it.</summary>
/// <param name="UserName">The name, as it was typed.</param>
/// <param name="Id">The invitation; null where there is none.</param>
/// <param name="Why">Why not; null where there is one.</param>
public sealed record MadeInvitation(string UserName, Guid? Id, string? Why);

/// <summary>What a form did with invitations.</summary>
public enum MadeKind
{
    /// <summary>It invited people.</summary>
    Invited,

    /// <summary>It sent one again.</summary>
    Resent,

    /// <summary>It asked for the link of one.</summary>
    Link,
}
