using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Audit;
using UserManagement.Membership.Data;

namespace UserManagement.Membership.Recovery;

/// <summary>What a change of master keys did.</summary>
/// <param name="Anew">How many values were sealed anew, by kind; kinds of which there were none are left out.</param>
/// <param name="Lost">How many no key opens, by kind.</param>
public sealed record SealedAnew(IReadOnlyDictionary<string, int> Anew, IReadOnlyDictionary<string, int> Lost);

/// <summary>
/// Seals all that the database keeps secret under the first master key, where the second one sealed it: in turns of a few hundred rows,
/// beside servers that serve with both keys, and each value only if nobody changed it meanwhile. It may be stopped and run again; what is
/// done stays done, and what is sealed already is passed over. What cannot be sealed anew (<see cref="FoundingKeys"/>) is kept, and so are
/// the public keys by which audit logs were signed before. Refusals: <c>forbidden</c>, <c>noOtherKey</c> (there is no second key).
/// </summary>
public sealed class RotateMasterKey(Store store)
{
    private const int Turn = 200;

    /// <summary>Does it.</summary>
    /// <param name="actor">Whoever runs the server.</param>
    /// <param name="told">Told the kind and how many so far after each turn; null for nobody.</param>
    /// <param name="ct">Stops it between two turns.</param>
    public async Task<Outcome<SealedAnew>> RunAsync(Actor actor, Func<string, int, Task>? told, CancellationToken ct)
    {
        if (!actor.Unlimited)
        {
            return Refusal.Forbidden("Only whoever runs the server may do this.");
        }

        if (store.Box.Other is not { } other)
        {
            return new Refusal(
                RefusalKind.Invalid,
                "noOtherKey",
                "There is one master key alone. Give the new one as MasterKey and the one before as MasterKeyOther."
            );
        }

        if ((await ChangeAsync(actor, attempt => KeepAsync(attempt, other, ct), ct)).Refusal is { } refusal)
        {
            return refusal;
        }

        var (anew, lost) = (new Dictionary<string, int>(), new Dictionary<string, int>());
        foreach (var place in SealedPlace.All)
        {
            await using var db = store.Read();
            await foreach (var rows in place.Rows(db).AsNoTracking().AsAsyncEnumerable().Chunk(Turn).WithCancellation(ct))
            {
                var todo = rows.Select(r => (Row: r, After: place.Anew(store.Box, r.Value))).Where(r => r.After is not null).ToList();
                Count(lost, place.What, rows.Count(r => place.IsLost(store.Box, r.Value)));
                if (todo.Count == 0)
                {
                    continue;
                }

                var done = await ChangeAsync(
                    actor,
                    attempt =>
                    {
                        todo.ForEach(r => attempt.Changes.Execute(place.Write(r.Row, r.After!)));
                        return Task.CompletedTask;
                    },
                    ct
                );
                if (done.Refusal is { } no)
                {
                    return no;
                }

                Count(anew, place.What, todo.Count);
                await (told?.Invoke(place.What, anew[place.What]) ?? Task.CompletedTask);
            }
        }

        if (anew.Count > 0)
        {
            var line = await ChangeAsync(
                actor,
                attempt =>
                {
                    attempt.Changes.TellFacts("masterKey.rotated", default, ("installation", null, null), null, anew);
                    return Task.CompletedTask;
                },
                ct
            );
            if (line.Refusal is { } no)
            {
                return no;
            }
        }

        return new SealedAnew(anew, lost);
    }

    private static void Count(Dictionary<string, int> counts, string what, int more)
    {
        if (more > 0)
        {
            counts[what] = counts.GetValueOrDefault(what) + more;
        }
    }

    private Task<Outcome<Nothing>> ChangeAsync(Actor actor, Func<Attempt, Task> plan, CancellationToken ct) =>
        store.ChangeAsync<Nothing>(
            actor,
            null,
            "masterKey.rotated",
            async attempt =>
            {
                await plan(attempt);
                return default(Nothing);
            },
            ct
        );

    /// <summary>Before anything else: what would be lost with the former key.</summary>
    private async Task KeepAsync(Attempt attempt, SecretBox other, CancellationToken ct)
    {
        var marks = await attempt
            .Db.Marks.AsNoTracking()
            .Where(m => m.Name == Mark.FoundingKeys || m.Name == Mark.FormerAuditKeys)
            .ToDictionaryAsync(m => m.Name, ct);
        var founding = marks.GetValueOrDefault(Mark.FoundingKeys);
        if (founding is null || !FoundingKeys.IsOfMaster(store.Box, founding.Value))
        {
            // what no key opens is left as it is: a server would tell
            var keys = founding is null
                ? FoundingKeys.Read(attempt.Db, store.Box) ?? FoundingKeys.From(store.Box)
                : FoundingKeys.Open(store.Box, founding.Value);
            if (keys is not null)
            {
                Set(attempt, founding, Mark.FoundingKeys, keys.Sealed(store.Box));
            }
        }

        var (known, former) = (marks.GetValueOrDefault(Mark.FormerAuditKeys), AuditSigner.PublicKey(other));
        if (known?.Value.Contains(former, StringComparison.Ordinal) != true)
        {
            Set(attempt, known, Mark.FormerAuditKeys, former + "\n" + known?.Value);
        }
    }

    private static void Set(Attempt attempt, Mark? before, string name, string value)
    {
        var mark = new Mark
        {
            Name = name,
            Value = value,
            At = attempt.At,
        };
        if (before is null)
        {
            attempt.Changes.AddIfMissing(mark);
        }
        else
        {
            attempt.Changes.Update(before, mark);
        }
    }
}
