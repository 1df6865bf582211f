using UserManagement.Membership.Undo;

namespace UserManagement.Api.Provisioning;

/// <summary>That a cycle is to be undone.</summary>
internal sealed record UndoWanted
{
    /// <summary>How many people and groups it concerns, as the preview's total says; may be left out where they are 10 or fewer.</summary>
    public int? Confirm { get; init; }
}

/// <summary>A person or group that is not wholly as before.</summary>
internal sealed record UndoLeftJson
{
    /// <summary>member or group.</summary>
    public required string Kind { get; init; }

    /// <summary>Which one.</summary>
    public required Guid Id { get; init; }

    /// <summary>The name; null where it was erased.</summary>
    public string? Name { get; init; }

    /// <summary>What is left and why; null where it was erased.</summary>
    public string? Reason { get; init; }
}

/// <summary>What the undo of a cycle would do.</summary>
internal sealed record UndoPreviewJson
{
    /// <summary>The cycle.</summary>
    public required ProvisioningCycleJson Cycle { get; init; }

    /// <summary>How many people and groups it concerns: the number by which an undo of many is confirmed.</summary>
    public required int Total { get; init; }

    /// <summary>Who was deactivated and comes in again.</summary>
    public required int ActiveAgain { get; init; }

    /// <summary>Who was deleted and is here again.</summary>
    public required int BackAfterDeletion { get; init; }

    /// <summary>Who was let in and is kept out again.</summary>
    public required int OutAgain { get; init; }

    /// <summary>Whom the cycle made and who goes.</summary>
    public required int Ended { get; init; }

    /// <summary>Whose facts become what they were.</summary>
    public required int Revised { get; init; }

    /// <summary>Groups that were deleted and are there again.</summary>
    public required int GroupsBack { get; init; }

    /// <summary>Groups that the cycle made and that go.</summary>
    public required int GroupsDeleted { get; init; }

    /// <summary>Groups whose facts become what they were.</summary>
    public required int GroupsRevised { get; init; }

    /// <summary>How many people come back into groups.</summary>
    public required int BackInGroups { get; init; }

    /// <summary>How many people go out of groups again.</summary>
    public required int OutOfGroups { get; init; }

    /// <summary>How many seats those had who come back.</summary>
    public required int SeatsNeeded { get; init; }

    /// <summary>How many seats are free; null without a limit.</summary>
    public long? SeatsFree { get; init; }

    /// <summary>What is as it was already.</summary>
    public required int Same { get; init; }

    /// <summary>How many are left in part or wholly.</summary>
    public required int LeftCount { get; init; }

    /// <summary>The first 100 of them.</summary>
    public required IReadOnlyList<UndoLeftJson> Left { get; init; }

    /// <summary>Of a preview.</summary>
    public static UndoPreviewJson Of(UndoPreview preview) =>
        new()
        {
            Cycle = ProvisioningCycleJson.Of(preview.Cycle),
            Total = preview.Total,
            ActiveAgain = preview.ActiveAgain,
            BackAfterDeletion = preview.BackAfterDeletion,
            OutAgain = preview.OutAgain,
            Ended = preview.Ended,
            Revised = preview.Revised,
            GroupsBack = preview.GroupsBack,
            GroupsDeleted = preview.GroupsDeleted,
            GroupsRevised = preview.GroupsRevised,
            BackInGroups = preview.BackInGroups,
            OutOfGroups = preview.OutOfGroups,
            SeatsNeeded = preview.SeatsNeeded,
            SeatsFree = preview.SeatsFree,
            Same = preview.Same,
            LeftCount = preview.LeftCount,
            Left =
            [
                .. preview.Left.Select(l => new UndoLeftJson
                {
                    Kind = l.Kind,
                    Id = l.Id,
                    Name = l.Name,
                    Reason = l.Reason,
                }),
            ],
        };
}

/// <summary>The undo of a cycle.</summary>
internal sealed record UndoJson
{
    /// <summary>The cycle.</summary>
    public required Guid CycleId { get; init; }

    /// <summary>Who asked for it, by name.</summary>
    public required string AskedBy { get; init; }

    /// <summary>When it began.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>When it was over; null while it is under way.</summary>
    public DateTimeOffset? DoneAt { get; init; }

    /// <summary>How many people and groups it concerns.</summary>
    public required int Total { get; init; }

    /// <summary>How many of them are worked off.</summary>
    public required int Seen { get; init; }

    /// <summary>How many are not wholly as before.</summary>
    public required int LeftCount { get; init; }

    /// <summary>The first of them; empty in the answer that begins it.</summary>
    public required IReadOnlyList<UndoLeftJson> Left { get; init; }

    /// <summary>Of an undo.</summary>
    public static UndoJson Of(CycleUndo run, IReadOnlyList<CycleUndoItem> left) =>
        new()
        {
            CycleId = run.Id.Value,
            AskedBy = run.AskedBy,
            StartedAt = run.StartedAt,
            DoneAt = run.DoneAt,
            Total = run.Total,
            Seen = run.Seen,
            LeftCount = run.LeftOut,
            Left =
            [
                .. left.Select(l => new UndoLeftJson
                {
                    Kind = l.TargetKind,
                    Id = l.TargetId,
                    Name = l.TargetName,
                    Reason = l.Reason,
                }),
            ],
        };
}
