using UserManagement.Membership.Access;
using UserManagement.Membership.Data;

namespace UserManagement.Membership.Operators;

/// <summary>A key as the command line shows it.</summary>
/// <param name="Row">The key; what a program sends is nowhere.</param>
/// <param name="IsLive">Whether its time runs.</param>
public sealed record OperatorKeyView(OperatorKey Row, bool IsLive);

/// <summary>Reads the operator keys, oldest first. The command line alone may. Refusal: <c>forbidden</c>.</summary>
public sealed class ListOperatorKeys(Store store)
{
    /// <summary>Reads them.</summary>
    public async Task<Outcome<IReadOnlyList<OperatorKeyView>>> RunAsync(Actor actor, CancellationToken ct)
    {
        if (AllowOperator.Against(actor) is { } refused)
        {
            return refused;
        }

        await using var db = store.Read();
        var now = store.Time.Now();
        return (await OperatorKey.AllAsync(db, ct))
            .ConvertAll(m => OperatorKey.Of(m))
            .ConvertAll(k => new OperatorKeyView(k, k.IsLive(now)));
    }
}
