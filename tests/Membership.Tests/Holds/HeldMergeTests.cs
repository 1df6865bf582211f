using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Accounts;
using UserManagement.Membership.Approvals;
using UserManagement.Membership.Apps;
using UserManagement.Membership.Data;
using UserManagement.Membership.Groups;
using UserManagement.Membership.Holds;
using UserManagement.Membership.Invitations;
using UserManagement.Membership.Licensing;
using UserManagement.Membership.Members;
using UserManagement.Membership.Members.Terms;
using UserManagement.Membership.Retention;
using UserManagement.Membership.Reviews;
using UserManagement.Membership.Rules;
using UserManagement.Membership.Tests.Rules;
using UserManagement.Membership.Webhooks;
using UserManagement.Membership.Workspaces;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Membership.Tests.Holds;

/// <summary>Whom a directory would let in is somebody who is here already under another user name: the two become one person.</summary>
public sealed class HeldMergeTests
{
    [Theory, EachDatabase]
    public async Task The_directorys_row_becomes_the_person_with_all_that_they_have_and_the_other_ends(Database kind)
    {
        await using var acme = await RuleBench.WorkspaceAsync(kind, c => c with { Capacity = c.Capacity with { Seats = 2 } });
        var bench = new RuleBench(acme);
        var boss = await acme.JoinAsync("boss@acme.test", "admin");
        var ada = await SeatedAsync(acme, boss);
        var (ours, theirs) = (await bench.GroupAsync("Ours", byDirectory: false, ada.Id), await bench.GroupAsync("Theirs"));
        var end = acme.Clock.Now.AddDays(30);
        Assert.True((await new SetMemberTerm(acme.Store).RunAsync(acme.As(boss), acme.Id, ada.Id, end, boss.Id, default)).Done);
        Assert.True(
            (await new SetMemberTerm(acme.Store).RunAsync(acme.As(boss), acme.Id, boss.Id, end, ada.Id, default)).Refusal is not null
        );
        var guest = await acme.JoinAsync("guest@acme.test");
        Assert.True((await new SetMemberTerm(acme.Store).RunAsync(acme.As(boss), acme.Id, guest.Id, end, ada.Id, default)).Done);
        await SeenAsync(acme, ada.Id);
        await WriteAsync(
            acme,
            a =>
                a.Changes.Execute(
                    new(
                        "UPDATE members SET accepted_terms = 3 WHERE workspace_id = $1 AND id = $2",
                        [Value.Of("$1", acme.Id.Value), Value.Of("$2", ada.Id.Value)]
                    )
                )
        );
        await HoldAsync(acme);
        var twin = await TwinAsync(bench, "ada@corp.test");
        Assert.True((await bench.MoveAsync(theirs, MembershipStepKind.Add, twin)).Done);
        var grant = await GrantAsync(acme, ada);
        var hook = await HookAsync(acme, EventType.Removed);

        var plan = Assert.Single(await PlanAsync(acme));
        Assert.Equal((ada.Id, null, "editor"), (plan.Same!.Id, plan.Merge!.Conflict, plan.Merge.After!.Role));
        Assert.True(plan.Merge.After.HasSeat); // the one seat is theirs: as a second person there is none
        Assert.False(plan.After!.HasSeat);
        await DecideAsync(acme, acme.As(boss), HoldVerdict.Merge, twin);

        var (one, gone) = (await acme.ReadAsync(twin), await acme.ReadAsync(ada.Id));
        Assert.Equal(
            (MemberState.Active, "editor", true, ada.AccountId, ada.JoinedAt, "ada@corp.test", true, (HeldAs?)null),
            (one.State, one.Role, one.HasSeat, one.AccountId, one.JoinedAt, one.UserName, one.DirectoryActive!.Value, one.HeldAs)
        );
        Assert.True(one.Version > ada.Version);
        Assert.Equal(3, one.AcceptedTerms);
        Assert.Equal(
            (MemberState.Ended, null, twin, null, false),
            (gone.State, gone.AccountId, gone.MergedInto!.Value, gone.UserNameKey, gone.HasSeat)
        );
        Assert.Equal(2, (await acme.CountsAsync()).Seats.Used); // with the admin's
        Assert.Equal([twin], await bench.InAsync(ours));
        Assert.Equal([twin], await bench.InAsync(theirs));
        await using (var db = acme.Store.Read())
        {
            Assert.Equal(
                [GrantOrigin.Admin, GrantOrigin.Invitation],
                await db.Grants.Where(g => g.MemberId == twin).Select(g => g.Origin).OrderBy(o => o).ToListAsync()
            );
            Assert.False(await db.Grants.AnyAsync(g => g.MemberId == ada.Id));
            Assert.Equal(twin, (await db.MemberActivities.SingleAsync()).MemberId);
            Assert.Equal(boss.Id, (await db.MemberTerms.SingleAsync(t => t.MemberId == twin)).SponsorId);
            Assert.Equal(twin, (await db.MemberTerms.SingleAsync(t => t.MemberId == guest.Id)).SponsorId);
            Assert.False(await db.MemberTerms.AnyAsync(t => t.MemberId == ada.Id));
            Assert.Equal(AppAccess.Valid, (await db.AppGrants.SingleAsync(g => g.Id == grant)).Status); // no app lost them
            var told = await db.WorkspaceEvents.Where(e => e.MemberId == twin || e.MemberId == ada.Id).OrderBy(e => e.Id).ToListAsync();
            var payload = JsonElement.Parse(Assert.Single(told).Payload); // nobody left and nobody came: also who asks for that alone
            Assert.Equal(EventType.Changed, payload.GetProperty("type").GetString());
            var data = payload.GetProperty("data");
            Assert.Equal(
                (twin.Value, ada.Id.Value, "ada@acme.test"),
                (
                    data.GetProperty("member").GetProperty("id").GetGuid(),
                    data.GetProperty("previous").GetProperty("id").GetGuid(),
                    data.GetProperty("previous").GetProperty("userName").GetString()
                )
            );
            Assert.Equal(hook, (await db.WebhookDeliveries.SingleAsync(d => d.EventId == told[0].Id)).WebhookId);
        }

        var lines = await acme.AuditAsync();
        Assert.Equal(twin.Value, Assert.Single(lines, a => a.Act == "member.merged").TargetId);
        Assert.Contains(twin.ToString(), Assert.Single(lines, a => a.Act == "member.mergedInto" && a.TargetId == ada.Id.Value).After!);
        var page = (await new MemberPage(acme.Store).RunAsync(acme.As(boss), acme.Id, twin, default)).Value;
        Assert.Equal(ada.Id, Assert.Single(page.Former).Id);
        Assert.Contains(page.History, a => a.TargetId == ada.Id.Value);
        Assert.Contains(
            "goes on",
            (await new MemberPage(acme.Store).RunAsync(acme.As(boss), acme.Id, ada.Id, default)).Refusal!.Message,
            StringComparison.Ordinal
        );
        await acme.AgreesAsync();

        // the directory's id is the person's: it goes on, and whom it deletes is erased with all rows they ever had
        Assert.Equal("Ada L.", (await SayAsync(bench, twin, m => m with { DisplayName = "Ada L." })).DisplayName);
        await acme.ConfigureAsync(c => c with { Scim = c.Scim with { Hold = null } });
        Assert.False((await new EndMember(acme.Store).RunAsync(bench.Directory, acme.Id, twin, null, default)).Value);
        Assert.True((await new ErasePerson(acme.Store).RunAsync(Actor.Operator, acme.Id, twin, default)).Done);
        await using (var db = acme.Store.Read())
        {
            Assert.False(await db.Members.AnyAsync(m => m.Id == twin || m.Id == ada.Id));
            Assert.False(await db.AuditEntries.AnyAsync(a => a.TargetId == ada.Id.Value && a.TargetName != null));
        }

        await acme.AgreesAsync();
    }

