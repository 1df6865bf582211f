using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Licensing;

/// <summary>
/// What is left for people who are invited together, before any of them comes in: an invitation takes no place, but one that nobody
/// could redeem is not to be made. Where the workspace lets people in without a seat or license, none is asked for.
/// </summary>
/// <param name="workspace">The workspace.</param>
/// <param name="counts">What is in use.</param>
/// <param name="at">The time; when its trial is over nothing is left, and a grace ends too.</param>
internal sealed class RoomLeft(WorkspaceContext workspace, Counts counts, DateTimeOffset at)
{
    private long _seats = Left(workspace, counts.Seats.RoomForNewAt(at), at);
    private long _slots = counts.Slots.Limit is null ? long.MaxValue : Left(workspace, counts.Slots.Free, at);
    private long _licenses = workspace.Configuration.Join is { LicenseRequired: true, DefaultLicense: { } license }
        ? Left(workspace, counts.License(license).Free, at)
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
            : _licenses <= 0 ? new CounterId(default, CounterKind.License, workspace.Configuration.Join.DefaultLicense!)
            : (CounterId?)null;
        if (full is { } counter)
        {
            return workspace.Full(counter, at);
        }

        (_slots, _seats, _licenses) = (_slots - 1, seated ? _seats - 1 : _seats, _licenses - 1);
        return null;
    }

    private static long Left(WorkspaceContext workspace, long? free, DateTimeOffset at) =>
        workspace.Plan.IsOver(at) ? 0 : free ?? long.MaxValue;

    // As Admission decides when they come in for the first time.
    private bool AsksForSeat(string key)
    {
        var configuration = workspace.Configuration;
        var (join, fallback) = (configuration.Join, configuration.Role(configuration.Join.FallbackRole));
        return configuration.Role(key) is { NeedsSeat: true } role
            && (
                fallback is null
                || (configuration.Capacity.OnFull == OnFull.Refuse && (join.AutoAssign || (role.IsAdmin && join.AdminKeepsRole)))
            );
    }
}
