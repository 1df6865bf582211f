using UserManagement.AdminUi.Http;
using UserManagement.AdminUi.MemberPages;
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
            HeldAs.Match => "Take over",
            HeldAs.Access => "Change by rules",
            _ => "Unknown",
        };

    /// <summary>Its colour.</summary>
    public static Tone ToneOf(HeldAs? held) =>
        held switch
        {
            HeldAs.Admission or HeldAs.Match => Tone.Info,
            HeldAs.Access => Tone.Accent,
            HeldAs.Deletion => Tone.Danger,
            _ => Tone.Warning,
        };

    /// <summary>How many of what: "12 would be deactivated, 3 deleted".</summary>
    public static string Sum(HeldSummary summary)
    {
        string[] words =
        [
            summary.New > 0 ? $"{Frame.Number(summary.New)} {(summary.HereAlready > 0 ? "new" : "let in")}" : "",
            Part(HeldAs.Match, "matched to people who were here"),
            Part(HeldAs.Access, "changed by rules"),
            Part(HeldAs.Deactivation, "deactivated"),
            Part(HeldAs.Deletion, "deleted"),
        ];
        return string.Join(", ", words.Where(w => w.Length > 0)) is { Length: > 0 } sum ? sum + " once that is carried out" : "Nobody";

        string Part(HeldAs held, string word) =>
            summary.Waiting.GetValueOrDefault(held) is > 0 and var count ? $"{Frame.Number(count)} {word}" : "";
    }

    /// <summary>Who is here already and is left out of a decision on all; null for nobody.</summary>
    public static string? Known(HeldSummary summary) =>
        summary.HereAlready switch
        {
            0 => null,
            1 => "1 is here already under another user name: left out until you say whether it is the same person.",
            var many =>
                $"{Frame.Number(many)} are here already under other user names: left out until you say whether each is the same person.",
        };

    /// <summary>What of somebody stays as two become one.</summary>
    public static string Stays(Member same) =>
        same.State == MemberState.Invited
            ? "Role, license and groups that the invitation gave, place in the line for a seat, date of the end."
            : "How they sign in, where they are signed in, role, license, seat, groups, date of the end, reviews, and what they made.";

    /// <summary>What somebody is called from now on; empty where that stays.</summary>
    public static string Now(string was, string now, string what) =>
        was == now ? "" : $"{char.ToUpperInvariant(what[0])}{what[1..]} becomes {Note.Cut(now)}.";

    /// <summary>The same of two that become one.</summary>
    public static string Why(MergeForecast merge) => Why(merge.After, merge.Rule, merge.Into, merge.OutOf);

    /// <summary>The kinds as a choice of the list.</summary>
    public static (HeldAs As, string Word, string Label)[] Kinds { get; } =
    [
        (HeldAs.Admission, "new", "New"),
        (HeldAs.Match, "matched", "Matched"),
        (HeldAs.Access, "changed", "Changed by rules"),
        (HeldAs.Deactivation, "deactivated", "Deactivated"),
        (HeldAs.Deletion, "deleted", "Deleted"),
    ];

    /// <summary>What somebody has: role, license.</summary>
    public static string Has(WorkspaceConfiguration configuration, Member member) =>
        member.State switch
        {
            MemberState.Provisioned => "Not in yet",
            MemberState.Ended => "Gone for good",
            MemberState.Active => RoleChoices.Label(configuration, member.Role)
                + (member.License is { } license ? $", {configuration.License(license)?.Label ?? license}" : ""),
            _ => "No access",
        };

    /// <summary>What somebody would have.</summary>
    public static string Then(WorkspaceConfiguration configuration, HeldForecast forecast) =>
        forecast.Merge is { After: { } one } ? $"As one person: {Has(configuration, one)}"
        : forecast.After is not { } after ? "As now"
        : !forecast.LacksSeat ? Has(configuration, after)
        : $"{Has(configuration, after)}; {(after.WaitsSince is null ? "no seat is free to be" : "waits for a seat to be")} "
            + RoleChoices.Label(configuration, forecast.Wanted!);

    /// <summary>A decision as a word of a form.</summary>
    public static string Word(HoldVerdict verdict) =>
        verdict switch
        {
            HoldVerdict.Release => "release",
            HoldVerdict.Merge => "merge",
            _ => "keep",
        };

    /// <summary>The decision of a word; whatever is none keeps people as they are.</summary>
    public static HoldVerdict VerdictOf(string? word) =>
        word switch
        {
            "release" => HoldVerdict.Release,
            "merge" => HoldVerdict.Merge,
            _ => HoldVerdict.Keep,
        };

    /// <summary>By what somebody was matched.</summary>
    public static string By(HeldMatch? match) =>
        match switch
        {
            HeldMatch.UserName => "by user name",
            HeldMatch.Email => "by mail address",
            _ => "by what it looked for",
        };

    /// <summary>Why they would have it, in sentences: the rule, the groups.</summary>
    public static string Why(HeldForecast forecast) =>
        forecast.Merge is { After: not null } merge ? Why(merge) : Why(forecast.After, forecast.Rule, forecast.Into, forecast.OutOf);

    private static string Why(Member? after, string? rule, IReadOnlyList<string> into, IReadOnlyList<string> outOf)
    {
        string[] words =
        [
            rule is not null && after is { State: MemberState.Active } ? $"By the rule {Note.Cut(rule)}." : "",
            into.Count > 0 ? $"Into {Note.Cut(string.Join(", ", into))}." : "",
            outOf.Count > 0 ? $"Out of {Note.Cut(string.Join(", ", outOf))}." : "",
        ];
        return string.Join(' ', words.Where(w => w.Length > 0));
    }

    /// <summary>The seats in a sentence: what is needed, free and missing; null where nothing of it changes.</summary>
    public static string? Seats(HeldSummary summary)
    {
        var (taken, freed) = (summary.Need.Taken, summary.Need.Freed);
        if (taken + freed == 0 || summary.SeatsFree is not { } free)
        {
            return null;
        }

        var comes = freed == 0 ? "" : $" {Frame.Number(freed)} {(freed == 1 ? "comes" : "come")} free by it.";
        var lacks = summary.SeatsShort switch
        {
            0 => "",
            1 => " For 1 person there is none: it goes as the settings say when no seat is free.",
            var many => $" For {Frame.Number(many)} people there is none: it goes as the settings say when no seat is free.",
        };
        return $"It needs {Frame.Number(taken)} {(taken == 1 ? "seat" : "seats")}; {Frame.Number(free)} {(free == 1 ? "is" : "are")} free.{comes}{lacks}";
    }

    /// <summary>The seats once all is carried out, as parts of a bar.</summary>
    public static IReadOnlyList<StackedBar.Part> Bar(HeldSummary summary)
    {
        var stays = Math.Max(0, summary.Seats.Used - summary.Need.Freed);
        var comes = summary.Need.Taken - summary.SeatsShort;
        return
        [
            new("In use", stays, Tone.Accent),
            new("Needed", comes, Tone.Success),
            new("No seat for", summary.SeatsShort, Tone.Danger),
            new("Free", Math.Max(0, (summary.Seats.Limit ?? 0) - stays - comes), Tone.Neutral),
        ];
    }

    /// <summary>The choices of the mode after all is decided on.</summary>
    public static Choice[] Afterwards(HoldMode now) =>
        now switch
        {
            HoldMode.Hold =>
            [
                new("", "Go on holding everything"),
                new(nameof(HoldMode.HoldDangerous), "Hold only who would be deactivated or deleted"),
                new(nameof(HoldMode.Apply), "Carry everything out from now on"),
            ],
            HoldMode.HoldDangerous =>
            [
                new("", "Go on holding who would be deactivated or deleted"),
                new(nameof(HoldMode.Apply), "Carry everything out from now on"),
            ],
            _ => [],
        };

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
