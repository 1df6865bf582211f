using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Licensing;

/// <summary>
/// What is left for people who are invited together, before any of them comes in: an invitation takes no place, but one that nobody
/// could redeem is not to be made. Where the workspace lets people in without a seat or license, none is asked for.
/// </summary>
/// <param name="configuration">The workspace's configuration.</param>
/// <param name="counts">What is in use.</param>
internal sealed class RoomLeft(WorkspaceConfiguration configuration, Counts counts)
{
    private long _seats = counts.Seats.Free ?? long.MaxValue;
    private long _slots = counts.Slots.Free ?? long.MaxValue;
    private long _licenses = configuration.Join is { LicenseRequired: true, DefaultLicense: { } license }
        ? counts.License(license).Free ?? long.MaxValue
        : long.MaxValue;

    /// <summary>Whether anything is limited at all.</summary>
    public static bool IsLimited(WorkspaceConfiguration configuration) =>
        configuration.Capacity.Seats is not null || configuration.Capacity.MemberSlots is not null || configuration.Join.LicenseRequired;

    /// <summary>Takes a place for somebody of a role.</summary>
    /// <returns>Null when there was one; else what is full, and nothing is taken.</returns>
    public Refusal? Take(string role)
    {
        var seated = AsksForSeat(role);
        var full =
            _slots <= 0 ? new CounterId(default, CounterKind.Slots)
            : seated && _seats <= 0 ? new CounterId(default, CounterKind.Seats)
            : _licenses <= 0 ? new CounterId(default, CounterKind.License, configuration.Join.DefaultLicense!)
            : (CounterId?)null;
        if (full is { } counter)
        {
            return Licensing.Seats.Full(configuration, counter);
        }

        (_slots, _seats, _licenses) = (_slots - 1, seated ? _seats - 1 : _seats, _licenses - 1);
        return null;
    }

    // As Admission decides when they come in for the first time.
    private bool AsksForSeat(string key)
    {
        var (join, fallback) = (configuration.Join, configuration.Role(configuration.Join.FallbackRole));
        return configuration.Role(key) is { NeedsSeat: true } role
            && (
                fallback is null
                || (configuration.Capacity.OnFull == OnFull.Refuse && (join.AutoAssign || (role.IsAdmin && join.AdminKeepsRole)))
            );
    }
}