    [Theory, EachDatabase]
    public async Task Somebody_who_is_invited_is_in_and_the_invitation_is_closed_with_its_reason(Database kind)
    {
        await using var acme = await RuleBench.WorkspaceAsync(kind);
        var bench = new RuleBench(acme);
        var invited = (await acme.InviteAsync("ada@acme.test", "member")).Invitation;
        await HoldAsync(acme);
        var hook = await HookAsync(acme);
        var twin = await TwinAsync(bench, "ada@corp.test");
        await DecideAsync(acme, Actor.Operator, HoldVerdict.Merge, twin);
        var one = await acme.ReadAsync(twin);
        Assert.Equal((MemberState.Active, "member", null), (one.State, one.Role, one.AccountId));
        await using var db = acme.Store.Read();
        var closed = await db.Invitations.SingleAsync(i => i.Id == invited.Id);
        Assert.Equal((InvitationStatus.Revoked, twin), (closed.Stored, closed.MemberId));
        Assert.Contains(
            await acme.AuditAsync(),
            a => a is { Act: "invitation.revoked", Reason: "the directory brought the person" } && a.TargetId == invited.Id.Value
        );
        Assert.Equal(
            [EventType.Joined, EventType.SeatChanged],
            (await db.WorkspaceEvents.Where(e => e.MemberId == twin).OrderBy(e => e.Id).ToListAsync()).Select(e => e.Type)
        );
        Assert.False(await db.WorkspaceEvents.AnyAsync(e => e.MemberId == invited.MemberId));
        await acme.AgreesAsync();
    }

