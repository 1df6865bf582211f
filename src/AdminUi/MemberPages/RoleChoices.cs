using UserManagement.Membership.Access;
using UserManagement.Membership.Roles;
using UserManagement.Membership.Workspaces;
using UserManagement.Ui.Parts;

namespace UserManagement.AdminUi.MemberPages;

/// <summary>The roles that a page offers. Only what is offered is decided here: the act decides what is given.</summary>
public static class RoleChoices
{
    /// <summary>The roles that the actor may hand out.</summary>
    public static IReadOnlyList<Role> Grantable(WorkspaceConfiguration configuration, Actor actor) =>
        [.. configuration.Roles.Where(r => r.Assignable && configuration.MayGrant(actor, r.Key) is null)];

    /// <summary>Choices for a member: those roles, and the one they have.</summary>
    public static IReadOnlyList<Choice> For(WorkspaceConfiguration configuration, Actor actor, string current)
    {
        var roles = Grantable(configuration, actor);
        return
        [
            .. roles.Any(r => r.Key == current) ? [] : new[] { new Choice(current, Label(configuration, current)) },
            .. roles.Select(r => new Choice(r.Key, r.Label)),
        ];
    }

    /// <summary>A role's label; its key when the catalogue no longer has it.</summary>
    public static string Label(WorkspaceConfiguration configuration, string role) => configuration.Role(role)?.Label ?? role;
}
