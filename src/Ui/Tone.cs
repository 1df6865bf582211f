namespace UserManagement.Ui;

/// <summary>What a badge, notice or meter says by its colour. The text always says it too.</summary>
public enum Tone
{
    /// <summary>Plain grey.</summary>
    Neutral,

    /// <summary>The product's own colour.</summary>
    Accent,

    /// <summary>Worth knowing.</summary>
    Info,

    /// <summary>Done, active, healthy.</summary>
    Success,

    /// <summary>Needs a look soon.</summary>
    Warning,

    /// <summary>Failed, refused, over a limit.</summary>
    Danger,
}

/// <summary>How loud a button is. One page has at most one <see cref="Primary"/>.</summary>
public enum ButtonKind
{
    /// <summary>Bordered; the usual one.</summary>
    Secondary,

    /// <summary>Filled; the act the page is for.</summary>
    Primary,

    /// <summary>Filled red; an act that takes something away.</summary>
    Danger,

    /// <summary>No border; in toolbars and rows.</summary>
    Ghost,
}

/// <summary>Direction of a sorted column.</summary>
public enum SortDirection
{
    /// <summary>The table is not sorted by this column.</summary>
    None,

    /// <summary>Smallest first.</summary>
    Ascending,

    /// <summary>Largest first.</summary>
    Descending,
}

internal static class CssNames
{
    /// <summary>The enum value as a class suffix, such as <c>danger</c>.</summary>
    public static string Css(this Enum value) => value.ToString().ToLowerInvariant();
}
