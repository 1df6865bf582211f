using System.Diagnostics;
using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Invitations;
using UserManagement.Membership.Invitations.Imports;
using UserManagement.Membership.Members;
using UserManagement.Membership.Outbox;
using UserManagement.Membership.Retention;
using UserManagement.Membership.Roles;
using UserManagement.Membership.Workspaces;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Membership.Tests.Invitations.Imports;

public sealed class InvitationImportTests
{
    [Theory, EachDatabase]
    [Shows("S2-14", "S2-15", "S2-16", "S2-18")]
    public async Task Each_faulty_row_has_its_own_reason_and_the_others_are_sent(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(
            kind,
            "csv",
            c => c with { Roles = [.. c.Roles, c.Role("user")! with { Key = "guest", Label = "Guest", Assignable = false }] }
        );
        var admin = acme.As(await acme.JoinAsync("boss@acme.test", "administrator"));
        await acme.InviteAsync("invited@acme.test");
        await acme.ProvisionAsync("asleep@acme.test", active: false);
        var import = await StartAsync(
            acme,
            admin,
            ("ada@acme.test", "user"),
            ("Boss@ACME.test", "user"),
            ("INVITED@acme.test", "User"),
            ("asleep@acme.test", "user"),
            ("no address", "user"),
            ("", "user"),
            ("ADA@acme.test", "administrator"),
            ("eve@acme.test", "emperor"),
            ("mia@acme.test", ""),
            ("=cmd@acme.test", "ADMINISTRATOR"),
            ("x@acme.test", "guest"),
            (new string('a', 600) + "@acme.test", "user")
        );

        var view = await ReadAsync(acme, admin, import, onlyFaulty: true);
        Assert.Equal((10, 2), (view.Faulty, view.Waiting));
        Assert.Equal(
            [
                "2 alreadyMember",
                "3 alreadyInvited",
                "4 suspended",
                "5 invalidEmail",
                "6 invalidEmail",
                "7 twiceInFile",
                "8 unknownRole",
                "9 unknownRole",
                "11 invalidRole",
                "12 invalidEmail",
            ],
            view.Rows.Select(r => $"{r.Row.Line} {r.Refusal!.Code}")
        );
        Assert.All(view.Rows, r => Assert.NotEmpty(r.Refusal!.Message));
        Assert.Equal(
            ["faultyRows", "importChanged"],
            [
                (await SendAsync(acme, admin, import, null, allOrNothing: true)).Refusal!.Code,
                (await SendAsync(acme, admin, import, 3)).Refusal!.Code,
            ]
        );

        // one is corrected, the others stay as they are
        Assert.True(
            (
                await new CorrectInvitationImport(acme.Store).RunAsync(
                    admin,
                    acme.Id,
                    import,
                    [new(5, "noa@acme.test", "user"), new(99, "ghost@acme.test", "user")],
                    default
                )
            ).Done
        );
        Assert.Equal((9, 3), ((await ReadAsync(acme, admin, import)).Faulty, (await ReadAsync(acme, admin, import)).Waiting));
        Assert.Equal(ImportState.Sending, (await SendAsync(acme, admin, import, 3)).Value.State);
        await WorkAsync(acme);

        var done = await ReadAsync(acme, admin, import);
        Assert.Equal((ImportState.Done, 3, 9, 0), (done.Import.State, done.Sent, done.Faulty, done.Waiting));
        Assert.Equal(["=cmd@acme.test administrator", "ada@acme.test user", "noa@acme.test user"], await InvitedAsync(acme, admin.Name));
        Assert.Equal(
            "importStarted",
            (await new CorrectInvitationImport(acme.Store).RunAsync(admin, acme.Id, import, [new(2, "a@acme.test", "user")], default))
                .Refusal!
                .Code
        );
        await acme.AgreesAsync();
    }

