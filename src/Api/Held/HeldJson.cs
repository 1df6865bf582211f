using UserManagement.Api.Members;
using UserManagement.Membership.Holds;
using UserManagement.Membership.Members;
using UserManagement.Membership.Workspaces;

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

    /// <summary>
    /// By what the directory's person and one who was here already are the same: this one, or, of an admission, <c>sameAs</c>. Null where
    /// nobody was.
    /// </summary>
    public HeldMatch? MatchedBy { get; init; }

    /// <summary>Who is here already with the address of somebody who would be let in; null for nobody.</summary>
    public SameMemberJson? SameAs { get; init; }

    /// <summary>What the two would have as one person; null where nobody is here with the address.</summary>
    public MergeForecastJson? Merged { get; init; }

    /// <summary>
    /// What they would have if it were carried out now, of somebody with <c>sameAs</c> as a second person; null where that would be
    /// refused.
    /// </summary>
    public HeldForecastJson? Then { get; init; }

    /// <summary>Why it would be refused; null where it would not.</summary>
    public HeldConflictJson? Conflict { get; init; }

    /// <summary>Of somebody of whom something is held.</summary>
    public static HeldMemberJson Of(HeldForecast forecast) =>
        Of(forecast.Member) with
        {
            SameAs = forecast.Same is { } same
                ? new()
                {
                    Id = same.Id.Value,
                    UserName = same.UserName,
                    DisplayName = same.ShownName,
                }
                : null,
            Merged = forecast.Merge is { } merge ? MergeForecastJson.Of(merge) : null,
            Then = forecast.After is { } after ? HeldForecastJson.Of(forecast, after) : null,
            Conflict = forecast.Conflict is { } no ? new() { Code = no.Code, Message = no.Message } : null,
        };

    private static HeldMemberJson Of(Member member) =>
        new()
        {
            MatchedBy = member.HeldMatch,
            Id = member.Id.Value,
            UserName = member.UserName,
            DisplayName = member.ShownName,
            Status = member.State,
            Role = member.Role,
            HasSeat = member.HasSeat,
            Held = HeldWordJson.Of(member)!,
        };
}

/// <summary>Somebody who was here already.</summary>
internal sealed record SameMemberJson
{
    /// <summary>The member's id.</summary>
    public required Guid Id { get; init; }

    /// <summary>The user name.</summary>
    public required string UserName { get; init; }

    /// <summary>The name to show.</summary>
    public required string DisplayName { get; init; }
}

/// <summary>What somebody would have if what is held of them were carried out now.</summary>
internal sealed record HeldForecastJson
{
    /// <summary>Where they would stand.</summary>
    public required MemberState Status { get; init; }

    /// <summary>The key of the role.</summary>
    public required string Role { get; init; }

    /// <summary>The key of the role that is meant for them where no seat is free for it; null where they get it.</summary>
    public string? WantedRole { get; init; }

    /// <summary>The key of the license; null for none.</summary>
    public string? License { get; init; }

    /// <summary>Whether they would hold a seat.</summary>
    public required bool HasSeat { get; init; }

    /// <summary>The name of the rule that gives the role, or else the license; null where none does.</summary>
    public string? Rule { get; init; }

    /// <summary>The names of the groups into which rules would put them.</summary>
    public required IReadOnlyList<string> Into { get; init; }

    /// <summary>The names of the groups out of which rules would take them.</summary>
    public required IReadOnlyList<string> OutOf { get; init; }

    /// <summary>Of the core's forecast.</summary>
    public static HeldForecastJson Of(HeldForecast forecast, Member after) =>
        new()
        {
            Status = after.State,
            Role = after.Role,
            WantedRole = forecast.LacksSeat ? forecast.Wanted : null,
            License = after.License,
            HasSeat = after.HasSeat,
            Rule = forecast.Rule,
            Into = forecast.Into,
            OutOf = forecast.OutOf,
        };
}

/// <summary>What somebody who is here already would have, if the person that a directory would let in is the same.</summary>
internal sealed record MergeForecastJson
{
    /// <summary>What the one person would have; null where the two cannot be merged.</summary>
    public HeldForecastJson? Then { get; init; }

    /// <summary>Why they cannot be; null where they can.</summary>
    public HeldConflictJson? Conflict { get; init; }

    /// <summary>Of the core's forecast.</summary>
    public static MergeForecastJson Of(MergeForecast merge) =>
        new()
        {
            Then = merge.After is { } after
                ? new()
                {
                    Status = after.State,
                    Role = after.Role,
                    License = after.License,
                    HasSeat = after.HasSeat,
                    Rule = merge.Rule,
                    Into = merge.Into,
                    OutOf = merge.OutOf,
                }
                : null,
            Conflict = merge.Conflict is { } no ? new() { Code = no.Code, Message = no.Message } : null,
        };
}

/// <summary>Why something would be refused.</summary>
internal sealed record HeldConflictJson
{
    /// <summary>The code.</summary>
    public required string Code { get; init; }

    /// <summary>The same as a sentence.</summary>
    public required string Message { get; init; }
}

/// <summary>What is held, in numbers.</summary>
internal sealed record HeldSummaryJson
{
    /// <summary>How many would be let in and wait for an admin.</summary>
    public required long Admissions { get; init; }

    /// <summary>
    /// How many of these are of people who were here already, by their address, as the directory brought them: a decision to carry all out
    /// leaves them out.
    /// </summary>
    public required long HereAlready { get; init; }

    /// <summary>How many would be deactivated and wait for an admin.</summary>
    public required long Deactivations { get; init; }

    /// <summary>How many would be deleted and wait for an admin.</summary>
    public required long Deletions { get; init; }

    /// <summary>How many who were here already a directory took for its own, which waits for an admin.</summary>
    public required long Matches { get; init; }

    /// <summary>Of how many rules would change the role, the license or the groups, which waits for an admin.</summary>
    public required long Changes { get; init; }

    /// <summary>How many are kept, because an admin decided so.</summary>
    public required long Kept { get; init; }

    /// <summary>How many seats those take who would be let in or get a role that needs one, those aside who are here already.</summary>
    public required long SeatsNeeded { get; init; }

    /// <summary>How many would come free by it.</summary>
    public required long SeatsFreed { get; init; }

    /// <summary>For how many there would be none.</summary>
    public required long SeatsShort { get; init; }

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
            HereAlready = summary.HereAlready,
            Deactivations = summary.Waiting.GetValueOrDefault(HeldAs.Deactivation),
            Deletions = summary.Waiting.GetValueOrDefault(HeldAs.Deletion),
            Matches = summary.Waiting.GetValueOrDefault(HeldAs.Match),
            Changes = summary.Waiting.GetValueOrDefault(HeldAs.Access),
            Kept = summary.Kept,
            SeatsNeeded = summary.SeatsNeeded,
            SeatsFreed = summary.Need.Freed,
            SeatsShort = summary.SeatsShort,
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

    /// <summary>With all: what of a directory's word is held from now on; null leaves that as it is.</summary>
    public HoldMode? Afterwards { get; init; }
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
