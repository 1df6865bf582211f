using UserManagement.Membership.Access;
using UserManagement.Membership.Connections;
using UserManagement.Membership.Data;

namespace UserManagement.Membership.Accounts;

/// <summary>
/// Ends the sessions of an account, in every browser. For the person and for the operator; no workspace may do it to an account. Refusals:
/// <c>forbidden</c> (another person).
/// </summary>
public sealed class EndSessions(Store store)
{
    /// <summary>Ends them.</summary>
    /// <param name="actor">The person, the operator or the system.</param>
    /// <param name="account">Whose.</param>
    /// <param name="except">One that lives on; null for none.</param>
    /// <param name="ct">Stops it before it is written.</param>
    /// <returns>How many ended.</returns>
    public Task<Outcome<int>> RunAsync(Actor actor, Id<Account> account, Id<Session>? except, CancellationToken ct) =>
        RunAsync(actor, account, except, null, ct);

    /// <summary>A person ends all their other sessions; who is in by a workspace's own provider those by that provider.</summary>
    /// <param name="who">The person.</param>
    /// <param name="door">Where it was asked for, for the audit log.</param>
    /// <param name="ct">Stops it before it is written.</param>
    public Task<Outcome<int>> OthersAsync(SignedIn who, Door door, CancellationToken ct) =>
        RunAsync(who.Person with { Door = door }, who.Account.Id, who.Session.Id, who.BoundTo, ct);

    private Task<Outcome<int>> RunAsync(
        Actor actor,
        Id<Account> account,
        Id<Session>? except,
        Id<IdentityConnection>? only,
        CancellationToken ct
    ) =>
        store.ChangeAsync<int>(
            actor,
            null,
            "sessions.ended",
            async attempt =>
            {
                if (!actor.Unlimited && !(actor.Kind == ActorKind.Person && actor.Id == account.Value))
                {
                    return Refusal.Forbidden("Only the person can end their sessions.");
                }

                var ended = await Sessions.EndAllAsync(attempt, account, except, ct, only);
                if (ended > 0)
                {
                    attempt.Changes.TellFacts("sessions.ended", default, ("account", account.Value, null), null, new { ended });
                }

                return ended;
            },
            ct
        );
}