    [Theory, EachDatabase]
    public async Task Nobody_without_the_right_and_nobody_of_another_workspace_gets_at_it(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind, "csv");
        var boss = await acme.JoinAsync("boss@acme.test", "administrator");
        var (admin, user) = (acme.As(boss), acme.As(await acme.JoinAsync("user@acme.test", "user")));
        var other = await acme.OtherAsync(preset: "csv");
        var import = await StartAsync(acme, admin, ("ada@acme.test", "user"));
        foreach (
            var (actor, workspace, code) in new[]
            {
                (user, acme.Id, "forbidden"),
                (admin, other.Id, "notFound"),
                (Actor.Operator, other.Id, "notFound"),
            }
        )
        {
            Assert.Equal(
                code,
                (await new ReadInvitationImport(acme.Store).RunAsync(actor, workspace, import, false, 0, 10, default)).Refusal!.Code
            );
            Assert.Equal(
                code,
                (await new SendInvitationImport(acme.Store).RunAsync(actor, workspace, import, null, false, default)).Refusal!.Code
            );
            Assert.Equal(
                code,
                (
                    await new CorrectInvitationImport(acme.Store).RunAsync(
                        actor,
                        workspace,
                        import,
                        [new(1, "eve@acme.test", "administrator")],
                        default
                    )
                )
                    .Refusal!
                    .Code
            );
        }

        Assert.Equal(
            "forbidden",
            (await new StartInvitationImport(acme.Store).RunAsync(user, acme.Id, [new(1, "a@acme.test", "user")], default)).Refusal!.Code
        );

