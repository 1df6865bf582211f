using System.Globalization;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Provisioning;

/// <summary>What may be amiss with a workspace's directories.</summary>
public enum DirectoryConcernKind
{
    /// <summary>A token in use ends soon; about the credential.</summary>
    TokenEndsSoon,

    /// <summary>The token that was used last has ended; about the credential.</summary>
    TokenEnded,

    /// <summary>No directory has asked for much longer than usual.</summary>
    Silent,

    /// <summary>People whom the directory has not named in its last full cycles.</summary>
    NotConfirmed,

    /// <summary>People whom a directory brought, and no directory is connected any more.</summary>
    NobodyOwns,

    /// <summary>Groups into which the directory put people who are not here; about the group.</summary>
    GroupDiffers,

    /// <summary>What a directory says of people is held and waits for an admin; about the credential.</summary>
    Held,

    /// <summary>A directory would take many people out of a group and is told to wait; about the group.</summary>
    GroupHeld,
}

/// <summary>
/// That something is amiss, from when it was first seen until it is no more: one row for each, so that it is mailed once. What it is in
/// words, and what to do, is said here alone.
/// </summary>
public sealed record DirectoryConcern
{
    /// <summary>The workspace.</summary>
    public required Id<Workspace> WorkspaceId { get; init; }

    /// <summary>What.</summary>
    public required DirectoryConcernKind Kind { get; init; }

    /// <summary>About which credential or group; empty for the workspace.</summary>
    public required Guid About { get; init; }

    /// <summary>Since when it is known here.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>How many people it concerns; 0 where it is about none.</summary>
    public int People { get; init; }

    /// <summary>The name of the credential or group; null for none.</summary>
    public string? Name { get; init; }

    /// <summary>The end of the token, or the last request; null for neither.</summary>
    public DateTimeOffset? Moment { get; init; }

    /// <summary>The usual time between two cycles, in minutes; 0 where it is not known.</summary>
    public int UsualMinutes { get; init; }

    /// <summary>What is amiss, in a sentence.</summary>
    public string Sentence => Said.ToString(CultureInfo.InvariantCulture);

    /// <summary>The same, with what people named apart, for a letter.</summary>
    public FormattableString Said =>
        Kind switch
        {
            DirectoryConcernKind.TokenEndsSoon => $"The token {Name} ends on {Day(Moment)}.",
            DirectoryConcernKind.TokenEnded => $"The token {Name} ended on {Day(Moment)}; the directory is turned away since.",
            DirectoryConcernKind.Silent when UsualMinutes > 0 =>
                $"No directory has asked since {Minute(Moment)}; it usually comes every {Span(UsualMinutes)}.",
            DirectoryConcernKind.Silent => $"No directory has asked since {Minute(Moment)}.",
            DirectoryConcernKind.NotConfirmed =>
                $"{Count(People)} whom the directory brought did not come up in its last {DirectoryHealth.FullCycles} full cycles.",
            DirectoryConcernKind.NobodyOwns => $"{Count(People)} came from a directory, and no directory is connected any more.",
            DirectoryConcernKind.GroupDiffers => $"The directory put people into the group {Name} who are not here.",
            DirectoryConcernKind.Held =>
                $"What the directory {Name} says of people is held, and nobody lost access by it: it waits for an admin until {Minute(Moment)}.",
            DirectoryConcernKind.GroupHeld =>
                $"The directory would take more people out of the group {Name} than may go at once; it is told to wait, until {Minute(Moment)}.",
            _ => $"Something may be amiss with the directory.",
        };

    /// <summary>What to do, in a sentence.</summary>
    public string Remedy =>
        Kind switch
        {
            DirectoryConcernKind.TokenEndsSoon => "Make a new token and enter it at the directory before that; two may be live at once.",
            DirectoryConcernKind.TokenEnded => "Make a new token and enter it at the directory.",
            DirectoryConcernKind.Silent =>
                "Look at the directory whether its provisioning is paused, in quarantine or turned off, and start it again.",
            DirectoryConcernKind.NotConfirmed =>
                "Look whether they are still assigned in the directory; remove here who is not needed any more.",
            DirectoryConcernKind.NobodyOwns =>
                "Connect the directory again, or remove who is not needed any more: nobody else will switch them off.",
            DirectoryConcernKind.GroupDiffers => "Assign these people to the app in the directory as well, then sync the group again.",
            DirectoryConcernKind.Held => "Look at what is held on the Directory page: carry it out, or keep people as they are.",
            DirectoryConcernKind.GroupHeld =>
                "If that is meant, let it through on the Directory page; the directory tries again by itself.",
            _ => "Look at the provisioning log.",
        };

    /// <summary>Whether access may be wrong because of it, not only soon.</summary>
    public bool IsUrgent => Kind is not DirectoryConcernKind.TokenEndsSoon;

    /// <summary>That something of a directory is held.</summary>
    /// <param name="hold">What.</param>
    /// <param name="people">Of how many people.</param>
    /// <param name="now">Since when it is known.</param>
    internal static DirectoryConcern Of(Holds.DirectoryHold hold, long people, DateTimeOffset now) =>
        new()
        {
            WorkspaceId = hold.WorkspaceId,
            Kind = hold.About == Guid.Empty ? DirectoryConcernKind.Held : DirectoryConcernKind.GroupHeld,
            About = hold.About == Guid.Empty ? hold.ClientId : hold.About,
            Since = now,
            People = (int)Math.Min(people, int.MaxValue),
            Name = hold.Name ?? hold.Client,
            Moment = hold.DecideUntil,
        };

    /// <summary>Whether another says the same of the same.</summary>
    public bool IsSame(DirectoryConcern other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return (WorkspaceId, Kind, About) == (other.WorkspaceId, other.Kind, other.About);
    }

    private static string Count(int people) =>
        people == 1 ? "1 person" : string.Create(CultureInfo.InvariantCulture, $"{people:N0} people");

    private static string Day(DateTimeOffset? at) => at?.ToString("d MMMM yyyy", CultureInfo.InvariantCulture) ?? "an unknown day";

    private static string Minute(DateTimeOffset? at) => at?.ToString("d MMMM yyyy, HH:mm 'UTC'", CultureInfo.InvariantCulture) ?? "long";

    private static string Span(int minutes) =>
        minutes < 120 ? $"{minutes} minutes"
        : minutes < 48 * 60 ? $"{minutes / 60} hours"
        : $"{minutes / 1440} days";
}