    [Theory, EachDatabase]
    public async Task It_is_offered_for_exactly_one_whom_no_directory_has_and_said_why_not_else(Database kind)
    {
        await using var acme = await RuleBench.WorkspaceAsync(kind);
        var bench = new RuleBench(acme);
        var brought = (await bench.ProvisionAsync("dir@acme.test")).Value.Id;
        var boss = await acme.JoinAsync("boss@acme.test", "admin");
        await acme.JoinAsync("two@acme.test");
        await TwinAsync(bench, "second@corp.test", "two@acme.test");
        await HoldAsync(acme);
        var (several, alone, managed, admin) = (
            await TwinAsync(bench, "two@corp.test", "two@acme.test"),
            await TwinAsync(bench, "nobody@corp.test", "nobody@acme.test"),
            await TwinAsync(bench, "dir@corp.test", "dir@acme.test"),
            await TwinAsync(bench, "boss@corp.test", "boss@acme.test")
        );
        var plan = (await PlanAsync(acme)).ToDictionary(p => p.Member.Id);
        Assert.StartsWith("2 people", plan[several].Merge!.Conflict!.Message, StringComparison.Ordinal);
        Assert.StartsWith("A directory brought", plan[managed].Merge!.Conflict!.Message, StringComparison.Ordinal);
        Assert.Null(plan[alone].Merge);
        Assert.Null(plan[admin].Merge!.Conflict);
        var decide = new DecideHeld(acme.Store);
        var done = await decide.RunAsync(Actor.Operator, acme.Id, [several, alone, managed, brought], HoldVerdict.Merge, default);
        Assert.Equal(["cannotMerge", "cannotMerge", "cannotMerge", "nothingHeld"], done.Value.Select(d => d.Refusal?.Code));

        // nobody merges somebody above themselves
        var low = acme.As(await acme.JoinAsync("low@acme.test")) with
        {
            Permissions = new HashSet<string> { Permission.ManageDirectory },
        };
        Assert.Equal("grantCeiling", (await decide.RunAsync(low, acme.Id, [admin], HoldVerdict.Merge, default)).Value[0].Refusal!.Code);

        // the last admin stays one, in the row in which they go on
        await DecideAsync(acme, acme.As(boss), HoldVerdict.Merge, admin);
        Assert.Equal(("admin", boss.AccountId), ((await acme.ReadAsync(admin)).Role, (await acme.ReadAsync(admin)).AccountId));
        Assert.Equal(1, (await acme.CountsAsync()).Admins);
        await acme.AgreesAsync();
    }

