using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Data;

namespace UserManagement.Membership.Accounts;

/// <summary>Ends the session that sends the request. The cookie is worth nothing from then on, wherever a copy lies. No refusals.</summary>
public sealed class SignOut(Store store)
{
    /// <summary>Ends it; ending an ended one changes nothing.</summary>
    public Task<Outcome<Nothing>> RunAsync(SignedIn who, CancellationToken ct) =>
        store.ChangeAsync<Nothing>(
            who.Person,
            null,
            "session.ended",
            async attempt =>
            {
                var session = await attempt
                    .Db.Sessions.AsNoTracking()
                    .FirstOrDefaultAsync(s => s.Id == who.Session.Id && s.EndedAt == null, ct);
                if (session is not null)
                {
                    attempt.Changes.Update(session, session with { EndedAt = attempt.At });
                    attempt.Changes.Tell(
                        "session.ended",
                        default,
                        ("account", who.Account.Id.Value, who.Account.DisplayName),
                        reason: "signed out"
                    );
                }

                return default(Nothing);
            },
            ct
        );
}
