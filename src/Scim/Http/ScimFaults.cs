using Microsoft.Extensions.Logging;
using UserManagement.Membership.Data;
using UserManagement.Scim.Protocol;

namespace UserManagement.Scim.Http;

/// <summary>
/// What a fault is to the client, of a request as of one operation of a bulk request: 503 where the database is away or
/// was too slow, else 500 (RFC 7644 section 3.12). It stands in the log, and nothing of it in the answer.
/// </summary>
internal static class ScimFaults
{
    /// <summary>The answer; it is logged.</summary>
    /// <param name="fault">What was thrown.</param>
    /// <param name="store">Whose database knows what its exceptions mean.</param>
    /// <param name="log">Where it is logged.</param>
    /// <param name="method">The method that failed.</param>
    public static ScimAnswer Of(Exception fault, Store store, ILogger log, string method)
    {
        if (store.IsUnavailable(fault))
        {
            ScimLog.Away(log, fault);
            return ScimAnswer.Of(ScimError.Unavailable("The server cannot answer for the moment. Try again.")) with
            {
                RetryAfter = TimeSpan.FromSeconds(5),
            };
        }

        ScimLog.Fault(log, method, fault);
        return ScimAnswer.Of(ScimError.Internal("Something went wrong on the server."));
    }
}