    [Theory, EachDatabase]
    public async Task A_decision_on_all_carries_out_who_is_new_and_another_merges_who_is_here(Database kind)
    {
        await using var acme = await RuleBench.WorkspaceAsync(kind, c => c with { Capacity = c.Capacity with { Seats = 4 } });
        var bench = new RuleBench(acme);
        var boss = acme.As(await acme.JoinAsync("boss@acme.test", "admin"));
        await bench.MakeAsync(RuleBench.Draft("Sellers", RuleAsks.Department, "Sales", "editor"));
        var (ada, bob) = (await acme.JoinAsync("ada@acme.test", "member"), await acme.JoinAsync("bob@acme.test", "member"));
        await HoldAsync(acme);
        var sales = RuleBench.Department("Sales");
        var a = await TwinAsync(bench, "ada@corp.test", document: sales);
        var (b1, b2) = (await TwinAsync(bench, "b1@corp.test", "bob@acme.test"), await TwinAsync(bench, "b2@corp.test", "bob@acme.test"));
        var fresh = await TwinAsync(bench, "new@corp.test", "new@corp.test", sales);
        var late = await TwinAsync(bench, "late@corp.test", "late@acme.test", sales);
        await acme.JoinAsync("late@acme.test"); // here only after the directory spoke
        var summary = await SummaryAsync(acme);
        Assert.Equal((5, 3L, 2L, 2L, 2L), (summary.People, summary.HereAlready, summary.Meant, summary.New, summary.SeatsNeeded));

        var decide = new DecideHeld(acme.Store);
        Assert.True((await decide.AllAsync(Actor.Operator, acme.Id, HoldVerdict.Release, null, default)).Done);
        Assert.Equal(MemberState.Active, (await acme.ReadAsync(fresh)).State);
        Assert.All(await ReadAsync(acme, a, b1, b2, late), m => Assert.True(m.AwaitsDecision));
        Assert.Equal(
            "invalidAfterwards",
            (await decide.AllAsync(Actor.Operator, acme.Id, HoldVerdict.Merge, HoldMode.Apply, default)).Refusal!.Code
        );
        Assert.True((await decide.AllAsync(boss, acme.Id, HoldVerdict.Merge, null, default)).Done); // by their role

        // of two newcomers with one address nobody can tell; what the rules say of the directory's person counts with the merge
        Assert.Equal(("editor", ada.AccountId), ((await acme.ReadAsync(a)).Role, (await acme.ReadAsync(a)).AccountId));
        Assert.All(await ReadAsync(acme, b1, b2, late), m => Assert.True(m.AwaitsDecision));
        Assert.Equal(MemberState.Active, (await acme.ReadAsync(bob.Id)).State);
        summary = await SummaryAsync(acme);
        Assert.Equal((3, 2L), (summary.People, summary.Directories.Single().LeftOut));

        // on whom nobody decides in time is not made two
        await HoldAsync(acme, HoldDeadline.Release);
        acme.Clock.Advance(TimeSpan.FromDays(30));
        Assert.Equal(3, await new CarryOutHolds(acme.Store).RunAsync(default));
        Assert.All(await ReadAsync(acme, b1, b2, late), m => Assert.Equal((MemberState.Provisioned, null), (m.State, m.HeldUntil)));
        await DecideAsync(acme, Actor.Operator, HoldVerdict.Merge, late); // kept, and merged later
        await acme.AgreesAsync();
    }

