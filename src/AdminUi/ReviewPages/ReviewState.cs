using UserManagement.Membership.Reviews;

namespace UserManagement.AdminUi.ReviewPages;

/// <summary>The address of a page of a review: which people, and where it goes on.</summary>
/// <param name="Show">Which people.</param>
/// <param name="After">The place behind which the page begins; null for the beginning, or where it was left.</param>
/// <param name="Resumes">Whether it goes on behind the last decision, where no place is named.</param>
public sealed record ReviewState(ReviewShow Show, string? After, bool Resumes)
{
    /// <summary>Reads it from the query, or from the fields of a form.</summary>
    public static ReviewState Read(Func<string, string?> value)
    {
        ArgumentNullException.ThrowIfNull(value);
        var show = value("show") switch
        {
            "open" => ReviewShow.Open,
            "marked" => ReviewShow.Marked,
            _ => ReviewShow.All,
        };
        return new(show, value("after"), value("show") is null && value("after") is null);
    }

    /// <summary>The query, with its question mark; empty for where it was left.</summary>
    public override string ToString() =>
        Resumes && After is null ? ""
        : After is null ? $"?show={Word}"
        : $"?show={Word}&after={Uri.EscapeDataString(After)}";

    /// <summary>The word of what is shown.</summary>
    public string Word =>
        Show switch
        {
            ReviewShow.Open => "open",
            ReviewShow.Marked => "marked",
            _ => "all",
        };
}
