using Microsoft.AspNetCore.Http;
using UserManagement.Membership;

namespace UserManagement.Identity.Http;

/// <summary>The door's one table from the core's refusals to the status of the page that shows the sentence.</summary>
public static class Refusals
{
    /// <summary>The status.</summary>
    public static int Status(RefusalKind kind) =>
        kind switch
        {
            RefusalKind.Invalid => StatusCodes.Status422UnprocessableEntity,
            RefusalKind.NotFound => StatusCodes.Status404NotFound,
            RefusalKind.Forbidden => StatusCodes.Status403Forbidden,
            RefusalKind.Conflict => StatusCodes.Status409Conflict,
            RefusalKind.Full => StatusCodes.Status409Conflict,
            RefusalKind.Stale => StatusCodes.Status409Conflict,
            RefusalKind.TooMany => StatusCodes.Status429TooManyRequests,
            RefusalKind.Unavailable => StatusCodes.Status503ServiceUnavailable,
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
        };
}
