using UserManagement.Membership;
using UserManagement.Membership.Members;
using UserManagement.Membership.Members.Bulk;

namespace UserManagement.Api.Members;

/// <summary>One change for several members.</summary>
internal sealed record MembersToChange
{
    /// <summary>What is done.</summary>
    public required MemberChangeKind Kind { get; init; }

    /// <summary>The key of the role or license, the id of the group; null for no license, and for suspend and remove.</summary>
    public string? Value { get; init; }

    /// <summary>The ids of the members.</summary>
    public required IReadOnlyList<Guid> Members { get; init; }

    /// <summary>Whether nothing is to be changed, and only told what would be.</summary>
    public bool DryRun { get; init; }
}

/// <summary>One change for all members that match.</summary>
internal sealed record MatchingToChange
{
    /// <summary>What is done.</summary>
    public required MemberChangeKind Kind { get; init; }

    /// <summary>The key of the role or license, the id of the group; null for no license, and for the other kinds.</summary>
    public string? Value { get; init; }

    /// <summary>Whom it is for; without anything in it for everybody.</summary>
    public required MatchJson Match { get; init; }
}

/// <summary>What narrows the list of members: all of it must match.</summary>
internal sealed record MatchJson
{
    /// <summary>Beginnings of words of name or address; null for all.</summary>
    public string? Q { get; init; }

    /// <summary>Only this state; null for all but the removed.</summary>
    public MemberState? Status { get; init; }

    /// <summary>Only this role; null for all.</summary>
    public string? Role { get; init; }

    /// <summary>Only this license; null for all.</summary>
    public string? License { get; init; }

    /// <summary>Only the members of this group; null for all.</summary>
    public Guid? Group { get; init; }

    /// <summary>Only people with a seat, or only those whose role takes none; null for all.</summary>
    public bool? Seat { get; init; }

    /// <summary>For the core.</summary>
    public MemberListQuery ToQuery() =>
        new()
        {
            Search = Q,
            Status = Status,
            Role = Role,
            License = License,
            Group = Group is { } group ? new(group) : null,
            Seat = Seat,
        };
}

/// <summary>What became of one of them.</summary>
internal enum MemberOutcome
{
    /// <summary>The member was changed.</summary>
    Changed,

    /// <summary>The member had it already.</summary>
    Unchanged,

    /// <summary>The member was refused; code and message say why.</summary>
    Refused,
}

/// <summary>What became of each.</summary>
internal sealed record MembersChangedJson
{
    /// <summary>The change's id, for reading and taking it back; null with dryRun.</summary>
    public Guid? Id { get; init; }

    /// <summary>The members, in the order of the list.</summary>
    public required IReadOnlyList<MemberChangedJson> Items { get; init; }

    /// <summary>Of the core's rows.</summary>
    public static MembersChangedJson Of(Guid? run, IReadOnlyList<MemberForecast> rows, IEnumerable<Id<Member>> missing) =>
        new()
        {
            Id = run,
            Items =
            [
                .. rows.Select(MemberChangedJson.Of),
                .. missing.Select(id => MemberChangedJson.Of(id, MemberOutcome.Refused, Refusal.NotFound("member"))),
            ],
        };
}

/// <summary>One member of a change.</summary>
internal sealed record MemberChangedJson
{
    /// <summary>The member's id.</summary>
    public required Guid Id { get; init; }

    /// <summary>What became of the member.</summary>
    public required MemberOutcome Outcome { get; init; }

    /// <summary>The word of the refusal; null where there is none.</summary>
    public string? Code { get; init; }

    /// <summary>The refusal as a sentence; null where there is none.</summary>
    public string? Message { get; init; }

    /// <summary>Of a row of the core.</summary>
    public static MemberChangedJson Of(MemberForecast row) =>
        Of(
            row.Before.Id,
            row.Refusal is not null ? MemberOutcome.Refused
                : row.IsSame ? MemberOutcome.Unchanged
                : MemberOutcome.Changed,
            row.Refusal
        );

    /// <summary>Of one member.</summary>
    public static MemberChangedJson Of(Id<Member> id, MemberOutcome outcome, Refusal? refusal) =>
        new()
        {
            Id = id.Value,
            Outcome = outcome,
            Code = refusal?.Code,
            Message = refusal?.Message,
        };
}

/// <summary>What a change of several members did, and what is left of it.</summary>
internal sealed record MemberChangeReportJson
{
    /// <summary>The change's id.</summary>
    public required Guid Id { get; init; }

    /// <summary>How far it is: of a change of several that were named, done.</summary>
    public required MemberRunState State { get; init; }

    /// <summary>How many matched when it began; null where they were named.</summary>
    public long? Total { get; init; }

    /// <summary>Why it was broken off, for people; null where it was not.</summary>
    public string? BrokenOff { get; init; }

    /// <summary>What was done.</summary>
    public required MemberChangeKind Kind { get; init; }

    /// <summary>The key of the role or license, the id of the group; null for none.</summary>
    public string? Value { get; init; }

    /// <summary>How many were changed.</summary>
    public required int Changed { get; init; }

    /// <summary>How many had it already.</summary>
    public required int Unchanged { get; init; }

    /// <summary>How many were refused.</summary>
    public required int Refused { get; init; }

    /// <summary>How many have again what they had.</summary>
    public required int Undone { get; init; }

    /// <summary>How many could not be given it back.</summary>
    public required int Kept { get; init; }

    /// <summary>How many could still be given back what they had.</summary>
    public required int Standing { get; init; }

    /// <summary>Until when.</summary>
    public required DateTimeOffset UndoUntil { get; init; }

    /// <summary>Of the core's report.</summary>
    public static MemberChangeReportJson Of(Guid id, MemberChangeReport report) =>
        new()
        {
            Id = id,
            State = report.Job?.State ?? MemberRunState.Done,
            Total = report.Job?.Total,
            BrokenOff = report.Job?.BrokenOff,
            Kind = report.Change.Kind,
            Value = report.Change.Value is { Length: > 0 } value ? value : null,
            Changed = report.Changed,
            Unchanged = report.Unchanged,
            Refused = report.Refused,
            Undone = report.Undone,
            Kept = report.Kept,
            Standing = report.Standing,
            UndoUntil = report.UndoUntil,
        };
}

/// <summary>What was taken back.</summary>
internal sealed record MemberChangeUndoneJson
{
    /// <summary>How many have again what they had.</summary>
    public required int Undone { get; init; }

    /// <summary>How many stay as they are: something else has happened to them since, or there is no room any more.</summary>
    public required int Kept { get; init; }

    /// <summary>Whether it goes on: a change of all that match is taken back by a job.</summary>
    public required bool Running { get; init; }
}
