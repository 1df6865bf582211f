using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Accounts;
using UserManagement.Membership.Connections;
using UserManagement.Membership.Data;
using UserManagement.Membership.Invitations;
using UserManagement.Membership.Outbox;
using UserManagement.Membership.Retention;
using UserManagement.Membership.Tests.Accounts;
using UserManagement.Membership.Tests.Connections;
using UserManagement.Membership.Tests.Data;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Membership.Tests.Retention;

public sealed class SweepOverTests
{
    private static readonly RetentionRules Rules = new();

    [Theory, EachDatabase]
    public async Task Sent_messages_go_after_a_week_given_up_ones_after_thirty_days_and_those_that_wait_stay(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind);
        foreach (var what in new[] { "done", "dead" })
        {
            await SendAsync(acme.Store, what);
        }

        await new OutboxPump(acme.Store, [new Deliverer()]).RunAsync(default);
        await SendAsync(acme.Store, "waits");
        Assert.Equal(["dead", "done", "waits"], await SubjectsAsync());
        await SweepAsync(acme, TimeSpan.FromDays(6.9));
        Assert.Equal(["dead", "done", "waits"], await SubjectsAsync());
        await SweepAsync(acme, TimeSpan.FromDays(0.2));
        Assert.Equal(["dead", "waits"], await SubjectsAsync());
        await SweepAsync(acme, TimeSpan.FromDays(23));
        Assert.Equal(["waits"], await SubjectsAsync());
        await SweepAsync(acme, TimeSpan.FromDays(4000));
        Assert.Equal(["waits"], await SubjectsAsync());

