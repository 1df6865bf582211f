using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Groups;
using UserManagement.Membership.Invitations;
using UserManagement.Membership.Members;
using UserManagement.Membership.Members.Bulk;
using UserManagement.Membership.Outbox;
using UserManagement.Membership.Workspaces;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Membership.Tests.Members;

public sealed class BulkTests
{
    [Theory, EachDatabase]
    public async Task The_preview_tells_who_is_refused_and_the_change_does_just_that(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind, "seats", c => c with { Capacity = c.Capacity with { Seats = 3 } });
        var ada = await acme.JoinAsync("ada@acme.test", "admin");
        var admin = acme.As(ada);
        var (bob, cleo) = (await acme.JoinAsync("bob@acme.test", "viewer"), await acme.JoinAsync("cleo@acme.test", "viewer"));
        var (dan, max) = (await acme.JoinAsync("dan@acme.test", "viewer"), await acme.JoinAsync("max@acme.test", "member"));
        var choice = new MemberChoice { Ids = [max.Id, dan.Id, cleo.Id, bob.Id, ada.Id, bob.Id] };
        var change = new BulkChange(MemberChangeKind.Role, "member");
        var lines = (await acme.AuditAsync()).Count;

        // one seat is free: who comes first by name gets it, and the others are told why not, before anything is done
        var preview = (await new PreviewMemberChange(acme.Store).RunAsync(admin, acme.Id, change, choice, default)).Value;
        Assert.Equal(["ownRole", null, "seatsFull", "seatsFull", null], preview.Rows.Select(r => r.Refusal?.Code));
        Assert.Equal([false, false, false, false, true], preview.Rows.Select(r => r.IsSame));
        Assert.Equal(5, preview.Total);
        Assert.Equal("member", preview.Rows[1].After!.Role);
        Assert.Equal("viewer", (await acme.ReadAsync(bob.Id)).Role);
        Assert.Equal(lines, (await acme.AuditAsync()).Count);

