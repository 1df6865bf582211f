using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;

namespace UserManagement.Membership.Outbox;

/// <summary>One message that was taken, and what came of it.</summary>
/// <param name="Message">The message as it was claimed.</param>
/// <param name="Delivery">What its consumer said.</param>
/// <param name="Dead">Whether it is given up.</param>
public sealed record OutboxRound(OutboxMessage Message, Delivery Delivery, bool Dead);

/// <summary>
/// Hands messages to their consumers. Any number of instances may run one: a message is leased by one statement, which
/// only the first of them wins; a lease that ran out (a crash) is taken over. Of one subject only the oldest message
/// that waits is ever in hand, so their order holds; a message that is given up lets the next one pass. <see cref="OutboxClaim"/>
/// says how they are taken: a kind that nothing here consumes is not, but left to the version of the server that wrote it.
/// </summary>
public sealed class OutboxPump(Store store, IEnumerable<IOutboxConsumer> consumers)
{
    /// <summary>How long a message is in hand before others may take it; longer than a delivery may last.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromMinutes(2);

    /// <summary>How long a delivery may last.</summary>
    public static readonly TimeSpan LongestDelivery = TimeSpan.FromMinutes(1);

    /// <summary>After how many tries, some nine hours, a message is given up.</summary>
    public const int MostTries = 20;

    /// <summary>How many messages are in hand at once, each of another subject.</summary>
    public const int AtOnce = 8;

    private readonly Dictionary<string, IOutboxConsumer> _consumers = consumers.ToDictionary(c => c.Kind);
    private readonly OutboxClaim _claim = new(consumers.Select(c => c.Kind));

    /// <summary>
    /// Takes what is due, up to <see cref="AtOnce"/> messages, and settles each. An empty answer: nothing was due, or
    /// another instance had it.
    /// </summary>
    public async Task<IReadOnlyList<OutboxRound>> RunAsync(CancellationToken ct) =>
        await Task.WhenAll((await ClaimAsync(ct)).Select(message => DeliverAsync(message, ct)));

    /// <summary>The wait before the next try: one second, doubled with each try up to an hour, a quarter more or less by chance.</summary>
    public static TimeSpan BackOff(int tries) =>
        TimeSpan.FromSeconds(Math.Min(3600, Math.Pow(2, Math.Min(tries, 20) - 1)) * (0.75 + (Random.Shared.NextDouble() / 2)));

    private async Task<List<OutboxMessage>> ClaimAsync(CancellationToken ct)
    {
        await using var db = store.Read();
        var claimed = await _claim.RunAsync(db, store.Time.Now(), ct);
        return claimed.Count == 0 ? [] : await db.OutboxMessages.AsNoTracking().Where(m => claimed.Contains(m.Id)).ToListAsync(ct);
    }

    private async Task<OutboxRound> DeliverAsync(OutboxMessage message, CancellationToken ct)
    {
        Delivery delivery;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(LongestDelivery);
        try
        {
            delivery = await _consumers[message.Kind].DeliverAsync(message, limit.Token);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            throw; // the server stops; the lease runs out and somebody takes over
        }
        catch (Exception fault)
        {
            delivery = Delivery.Failed($"{fault.GetType().Name}: {fault.Message}");
        }

        var dead =
            delivery.End == DeliveryEnd.Never
            || (delivery.End == DeliveryEnd.Failed && message.Tries >= _consumers[message.Kind].MostTries);
        await SettleAsync(message, delivery, dead);
        MembershipMeter.Delivered(message.Kind, dead ? "GivenUp" : delivery.End.ToString(), store.Time.Now() - message.CreatedAt);
        return new(message, delivery, dead);
    }

    /// <summary>Writes down what came of it, unless the lease was lost. Not stopped by a stop of the server: it is done already.</summary>
    private async Task SettleAsync(OutboxMessage claimed, Delivery delivery, bool dead) =>
        await store.ChangeAsync<Nothing>(
            Actor.System,
            null,
            "outbox.settled",
            async attempt =>
            {
                var message = await attempt
                    .Db.OutboxMessages.AsNoTracking()
                    .FirstOrDefaultAsync(m => m.Id == claimed.Id, CancellationToken.None);
                if (message is null || message.ClaimedUntil != claimed.ClaimedUntil || message.DoneAt is not null)
                {
                    return default(Nothing);
                }

                var failed = delivery.End is DeliveryEnd.Failed or DeliveryEnd.Never;
                attempt.Changes.Update(
                    message,
                    message with
                    {
                        ClaimedUntil = null,
                        DoneAt = failed ? null : attempt.At,
                        DeadAt = dead ? attempt.At : null,
                        DueAt = failed && !dead ? Moment.Cut(attempt.At + BackOff(message.Tries)) : message.DueAt,
                        LastError = delivery.Reason is { Length: > 500 } reason ? Key.Cut(reason, 500) : delivery.Reason,
                    }
                );
                if (!failed || dead)
                {
                    await WakeNextAsync(attempt, message);
                }

                return default(Nothing);
            },
            CancellationToken.None
        );

    /// <summary>The next of the subject need not wait any longer, where it was put behind this one and not ordered for later.</summary>
    private async Task WakeNextAsync(Attempt attempt, OutboxMessage settled)
    {
        var kinds = _consumers.Keys.ToList();
        var next = await attempt
            .Db.OutboxMessages.AsNoTracking()
            .Where(m => m.Subject == settled.Subject && kinds.Contains(m.Kind) && m.Id > settled.Id && m.DoneAt == null && m.DeadAt == null)
            .OrderBy(m => m.Id)
            .FirstOrDefaultAsync(CancellationToken.None);
        var behind = (settled.ClaimedUntil > settled.DueAt ? settled.ClaimedUntil.Value : settled.DueAt).AddSeconds(2);
        if (next is { Tries: 0 } && next.DueAt > attempt.At && next.DueAt <= behind)
        {
            attempt.Changes.Update(next, next with { DueAt = attempt.At });
        }
    }
}