        async Task<List<string>> SubjectsAsync()
        {
            await using var db = acme.Store.Read();
            return await db.OutboxMessages.Select(m => m.Subject).OrderBy(s => s).ToListAsync();
        }
    }

    [Theory, EachDatabase]
    public async Task Sessions_and_links_go_when_their_time_is_over_and_a_session_in_use_stays(Database kind)
    {
        await using var rig = await AccountRig.NewAsync(kind);
        await rig.JoinAsync("jo@example.com");
        await rig.AskForResetAsync("jo@example.com");
        await SweepAsync(rig.Store, new());
        await using var db = rig.Store.Read();
        Assert.True(await db.OneTimeLinks.AnyAsync());
        rig.Clock.Advance(TimeSpan.FromDays(3));
        var living = await rig.SignInAsync("jo@example.com");
        rig.Clock.Advance(TimeSpan.FromDays(6));
        await SweepAsync(rig.Store, new());
        Assert.Equal(living.Value.Row.Id, Assert.Single(await db.Sessions.ToListAsync()).Id);
        Assert.NotNull(await rig.ReadAsync(living.Value.Secret, "acme"));
        Assert.False(await db.OneTimeLinks.AnyAsync());
        rig.Clock.Advance(TimeSpan.FromDays(2));
        await SweepAsync(rig.Store, new());
        Assert.False(await db.Sessions.AnyAsync());
    }

    [Theory, EachDatabase]
    public async Task Closed_invitations_go_after_a_year_with_their_member_and_expired_ones_lose_their_secrets_but_can_be_sent_again(
        Database kind
    )
    {
        await using var acme = await TestWorkspace.NewAsync(kind);
        await acme.JoinAsync("accepted@acme.test");
        var expired = await acme.InviteAsync("expired@acme.test");
        await SweepAsync(acme, TimeSpan.FromDays(6)); // still open
        Assert.NotNull((await RowsAsync()).Single(i => i.Id == expired.Invitation.Id).LinkSealed);
        await SweepAsync(acme, TimeSpan.FromDays(358));
        Assert.Equal(2, (await RowsAsync()).Count);
        var row = (await RowsAsync()).Single(i => i.Id == expired.Invitation.Id);
        Assert.Equal((null, null, true), (row.LinkSealed, row.MailSealed, row.LinkHash is not null));
        Assert.Equal(
            InvitationStatus.Expired,
            (await new ReadInvitationByLink(acme.Store).RunAsync(expired.LinkSecret, default)).Value.Status
        );
        await SweepAsync(acme, TimeSpan.FromDays(2));
        Assert.Equal(2, (await RowsAsync()).Count); // by its row the erase of the member finds what the log says of it
        await using (var db = acme.Store.Read())
        {
            await Plan.FillAsync(db, "DELETE FROM members WHERE user_name = 'accepted@acme.test'");
        }

        await SweepAsync(acme, TimeSpan.Zero);
        Assert.Equal(expired.Invitation.Id, Assert.Single(await RowsAsync()).Id);
        var again = (await new ResendInvitation(acme.Store).RunAsync(Actor.Operator, acme.Id, expired.Invitation.Id, default)).Value;
        await SweepAsync(acme, TimeSpan.FromDays(1));
        Assert.True((await acme.RedeemAsync(again.LinkSecret, "expired@acme.test")).Done);

        async Task<List<Invitation>> RowsAsync()
        {
            await using var db = acme.Store.Read();
            return await db.Invitations.ToListAsync();
        }
    }

    /// <summary>A statement that keeps rows of all workspaces is refused there: they are read, and taken workspace by workspace.</summary>
    [Fact]
    public async Task Where_tables_are_cut_a_sweep_names_each_workspace_and_keeps_no_row_of_all()
    {
        await using var acme = await TestWorkspace.NewAsync(Database.Postgres, isCut: true);
        var other = await acme.OtherAsync("other");
        await acme.InviteAsync("one@acme.test");
        await other.InviteAsync("two@acme.test");
        acme.Clock.Advance(TimeSpan.FromDays(30));
        await using var db = acme.Store.Read();
        var sweeps = Sweep.All(Rules, acme.Clock.GetUtcNow()).Where(s => !db.KeepsAnywhere(s.Table)).ToList();
        Assert.Contains(sweeps, s => s.Table == "once_calls");
        Assert.DoesNotContain(sweeps, s => s.Table is "sessions" or "outbox_messages");
        var taken = new List<Statement>();
        foreach (var sweep in sweeps)
        {
            taken.AddRange(await sweep.ByWorkspaceAsync(db, default));
        }

        Assert.Equal(2, taken.Count(s => s.Sql.StartsWith("UPDATE invitations", StringComparison.Ordinal))); // their secrets
        Assert.All(taken, s => Assert.Contains("m.workspace_id = $2", s.Sql, StringComparison.Ordinal));
        Assert.All(taken, s => Assert.DoesNotContain("FOR UPDATE", s.Sql, StringComparison.Ordinal));
        await SweepAsync(acme.Store, Rules);
        Assert.All(await db.Invitations.ToListAsync(), i => Assert.Null(i.LinkSealed));
        acme.Clock.Advance(TimeSpan.FromDays(400));
        await Plan.FillAsync(db, "UPDATE invitations SET closed_at = 1; DELETE FROM members");
        await SweepAsync(acme.Store, Rules);
        Assert.Empty(await db.Invitations.ToListAsync());
    }

    [Theory, EachDatabase]
    public async Task A_sign_in_that_led_nowhere_is_told_for_thirty_days(Database kind)
    {
        await using var rig = await ConnectionRig.NewAsync(kind);
        var oidc = await rig.OwnAsync(ConnectionKind.Oidc);
        var (note, read) = (new NoteFailedSignIn(rig.Acme.Store), new ReadFailedSignIns(rig.Acme.Store));
        for (var i = 0; i < FailedSignIn.Kept + 1; i++)
        {
            await note.RunAsync(oidc, null, "test", $"Somebody came as {i}.", default);
        }

        await SweepAsync(rig.Acme, TimeSpan.FromDays(29.9));
        await note.RunAsync(oidc, null, "test", "Somebody else came.", default);
        Assert.Equal((FailedSignIn.Kept + 2, FailedSignIn.Kept), await CountsAsync());
        await SweepAsync(rig.Acme, TimeSpan.FromDays(0.2));
        Assert.Equal((FailedSignIn.Kept + 2, 1), await CountsAsync());
        await SweepAsync(rig.Acme, TimeSpan.FromDays(30));
        Assert.Equal((0, 0), await CountsAsync());

        async Task<(int, int)> CountsAsync()
        {
            var failed = (await read.RunAsync(Actor.Operator, rig.Acme.Id, oidc.Id, default)).Value;
            return ((int)failed.Count, failed.Last.Count);
        }
    }

    [Theory, EachDatabase]
    public async Task Many_at_once_take_thousands_once_and_where_nothing_is_due_nothing_is_written(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind);
        await using var db = acme.Store.Read();
        await Plan.FillAsync(
            db,
            $"""
            INSERT INTO outbox_messages (id, subject, kind, about, created_at, due_at, tries, done_at)
            SELECT {Plan.IdOf(db, 1)}, 's', 'test', {Plan.IdOf(db, 1)}, 1, 1, 1, 1 FROM {Plan.Numbers(3_000)}
            """
        );
        var swept = await Rivals.RaceAsync(4, _ => new SweepOver(acme.Store).RunAsync(Rules, default));
        Assert.All(swept, s => _ = s.Required);
        Assert.False(await db.OutboxMessages.AnyAsync());
        var none = await new SweepOver(acme.Store).RunAsync(Rules, default);
        Assert.Equal((0, false), (none.Taken.Count, none.IsMore));
    }

    [Theory, EachDatabase]
    public async Task Each_kind_is_found_by_an_index(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind, isUnused: true);
        await using var db = acme.Store.Read();
        await Plan.FillAsync(
            db,
            $"""
            INSERT INTO outbox_messages (id, subject, kind, about, created_at, due_at, tries, done_at, dead_at)
            SELECT {Plan.IdOf(db, 1)}, 's', 'test', {Plan.IdOf(
                db,
                1
            )}, 1, 1, 1, CASE WHEN n % 100 = 0 THEN n END, CASE WHEN n % 100 = 1 THEN n END FROM {Plan.Numbers(10_000)}
            """
        );
        await Plan.FillAsync(db, "ANALYZE");
        foreach (var sweep in Sweep.All(Rules, acme.Clock.Now).Where(s => !s.IsSmall))
        {
            var plan = await Plan.OfAsync(db, false, sweep.Statement(db).Sql, ("$1", 10L));
            Assert.True(plan.Contains($"IX_{sweep.Table}_{sweep.Column}", StringComparison.Ordinal), $"{sweep.What}: {plan}");
        }
    }

    private static Task SweepAsync(TestWorkspace acme, TimeSpan later)
    {
        acme.Clock.Advance(later);
        return SweepAsync(acme.Store, Rules);
    }

    private static async Task SweepAsync(Store store, RetentionRules rules) =>
        Assert.False((await new SweepOver(store).RunAsync(rules, default)).IsMore);

    private static Task<Outcome<Nothing>> SendAsync(Store store, string subject) =>
        store.ChangeAsync<Nothing>(
            Actor.System,
            null,
            "test",
            attempt =>
            {
                attempt.Changes.Send("test", Guid.CreateVersion7(), subject, null);
                return Task.FromResult<Outcome<Nothing>>(default(Nothing));
            },
            default
        );

    private sealed class Deliverer : IOutboxConsumer
    {
        public string Kind => "test";

        public Task<Delivery> DeliverAsync(OutboxMessage message, CancellationToken ct) =>
            Task.FromResult(message.Subject == "dead" ? Delivery.Never("no such address") : Delivery.Done);
    }
}