    [Theory, EachDatabase]
    public async Task Who_waits_for_a_seat_keeps_their_place_and_nobody_gets_between(Database kind)
    {
        await using var acme = await RuleBench.WorkspaceAsync(
            kind,
            c =>
                c with
                {
                    Capacity = c.Capacity with { Seats = 1, OnFull = OnFull.Waitlist },
                    Join = c.Join with { FallbackRole = "viewer" },
                }
        );
        var bench = new RuleBench(acme);
        var first = await acme.JoinAsync("first@acme.test", "member");
        var ada = await acme.JoinAsync("ada@acme.test", "member");
        acme.Clock.Advance(TimeSpan.FromSeconds(1));
        var bob = await acme.JoinAsync("bob@acme.test", "member");
        Assert.True(ada.IsWaiting && bob.IsWaiting);
        await HoldAsync(acme);
        var twin = await TwinAsync(bench, "ada@corp.test");
        var seated = await TwinAsync(bench, "first@corp.test", "first@acme.test");
        await DecideAsync(acme, Actor.Operator, HoldVerdict.Merge, seated);
        await DecideAsync(acme, Actor.Operator, HoldVerdict.Merge, twin);
        Assert.True((await acme.ReadAsync(seated)).HasSeat);
        Assert.Equal(ada.WaitsSince, (await acme.ReadAsync(twin)).WaitsSince);
        Assert.Equal((1, 2), ((await acme.CountsAsync()).Seats.Used, (await acme.CountsAsync()).Seats.Waiting));
        Assert.True((await new SuspendMember(acme.Store).RunAsync(Actor.Operator, acme.Id, seated, default)).Done);
        Assert.True((await acme.ReadAsync(twin)).HasSeat);
        Assert.True((await acme.ReadAsync(bob.Id)).IsWaiting);
        Assert.NotNull(first.AccountId);
        await acme.AgreesAsync();
    }

    [Theory, EachDatabase]
    public async Task What_somebody_asked_for_and_made_stays_theirs(Database kind)
    {
        await using var acme = await RuleBench.WorkspaceAsync(kind);
        var bench = new RuleBench(acme);
        var (ada, boss) = (await acme.JoinAsync("ada@acme.test", "admin"), await acme.JoinAsync("boss@acme.test", "admin"));
        var key = (await new CreateApiKey(acme.Store).RunAsync(acme.As(ada), acme.Id, "CI", "viewer", TimeSpan.FromDays(9), default)).Value;
        var review = (await new StartAccessReview(acme.Store).RunAsync(acme.As(ada), acme.Id, null, null, default)).Value;
        var decide = new DecideAccess(acme.Store, new(acme.Store), new(acme.Store));
        Assert.True((await decide.RunAsync(acme.As(boss), acme.Id, review.Id, [new(ada.Id, AccessVerdict.Keep)], default)).Done);
        await acme.ConfigureAsync(c => c with { FourEyes = [FourEyesAct.GrantAdmin, FourEyesAct.ReleaseHeld] });
        await HoldAsync(acme);
        var twin = await TwinAsync(bench, "ada@corp.test");
        var held = new DecideHeld(acme.Store);

        // a yes to two people is none to one who is both
        Assert.Equal("awaitsApproval", (await held.RunAsync(acme.As(ada), acme.Id, [twin], HoldVerdict.Release, default)).Refusal!.Code);
        var asked = await ApprovalAsync(acme, boss);
        Assert.True((await new DecideApproval(acme.Store).RunAsync(acme.As(boss), acme.Id, asked.Id, true, default)).Done);
        Assert.Equal("awaitsApproval", (await held.RunAsync(acme.As(ada), acme.Id, [twin], HoldVerdict.Merge, default)).Refusal!.Code);
        asked = await ApprovalAsync(acme, boss);
        Assert.EndsWith("as the person who is here already", asked.Sentence(acme.Workspace.Configuration), StringComparison.Ordinal);
        await DecideAsync(acme, Actor.Operator, HoldVerdict.Merge, twin);

        // what they asked for before they cannot approve as who they are now
        var now = acme.As(await acme.ReadAsync(twin));
        Assert.Equal("ownRequest", (await new DecideApproval(acme.Store).RunAsync(now, acme.Id, asked.Id, true, default)).Refusal!.Code);
        await using var db = acme.Store.Read();
        Assert.Equal(twin, (await db.ApiKeys.SingleAsync(k => k.Id == key.Row.Id)).MadeById);
        Assert.NotNull(await new RecognizeApiKey(acme.Store).RunAsync(key.Key, null, default));
        Assert.Equal(
            (twin, AccessVerdict.Keep),
            ((await db.AccessDecisions.SingleAsync()).MemberId, (await db.AccessDecisions.SingleAsync()).Verdict)
        );
        Assert.Equal(twin, (await db.AccessReviews.SingleAsync()).StartedBy);
        await acme.AgreesAsync();
    }

