using UserManagement.Membership.Access;
using UserManagement.Membership.Roles;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Plans;

/// <summary>
/// What of a workspace's configuration belongs to its plan: admins see it, and change neither the numbers nor what the numbers are counted
/// by. Asked at each change of a configuration, whatever the door.
/// </summary>
internal static class PlanLimits
{
    private const string Whose = "belongs to the plan: whoever runs this server, or billing, changes it.";

    /// <summary>Why an actor may not put this configuration in the place of the old one; null when they may.</summary>
    public static Refusal? Against(Actor actor, WorkspaceConfiguration now, WorkspaceConfiguration wanted) =>
        actor.Unlimited ? null
        : wanted.Capacity.Seats != now.Capacity.Seats ? No("capacity.seats", $"The number of seats {Whose}")
        : (wanted.Capacity.GracePercent, wanted.Capacity.GraceDays) != (now.Capacity.GracePercent, now.Capacity.GraceDays)
            ? No("capacity.gracePercent", $"What may be in use beyond the seats {Whose}")
        : wanted.Capacity.MemberSlots != now.Capacity.MemberSlots
            ? No("capacity.memberSlots", $"The number of {now.Terms.Person} slots {Whose}")
        : wanted.Invitations.MailsPerDay != now.Invitations.MailsPerDay
            ? No("invitations.mailsPerDay", $"The number of invitations that can be mailed {Whose}")
        : AgainstLicenses(now, wanted) ?? AgainstSeatless(now, wanted);

    /// <summary>
    /// Why an admin may not choose a preset under which what the plan limits would not be counted any more; null when they may. The
    /// seats of a workspace for which no plan was set are its preset's own, and go with it.
    /// </summary>
    public static Refusal? AgainstSwitch(WorkspaceContext workspace, WorkspaceConfiguration wanted)
    {
        var now = workspace.Configuration;
        var isSold = workspace.Row.Plan is not null || workspace.Row.BillingCustomer is not null;
        return isSold && now.Capacity.Seats is not null && now.Roles.Any(r => r.NeedsSeat) && wanted.Roles.All(r => !r.NeedsSeat)
                ? No("preset", $"Under this preset nobody needs a seat, and how many there are {Whose}")
            : now.Licenses.Any(l => l.Pool is not null) && AgainstLicenses(now, wanted) is { } licenses ? licenses with { Field = "preset" }
            : null;
    }

    /// <summary>
    /// Pools stay as they are. Where any is limited, a type that has a limit stays, one that is new holds nobody until the plan says how
    /// many, and none comes to open more: else what one pool limits would be had through another.
    /// </summary>
    private static Refusal? AgainstLicenses(WorkspaceConfiguration now, WorkspaceConfiguration wanted)
    {
        if (now.Licenses.FirstOrDefault(l => wanted.License(l.Key) is { } other && other.Pool != l.Pool) is { } changed)
        {
            return No("licenses", $"How many {changed.Label} licenses there are {Whose}");
        }

        if (now.Licenses.All(l => l.Pool is null))
        {
            return wanted.Licenses.Any(l => now.License(l.Key) is null && l.Pool is not null)
                ? No("licenses", $"How many licenses of a new type there are {Whose}")
                : null;
        }

        return now.Licenses.FirstOrDefault(l => l.Pool is not null && wanted.License(l.Key) is null) is { } gone
                ? No("licenses", $"The license type {gone.Label} {Whose}")
            : wanted.Licenses.Any(l => now.License(l.Key) is null && l.Pool != 0)
                ? No("licenses", "A new license type begins with a pool of 0: how many there are belongs to the plan.")
            : wanted.Licenses.FirstOrDefault(l => now.License(l.Key) is { } before && l.Features.Except(before.Features).Any()) is { } more
                ? No("licenses", $"What the license {more.Label} opens {Whose}")
            : null;
    }

    /// <summary>Where seats are limited, no role without one comes to open what none without one opened before.</summary>
    private static Refusal? AgainstSeatless(WorkspaceConfiguration now, WorkspaceConfiguration wanted)
    {
        if (now.Capacity.Seats is null)
        {
            return null;
        }

        var free = now.Roles.Where(r => !r.NeedsSeat).SelectMany(r => now.PermissionsOf(r.Key)).ToHashSet(StringComparer.Ordinal);
        var more = wanted.Roles.FirstOrDefault(r =>
            !r.NeedsSeat && wanted.PermissionsOf(r.Key).Any(p => !free.Contains(p) && !Permission.All.Contains(p))
        );
        return more is null ? null : No("roles", $"The role {more.Label} would open without a seat what needs one: that {Whose}");
    }

    private static Refusal No(string field, string message) => new(RefusalKind.Forbidden, "planLimit", message, field);
}
