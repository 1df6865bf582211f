using System.Globalization;
using UserManagement.AdminUi.Http;
using UserManagement.Membership;
using UserManagement.Membership.Workspaces;

namespace UserManagement.AdminUi.SettingsPages;

/// <summary>What the settings form holds, as it was typed.</summary>
public sealed record SettingsForm
{
    /// <summary>The version of the workspace on which the form is based.</summary>
    public string Version { get; init; } = "";

    /// <summary>Seats and member slots as an older page sends them, from before they were the plan's; null where none is sent.</summary>
    public (string? Seats, string? Slots) Limits { get; init; }

    /// <summary>What happens when seats are full.</summary>
    public OnFull OnFull { get; init; }

    /// <summary>The same of what may be in use beyond the seats.</summary>
    public (string? Percent, string? Days) Grace { get; init; }

    /// <summary>Whether newcomers get a seat by themselves.</summary>
    public bool AutoAssign { get; init; }

    /// <summary>Whether who is invited as an admin keeps that role although seats are not assigned by themselves.</summary>
    public bool AdminKeepsRole { get; init; }

    /// <summary>The key of the role of newcomers.</summary>
    public string DefaultRole { get; init; } = "";

    /// <summary>Days for which an invitation is valid.</summary>
    public string LifetimeDays { get; init; } = "";

    /// <summary>The settings as they are.</summary>
    public static SettingsForm Of(WorkspaceContext workspace) =>
        new()
        {
            Version = workspace.Row.Version.ToString(CultureInfo.InvariantCulture),
            OnFull = workspace.Configuration.Capacity.OnFull,
            AutoAssign = workspace.Configuration.Join.AutoAssign,
            AdminKeepsRole = workspace.Configuration.Join.AdminKeepsRole,
            DefaultRole = workspace.Configuration.Join.DefaultRole,
            LifetimeDays = Text(workspace.Configuration.Invitations.LifetimeDays),
        };

    /// <summary>What was posted.</summary>
    public static SettingsForm Read(Visit visit) => Read(visit, name => visit.Form.ContainsKey(name) ? visit.Field(name) : null);

    /// <summary>What an address holds: what <see cref="Sent()"/> put there.</summary>
    public static SettingsForm ReadQuery(Visit visit) => Read(visit, visit.Query);

    /// <summary>The fields by which it is sent on.</summary>
    public IEnumerable<(string Name, string Value)> Sent()
    {
        yield return ("version", Version);
        foreach (
            var (name, value) in new[]
            {
                ("seats", Limits.Seats),
                ("slots", Limits.Slots),
                ("gracePercent", Grace.Percent),
                ("graceDays", Grace.Days),
                ("autoAssign", AutoAssign ? "true" : null),
                ("adminKeepsRole", AdminKeepsRole ? "true" : null),
            }
        )
        {
            if (value is not null)
            {
                yield return (name, value);
            }
        }

        yield return ("onFull", OnFull.ToString().ToLowerInvariant());
        yield return ("defaultRole", DefaultRole);
        yield return ("lifetimeDays", LifetimeDays);
    }

    private static SettingsForm Read(Visit visit, Func<string, string?> field) =>
        new()
        {
            Version = field("version") ?? "",
            Limits = (field("seats"), field("slots")),
            Grace = (field("gracePercent"), field("graceDays")),
            OnFull = field("onFull") switch
            {
                "downgrade" => OnFull.Downgrade,
                "waitlist" => OnFull.Waitlist,
                _ => OnFull.Refuse,
            },
            AutoAssign = field("autoAssign") is { Length: > 0 },
            AdminKeepsRole = field("adminKeepsRole") is { Length: > 0 },
            DefaultRole = field("defaultRole") is { Length: > 0 } role ? role : visit.Configuration.Join.DefaultRole,
            LifetimeDays = field("lifetimeDays") ?? "",
        };

    /// <summary>Whether seats mean anything in this configuration.</summary>
    public static bool HasSeats(WorkspaceConfiguration configuration) => configuration.Roles.Any(r => r.NeedsSeat);

    /// <summary>The configuration with these settings in it, or the field that is no number.</summary>
    public Outcome<WorkspaceConfiguration> Over(WorkspaceConfiguration configuration)
    {
        var (seats, slots) = (configuration.Capacity.Seats, configuration.Capacity.MemberSlots);
        if (Limits.Seats is { } asked && !Number(asked, out seats))
        {
            return Refusal.Invalid("seats", "Seats are a whole number, or nothing for no limit.");
        }

        if (Limits.Slots is { } wanted && !Number(wanted, out slots))
        {
            return Refusal.Invalid("slots", "Slots are a whole number, or nothing for no limit.");
        }

        if (!Number(LifetimeDays, out var days) || days is null)
        {
            return Refusal.Invalid("lifetimeDays", "Days are a whole number from 1 to 365.");
        }

        var (percent, graceDays) = (configuration.Capacity.GracePercent, configuration.Capacity.GraceDays);
        if ((Grace.Percent is { } share && !Number(share, out percent)) || (Grace.Days is { } time && !Number(time, out graceDays)))
        {
            return Refusal.Invalid("gracePercent", "A grace is so many percent for so many days, both whole numbers, or nothing.");
        }

        var hasSeats = HasSeats(configuration);
        return configuration with
        {
            Capacity = configuration.Capacity with
            {
                Seats = seats, // whoever may not change them is told so
                MemberSlots = slots,
                OnFull = hasSeats ? OnFull : configuration.Capacity.OnFull,
                GracePercent = percent,
                GraceDays = graceDays,
            },
            Join = configuration.Join with
            {
                AutoAssign = hasSeats ? AutoAssign : configuration.Join.AutoAssign,
                AdminKeepsRole = hasSeats ? AdminKeepsRole : configuration.Join.AdminKeepsRole,
                DefaultRole = DefaultRole,
            },
            Invitations = configuration.Invitations with { LifetimeDays = days.Value },
        };
    }

    private static string Text(int? number) => number?.ToString(CultureInfo.InvariantCulture) ?? "";

    private static bool Number(string text, out int? number)
    {
        number = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var read) ? read : null;
        return number is not null || text.Length == 0;
    }
}
