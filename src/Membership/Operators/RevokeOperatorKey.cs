using UserManagement.Membership.Access;
using UserManagement.Membership.Data;

namespace UserManagement.Membership.Operators;

/// <summary>
/// Revokes an operator key: its next request is refused. The command line alone may. Refusals: <c>forbidden</c>, <c>notFound</c>.
/// </summary>
public sealed class RevokeOperatorKey(Store store)
{
    /// <summary>Revokes it; should two have come to the same name at one moment, both.</summary>
    /// <param name="actor">Whoever runs the server, by the command line.</param>
    /// <param name="name">The key's name.</param>
    /// <param name="ct">Stops it before it is written.</param>
    public Task<Outcome<OperatorKey>> RunAsync(Actor actor, string name, CancellationToken ct) =>
        store.ChangeAsync<OperatorKey>(
            actor,
            null,
            "operator.keyRevoked",
            async attempt =>
            {
                if (AllowOperator.Against(actor) is { } refused)
                {
                    return refused;
                }

                var same = name.Length <= Key.MaxLength ? Key.Of(name.Trim()) : "";
                var found = (await OperatorKey.AllAsync(attempt.Db, ct)).FindAll(m => Key.Of(OperatorKey.Of(m).Name) == same);
                if (found.Count == 0)
                {
                    return new Refusal(RefusalKind.NotFound, "notFound", $"There is no operator key {Key.Cut(name, 100)}.");
                }

                foreach (var mark in found)
                {
                    var key = OperatorKey.Of(mark);
                    attempt.Changes.Remove(mark);
                    attempt.Changes.TellFacts(
                        "operator.keyRevoked",
                        default,
                        ("operatorKey", key.Id, key.Name),
                        new { name = key.Name, expiresAt = key.ExpiresAt },
                        null
                    );
                }

                return OperatorKey.Of(found[0]);
            },
            ct
        );
}
