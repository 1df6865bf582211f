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

    /// <summary>Seats; empty for no limit.</summary>
    public string Seats { get; init; } = "";

    /// <summary>Member slots; empty for no limit.</summary>
    public string Slots { get; init; } = "";

    /// <summary>What happens when seats are full.</summary>
    public OnFull OnFull { get; init; }

    /// <summary>How many percent there are beyond the seats for a while; empty for none.</summary>
    public string GracePercent { get; init; } = "";

    /// <summary>For how many days; empty for none.</summary>
    public string GraceDays { get; init; } = "";

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
            Seats = Text(workspace.Configuration.Capacity.Seats),
            Slots = Text(workspace.Configuration.Capacity.MemberSlots),
            OnFull = workspace.Configuration.Capacity.OnFull,
            GracePercent = Text(workspace.Configuration.Capacity.GracePercent),
            GraceDays = Text(workspace.Configuration.Capacity.GraceDays),
            AutoAssign = workspace.Configuration.Join.AutoAssign,
            AdminKeepsRole = workspace.Configuration.Join.AdminKeepsRole,
            DefaultRole = workspace.Configuration.Join.DefaultRole,
            LifetimeDays = Text(workspace.Configuration.Invitations.LifetimeDays),
        };

    /// <summary>What was posted.</summary>
    public static SettingsForm Read(Visit visit) =>
        new()
        {
            Version = visit.Field("version"),
            Seats = visit.Field("seats"),
            Slots = visit.Field("slots"),
            OnFull = visit.Field("onFull") switch
            {
                "downgrade" => OnFull.Downgrade,
                "waitlist" => OnFull.Waitlist,
                _ => OnFull.Refuse,
            },
            GracePercent = visit.Field("gracePercent"),
            GraceDays = visit.Field("graceDays"),
            AutoAssign = visit.Ticked("autoAssign"),
            AdminKeepsRole = visit.Ticked("adminKeepsRole"),
            DefaultRole = visit.Field("defaultRole") is { Length: > 0 } role ? role : visit.Configuration.Join.DefaultRole,
            LifetimeDays = visit.Field("lifetimeDays"),
        };

    /// <summary>Whether seats mean anything in this configuration.</summary>
    public static bool HasSeats(WorkspaceConfiguration configuration) => configuration.Roles.Any(r => r.NeedsSeat);

    /// <summary>The configuration with these settings in it, or the field that is no number.</summary>
    public Outcome<WorkspaceConfiguration> Over(WorkspaceConfiguration configuration)
    {
        if (!Number(Seats, out var seats))
        {
            return Refusal.Invalid("seats", "Seats are a whole number, or nothing for no limit.");
        }

        if (!Number(Slots, out var slots))
        {
            return Refusal.Invalid("slots", "Slots are a whole number, or nothing for no limit.");
        }

        if (!Number(LifetimeDays, out var days) || days is null)
        {
            return Refusal.Invalid("lifetimeDays", "Days are a whole number from 1 to 365.");
        }

        if (!Number(GracePercent, out var percent) || !Number(GraceDays, out var graceDays))
        {
            return Refusal.Invalid("gracePercent", "A grace is so many percent for so many days, both whole numbers, or nothing.");
        }

        var hasSeats = HasSeats(configuration);
        return configuration with
        {
            Capacity = configuration.Capacity with
            {
                Seats = hasSeats ? seats : configuration.Capacity.Seats,
                MemberSlots = slots,
                OnFull = hasSeats ? OnFull : configuration.Capacity.OnFull,
                GracePercent = hasSeats ? percent : configuration.Capacity.GracePercent,
                GraceDays = hasSeats ? graceDays : configuration.Capacity.GraceDays,
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
