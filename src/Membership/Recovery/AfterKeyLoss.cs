using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;

namespace UserManagement.Membership.Recovery;

/// <summary>
/// To be run once the master key is lost for good and a new one is given: takes away the keys that nobody can open any more, so that a
/// server may serve and makes new ones. Nothing else is changed: people, roles, passwords, passkeys, sessions and the tokens of directories
/// and programs need no master key. What it gives back is to be entered or made anew by whoever has it: credentials of connections, secrets
/// of endpoints, authenticator apps (an admin resets the second factor), links and mails that were not opened yet. Recovery codes open
/// nothing, and an app with subjects of its own (pairwise) takes everybody for somebody new. Refusals: <c>forbidden</c>.
/// </summary>
public sealed class AfterKeyLoss(Store store)
{
    private static readonly HashSet<string> MadeAnew = ["oidc_keys", "protection_keys"];

    /// <summary>Counts what no key opens, and takes away what the server makes anew.</summary>
    /// <param name="actor">Whoever runs the server.</param>
    /// <param name="ct">Stops it before it is written.</param>
    /// <returns>How many of each kind nobody can open; empty when all is well, and then nothing is written.</returns>
    public Task<Outcome<SealedAnew>> RunAsync(Actor actor, CancellationToken ct) =>
        store.ChangeAsync<SealedAnew>(
            actor,
            null,
            "masterKey.lost",
            async attempt =>
            {
                if (!actor.Unlimited)
                {
                    return Refusal.Forbidden("Only whoever runs the server may do this.");
                }

                var lost = new Dictionary<string, int>();
                foreach (var place in SealedPlace.All)
                {
                    await foreach (var row in place.Rows(attempt.Db).AsNoTracking().AsAsyncEnumerable().WithCancellation(ct))
                    {
                        if (place.IsLost(store.Box, row.Value))
                        {
                            lost[place.What] = lost.GetValueOrDefault(place.What) + 1;
                            if (MadeAnew.Contains(place.Table))
                            {
                                attempt.Changes.Execute(place.Delete(row));
                            }
                        }
                    }
                }

                var founding = await attempt.Db.Marks.AsNoTracking().FirstOrDefaultAsync(m => m.Name == Mark.FoundingKeys, ct);
                if (founding is not null && FoundingKeys.Open(store.Box, founding.Value) is null)
                {
                    lost["founding keys"] = 1;
                    attempt.Changes.Remove(founding);
                }

                if (lost.Count > 0)
                {
                    attempt.Changes.TellFacts("masterKey.lost", default, ("installation", null, null), null, lost);
                }

                return new SealedAnew(new Dictionary<string, int>(), lost);
            },
            ct
        );
}