        // Who confirmed it is no admin any more when it is worked off: nobody is invited in their name.
        await acme.JoinAsync("second@acme.test", "administrator");
        Assert.True((await SendAsync(acme, admin, import, 1)).Done);
        Assert.True((await acme.AssignAsync(Actor.Operator, boss.Id, "user")).Done);
        await WorkAsync(acme);
        var view = await ReadAsync(acme, Actor.Operator, import);
        Assert.Equal((ImportState.Done, "forbidden"), (view.Import.State, view.Rows[0].Refusal!.Code));
        Assert.Equal(0, (await acme.CountsAsync()).In(MemberState.Invited));
    }

    [Theory, EachDatabase]
    [Shows("B-06")]
    public async Task Seats_and_mails_end_where_they_end_and_a_rival_may_take_the_last(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(
            kind,
            "csv",
            c => c with { Capacity = c.Capacity with { MemberSlots = 3 }, Invitations = c.Invitations with { MailsPerDay = 4 } }
        );
        var admin = acme.As(await acme.JoinAsync("boss@acme.test", "administrator")); // one slot, one mail
        var import = await StartAsync(acme, admin, ("a@acme.test", "user"), ("b@acme.test", "user"), ("c@acme.test", "user"));
        Assert.Equal(
            "3 slotsFull",
            Assert.Single((await ReadAsync(acme, admin, import, onlyFaulty: true)).Rows.Select(r => $"{r.Row.Line} {r.Refusal!.Code}"))
        );
        Assert.True((await SendAsync(acme, admin, import, 2)).Done);
        Assert.True((await acme.ProvisionAsync("rival@acme.test")).Done);
        await WorkAsync(acme);
        var view = await ReadAsync(acme, admin, import);
        Assert.Equal(
            "1: 2 slotsFull, 3 slotsFull",
            $"{view.Sent}: {string.Join(", ", view.Rows.Where(r => r.Refusal is not null).Select(r => $"{r.Row.Line} {r.Refusal!.Code}"))}"
        );

        await acme.ConfigureAsync(c => c with { Capacity = c.Capacity with { MemberSlots = null } });
        var mails = await StartAsync(acme, admin, ("d@acme.test", "user"), ("e@acme.test", "user"), ("f@acme.test", "user"));
        Assert.Equal(
            ["3 mailQuota"],
            (await ReadAsync(acme, admin, mails, onlyFaulty: true)).Rows.Select(r => $"{r.Row.Line} {r.Refusal!.Code}")
        );
        await acme.AgreesAsync();
    }

    [Theory, EachDatabase]
    public async Task A_job_that_breaks_off_or_is_worked_twice_at_once_invites_each_person_once(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind, "csv");
        var admin = acme.As(await acme.JoinAsync("boss@acme.test", "administrator"));
        var import = await StartAsync(acme, admin, [.. Enumerable.Range(0, 250).Select(i => ($"p{i}@acme.test", "user"))]);
        var confirmed = await Rivals.RaceAsync(4, _ => SendAsync(acme, admin, import, 250));
        Assert.All(confirmed, c => Assert.Equal(ImportState.Sending, c.Value!.Value.State));
        OutboxMessage message;
        await using (var db = acme.Store.Read())
        {
            message = await db.OutboxMessages.AsNoTracking().SingleAsync(m => m.Kind == OutboxKind.InvitationImport);
        }

        using var stopped = new CancellationTokenSource();
        await stopped.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            new WorkInvitationImport(acme.Store).DeliverAsync(message, stopped.Token)
        );
        // its lease was lost, say
        var both = await Rivals.RaceAsync(2, _ => new WorkInvitationImport(acme.Store).DeliverAsync(message, default));
        Assert.All(both, d => Assert.Equal(DeliveryEnd.Done, d.Value.End));
        Assert.InRange((await ReadAsync(acme, admin, import)).Sent, 1, 200);
        await WorkAsync(acme); // as another server would, from what is stored
        var view = await ReadAsync(acme, admin, import);
        Assert.Equal((ImportState.Done, 250, 0), (view.Import.State, view.Sent, view.Faulty));
        await using (var db = acme.Store.Read())
        {
            Assert.Equal(250, await db.Invitations.CountAsync(i => i.WorkspaceId == acme.Id && i.Stored == InvitationStatus.Pending));
            Assert.Equal(
                250,
                await db.OutboxMessages.Where(m => m.Kind == OutboxKind.InvitationMail).Select(m => m.About).Distinct().CountAsync() - 1
            );
        }

        Assert.Single(await acme.AuditAsync(), a => a.Act == SendInvitationImport.Act);
        await acme.AgreesAsync();
    }

    [Theory, EachDatabase]
    public async Task Ten_thousand_rows_are_previewed_by_a_handful_of_statements_and_a_thousand_sent(Database kind)
    {
        using var log = StatementLog.Start();
        await using var acme = await TestWorkspace.NewAsync(kind, "csv");
        var admin = acme.As(await acme.JoinAsync("boss@acme.test", "administrator"));
        var import = await StartAsync(acme, admin, [.. Enumerable.Range(0, 999).Select(i => ($"p{i}@acme.test", "user"))]);
        Assert.True((await SendAsync(acme, admin, import, 999)).Done);
        var began = Stopwatch.GetTimestamp();
        await WorkAsync(acme);
        var sending = Stopwatch.GetElapsedTime(began);
        Assert.Equal(
            (ImportState.Done, 999),
            ((await ReadAsync(acme, admin, import)).Import.State, (await ReadAsync(acme, admin, import)).Sent)
        );
        await acme.ConfigureAsync(c => c with { Invitations = c.Invitations with { MailsPerDay = null } });

        began = Stopwatch.GetTimestamp();
        var large = await StartAsync(acme, admin, [.. Enumerable.Range(0, 10_000).Select(i => ($"P{i}@acme.test", "user"))]);
        var kept = Stopwatch.GetElapsedTime(began);
        began = Stopwatch.GetTimestamp();
        log.Clear();
        var view = await ReadAsync(acme, admin, large);
        Assert.InRange(log.Statements.Count, 1, 100); // it does not ask for each row
        var previewed = Stopwatch.GetElapsedTime(began);
        TestContext.Current.SendDiagnosticMessage(
            $"{kind}: 999 invitations in {sending.TotalSeconds:F1} s; 10,000 rows kept in {kept.TotalMilliseconds:F0} ms, previewed in {previewed.TotalMilliseconds:F0} ms"
        );
        Assert.Equal((999, 9001), (view.Faulty, view.Waiting));
        await acme.AgreesAsync();
    }

    [Theory, EachDatabase]
    public async Task Drafts_go_after_a_day_imports_after_a_month_and_rows_with_the_person(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind, "csv");
        var admin = acme.As(await acme.JoinAsync("boss@acme.test", "administrator"));
        var sent = await StartAsync(acme, admin, ("ada@acme.test", "user"), ("eve@acme.test", "user"));
        var draft = await StartAsync(acme, admin, ("mia@acme.test", "user"));
        Assert.True((await SendAsync(acme, admin, sent, 2)).Done);
        await WorkAsync(acme);
        var ada = (await ReadAsync(acme, admin, sent)).Rows[0].Row;
        await using (var db = acme.Store.Read())
        {
            var invitation = await db.Invitations.SingleAsync(i => i.WorkspaceId == acme.Id && i.UserName == ada.UserName);
            await new RevokeInvitation(acme.Store).RunAsync(admin, acme.Id, invitation.Id, default);
            Assert.True((await new ErasePerson(acme.Store).RunAsync(Actor.Operator, acme.Id, invitation.MemberId, default)).Done);
        }

        Assert.Equal("eve@acme.test", Assert.Single((await ReadAsync(acme, admin, sent)).Rows).Row.UserName);
        acme.Clock.Advance(TimeSpan.FromDays(2));
        await new SweepOver(acme.Store).RunAsync(new(), default);
        Assert.Equal(
            "notFound",
            (await new ReadInvitationImport(acme.Store).RunAsync(admin, acme.Id, draft, false, 0, 10, default)).Refusal!.Code
        );
        acme.Clock.Advance(TimeSpan.FromDays(30));
        await new SweepOver(acme.Store).RunAsync(new(), default);
        await using var after = acme.Store.Read();
        Assert.Equal((0, 0), (await after.InvitationImports.CountAsync(), await after.InvitationImportRows.CountAsync()));

        for (var i = 0; i < StartInvitationImport.MostDrafts + 3; i++)
        {
            await StartAsync(acme, admin, ($"d{i}@acme.test", "user"));
        }

        Assert.Equal(StartInvitationImport.MostDrafts, await after.InvitationImports.CountAsync());
    }

    private static async Task<Id<InvitationImport>> StartAsync(
        TestWorkspace acme,
        Actor actor,
        params (string Email, string Role)[] rows
    ) =>
        (
            await new StartInvitationImport(acme.Store).RunAsync(
                actor,
                acme.Id,
                [.. rows.Select((r, i) => new InvitationCsvRow(i + 1, r.Email, r.Role))],
                default
            )
        )
            .Value
            .Id;

    private static Task<Outcome<InvitationImport>> SendAsync(
        TestWorkspace acme,
        Actor actor,
        Id<InvitationImport> import,
        int? confirmed,
        bool allOrNothing = false
    ) => new SendInvitationImport(acme.Store).RunAsync(actor, acme.Id, import, confirmed, allOrNothing, default);

    private static async Task<InvitationImportView> ReadAsync(
        TestWorkspace acme,
        Actor actor,
        Id<InvitationImport> import,
        bool onlyFaulty = false
    ) => (await new ReadInvitationImport(acme.Store).RunAsync(actor, acme.Id, import, onlyFaulty, 0, 50, default)).Value;

    /// <summary>A pump that knows imports alone, until nothing is due.</summary>
    private static async Task WorkAsync(TestWorkspace acme)
    {
        var pump = new OutboxPump(acme.Store, [new WorkInvitationImport(acme.Store)]);
        IReadOnlyList<OutboxRound> rounds;
        do
        {
            rounds = await pump.RunAsync(default);
            Assert.All(rounds, r => Assert.Null(r.Delivery.Reason));
        } while (rounds.Count > 0);
    }

    private static async Task<List<string>> InvitedAsync(TestWorkspace acme, string by)
    {
        await using var db = acme.Store.Read();
        return
        [
            .. (
                await db
                    .Invitations.AsNoTracking()
                    .Where(i => i.WorkspaceId == acme.Id && i.InvitedBy == by && i.Stored == InvitationStatus.Pending)
                    .ToListAsync()
            )
                .Select(i => $"{i.UserName} {i.Role}")
                .Order(StringComparer.Ordinal),
        ];
    }
}