    /// <summary>Whoever adds a column that names a member says what becomes of it (<see cref="MergedRows"/>).</summary>
    [Fact]
    public async Task Every_column_that_names_a_member_is_in_the_list()
    {
        await using var acme = await TestWorkspace.NewAsync(Database.Sqlite);
        await using var db = acme.Store.Read();
        var columns = db
            .Model.GetEntityTypes()
            .SelectMany(e => e.GetProperties().Select(p => (Table: e.GetTableName()!, Column: p.GetColumnName(), p.ClrType)))
            .ToList();
        var named = columns
            .Where(c => c.ClrType == typeof(Id<Member>) || c.ClrType == typeof(Id<Member>?))
            .Select(c => $"{c.Table}.{c.Column}")
            .ToList();
        var listed = MergedRows.All.Select(r => $"{r.Table}.{r.Column}").ToList();
        Assert.Empty(named.Except(listed));
        Assert.Empty(listed.Except(columns.Select(c => $"{c.Table}.{c.Column}")));
        Assert.Equal(listed.Distinct(), listed);

        // whoever acted or was asked for is a plain id: by its name it is a member's, too
        string[] words = ["actor_id", "asked_by_id", "decided_by_id", "target_id", "subject"];
        var plain = columns.Where(c => c.ClrType == typeof(Guid) || c.ClrType == typeof(Guid?)).Where(c => words.Contains(c.Column));
        Assert.Empty(plain.Select(c => $"{c.Table}.{c.Column}").Except(listed));
    }

