using UserManagement.Membership.Access;
using UserManagement.Membership.Data;

namespace UserManagement.Membership.Operators;

/// <summary>A new key, which is shown this once.</summary>
/// <param name="Row">The key as it is kept.</param>
/// <param name="Key">The bearer token (RFC 6750).</param>
public sealed record IssuedOperatorKey(OperatorKey Row, string Key);

/// <summary>
/// Makes a key for a program of whoever runs the installation. The command line alone may. Refusals: <c>forbidden</c>,
/// <c>keyNameTaken</c>, an invalid name or lifetime.
/// </summary>
public sealed class CreateOperatorKey(Store store)
{
    /// <summary>The longest life of a key.</summary>
    public static readonly TimeSpan LongestLife = TimeSpan.FromDays(730);

    /// <summary>Makes the key.</summary>
    /// <param name="actor">Whoever runs the server, by the command line.</param>
    /// <param name="name">Which program it is for, 1 to 100 characters; no two have the same.</param>
    /// <param name="lifetime">How long it lives, up to <see cref="LongestLife"/>.</param>
    /// <param name="ct">Stops it before it is written.</param>
    public Task<Outcome<IssuedOperatorKey>> RunAsync(Actor actor, string name, TimeSpan lifetime, CancellationToken ct) =>
        store.ChangeAsync<IssuedOperatorKey>(
            actor,
            null,
            "operator.keyCreated",
            async attempt =>
            {
                if (AllowOperator.Against(actor) is { } refused)
                {
                    return refused;
                }

                if (Key.Check("name", name) is not null || name.Length > 100)
                {
                    return Refusal.Invalid("name", "A key has a name of 1 to 100 characters.");
                }

                if (lifetime <= TimeSpan.Zero || lifetime > LongestLife)
                {
                    return Refusal.Invalid("lifetime", $"An operator key lives up to {LongestLife.Days} days.");
                }

                var shown = name.Trim();
                var same = Key.Of(shown);
                if ((await OperatorKey.AllAsync(attempt.Db, ct)).Exists(m => Key.Of(OperatorKey.Of(m).Name) == same))
                {
                    return new Refusal(
                        RefusalKind.Conflict,
                        "keyNameTaken",
                        $"There is an operator key {shown} already. Revoke it first, or choose another name.",
                        "name"
                    );
                }

                var secret = Secret.New(OperatorKey.Prefix);
                var mark = OperatorKey.Made(secret, shown, attempt.At, Moment.Cut(attempt.At + lifetime));
                var key = OperatorKey.Of(mark);
                attempt.Changes.Add(mark);
                attempt.Changes.TellFacts(
                    "operator.keyCreated",
                    default,
                    ("operatorKey", key.Id, key.Name),
                    null,
                    new { name = key.Name, expiresAt = key.ExpiresAt }
                );
                return new IssuedOperatorKey(key, secret);
            },
            ct
        );
}
