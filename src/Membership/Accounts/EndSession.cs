using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;

namespace UserManagement.Membership.Accounts;

/// <summary>
/// A person ends one of their own sessions, in whatever browser it is. Refusals: <c>notFound</c> (another person's, over, or beyond the
/// workspace whose own provider let the person in), <c>secondFactorNeeded</c>.
/// </summary>
public sealed class EndSession(Store store)
{
    /// <summary>Ends it.</summary>
    /// <param name="who">The person.</param>
    /// <param name="id">Which session.</param>
    /// <param name="ct">Stops it before it is written.</param>
    /// <param name="door">Where it was asked for, for the audit log.</param>
    public Task<Outcome<Nothing>> RunAsync(SignedIn who, Id<Session> id, CancellationToken ct, Door door = Door.SignIn) =>
        store.ChangeAsync<Nothing>(
            who.Person with
            {
                Door = door,
            },
            null,
            "session.ended",
            async attempt =>
            {
                if (who.Demand == Factors.RequiredAction.SecondFactor)
                {
                    return new Refusal(RefusalKind.Forbidden, "secondFactorNeeded", "Confirm your second factor first.");
                }

                var only = who.BoundTo;
                if (
                    await attempt
                        .Db.Sessions.AsNoTracking()
                        .FirstOrDefaultAsync(
                            s =>
                                s.Id == id
                                && s.AccountId == who.Account.Id
                                && (only == null || s.ConnectionId == only)
                                && s.EndedAt == null
                                && s.ExpiresAt > attempt.At,
                            ct
                        )
                    is not { } session
                )
                {
                    return new Refusal(RefusalKind.NotFound, "notFound", "This session is over already.");
                }

                attempt.Changes.Update(session, session with { EndedAt = attempt.At });
                attempt.Changes.Tell(
                    "session.ended",
                    default,
                    ("account", who.Account.Id.Value, who.Account.DisplayName),
                    reason: "ended by its owner"
                );
                return default(Nothing);
            },
            ct
        );
}