    /// <summary>
    /// A merge against the directory's change and deletion of the newcomer, a suspension, removal and redemption of who was here, a release
    /// and another merge: whoever is first counts, everybody else is told, nobody is in twice and no count is off.
    /// </summary>
    [Theory, EachDatabase]
    public async Task Rivals_of_a_merge_leave_one_person_and_counts_that_agree(Database kind)
    {
        await using var acme = await RuleBench.WorkspaceAsync(kind, c => c with { Capacity = c.Capacity with { Seats = 2 } });
        var (bench, second) = (new RuleBench(acme), acme.SecondServer());
        await acme.JoinAsync("boss@acme.test", "admin");
        await HoldAsync(acme);
        var ours = await bench.GroupAsync("Ours", byDirectory: false);
        var rounds = int.TryParse(Environment.GetEnvironmentVariable("USERMANAGEMENT_HOLD_ROUNDS"), out var wanted) ? wanted : 6;
        string?[] fine = [null, "nothingHeld", "cannotMerge", "notFound", "suspended", "invitationClosed", "alreadyMember", "removed"];
        for (var round = 0; round < rounds; round++)
        {
            var name = $"p{round}";
            var invited = await acme.InviteAsync($"{name}@acme.test", "member");
            if (round % 2 == 0)
            {
                Assert.True((await acme.RedeemAsync(invited.LinkSecret, $"{name}@acme.test")).Done);
            }

            var was = invited.Invitation.MemberId;
            var twin = await TwinAsync(bench, $"{name}@corp.test", $"{name}@acme.test");
            var race = await Rivals.RaceAsync(
                8,
                async i =>
                {
                    var store = i % 2 == 0 ? acme.Store : second.Store;
                    var decide = new DecideHeld(store);
                    return i switch
                    {
                        0 or 1 => (await decide.RunAsync(Actor.Operator, acme.Id, [twin], HoldVerdict.Merge, default)).Value[0].Refusal,
                        2 when round % 3 == 0 => (await decide.RunAsync(Actor.Operator, acme.Id, [twin], HoldVerdict.Release, default))
                            .Value[0]
                            .Refusal,
                        3 => (await SaidAsync(bench, store, twin, m => m with { DisplayName = "Said meanwhile" })).Refusal,
                        4 when round % 3 == 1 => (
                            await new EndMember(store).RunAsync(bench.Directory, acme.Id, twin, null, default)
                        ).Refusal,
                        5 when round % 2 == 0 => (await new SuspendMember(store).RunAsync(Actor.Operator, acme.Id, was, default)).Refusal,
                        5 => (await acme.RedeemAsync(invited.LinkSecret, $"{name}@acme.test")).Refusal,
                        6 when round % 3 == 2 => (
                            await new RemoveMember(store).RunAsync(Actor.Operator, acme.Id, was, null, default)
                        ).Refusal,
                        7 => (await bench.MoveAsync(Actor.Operator, ours, MembershipStepKind.Add, was)).Refusal,
                        _ => null,
                    };
                }
            );
            Assert.All(race, r => Assert.True(r.Fault is null && fine.Contains(r.Value?.Code), $"{round}: {r.Number} {r.Fault} {r.Value}"));
            await acme.AgreesAsync();
            await using var db = acme.Store.Read();
            var (one, gone) = (await acme.ReadAsync(twin), await acme.ReadAsync(was));
            Assert.True(gone.MergedInto is null || (gone.State == MemberState.Ended && gone.AccountId is null));
            Assert.True(gone.MergedInto is null || (one.State != MemberState.Provisioned && one.HeldAs is null or HeldAs.Deletion));
            Assert.False(await db.GroupMembers.AnyAsync(g => g.MemberId == was) && gone.MergedInto is not null);
            Assert.True((await acme.CountsAsync()).Seats.Used <= 2);
            foreach (var id in new[] { twin, was })
            {
                if ((await acme.ReadAsync(id)).State is MemberState.Active)
                {
                    await new SuspendMember(acme.Store).RunAsync(Actor.Operator, acme.Id, id, default); // room for the next
                }
            }
        }
    }

    /// <summary>Somebody who was invited, whom an admin made an editor, with the seat.</summary>
    private static async Task<Member> SeatedAsync(TestWorkspace acme, Member boss)
    {
        var ada = await acme.JoinAsync("ada@acme.test");
        Assert.True((await acme.AssignAsync(acme.As(boss), ada.Id, "editor")).Done);
        return await acme.ReadAsync(ada.Id);
    }

    private static async Task<Id<Member>> TwinAsync(RuleBench bench, string userName, string? email = null, string? document = null)
    {
        var sent = new MemberAttributes
        {
            UserName = userName,
            Email = email ?? "ADA@acme.test",
            ExternalId = userName,
            Document = document,
            Keys = [FindableBy.AnyCase(MemberKey.Emails, email ?? "ada@acme.test")],
        };
        return (await new ProvisionMember(bench.Acme.Store).RunAsync(bench.Directory, bench.Acme.Id, sent, default)).Value.Id;
    }

    private static Task HoldAsync(TestWorkspace acme, HoldDeadline deadline = HoldDeadline.Keep) =>
        acme.ConfigureAsync(c =>
            c with
            {
                Scim = c.Scim with
                {
                    Hold = new HoldRules { Mode = HoldMode.Hold, OnDeadline = deadline },
                },
            }
        );

    private static async Task<IReadOnlyList<HeldForecast>> PlanAsync(TestWorkspace acme) =>
        (await new ListHeld(acme.Store).PageAsync(Actor.Operator, acme.Id, true, null, null, 50, default)).Value.People;

