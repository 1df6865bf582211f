using System.Globalization;

namespace UserManagement.Membership.Undo;

/// <summary>What an undo would do, in sentences: the same on pages and on the command line.</summary>
public static class UndoWords
{
    /// <summary>One sentence for each kind of thing that would be done; empty where there is nothing.</summary>
    public static IReadOnlyList<string> Of(UndoPreview preview)
    {
        ArgumentNullException.ThrowIfNull(preview);
        IEnumerable<string?> lines =
        [
            People(preview.ActiveAgain, "comes in again", "come in again"),
            People(preview.BackAfterDeletion, "whom the directory deleted is here again", "whom the directory deleted are here again"),
            People(preview.OutAgain, "is out again", "are out again"),
            People(preview.Ended, "whom the directory made goes", "whom the directory made go"),
            People(preview.Revised, "is called and described as before", "are called and described as before"),
            People(preview.BackInGroups, "comes back into groups", "come back into groups"),
            People(preview.OutOfGroups, "goes out of groups again", "go out of groups again"),
            Count(preview.GroupsBack, "group that was deleted is there again", "groups that were deleted are there again"),
            Count(preview.GroupsDeleted, "group that the directory made goes", "groups that the directory made go"),
            Count(preview.GroupsRevised, "group is called and described as before", "groups are called and described as before"),
            Seats(preview),
        ];
        return [.. lines.OfType<string>()];
    }

    private static string? Seats(UndoPreview preview) =>
        preview.SeatsNeeded == 0 ? null
        : preview.SeatsFree is { } free
            ? $"They need {Number(preview.SeatsNeeded)} {(preview.SeatsNeeded == 1 ? "seat" : "seats")}, and {Number(free)} "
                + $"{(free == 1 ? "is" : "are")} free."
                + (free < preview.SeatsNeeded ? " Who finds none stays without one, waits for one or stays out, as the settings say." : "")
        : $"They take {Number(preview.SeatsNeeded)} {(preview.SeatsNeeded == 1 ? "seat" : "seats")}.";

    private static string? People(int count, string one, string many) => Count(count, "person " + one, "people " + many);

    private static string? Count(int count, string one, string many) =>
        count switch
        {
            0 => null,
            1 => $"1 {one}.",
            _ => $"{Number(count)} {many}.",
        };

    private static string Number(long count) => count.ToString("N0", CultureInfo.InvariantCulture);
}
