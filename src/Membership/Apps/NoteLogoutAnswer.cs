using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Outbox;

namespace UserManagement.Membership.Apps;

/// <summary>Notes in a receipt (<see cref="AppEnding"/>) what an app answered to its logout token. No refusals.</summary>
public sealed class NoteLogoutAnswer(Store store)
{
    /// <summary>Notes it; a receipt that is not there, or acknowledged already, stays as it is.</summary>
    /// <param name="message">The message that was delivered.</param>
    /// <param name="delivery">What came of it.</param>
    /// <param name="ct">Stops it before it is written.</param>
    public Task<Outcome<Nothing>> RunAsync(OutboxMessage message, Delivery delivery, CancellationToken ct) =>
        store.ChangeAsync<Nothing>(
            Actor.System,
            null,
            "app.logoutAnswered",
            attempt =>
            {
                var at = attempt.At.ToUnixTimeMilliseconds();
                var isOver = delivery.End == DeliveryEnd.Never || message.Tries >= OutboxPump.MostTries;
                attempt.Changes.Execute(
                    delivery.End == DeliveryEnd.Done
                        ? new(
                            "UPDATE app_endings SET tries = tries + 1, acknowledged_at = $2, given_up_at = NULL, last_answer = NULL "
                                + "WHERE id = $1 AND acknowledged_at IS NULL",
                            [Value.Of("$1", message.About), Value.Of("$2", at)]
                        )
                        : new(
                            $"UPDATE app_endings SET tries = tries + 1, last_answer = $2, given_up_at = {(isOver ? "$3" : "NULL")} "
                                + "WHERE id = $1 AND acknowledged_at IS NULL",
                            [
                                Value.Of("$1", message.About),
                                Value.Of("$2", Key.Cut(delivery.Reason ?? "", 500)),
                                .. isOver
                                    ? [Value.Of("$3", at)]
                                    : Array.Empty<Func<System.Data.Common.DbCommand, System.Data.Common.DbParameter>>(),
                            ]
                        )
                );
                return Task.FromResult<Outcome<Nothing>>(default(Nothing));
            },
            ct
        );
}
