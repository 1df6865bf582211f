using UserManagement.Membership.Roles;

namespace UserManagement.Membership.Workspaces.Switching;

/// <summary>
/// Another preset for a workspace, with what becomes of its roles and licenses. A role of the present catalogue that is not named goes to
/// the role that <see cref="For"/> proposes.
/// </summary>
/// <param name="Preset">One of <see cref="Workspaces.Preset.Names"/>.</param>
/// <param name="Roles">From the key of each present role to the key of a role of the preset.</param>
/// <param name="Licenses">From the key of each present license to the key of one of the preset; empty for none.</param>
public sealed record PresetSwitch(string Preset, IReadOnlyDictionary<string, string> Roles, IReadOnlyDictionary<string, string> Licenses)
{
    /// <summary>The whole switch: what is not named is filled in by what is closest. Null when there is no such preset.</summary>
    /// <param name="now">The present configuration.</param>
    /// <param name="preset">The preset.</param>
    /// <param name="roles">What is named of roles; null for nothing.</param>
    /// <param name="licenses">What is named of licenses; null for nothing.</param>
    public static PresetSwitch? For(
        WorkspaceConfiguration now,
        string preset,
        IReadOnlyDictionary<string, string>? roles = null,
        IReadOnlyDictionary<string, string>? licenses = null
    ) =>
        Workspaces.Preset.Named(preset) is not { } other
            ? null
            : new(
                preset,
                now.Roles.ToDictionary(r => r.Key, r => roles?.GetValueOrDefault(r.Key) ?? Closest(now, r, other), StringComparer.Ordinal),
                now.Licenses.ToDictionary(
                    l => l.Key,
                    l =>
                        licenses?.GetValueOrDefault(l.Key) ?? (other.License(l.Key) ?? other.License(other.Join.DefaultLicense))?.Key ?? "",
                    StringComparer.Ordinal
                )
            );

    /// <summary>
    /// The configuration as it will be: the preset's, but what is no part of a way to run user management stays: how people sign in, the
    /// directory's door, the limits, the terms of use.
    /// </summary>
    internal WorkspaceConfiguration Over(WorkspaceConfiguration now)
    {
        var other = Workspaces.Preset.Named(Preset)!;
        return other with
        {
            Terms = other.Terms with { TermsOfUse = now.Terms.TermsOfUse, TermsVersion = now.Terms.TermsVersion },
            Licenses = [.. other.Licenses.Select(l => l with { Pool = now.License(l.Key)?.Pool })],
            Capacity = other.Capacity with
            {
                Seats = now.Capacity.Seats,
                MemberSlots = now.Capacity.MemberSlots,
                GracePercent = now.Capacity.GracePercent,
                GraceDays = now.Capacity.GraceDays,
            },
            Invitations = other.Invitations with { MailsPerDay = now.Invitations.MailsPerDay },
            SignIn = now.SignIn with { JoinRole = JoinRole(now.SignIn.JoinRole, other) },
            Scim = now.Scim,
            Rules = now.Rules,
            FourEyes = now.FourEyes,
        };
    }

    /// <summary>The role of whoever joins by themselves: never an admin's; null for that of newcomers.</summary>
    internal string? JoinRole(string? role, WorkspaceConfiguration wanted) =>
        role is not null && wanted.Role(Roles.GetValueOrDefault(role)) is { IsAdmin: false } other ? other.Key : null;

    private static string Closest(WorkspaceConfiguration now, Role role, WorkspaceConfiguration other)
    {
        if (other.Role(role.Key) is { } same && same.IsAdmin == role.IsAdmin)
        {
            return same.Key;
        }

        if (role.IsAdmin)
        {
            return other.Roles.Where(r => r.IsAdmin).MaxBy(r => r.Rank)!.Key;
        }

        var usual = now.Role(now.Join.DefaultRole)?.Rank ?? role.Rank;
        var plain = other.Roles.Where(r => !r.IsAdmin).ToList();
        return role.Rank < usual ? plain.MinBy(r => r.Rank)!.Key
            : role.Rank > usual ? plain.MaxBy(r => r.Rank)!.Key
            : other.Join.DefaultRole;
    }
}
