using System.Collections.Frozen;
using System.Text.Json;
using UserManagement.Membership.Access;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Roles;

/// <summary>What follows from a workspace's role catalogue: permissions, and who may grant what.</summary>
public static class RoleCatalogue
{
    /// <summary>
    /// All permissions of a role: its own and those of every role it includes, however far down. Empty for an unknown role.
    /// </summary>
    public static IReadOnlySet<string> PermissionsOf(this WorkspaceConfiguration configuration, string? key)
    {
        var permissions = new HashSet<string>(StringComparer.Ordinal);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var open = new Stack<string?>([key]);
        while (open.TryPop(out var next))
        {
            if (next is null || !seen.Add(next) || configuration.Role(next) is not { } role)
            {
                continue;
            }

            permissions.UnionWith(role.Permissions);
            foreach (var included in role.Includes)
            {
                open.Push(included);
            }
        }

        return permissions.ToFrozenSet(StringComparer.Ordinal);
    }

    /// <summary>
    /// What somebody may do and use, by role and license together: the permissions of the role, without those for which the license lacks
    /// the feature (<see cref="WorkspaceConfiguration.FeatureRules"/>), and the features of the license. In the order of their names.
    /// </summary>
    public static IReadOnlyList<string> EntitledTo(this WorkspaceConfiguration configuration, string? role, string? license)
    {
        var features = configuration.License(license)?.Features ?? [];
        var lacking = (configuration.FeatureRules ?? []).Where(r => !features.Contains(r.Feature)).Select(r => r.Permission).ToHashSet();
        return
        [
            .. configuration
                .PermissionsOf(role)
                .Where(p => !lacking.Contains(p))
                .Concat(features)
                .Distinct(StringComparer.Ordinal)
                .Order(StringComparer.Ordinal),
        ];
    }

    /// <summary>
    /// May the actor hand out this role? The ceiling is <see cref="Role.CanGrantUpTo"/> of the actor's own role, by rank.
    /// A directory hands out no role by itself: it has the rank of the role in which newcomers come.
    /// </summary>
    /// <returns>Null when it may.</returns>
    public static Refusal? MayGrant(this WorkspaceConfiguration configuration, Actor actor, string? role)
    {
        if (configuration.Role(role) is not { } wanted)
        {
            return Refusal.Unknown("role", "There is no such role.");
        }

        return configuration.Reaches(actor, wanted)
            ? null
            : new Refusal(RefusalKind.Forbidden, "grantCeiling", $"Your role may not grant or take away the role {wanted.Label}.");
    }

    /// <summary>
    /// May the actor act on somebody in this role: change it, suspend or remove them? An unknown role (from an older
    /// catalogue) has no rank and is in everybody's reach.
    /// </summary>
    /// <returns>Null when it may.</returns>
    public static Refusal? MayTouch(this WorkspaceConfiguration configuration, Actor actor, string? role) =>
        actor.Kind == ActorKind.Directory || configuration.Role(role) is not { } held || configuration.Reaches(actor, held)
            ? null
            : new Refusal(RefusalKind.Forbidden, "grantCeiling", $"Your role may not change somebody who is {held.Label}.");

    /// <summary>
    /// May the actor put this catalogue in the place of the old one? Whoever may configure a workspace does not thereby
    /// lift themselves or others above their own reach: a role that changes lies below the actor's ceiling before and
    /// after, and no role gains a permission, by itself or by inclusion, that the actor lacks.
    /// </summary>
    /// <returns>Null when it may.</returns>
    public static Refusal? MayRewrite(this WorkspaceConfiguration configuration, Actor actor, WorkspaceConfiguration wanted)
    {
        if (actor.Unlimited)
        {
            return null;
        }

        var ceiling = configuration.Role(configuration.Role(actor.Role)?.CanGrantUpTo)?.Rank ?? int.MinValue;
        foreach (var key in configuration.Roles.Concat(wanted.Roles).Select(r => r.Key).Distinct(StringComparer.Ordinal))
        {
            var (before, after) = (configuration.Role(key), wanted.Role(key));
            var gains = wanted.PermissionsOf(key).Except(configuration.PermissionsOf(key)).ToList();
            if (gains.Count == 0 && before is not null && after is not null && Text(before) == Text(after))
            {
                continue;
            }

            if (
                before?.Rank > ceiling
                || after?.Rank > ceiling
                || wanted.Role(after?.CanGrantUpTo)?.Rank > ceiling
                || gains.Any(p => Permission.All.Contains(p) && !actor.Permissions.Contains(p))
            )
            {
                return new(
                    RefusalKind.Forbidden,
                    "grantCeiling",
                    $"Your role may not change the role {(before ?? after)!.Label} in this way.",
                    "roles"
                );
            }
        }

        return null;
    }

    /// <summary>Lists in a record compare by reference; the written form compares by what they hold.</summary>
    private static string Text(Role role) => JsonSerializer.Serialize(role, WorkspaceConfiguration.Json);

    private static bool Reaches(this WorkspaceConfiguration configuration, Actor actor, Role role) =>
        actor.Unlimited
        || (
            configuration.Role(
                actor.Kind == ActorKind.Directory ? configuration.Join.DefaultRole : configuration.Role(actor.Role)?.CanGrantUpTo
            )
                is { } ceiling
            && role.Rank <= ceiling.Rank
        );
}
