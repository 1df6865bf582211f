using UserManagement.AdminUi.Http;
using UserManagement.Membership.Holds;
using UserManagement.Membership.Members;
using UserManagement.Membership.Workspaces;
using UserManagement.Ui;
using UserManagement.Ui.Parts;

namespace UserManagement.AdminUi.HeldPages;

/// <summary>How pages speak of what is held.</summary>
internal static class HeldWords
{
    /// <summary>What the directory said.</summary>
    public static string Said(HeldAs? held) =>
        held switch
        {
            HeldAs.Admission => "Let in",
            HeldAs.Deactivation => "Deactivate",
            HeldAs.Deletion => "Delete",
            _ => "Unknown",
        };

    /// <summary>Its colour.</summary>
    public static Tone ToneOf(HeldAs? held) =>
        held switch
        {
            HeldAs.Admission => Tone.Info,
            HeldAs.Deletion => Tone.Danger,
            _ => Tone.Warning,
        };

    /// <summary>How many of what: "12 would be deactivated, 3 deleted".</summary>
    public static string Sum(HeldSummary summary)
    {
        string[] words = [Part(HeldAs.Admission, "let in"), Part(HeldAs.Deactivation, "deactivated"), Part(HeldAs.Deletion, "deleted")];
        return string.Join(", ", words.Where(w => w.Length > 0)) is { Length: > 0 } sum ? sum + " once that is carried out" : "Nobody";

        string Part(HeldAs held, string word) =>
            summary.Waiting.GetValueOrDefault(held) is > 0 and var count ? $"{Frame.Number(count)} {word}" : "";
    }

    /// <summary>The choices of the mode.</summary>
    public static Choice[] Modes { get; } =
    [
        new(nameof(HoldMode.Apply), "Carry everything out"),
        new(nameof(HoldMode.HoldDangerous), "Hold who would be deactivated or deleted"),
        new(nameof(HoldMode.Hold), "Hold who would be let in, too"),
    ];

    /// <summary>The choices of what happens when nobody decides.</summary>
    public static Choice[] Deadlines { get; } =
    [new(nameof(HoldDeadline.Keep), "People are kept as they are"), new(nameof(HoldDeadline.Release), "It is carried out")];
}
