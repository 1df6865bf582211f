using UserManagement.Membership;
using UserManagement.Scim.Protocol;

namespace UserManagement.Scim.Http;

/// <summary>
/// What the door itself refuses once it sees the resource that it is to revise: the core hands it through, the door answers its error.
/// </summary>
/// <param name="Error">The error.</param>
internal sealed record RefusedRevision(ScimError Error) : Refusal(RefusalKind.Invalid, "invalid", Error.Detail, "body");

/// <summary>The one table from the core's refusals to the errors of RFC 7644 section 3.12.</summary>
internal static class ScimErrors
{
    /// <summary>
    /// The error for a refusal. Too little capacity is 403: with 409 Entra believes in a duplicate. Only a taken name is
    /// <c>uniqueness</c>; other conflicts, such as the last admin, are 409 without a keyword.
    /// </summary>
    public static ScimError Of(Refusal refusal) =>
        refusal is RefusedRevision own
            ? own.Error
            : refusal.Kind switch
            {
                RefusalKind.Invalid => ScimError.InvalidValue(refusal.Message),
                RefusalKind.NotFound => ScimError.NotFound(refusal.Message),
                RefusalKind.Forbidden or RefusalKind.Full => ScimError.Forbidden(refusal.Message),
                RefusalKind.Conflict => refusal.Code is "userNameTaken" or "userNameHeld" or "groupNameTaken"
                    ? ScimError.Uniqueness(refusal.Message)
                    : ScimError.Conflict(refusal.Message),
                RefusalKind.Stale => ScimError.PreconditionFailed(refusal.Message),
                RefusalKind.TooMany => ScimError.TooManyRequests(refusal.Message),
                RefusalKind.Unavailable => ScimError.Unavailable(refusal.Message),
                _ => ScimError.Internal("The server cannot say what is wrong."),
            };

    /// <summary>When to come again; null where waiting does not help.</summary>
    public static TimeSpan? RetryAfter(Refusal refusal) =>
        refusal.Kind switch
        {
            RefusalKind.TooMany => refusal.RetryAfter ?? TimeSpan.FromSeconds(10),
            RefusalKind.Unavailable => refusal.RetryAfter ?? TimeSpan.FromSeconds(1),
            _ => null,
        };
}
