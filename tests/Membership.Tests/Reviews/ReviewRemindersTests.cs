using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Outbox;
using UserManagement.Membership.Reviews;
using UserManagement.Membership.Workspaces;
using UserManagement.Membership.Workspaces.Switching;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Membership.Tests.Reviews;

/// <summary>When admins are reminded of access reviews, and when they no longer are.</summary>
public sealed class ReviewRemindersTests
{
    private static readonly TimeSpan Round = TimeSpan.FromDays(90);

    [Theory, EachDatabase]
    [Shows("S1-35")]
    public async Task A_review_that_is_due_is_told_twice_and_from_its_end_the_next_round_counts(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind, "ranked");
        var began = acme.Clock.GetUtcNow();
        var orders = await WaitingAsync(acme);
        Assert.Equal([began + Round, began + Round + ReviewReminders.Again], orders.Select(o => o.DueAt));
        Assert.Null(await ReadAsync(acme, orders[0])); // nothing is due
        acme.Clock.Advance(Round);
        Assert.Equal(new ReviewReminder(null, null, 90), await ReadAsync(acme, orders[0]));

        var boss = await acme.JoinAsync("boss@acme.test", "admin");
        var review = (await new StartAccessReview(acme.Store).RunAsync(acme.As(boss), acme.Id, null, null, default)).Value;
        Assert.Null(await ReadAsync(acme, orders[0])); // somebody is at it
        var open = Assert.Single(await WaitingAsync(acme), o => o.About == review.Id.Value);
        Assert.Equal(acme.Clock.GetUtcNow() + ReviewReminders.Again, open.DueAt);
        Assert.Equal((review.Id, boss.ShownName), ((await ReadAsync(acme, open))!.Open!.Id, (await ReadAsync(acme, open))!.StartedBy));

        acme.Clock.Advance(TimeSpan.FromDays(3));
        Assert.True((await new FinishAccessReview(acme.Store).RunAsync(acme.As(boss), acme.Id, review.Id, default)).Done);
        Assert.Null(await ReadAsync(acme, open));
        var next = (await WaitingAsync(acme)).Where(o => o.About == acme.Id.Value).ToList();
        Assert.Equal(2, next.Count); // those of the round before are done with
        Assert.Equal(acme.Clock.GetUtcNow() + Round, next[0].DueAt);
        acme.Clock.Advance(Round + ReviewReminders.Again);
        Assert.NotNull(await ReadAsync(acme, next[1]));
    }

    [Theory, EachDatabase]
    public async Task A_review_of_some_reminds_of_itself_and_moves_no_round(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind, "ranked");
        var before = await WaitingAsync(acme);
        var review = (await new StartAccessReview(acme.Store).RunAsync(Actor.Operator, acme.Id, "admin", null, default)).Value;
        var open = Assert.Single(await WaitingAsync(acme), o => o.About == review.Id.Value);
        Assert.Equal(new ReviewReminder(review, null, null), await ReadAsync(acme, open));
        Assert.True((await new FinishAccessReview(acme.Store).RunAsync(Actor.Operator, acme.Id, review.Id, default)).Done);
        Assert.Equal(before, (await WaitingAsync(acme)).Where(o => o.About == acme.Id.Value));
    }

    [Theory, EachDatabase]
    public async Task The_setting_orders_changes_and_ends_the_reminders_and_so_does_another_preset(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind, "seats");
        Assert.Empty(await WaitingAsync(acme));
        var began = acme.Clock.GetUtcNow();
        await EveryAsync(acme, 30);
        Assert.Equal(began.AddDays(30), (await WaitingAsync(acme))[0].DueAt);
        acme.Clock.Advance(TimeSpan.FromDays(40));
        await EveryAsync(acme, 20); // due for twenty days
        var now = await WaitingAsync(acme);
        Assert.Equal([acme.Clock.GetUtcNow(), acme.Clock.GetUtcNow() + ReviewReminders.Again], now.Select(o => o.DueAt));
        Assert.NotNull(await ReadAsync(acme, now[0]));
        await EveryAsync(acme, null);
        Assert.Null(await ReadAsync(acme, now[0]));

        var to = PresetSwitch.For(acme.Workspace.Configuration, "ranked")!;
        var read = await new PreviewPresetSwitch(acme.Store).RunAsync(Actor.Operator, acme.Id, to, default);
        Assert.True(read.Done, read.Refusal?.Message);
        var switched = await new SwitchPreset(acme.Store).RunAsync(Actor.Operator, acme.Id, null, to, default);
        Assert.True(switched.Done, switched.Refusal?.Message);
        Assert.Equal(began + Round, (await WaitingAsync(acme))[0].DueAt);
    }

    [Theory, EachDatabase]
    public async Task What_is_ordered_for_another_day_does_not_count_as_waiting_for_the_server(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind, "ranked");
        var list = new ListOutbox(acme.Store);
        var (waiting, before) = (await WaitingAsync(acme), (await list.RunAsync(Actor.Operator, default)).Value);
        Assert.Equal((0, null), (before.Waiting, before.OldestDue));
        acme.Clock.Advance(waiting[0].DueAt - acme.Clock.GetUtcNow() + TimeSpan.FromMinutes(1));
        var after = (await list.RunAsync(Actor.Operator, default)).Value;
        Assert.Equal((1, waiting[0].DueAt), (after.Waiting, after.OldestDue));
    }

    private static Task EveryAsync(TestWorkspace acme, int? days) =>
        acme.ConfigureAsync(c => c with { Advice = c.Advice with { ReviewEveryDays = days } });

    private static async Task<List<OutboxMessage>> WaitingAsync(TestWorkspace acme)
    {
        await using var db = acme.Store.Read();
        return await db
            .OutboxMessages.AsNoTracking()
            .Where(m => m.WorkspaceId == acme.Id && m.Kind == OutboxKind.ReviewReminder && m.DoneAt == null)
            .OrderBy(m => m.DueAt)
            .ToListAsync();
    }

    private static async Task<ReviewReminder?> ReadAsync(TestWorkspace acme, OutboxMessage order)
    {
        await using var db = acme.Store.Read();
        var workspace = (await WorkspaceContext.ByIdAsync(db, acme.Id, default))!;
        return await ReviewReminders.ReadAsync(db, workspace, order, acme.Clock.GetUtcNow(), default);
    }
}
