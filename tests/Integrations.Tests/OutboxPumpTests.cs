using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using UserManagement.Membership;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Outbox;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Integrations.Tests;

public class OutboxPumpTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory, EachDatabase]
    public async Task A_message_is_delivered_once_and_marked_done(Database kind)
    {
        await using var database = await TestDatabase.NewAsync(kind);
        var store = database.Store();
        var consumer = new Recorder();
        var pump = new OutboxPump(store, [consumer]);
        await SendAsync(store, "a");

        Assert.Single(await pump.RunAsync(Ct));
        Assert.Empty(await pump.RunAsync(Ct));
        Assert.Single(consumer.Delivered);
        var row = Assert.Single(await RowsAsync(store));
        Assert.NotNull(row.DoneAt);
        Assert.Null(row.ClaimedUntil);
        Assert.Equal(1, row.Tries);
    }

    [Theory, EachDatabase]
    public async Task Six_instances_deliver_two_hundred_messages_once_each_and_each_subjects_in_order(Database kind)
    {
        await using var database = await TestDatabase.NewAsync(kind);
        var store = database.Store();
        var sent = new List<Guid>();
        for (var i = 0; i < 200; i++)
        {
            sent.Add(await SendAsync(store, "subject " + (i % 20)));
        }

        var consumer = new Recorder { Pause = TimeSpan.FromMilliseconds(2) };
        await Task.WhenAll(
            Enumerable
                .Range(0, 6)
                .Select(_ =>
                    Task.Run(async () =>
                    {
                        var pump = new OutboxPump(store, [consumer]);
                        while ((await RowsAsync(store)).Any(r => r.DoneAt is null))
                        {
                            await pump.RunAsync(Ct);
                        }
                    })
                )
        );

        Assert.Equal(200, consumer.Delivered.Count);
        Assert.Equal(sent.Order(), consumer.Delivered.Select(m => m.About).Order());
        foreach (var subject in consumer.Delivered.GroupBy(m => m.Subject))
        {
            Assert.Equal(subject.Select(m => m.Id).Order(), subject.Select(m => m.Id));
        }
    }

    [Theory, EachDatabase]
    public async Task A_failed_message_waits_longer_each_time_and_holds_back_only_its_own_subject(Database kind)
    {
        await using var database = await TestDatabase.NewAsync(kind);
        var clock = new HandClock();
        var store = database.Store(clock);
        var consumer = new Recorder { Fails = m => m.Subject == "a" };
        var pump = new OutboxPump(store, [consumer]);
        await SendAsync(store, "a");
        clock.Advance(TimeSpan.FromMilliseconds(5));
        await SendAsync(store, "a");
        await SendAsync(store, "b");

        Assert.Equal(2, (await pump.RunAsync(Ct)).Count);
        Assert.Equal(["b"], consumer.Delivered.Select(m => m.Subject));
        clock.Advance(TimeSpan.FromMilliseconds(700));
        Assert.Empty(await pump.RunAsync(Ct));
        clock.Advance(TimeSpan.FromMilliseconds(600));
        Assert.Single(await pump.RunAsync(Ct));
        Assert.Contains("out of order", (await RowsAsync(store))[0].LastError!, StringComparison.Ordinal);

        consumer.Fails = _ => false;
        clock.Advance(TimeSpan.FromSeconds(3));
        await pump.RunAsync(Ct);
        await pump.RunAsync(Ct);
        Assert.Equal(["b", "a", "a"], consumer.Delivered.Select(m => m.Subject));
    }

    [Theory, EachDatabase]
    public async Task What_is_ordered_for_later_is_not_sent_as_soon_as_the_one_before_it_has_gone(Database kind)
    {
        await using var database = await TestDatabase.NewAsync(kind);
        var clock = new HandClock();
        var store = database.Store(clock);
        var consumer = new Recorder();
        var pump = new OutboxPump(store, [consumer]);
        await SendAsync(store, "a");
        var later = await SendAsync(store, "a", TimeSpan.FromHours(1));
        Assert.Single(await pump.RunAsync(Ct));
        Assert.Empty(await pump.RunAsync(Ct));
        clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(later, Assert.Single(await pump.RunAsync(Ct)).Message.About);
    }

    [Theory, EachDatabase]
    public async Task A_message_that_always_fails_is_given_up_visibly_after_twenty_tries_and_lets_the_next_pass(Database kind)
    {
        await using var database = await TestDatabase.NewAsync(kind);
        var clock = new HandClock();
        var store = database.Store(clock);
        var first = await SendAsync(store, "a");
        var consumer = new Recorder { Fails = m => m.About == first };
        var pump = new OutboxPump(store, [consumer]);
        clock.Advance(TimeSpan.FromMilliseconds(5));
        await SendAsync(store, "a");

        var rounds = new List<OutboxRound>();
        while (consumer.Delivered.IsEmpty)
        {
            rounds.AddRange(await pump.RunAsync(Ct));
            clock.Advance(TimeSpan.FromMinutes(80));
        }

        Assert.Equal(21, rounds.Count);
        Assert.Single(rounds, r => r.Dead);
        var dead = (await RowsAsync(store))[0];
        Assert.NotNull(dead.DeadAt);
        Assert.Null(dead.DoneAt);
        Assert.Equal(OutboxPump.MostTries, dead.Tries);
    }

    [Theory, EachDatabase]
    [Shows("S1-17")]
    public async Task What_a_killed_instance_had_in_hand_is_taken_over_when_its_lease_ran_out(Database kind)
    {
        await using var database = await TestDatabase.NewAsync(kind);
        var clock = new HandClock();
        var store = database.Store(clock);
        await SendAsync(store, "a");
        using var killed = new CancellationTokenSource();
        var hanging = new OutboxPump(
            store,
            [
                new Recorder
                {
                    Before = async _ =>
                    {
                        await killed.CancelAsync();
                        killed.Token.ThrowIfCancellationRequested();
                    },
                },
            ]
        );
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => hanging.RunAsync(killed.Token));

        var consumer = new Recorder();
        var other = new OutboxPump(store, [consumer]);
        Assert.Empty(await other.RunAsync(Ct));
        clock.Advance(OutboxPump.Lease);
        Assert.Single(await other.RunAsync(Ct));
        Assert.Single(consumer.Delivered);
    }

    [Theory, EachDatabase]
    public async Task Who_lost_the_lease_does_not_settle_what_another_has_in_hand(Database kind)
    {
        await using var database = await TestDatabase.NewAsync(kind);
        var clock = new HandClock();
        var store = database.Store(clock);
        await SendAsync(store, "a");
        var slow = new OutboxPump(
            store,
            [
                new Recorder
                {
                    Before = async _ =>
                    {
                        clock.Advance(OutboxPump.Lease);
                        await new OutboxPump(store, [new Recorder { Fails = _ => true }]).RunAsync(Ct);
                    },
                },
            ]
        );
        await slow.RunAsync(Ct);
        var row = Assert.Single(await RowsAsync(store));
        Assert.Null(row.DoneAt);
        Assert.Equal(2, row.Tries);
    }

    [Theory, EachDatabase]
    public async Task A_kind_that_nothing_here_consumes_is_left_to_the_version_that_wrote_it(Database kind)
    {
        await using var database = await TestDatabase.NewAsync(kind);
        var store = database.Store();
        await store.ChangeAsync<Nothing>(
            Actor.System,
            null,
            "test",
            attempt =>
            {
                attempt.Changes.Send("later.mail", Guid.CreateVersion7(), "a", null);
                return Task.FromResult<Membership.Outcome<Nothing>>(default(Nothing));
            },
            Ct
        );
        await SendAsync(store, "b");
        var mail = new Recorder();
        Assert.All(await new OutboxPump(store, [mail]).RunAsync(Ct), round => Assert.False(round.Dead));
        Assert.Single(mail.Delivered);
        Assert.Empty(await new OutboxPump(store, []).RunAsync(Ct));
        var waits = Assert.Single(await RowsAsync(store), r => r.Kind == "later.mail");
        Assert.Equal((0, null, null), (waits.Tries, waits.DoneAt, waits.DeadAt));
    }

    [Theory, EachDatabase]
    public async Task A_commit_raises_the_signal_and_a_refusal_does_not(Database kind)
    {
        await using var database = await TestDatabase.NewAsync(kind);
        var store = database.Store();
        var clock = new HandClock();
        var (pump, another) = (store.Outbox.Listen(), store.Outbox.Listen());
        var none = pump.WaitAsync(TimeSpan.FromMinutes(5), clock, Ct);
        await store.ChangeAsync<Nothing>(
            Actor.System,
            null,
            "test",
            attempt =>
            {
                attempt.Changes.Send("test", Guid.CreateVersion7(), "a", null);
                return Task.FromResult<Membership.Outcome<Nothing>>(Refusal.Busy());
            },
            Ct
        );
        clock.Advance(TimeSpan.FromMinutes(5));
        Assert.False(await none); // it waited to the end
        Task<bool>[] both = [pump.WaitAsync(TimeSpan.FromMinutes(5), clock, Ct), another.WaitAsync(TimeSpan.FromMinutes(5), clock, Ct)];
        await SendAsync(store, "a");
        Assert.All(await Task.WhenAll(both), Assert.True); // the clock stands
    }

    private static async Task<Guid> SendAsync(Store store, string subject, TimeSpan after = default)
    {
        var about = Guid.CreateVersion7();
        var done = await store.ChangeAsync<Nothing>(
            Actor.System,
            null,
            "test",
            attempt =>
            {
                attempt.Changes.Send("test", about, subject, null, after);
                return Task.FromResult<Membership.Outcome<Nothing>>(default(Nothing));
            },
            Ct
        );
        Assert.True(done.Done);
        return about;
    }

    private static async Task<List<OutboxMessage>> RowsAsync(Store store)
    {
        await using var db = store.Read();
        return await db.OutboxMessages.OrderBy(m => m.Id).ToListAsync(Ct);
    }

    private sealed class Recorder : IOutboxConsumer
    {
        public ConcurrentQueue<OutboxMessage> Delivered { get; } = [];

        public Func<OutboxMessage, bool> Fails { get; set; } = _ => false;

        public Func<OutboxMessage, Task>? Before { get; init; }

        public TimeSpan Pause { get; init; }

        public string Kind => "test";

        public async Task<Delivery> DeliverAsync(OutboxMessage message, CancellationToken ct)
        {
            if (Before is not null)
            {
                await Before(message);
            }

            if (Fails(message))
            {
                throw new InvalidOperationException("out of order");
            }

            await Task.Delay(Pause, ct);
            Delivered.Enqueue(message);
            return Delivery.Done;
        }
    }
}