        var turn = (await new ChangeMembers(acme.Store).RunAsync(admin, acme.Id, change, choice, null, default)).Value;
        Assert.Equal(preview.Rows.Select(r => r.Refusal?.Code), turn.Rows.Select(r => r.Refusal?.Code));
        Assert.Null(turn.Next);
        Assert.Equal("member", (await acme.ReadAsync(bob.Id)).Role);
        await acme.AgreesAsync();
        var report = (await new ReadMemberChange(acme.Store).RunAsync(admin, acme.Id, turn.Run, default)).Value;
        Assert.Equal((1, 1, 3, 5), (report.Changed, report.Unchanged, report.Refused, report.Seen));
        Assert.Contains(report.Reasons, r => r.Id == cleo.Id && r.Reason.StartsWith("No seat is free", StringComparison.Ordinal));
        var log = await acme.AuditAsync();
        Assert.Single(log, a => a.Act == "members.changed" && a.TargetId == turn.Run.Value);
        Assert.Single(log, a => a.Act == "role.changed" && a.TargetId == bob.Id.Value && a.ActorId == ada.Id.Value);
    }

    [Theory, EachDatabase]
    public async Task Of_all_admins_at_once_one_stays_and_the_preview_says_so(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind, "licensed");
        await acme.JoinAsync("ada@acme.test", "admin");
        await acme.JoinAsync("bob@acme.test", "admin");
        var change = new BulkChange(MemberChangeKind.Suspend);
        var choice = new MemberChoice { Query = new() { Role = "admin" } };
        var preview = (await new PreviewMemberChange(acme.Store).RunAsync(Actor.Operator, acme.Id, change, choice, default)).Value;
        Assert.Equal([null, "lastAdmin"], preview.Rows.Select(r => r.Refusal?.Code));
        var turn = (await new ChangeMembers(acme.Store).RunAsync(Actor.Operator, acme.Id, change, choice, null, default)).Value;
        Assert.Equal([null, "lastAdmin"], turn.Rows.Select(r => r.Refusal?.Code));
        Assert.Equal(1, (await acme.CountsAsync()).Admins);
        await acme.AgreesAsync();
    }

    [Theory, EachDatabase]
    public async Task Everybody_who_matches_is_changed_in_turns_and_given_back_what_they_had(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind, "licensed");
        var admin = acme.As(await acme.JoinAsync("boss@acme.test", "admin"));
        for (var i = 0; i < MemberChoice.Most + 20; i++)
        {
            Assert.True((await acme.ProvisionAsync($"p{i:000}@acme.test")).Done);
        }

        var (act, undo) = (new ChangeMembers(acme.Store), new UndoMemberChange(acme.Store));
        var query = new MemberListQuery { Search = "p" };
        var change = new BulkChange(MemberChangeKind.Remove);
        var preview = await new PreviewMemberChange(acme.Store).RunAsync(admin, acme.Id, change, new() { Query = query }, default);
        Assert.Equal((120, true), (preview.Value.Total, preview.Value.TotalIsExact));

        acme.Clock.Advance(TimeSpan.FromMinutes(1));
        var first = (await act.RunAsync(admin, acme.Id, change, new() { Query = query }, null, default)).Value;
        Assert.Equal(100, first.Rows.Count);
        var rest = new MemberChoice { Query = query with { After = first.Next } };
        var second = (await act.RunAsync(admin, acme.Id, change, rest, first.Run, default)).Value;
        Assert.Equal((first.Run, 20, null), (second.Run, second.Rows.Count, second.Next));
        Assert.Equal(1, (await acme.CountsAsync()).Listed);

        // something else happens to one of them: that stays
        acme.Clock.Advance(TimeSpan.FromMinutes(1));
        var back = first.Rows[3].Before.Id;
        await new RestoreMember(acme.Store).RunAsync(admin, acme.Id, back, default);
        await new SuspendMember(acme.Store).RunAsync(admin, acme.Id, back, default);
        Assert.Equal(new UndoneMemberChange(20, 0, true), (await undo.RunAsync(admin, acme.Id, first.Run, default)).Value);
        Assert.Equal(new UndoneMemberChange(99, 1, false), (await undo.RunAsync(admin, acme.Id, first.Run, default)).Value);
        Assert.Equal("notFound", (await undo.RunAsync(admin, acme.Id, first.Run, default)).Refusal?.Code);
        Assert.Equal(MemberState.Suspended, (await acme.ReadAsync(back)).State);
        Assert.Equal(MemberState.Active, (await acme.ReadAsync(first.Rows[0].Before.Id)).State);
        var report = (await new ReadMemberChange(acme.Store).RunAsync(admin, acme.Id, first.Run, default)).Value;
        Assert.Equal((120, 119, 1, 0), (report.Changed, report.Undone, report.Kept, report.Standing));
        Assert.Equal(2, (await acme.AuditAsync()).Count(a => a.Act == "members.changeUndone"));
        await acme.AgreesAsync();

        // the same people by a job: begun once, left off by a server that stops, and by a crash that lost how far it came
        acme.Clock.Advance(TimeSpan.FromMinutes(1));
        var job = (await new StartMemberChange(acme.Store).RunAsync(admin, acme.Id, new(MemberChangeKind.Suspend), query, default)).Value;
        Assert.Equal((120, true, MemberRunState.Running), (job.Total, job.TotalIsExact, job.State));
        var message = await MessageAsync(acme);
        using var stopped = new CancellationTokenSource();
        await stopped.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            new WorkMemberChange(acme.Store).DeliverAsync(message, stopped.Token)
        );
        await WorkAsync(acme);
        var done = await ReportAsync(job.Id);
        Assert.Equal(
            (119, 1, 0, MemberRunState.Done, null),
            (done.Changed, done.Unchanged, done.Refused, done.Job!.State, done.Job.Search)
        );
        Assert.Equal((119, 120), (done.Standing, done.Seen));
        Assert.Equal(MemberState.Suspended, (await acme.ReadAsync(second.Rows[^1].Before.Id)).State);
        Assert.Equal(DeliveryEnd.NotWanted, (await new WorkMemberChange(acme.Store).DeliverAsync(message, default)).End);

        // one undo for all of it, asked twice, by a job of its own; another admin neither sees nor undoes it
        var other = acme.As(await acme.JoinAsync("second@acme.test", "admin"));
        Assert.Equal("notFound", (await new ReadMemberChange(acme.Store).RunAsync(other, acme.Id, job.Id, default)).Refusal?.Code);
        Assert.Equal("notFound", (await undo.RunAsync(other, acme.Id, job.Id, default)).Refusal?.Code);
        Assert.True((await undo.RunAsync(admin, acme.Id, job.Id, default)).Value.More);
        Assert.True((await undo.RunAsync(admin, acme.Id, job.Id, default)).Value.More);
        await WorkAsync(acme);
        done = await ReportAsync(job.Id);
        Assert.Equal((119, 0, 0, MemberRunState.Undone), (done.Undone, done.Kept, done.Standing, done.Job!.State));
        Assert.Equal(MemberState.Suspended, (await acme.ReadAsync(back)).State); // as it was before the job
        Assert.Equal(MemberState.Active, (await acme.ReadAsync(second.Rows[^1].Before.Id)).State);
        Assert.Equal("notFound", (await undo.RunAsync(admin, acme.Id, job.Id, default)).Refusal?.Code);

        // whoever began it is no admin any more: it is broken off and says so
        var late = (await new StartMemberChange(acme.Store).RunAsync(other, acme.Id, new(MemberChangeKind.Suspend), query, default)).Value;
        await new SuspendMember(acme.Store).RunAsync(admin, acme.Id, other.Member!.Value, default);
        await WorkAsync(acme);
        done = (await new ReadMemberChange(acme.Store).RunAsync(Actor.Operator, acme.Id, late.Id, default)).Value;
        Assert.Equal((0, MemberRunState.Done), (done.Changed, done.Job!.State));
        Assert.Contains("may not do that any more", done.Job.BrokenOff, StringComparison.Ordinal);
        for (var i = 0; i < StartMemberChange.MostRunning; i++)
        {
            Assert.True((await new StartMemberChange(acme.Store).RunAsync(admin, acme.Id, change, new() { Search = "x" }, default)).Done);
        }

        Assert.Equal(
            "changesRunning",
            (await new StartMemberChange(acme.Store).RunAsync(admin, acme.Id, change, query, default)).Refusal?.Code
        );
        await acme.AgreesAsync();

        async Task<MemberChangeReport> ReportAsync(Id<BulkChange> id) =>
            (await new ReadMemberChange(acme.Store).RunAsync(admin, acme.Id, id, default)).Value;
    }

    [Theory, EachDatabase]
    public async Task A_job_of_a_later_version_is_broken_off_before_it_reaches_more_people_than_meant(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind, "seats");
        await acme.JoinAsync("ada@acme.test", "admin");
        var bob = await acme.JoinAsync("bob@acme.test", "member");
        foreach (
            var (search, change, why) in new[]
            {
                ("""{"words":"bob","costCentre":"12"}""", "suspend", "This version does not know whom it was for."),
                ("""{"words":"bob","status":"OnLeave"}""", "suspend", null), // a state that nobody has here
                ("""{"words":"bob"}""", "sendFlowers", "This version does not know what was to be done."),
            }
        )
        {
            var begun = await new StartMemberChange(acme.Store).RunAsync(
                Actor.Operator,
                acme.Id,
                new(MemberChangeKind.Suspend),
                new() { Search = "bob" },
                default
            );
            await using (var db = acme.Store.Read())
            {
                await db
                    .MemberChangeRuns.Where(r => r.Id == begun.Value.Id)
                    .ExecuteUpdateAsync(r => r.SetProperty(x => x.Search, search).SetProperty(x => x.Change, change));
            }

            await WorkAsync(acme);
            await using var after = acme.Store.Read();
            var run = await after.MemberChangeRuns.SingleAsync(r => r.Id == begun.Value.Id);
            Assert.Equal((MemberRunState.Done, 0, why), (run.State, run.Changed, run.BrokenOff));
            Assert.Equal(MemberState.Active, (await acme.ReadAsync(bob.Id)).State);
        }
    }

    [Theory, EachDatabase]
    public async Task Invitations_are_sent_again_to_all_who_match_each_once_and_as_far_as_the_plan_mails(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(
            kind,
            "licensed",
            c => c with { Invitations = c.Invitations with { MailsPerDay = 6, Resend = ResendWhen.Always } }
        );
        var boss = await acme.JoinAsync("boss@acme.test", "admin");
        var admin = acme.As(boss);
        foreach (var name in new[] { "a", "b", "c" })
        {
            await acme.InviteAsync($"{name}@acme.test");
        }

        acme.Clock.Advance(TimeSpan.FromMinutes(1));
        var change = new BulkChange(MemberChangeKind.Resend);
        var everybody = new MemberListQuery();
        string?[] expected = [null, null, "notInvited", "mailQuota"]; // of six mails four are used
        var preview = await new PreviewMemberChange(acme.Store).RunAsync(admin, acme.Id, change, new() { Query = everybody }, default);
        Assert.Equal(expected, preview.Value.Rows.Select(r => r.Refusal?.Code));
        Assert.All(preview.Value.Rows, r => Assert.False(r.IsSame));
        var before = await LinksAsync();

        var job = (await new StartMemberChange(acme.Store).RunAsync(admin, acme.Id, change, everybody, default)).Value;
        var message = await MessageAsync(acme);
        await WorkAsync(acme);
        var report = (await new ReadMemberChange(acme.Store).RunAsync(admin, acme.Id, job.Id, default)).Value;
        Assert.Equal((2, 0, 2, 0), (report.Changed, report.Unchanged, report.Refused, report.Standing));
        Assert.Equal(["There is no open invitation to send again."], report.Reasons.Where(r => r.Id == boss.Id).Select(r => r.Reason));
        var after = await LinksAsync();
        Assert.Equal([true, true, false], before.Zip(after, (b, a) => b != a));
        Assert.Equal("notFound", (await new UndoMemberChange(acme.Store).RunAsync(admin, acme.Id, job.Id, default)).Refusal?.Code);

        // a crash lost how far it came: the turn is done once more, and nobody is mailed twice
        await using (var db = acme.Store.Read())
        {
            var run = db.MemberChangeRuns.Single(r => r.Id == job.Id);
            await acme.Store.ChangeAsync<Nothing>(
                Actor.System,
                acme.Id,
                "test",
                attempt =>
                {
                    attempt.Changes.Update(run, job with { Version = run.Version + 1 });
                    return Task.FromResult<Outcome<Nothing>>(default(Nothing));
                },
                default
            );
        }

        await new WorkMemberChange(acme.Store).DeliverAsync(message, default);
        report = (await new ReadMemberChange(acme.Store).RunAsync(admin, acme.Id, job.Id, default)).Value;
        Assert.Equal((0, 2, 2), (report.Changed, report.Unchanged, report.Refused));
        Assert.Equal(after, await LinksAsync());

        await acme.ConfigureAsync(c => c with { Invitations = c.Invitations with { Resend = ResendWhen.Never } });
        Assert.Equal(
            "resendNotOffered",
            (await new StartMemberChange(acme.Store).RunAsync(admin, acme.Id, change, everybody, default)).Refusal?.Code
        );

        async Task<List<string>> LinksAsync()
        {
            await using var db = acme.Store.Read();
            var open = db.Invitations.Where(i => i.Stored == InvitationStatus.Pending).OrderBy(i => i.UserName);
            return [.. open.AsEnumerable().Select(i => Convert.ToHexString(i.MailHash!))];
        }
    }

    private static async Task<OutboxMessage> MessageAsync(TestWorkspace acme)
    {
        await using var db = acme.Store.Read();
        return db.OutboxMessages.Single(m => m.Kind == OutboxKind.MemberChange && m.DoneAt == null);
    }

    /// <summary>A pump that knows these jobs alone, until nothing is due.</summary>
    private static async Task WorkAsync(TestWorkspace acme)
    {
        var pump = new OutboxPump(acme.Store, [new WorkMemberChange(acme.Store)]);
        IReadOnlyList<OutboxRound> rounds;
        do
        {
            rounds = await pump.RunAsync(default);
            Assert.All(rounds, r => Assert.Null(r.Delivery.Reason));
        } while (rounds.Count > 0);
    }

    [Theory, EachDatabase]
    public async Task What_each_had_comes_back_the_invited_do_not_and_only_for_some_minutes(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind, "licensed");
        var boss = await acme.JoinAsync("boss@acme.test", "admin");
        var (admin, person) = (acme.As(boss), await acme.JoinAsync("person@acme.test"));
        var invited = (await acme.InviteAsync("guest@acme.test")).Invitation.MemberId;
        var (act, undo) = (new ChangeMembers(acme.Store), new UndoMemberChange(acme.Store));
        await new SuspendMember(acme.Store).RunAsync(admin, acme.Id, person.Id, default);
        acme.Clock.Advance(TimeSpan.FromMinutes(1));
        var removed = await RunAsync(new(MemberChangeKind.Remove), person.Id, invited);
        Assert.All(removed.Rows, r => Assert.Null(r.Refusal));
        Assert.Equal(new UndoneMemberChange(1, 0, false), (await undo.RunAsync(admin, acme.Id, removed.Run, default)).Value);
        Assert.Equal(MemberState.Suspended, (await acme.ReadAsync(person.Id)).State); // as before it, not simply let in
        Assert.Equal(1, (await new ReadMemberChange(acme.Store).RunAsync(admin, acme.Id, removed.Run, default)).Value.Ended);

        await new RestoreMember(acme.Store).RunAsync(admin, acme.Id, person.Id, default);
        var before = await acme.ReadAsync(person.Id);
        var key = acme.Workspace.Configuration.Licenses.First(l => l.Key != before.License).Key;
        acme.Clock.Advance(TimeSpan.FromMinutes(1));
        var license = await RunAsync(new(MemberChangeKind.License, key), person.Id);
        Assert.Equal(key, (await acme.ReadAsync(person.Id)).License);
        Assert.True((await undo.RunAsync(admin, acme.Id, license.Run, default)).Done);
        Assert.Equal(before.License, (await acme.ReadAsync(person.Id)).License);

        var group = (await new CreateGroup(acme.Store).RunAsync(admin, acme.Id, new() { DisplayName = "G" }, [boss.Id], default))
            .Value
            .Group;
        var joined = await RunAsync(new(MemberChangeKind.Group, group.Id.ToString()), person.Id, boss.Id);
        Assert.Equal([true, false], joined.Rows.Select(r => r.IsSame));
        Assert.True((await undo.RunAsync(admin, acme.Id, joined.Run, default)).Done);
        await using var db = acme.Store.Read();
        Assert.Equal([boss.Id], db.GroupMembers.Where(g => g.GroupId == group.Id).Select(g => g.MemberId).ToList());

        var late = await RunAsync(new(MemberChangeKind.Suspend), person.Id);
        acme.Clock.Advance(TimeSpan.FromMinutes(16));
        Assert.Equal("undoOver", (await undo.RunAsync(admin, acme.Id, late.Run, default)).Refusal?.Code);
        await acme.AgreesAsync();

        async Task<MemberChangeTurn> RunAsync(BulkChange change, params Id<Member>[] ids) =>
            (await act.RunAsync(admin, acme.Id, change, new() { Ids = ids }, null, default)).Value;
    }

    [Theory, EachDatabase]
    public async Task Who_may_not_and_what_is_no_change_is_refused_as_a_whole(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind, "licensed");
        var boss = await acme.JoinAsync("boss@acme.test", "admin");
        var (admin, user) = (acme.As(boss), acme.As(await acme.JoinAsync("user@acme.test")));
        var (act, preview) = (new ChangeMembers(acme.Store), new PreviewMemberChange(acme.Store));
        var one = new MemberChoice { Ids = [boss.Id] };
        var many = new MemberChoice { Ids = [.. Enumerable.Range(0, 101).Select(_ => Id<Member>.New(TimeProvider.System))] };
        foreach (
            var (actor, change, choice, code) in new (Actor, BulkChange, MemberChoice, string)[]
            {
                (user, new(MemberChangeKind.Suspend), one, "forbidden"),
                (admin, new(MemberChangeKind.Role, "nobody"), one, "unknownRole"),
                (admin, new(MemberChangeKind.License, "nothing"), one, "unknownLicense"),
                (admin, new(MemberChangeKind.Group, "x"), one, "unknownGroup"),
                (admin, new(MemberChangeKind.Suspend), new(), "invalidMembers"),
                (admin, new(MemberChangeKind.Suspend), many, "invalidMembers"),
            }
        )
        {
            Assert.Equal(code, (await preview.RunAsync(actor, acme.Id, change, choice, default)).Refusal?.Code);
            Assert.Equal(code, (await act.RunAsync(actor, acme.Id, change, choice, null, default)).Refusal?.Code);
        }

        Assert.Single(await acme.AuditAsync(), a => a is { Act: "members.changed", Refused: true });
        var other = await acme.OtherAsync("other", "licensed");
        var stranger = (await other.ProvisionAsync("stranger@acme.test")).Value;
        var turn = (await act.RunAsync(admin, acme.Id, new(MemberChangeKind.Suspend), new() { Ids = [stranger.Id] }, null, default)).Value;
        Assert.Equal([stranger.Id], turn.Missing);
        Assert.Equal("notFound", (await new UndoMemberChange(acme.Store).RunAsync(admin, acme.Id, turn.Run, default)).Refusal?.Code);

        // what one admin did another neither sees here nor takes back
        var second = acme.As(await acme.JoinAsync("second@acme.test", "admin"));
        var person = await acme.JoinAsync("person@acme.test");
        var done = (await act.RunAsync(admin, acme.Id, new(MemberChangeKind.Suspend), new() { Ids = [person.Id] }, null, default)).Value;
        Assert.Equal("notFound", (await new UndoMemberChange(acme.Store).RunAsync(second, acme.Id, done.Run, default)).Refusal?.Code);
        Assert.Equal("notFound", (await new ReadMemberChange(acme.Store).RunAsync(second, acme.Id, done.Run, default)).Refusal?.Code);
    }

    [Fact]
    public void A_change_is_one_word_and_back()
    {
        foreach (var text in new[] { "role:viewer", "license:", "license:a:b", "group:1", "suspend", "remove", "resend" })
        {
            Assert.Equal(text, BulkChange.Read(text)?.ToString());
        }

        Assert.All([null, "", "Suspend", "erase", new string('r', 300)], t => Assert.Null(BulkChange.Read(t)));
    }
}
