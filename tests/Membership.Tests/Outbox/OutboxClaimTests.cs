using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Outbox;
using UserManagement.Membership.Tests.Data;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Membership.Tests.Outbox;

public sealed class OutboxClaimTests
{
    [Theory, EachDatabase]
    public async Task A_claim_reads_what_is_due_longest_under_an_index_whatever_the_backlog(Database kind)
    {
        await using var database = await TestDatabase.UnusedAsync(kind);
        await using var db = database.Store().Read();
        foreach (var analyzed in new[] { false, true })
        {
            if (analyzed)
            {
                await FillAsync(db, 1, 20_000, "n", "n");
                await FillAsync(db, 2, 2_000, "1", "n", done: "1");
                // as autovacuum leaves it, now or later
                await Plan.FillAsync(db, db.WritesInTurn ? "ANALYZE" : "VACUUM ANALYZE outbox_messages");
            }

            (string, object)[] times = [("@now", 1_000_000_000_000L), ("@until", 1_000_000_120_000L), ("@most", 8)];
            await PlannedAsync(analyzed, new OutboxClaim(["test"]).LeaseText(db), times);
            await PlannedAsync(
                analyzed,
                new OutboxClaim(["test"]).PutBehindText(db),
                [("@now", 1_000_000_000_000L), ("@soon", 1_000_000_001_000L)]
            );
        }

        async Task PlannedAsync(bool isFull, string text, (string, object)[] values)
        {
            var plan = await Plan.OfAsync(db, isFull, text, values);
            Assert.Contains("ix_outbox_messages_open_kind", plan, StringComparison.Ordinal);
            Assert.Contains("ix_outbox_messages_open_subject_kind", plan, StringComparison.Ordinal);
            Assert.DoesNotContain("SCAN outbox_messages\n", plan.ReplaceLineEndings("\n"), StringComparison.Ordinal);
            Assert.True(
                !isFull || !text.Contains("MATERIALIZED", StringComparison.Ordinal) || !plan.Contains("Seq Scan", StringComparison.Ordinal),
                plan
            ); // the other one may read a table of this size whole
        }
    }

    [Theory, EachDatabase]
    public async Task A_long_queue_of_one_subject_behind_a_stuck_message_holds_nobody_else_up(Database kind)
    {
        await using var database = await TestDatabase.NewAsync(kind);
        var clock = new HandClock();
        var store = database.Store(clock);
        await using var db = store.Read();
        await FillAsync(db, 1, 1_000, "'crowd'", "n"); // due since long, one behind the other
        await FillAsync(db, 2, 12, "'person ' || n", "100000 + n");
        var consumer = new Asked { Fails = m => m.Subject == "crowd" };
        var pump = new OutboxPump(store, [consumer]);

        for (var i = 0; i < 6; i++)
        {
            await pump.RunAsync(default);
        }

        Assert.Equal(12, consumer.Done.Count(m => m.Subject != "crowd"));
        var stuck = Assert.Single(consumer.Tried, m => m.Subject == "crowd"); // the oldest alone, once
        Assert.Equal((await db.OutboxMessages.Where(m => m.Subject == "crowd").OrderBy(m => m.Id).FirstAsync()).Id, stuck.Id);

        // Once it gets through, those behind it follow at once and in their order.
        consumer.Fails = _ => false;
        clock.Advance(TimeSpan.FromHours(2));
        for (var i = 0; i < 40; i++)
        {
            await pump.RunAsync(default);
        }

        var crowd = consumer.Done.Where(m => m.Subject == "crowd").Select(m => m.Id).ToList();
        Assert.Equal(40, crowd.Count);
        Assert.Equal(
            await db.OutboxMessages.Where(m => m.Subject == "crowd").OrderBy(m => m.Id).Select(m => m.Id).Take(40).ToListAsync(),
            crowd
        );
    }

    [Theory, EachDatabase]
    public async Task Rivals_take_different_messages_and_never_two_of_one_subject(Database kind)
    {
        await using var database = await TestDatabase.NewAsync(kind);
        var clock = new HandClock();
        var store = database.Store(clock);
        await using (var db = store.Read())
        {
            await FillAsync(db, 1, 600, "'s' || (n % 30)", "n");
        }

        var taken = await Rivals.RaceAsync(
            4,
            async _ =>
            {
                await using var db = store.Read();
                return await new OutboxClaim(["test"]).RunAsync(db, clock.Now, default);
            }
        );
        var all = taken.SelectMany(t => t.Required).ToList();
        Assert.Equal(all.Count, all.Distinct().Count());
        Assert.InRange(all.Count, OutboxPump.AtOnce, 30);
        await using var look = store.Read();
        var rows = await look.OutboxMessages.Where(m => m.ClaimedUntil != null).ToListAsync();
        Assert.Equal(all.Order(), rows.Select(r => r.Id).Order());
        Assert.Equal(rows.Count, rows.Select(r => r.Subject).Distinct().Count());
        Assert.All(rows, r => Assert.Equal(1, r.Tries));
    }

    [Theory, EachDatabase]
    public async Task Thousands_of_a_kind_that_a_later_version_wrote_hold_nothing_up_and_stay_as_they_are(Database kind)
    {
        await using var database = await TestDatabase.NewAsync(kind);
        var clock = new HandClock();
        var store = database.Store(clock);
        await using var db = store.Read();
        await FillAsync(db, 1, 6_000, "'person ' || (n % 16)", "n", of: "later"); // due since long, and the oldest of each subject
        await FillAsync(db, 2, 16, "'person ' || (n % 16)", "100000 + n");
        var consumer = new Asked();
        var pump = new OutboxPump(store, [consumer]);
        Assert.Equal(OutboxPump.AtOnce, (await pump.RunAsync(default)).Count);
        Assert.Equal(OutboxPump.AtOnce, (await pump.RunAsync(default)).Count);
        Assert.Equal(16, consumer.Done.Count);
        Assert.Empty(await pump.RunAsync(default));
        Assert.Equal(
            (6_000, 0),
            (
                await db.OutboxMessages.CountAsync(m => m.Kind == "later"),
                await db.OutboxMessages.CountAsync(m => m.Kind == "later" && (m.Tries != 0 || m.ClaimedUntil != null))
            )
        );
        Assert.Equal(6_000, (await db.OutboxMessages.Where(m => m.Kind == "later").MaxAsync(m => m.DueAt)).ToUnixTimeMilliseconds());
    }

    private static Task FillAsync(
        MembershipDb db,
        int family,
        int count,
        string subject,
        string due,
        string done = "NULL",
        string of = "test"
    ) =>
        Plan.FillAsync(
            db,
            $"""
            INSERT INTO outbox_messages (id, subject, kind, about, created_at, due_at, tries, done_at)
            SELECT {Plan.IdOf(db, family)}, CAST({subject} AS {(db.WritesInTurn ? "TEXT" : "text")}), '{of}', {Plan.IdOf(
                db,
                family
            )}, 1, {due}, 0, {done} FROM {Plan.Numbers(count)}
            """
        );

    private sealed class Asked : IOutboxConsumer
    {
        public List<OutboxMessage> Tried { get; } = [];

        public List<OutboxMessage> Done { get; } = [];

        public Func<OutboxMessage, bool> Fails { get; set; } = _ => false;

        public string Kind => "test";

        public Task<Delivery> DeliverAsync(OutboxMessage message, CancellationToken ct)
        {
            lock (Tried)
            {
                Tried.Add(message);
                if (Fails(message))
                {
                    return Task.FromResult(Delivery.Failed("stuck"));
                }

                Done.Add(message);
                return Task.FromResult(Delivery.Done);
            }
        }
    }
}