    private static async Task<HeldSummary> SummaryAsync(TestWorkspace acme) =>
        (await new ListHeld(acme.Store).SummaryAsync(Actor.Operator, acme.Id, default)).Value;

    private static async Task DecideAsync(TestWorkspace acme, Actor actor, HoldVerdict verdict, Id<Member> id) =>
        Assert.Null((await new DecideHeld(acme.Store).RunAsync(actor, acme.Id, [id], verdict, default)).Value[0].Refusal);

    private static async Task<IReadOnlyList<Member>> ReadAsync(TestWorkspace acme, params Id<Member>[] ids)
    {
        await using var db = acme.Store.Read();
        return await db.Members.Where(m => ids.Contains(m.Id)).ToListAsync();
    }

    private static Task<Outcome<Member>> SaidAsync(
        RuleBench bench,
        Store store,
        Id<Member> id,
        Func<MemberAttributes, MemberAttributes> say
    ) => new UpdateProvisionedMember(store).RunAsync(bench.Directory, bench.Acme.Id, id, null, m => say(MemberAttributes.Of(m)), default);

    private static async Task<Member> SayAsync(RuleBench bench, Id<Member> id, Func<MemberAttributes, MemberAttributes> say) =>
        (await SaidAsync(bench, bench.Acme.Store, id, say)).Value;

    private static async Task<Approval> ApprovalAsync(TestWorkspace acme, Member boss) =>
        (await new ListApprovals(acme.Store).RunAsync(acme.As(boss), acme.Id, default)).Value.First(a => a.State == ApprovalState.Waiting);

    private static async Task<Id<Webhook>> HookAsync(TestWorkspace acme, params string[] types) => (
            await new CreateWebhook(acme.Store, new WebhookRules()).RunAsync(
                Actor.Operator,
                acme.Id,
                new()
                {
                    Name = "App",
                    Url = "https://app.example/hook",
                    Types = types,
                },
                default
            )
        ).Value.Row.Id;

    private static Task SeenAsync(TestWorkspace acme, Id<Member> id) =>
        WriteAsync(
            acme,
            attempt =>
                attempt.Changes.Add(
                    new MemberActivity
                    {
                        WorkspaceId = acme.Id,
                        MemberId = id,
                        FirstSignInAt = attempt.At,
                        LastSignInAt = attempt.At,
                        LastActiveAt = attempt.At,
                    }
                )
        );

    /// <summary>An app that the person uses, with a seat as its condition.</summary>
    private static async Task<Guid> GrantAsync(TestWorkspace acme, Member who)
    {
        var app = Guid.CreateVersion7();
        var grant = Guid.CreateVersion7();
        await WriteAsync(
            acme,
            attempt =>
            {
                attempt.Changes.Add(
                    new Client
                    {
                        Id = app,
                        ClientId = "app",
                        NeedsSeat = true,
                        ConcurrencyToken = "1",
                    }
                );
                attempt.Changes.Add(
                    new AppGrant
                    {
                        Id = grant,
                        ApplicationId = app,
                        AccountId = who.AccountId,
                        WorkspaceId = acme.Id,
                        SessionId = Id<Session>.New(attempt.Time),
                        Subject = who.AccountId.ToString(),
                        Status = AppAccess.Valid,
                        Type = AppAccess.AdHoc,
                        CreationDate = attempt.At.UtcDateTime,
                    }
                );
            }
        );
        return grant;
    }

    private static async Task WriteAsync(TestWorkspace acme, Action<Attempt> write)
    {
        var done = await acme.Store.ChangeAsync<Nothing>(
            Actor.System,
            null,
            "test.written",
            attempt =>
            {
                write(attempt);
                return Task.FromResult<Outcome<Nothing>>(default(Nothing));
            },
            default
        );
        Assert.True(done.Done, done.Refusal?.Message);
    }
}
