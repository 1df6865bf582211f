using UserManagement.Membership;

namespace UserManagement.AdminUi.Http;

/// <summary>The one table from the core's refusals to what a page answers.</summary>
public static class Refusals
{
    /// <summary>The HTTP status of a refusal (RFC 9110 section 15).</summary>
    public static int Status(RefusalKind kind) =>
        kind switch
        {
            RefusalKind.Invalid => 422,
            RefusalKind.NotFound => 404,
            RefusalKind.Forbidden => 403,
            RefusalKind.Conflict => 409,
            RefusalKind.Full => 409,
            RefusalKind.Stale => 409,
            RefusalKind.TooMany => 429,
            RefusalKind.Unavailable => 503,
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "This kind of refusal has no status."),
        };

    /// <summary>
    /// Whether the refusal stands on the page it came from, beside what is still there; otherwise it is a page of its own
    /// (what the act was about is gone, or the person may not see that page).
    /// </summary>
    public static bool StaysOnPage(RefusalKind kind) => kind is not RefusalKind.NotFound;
}
