using UserManagement.Api.Members;
using UserManagement.Membership.Holds;
using UserManagement.Membership.Members;

namespace UserManagement.Api.Held;

/// <summary>Somebody of whom a directory's word is held.</summary>
internal sealed record HeldMemberJson
{
    /// <summary>The member's id.</summary>
    public required Guid Id { get; init; }

    /// <summary>The user name.</summary>
    public required string UserName { get; init; }

    /// <summary>The name to show.</summary>
    public required string DisplayName { get; init; }

    /// <summary>Where the member stands meanwhile.</summary>
    public required MemberState Status { get; init; }

    /// <summary>The key of the effective role.</summary>
    public required string Role { get; init; }

    /// <summary>Whether the member holds a seat now.</summary>
    public required bool HasSeat { get; init; }

    /// <summary>What is held.</summary>
    public required HeldWordJson Held { get; init; }

    /// <summary>Of a member of whom something is held.</summary>
    public static HeldMemberJson Of(Member member) =>
        new()
        {
            Id = member.Id.Value,
            UserName = member.UserName,
            DisplayName = member.ShownName,
            Status = member.State,
            Role = member.Role,
            HasSeat = member.HasSeat,
            Held = HeldWordJson.Of(member)!,
        };
}

/// <summary>What is held, in numbers.</summary>
internal sealed record HeldSummaryJson
{
    /// <summary>How many would be let in and wait for an admin.</summary>
    public required long Admissions { get; init; }

    /// <summary>How many would be deactivated and wait for an admin.</summary>
    public required long Deactivations { get; init; }

    /// <summary>How many would be deleted and wait for an admin.</summary>
    public required long Deletions { get; init; }

    /// <summary>How many are kept, because an admin decided so.</summary>
    public required long Kept { get; init; }

    /// <summary>How many seats those take who would be let in.</summary>
    public required long SeatsNeeded { get; init; }

    /// <summary>How many are free for newcomers now; null without a limit.</summary>
    public long? SeatsFree { get; init; }

    /// <summary>The decision on all that is being carried out; null for none.</summary>
    public HoldVerdict? Deciding { get; init; }

    /// <summary>On how many it was carried out so far.</summary>
    public required long Done { get; init; }

    /// <summary>The groups out of which a directory would take many people.</summary>
    public required IReadOnlyList<HeldGroupJson> Groups { get; init; }

    /// <summary>Of the core's numbers.</summary>
    public static HeldSummaryJson Of(HeldSummary summary) =>
        new()
        {
            Admissions = summary.Waiting.GetValueOrDefault(HeldAs.Admission),
            Deactivations = summary.Waiting.GetValueOrDefault(HeldAs.Deactivation),
            Deletions = summary.Waiting.GetValueOrDefault(HeldAs.Deletion),
            Kept = summary.Kept,
            SeatsNeeded = summary.SeatsNeeded,
            SeatsFree = summary.SeatsFree,
            Deciding = summary.Working?.Verdict,
            Done = summary.Working?.Done ?? 0,
            Groups =
            [
                .. summary.Groups.Select(g => new HeldGroupJson
                {
                    Id = g.About,
                    Name = g.Name ?? "",
                    Directory = g.Client,
                    Since = g.OpenSince!.Value,
                    Until = g.DecideUntil,
                }),
            ],
        };
}

/// <summary>A group out of which a directory would take more people than may go at once.</summary>
internal sealed record HeldGroupJson
{
    /// <summary>The group's id.</summary>
    public required Guid Id { get; init; }

    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>The name of the token or app.</summary>
    public required string Directory { get; init; }

    /// <summary>Since when the directory is told to wait.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>Until when an admin may decide; null where one decided that the group stays as it is.</summary>
    public DateTimeOffset? Until { get; init; }
}

/// <summary>A decision on what is held: on these members, on this group, or on all people of whom something waits.</summary>
internal sealed record HeldDecision
{
    /// <summary>What is decided.</summary>
    public required HoldVerdict Verdict { get; init; }

    /// <summary>The ids of the members, at most a hundred; null where all or a group is meant.</summary>
    public IReadOnlyList<Guid>? Members { get; init; }

    /// <summary>The id of the group; null where people are meant.</summary>
    public Guid? Group { get; init; }

    /// <summary>Whether everybody is meant of whom something waits now; what remains after the first is done by a job.</summary>
    public bool All { get; init; }
}

/// <summary>What became of each.</summary>
internal sealed record HeldDecidedJson
{
    /// <summary>Each member that was named; empty where all or a group was meant.</summary>
    public required IReadOnlyList<HeldOutcomeJson> Items { get; init; }

    /// <summary>What is held now.</summary>
    public required HeldSummaryJson Summary { get; init; }
}

/// <summary>What became of one.</summary>
internal sealed record HeldOutcomeJson
{
    /// <summary>The member's id.</summary>
    public required Guid Id { get; init; }

    /// <summary>Why it was refused; null where it was done.</summary>
    public string? Code { get; init; }

    /// <summary>The same as a sentence.</summary>
    public string? Message { get; init; }
}
