using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Members;
using UserManagement.Membership.Provisioning;
using UserManagement.Membership.Retention;
using UserManagement.Membership.Tests.Data;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Membership.Tests.Provisioning;

/// <summary>The queue, the cycles, the sums, and what becomes of lines later.</summary>
public sealed class ProvisioningLogTests
{
    private static readonly Guid Entra = Guid.CreateVersion7();

    [Theory, EachDatabase]
    public async Task A_pause_ends_a_cycle_two_servers_share_one_and_its_counts_agree_with_its_lines(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind);
        using var one = new ProvisioningLog(acme.Store);
        using var other = new ProvisioningLog(acme.Store);
        foreach (var (log, outcome) in new[] { (one, ProvisioningOutcome.Created), (other, ProvisioningOutcome.Changed) })
        {
            log.Add(Note(acme, outcome));
            log.Add(Note(acme, ProvisioningOutcome.Refused) with { Code = "seatsFull", Status = 403 });
            await log.FlushAsync(true, default);
            acme.Clock.Advance(TimeSpan.FromMinutes(4));
        }

        await Task.WhenAll(Flushed(one), Flushed(other)); // both at once, in a cycle that both know
        acme.Clock.Advance(ProvisioningCycle.Gap);
        await Task.WhenAll(Flushed(one), Flushed(other)); // and in one that neither knows

        var cycles = (await new ListCycles(acme.Store).RunAsync(Actor.Operator, acme.Id, null, 10, default)).Value.Cycles;
        Assert.Equal([2, 1], cycles.Select(c => c.Number));
        Assert.Equal((2, 2, 0), (cycles[0].Requests, cycles[0].Created, cycles[0].Failed));
        Assert.Equal((6, 3, 1, 2), (cycles[1].Requests, cycles[1].Created, cycles[1].Changed, cycles[1].Failed));
        Assert.Equal(TimeSpan.FromMinutes(8), cycles[1].LastAt - cycles[1].StartedAt);
        foreach (var cycle in cycles)
        {
            Assert.Equal(cycle.Requests, (await PageAsync(acme, new() { Cycle = cycle.Id })).Lines.Sum(l => l.Times));
        }

        async Task Flushed(ProvisioningLog log)
        {
            log.Add(Note(acme, ProvisioningOutcome.Created));
            await log.FlushAsync(true, default);
        }
    }

    [Theory, EachDatabase]
    public async Task Reads_of_one_kind_are_a_line_and_their_number_and_whatever_failed_has_a_line_of_its_own(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind);
        using var log = new ProvisioningLog(acme.Store);
        for (var i = 0; i < 40; i++)
        {
            log.Add(Read("/Users/{id}"));
            log.Add(Read("/Users/{id}") with { Outcome = ProvisioningOutcome.Absent, Status = 404 });
            log.Add(Read("/Users/{id}") with { Outcome = ProvisioningOutcome.Refused, Code = "invalidFilter", Status = 400 });
        }

        await log.FlushAsync(false, default);
        Assert.Equal(42, (await PageAsync(acme, new())).Lines.Count);
        acme.Clock.Advance(TimeSpan.FromMinutes(1));
        await log.FlushAsync(false, default);
        var lines = (await PageAsync(acme, new())).Lines;
        Assert.Equal(44, lines.Count);
        Assert.Equal(120, lines.Sum(l => l.Times));
        Assert.Equal([39, 39], lines.Where(l => l.Times > 1).Select(l => l.Times));
        Assert.All(lines.Where(l => l.Times > 1), l => Assert.Equal(("/Users/{id}", null), (l.Path, l.Subject)));
        Assert.Equal(40, (await PageAsync(acme, new() { Failed = true })).Lines.Count);
        var cycle = Assert.Single((await new ListCycles(acme.Store).RunAsync(Actor.Operator, acme.Id, null, 10, default)).Value.Cycles);
        Assert.Equal((120, 80, 40), (cycle.Requests, cycle.Reads, cycle.Failed));

        ProvisioningNote Read(string what) =>
            Note(acme, ProvisioningOutcome.Read) with
            {
                Method = "GET",
                Kind = what,
                Path = "/Users/0",
                SubjectName = "ada",
            };
    }

    [Theory, EachDatabase]
    public async Task What_finds_the_queue_full_is_counted_and_the_log_says_so(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind);
        using var log = new ProvisioningLog(acme.Store);
        for (var i = 0; i < ProvisioningLog.MostWaiting + 7; i++)
        {
            log.Add(Note(acme, ProvisioningOutcome.Read) with { Method = "GET", Kind = "/Users" });
        }

        await log.FlushAsync(true, default);
        var lines = (await PageAsync(acme, new())).Lines;
        var lost = Assert.Single(lines, l => l.Outcome == ProvisioningOutcome.Lost);
        Assert.Equal((7, ProvisioningAdvice.LinesLost, true), (lost.Times, lost.Code, lost.Failed));
        Assert.Equal(ProvisioningLog.MostWaiting + 7, lines.Sum(l => l.Times));
    }

    [Theory, EachDatabase]
    public async Task Somebody_is_found_by_id_user_name_and_shown_name_also_who_was_refused_at_the_door(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind);
        using var log = new ProvisioningLog(acme.Store);
        var ada = (await acme.ProvisionAsync("Ada@acme.test")).Value;
        log.Add(About(ada, ProvisioningOutcome.Created));
        log.Add(About(ada, ProvisioningOutcome.Refused) with { TargetName = null, Code = "lastAdmin", Status = 409 });
        log.Add(
            Note(acme, ProvisioningOutcome.Refused) with
            {
                TargetKind = "member",
                TargetName = "bob@acme.test",
                SubjectName = "bob@acme.test",
                Code = "seatsFull",
                Status = 403,
            }
        );
        log.Add(
            Note(acme, ProvisioningOutcome.Changed) with
            {
                TargetKind = "group",
                TargetId = Guid.CreateVersion7(),
                TargetName = "Staff",
            }
        );
        await log.FlushAsync(true, default);

        Assert.Equal(["Ada@acme.test", "Ada@acme.test"], await NamesAsync(new() { Person = "ADA@acme.test" })); // one by the audit log
        Assert.Equal(2, (await NamesAsync(new() { Person = ada.Id.ToString() })).Count);
        Assert.Equal(2, (await NamesAsync(new() { Target = ada.Id.Value })).Count);
        Assert.Equal(["bob@acme.test"], await NamesAsync(new() { Person = "BOB@acme.test" }));
        Assert.Equal(["Staff"], await NamesAsync(new() { Person = "taf" }));
        Assert.Empty(await NamesAsync(new() { Person = "nobody" }));
        Assert.Equal(["Ada@acme.test"], await NamesAsync(new() { Person = "ada@acme.test", Failed = true }));
        Assert.Equal(["Ada@acme.test"], await NamesAsync(new() { Outcome = ProvisioningOutcome.Created }));
        Assert.Equal(4, (await NamesAsync(new() { Client = Entra, Method = "POST" })).Count);
        Assert.Empty(await NamesAsync(new() { Client = Guid.CreateVersion7() }));
        Assert.Empty(await NamesAsync(new() { Since = acme.Clock.Now.AddMinutes(1) }));
        Assert.Equal(4, (await NamesAsync(new() { Until = acme.Clock.Now.AddMinutes(1) })).Count);
        Assert.Equal(2, (await new ListProvisioning(acme.Store).AboutAsync(Actor.Operator, ada, 10, default)).Value.Count);

        var first = (await new ListProvisioning(acme.Store).RunAsync(Actor.Operator, acme.Id, new(), null, 3, default)).Value;
        var second = (await new ListProvisioning(acme.Store).RunAsync(Actor.Operator, acme.Id, new(), first.Next, 3, default)).Value;
        Assert.Equal((3, 1, null), (first.Lines.Count, second.Lines.Count, second.Next));
        Assert.Equal(4, first.Lines.Concat(second.Lines).DistinctBy(l => l.Id).Count());

        // who was refused by name and came in later: both in one order, page by page, and looked through alike
        var bob = (await acme.ProvisionAsync("bob@acme.test")).Value;
        foreach (var outcome in new[] { ProvisioningOutcome.Created, ProvisioningOutcome.Changed })
        {
            acme.Clock.Advance(TimeSpan.FromSeconds(1));
            log.Add(About(bob, outcome));
            await log.FlushAsync(true, default);
        }

        ProvisioningQuery[] both = [new() { Person = "bob@acme.test" }, new() { Person = "bob@acme.test", Method = "POST" }];
        foreach (var query in both)
        {
            List<ProvisioningOutcome> seen = [];
            PageCursor? next = null;
            do
            {
                var page = (await new ListProvisioning(acme.Store).RunAsync(Actor.Operator, acme.Id, query, next, 1, default)).Value;
                seen.AddRange(page.Lines.Select(l => l.Outcome));
                next = page.Next;
            } while (next is not null);

            Assert.Equal([ProvisioningOutcome.Changed, ProvisioningOutcome.Created, ProvisioningOutcome.Refused], seen);
        }

        Assert.Equal(3, (await new ListProvisioning(acme.Store).AboutAsync(Actor.Operator, bob, 10, default)).Value.Count);

        var stranger = acme.As(await acme.JoinAsync("jo@acme.test"));
        Assert.Equal(
            "forbidden",
            (await new ListProvisioning(acme.Store).RunAsync(stranger, acme.Id, new(), null, 3, default)).Refusal?.Code
        );
        await ALongLogIsReadAlongItsIndexesAsync(acme, ada);

        ProvisioningNote About(Member member, ProvisioningOutcome outcome) =>
            Note(acme, outcome) with
            {
                TargetKind = "member",
                TargetId = member.Id.Value,
                TargetName = member.ShownName,
            };

        async Task<List<string?>> NamesAsync(ProvisioningQuery query) =>
            [.. (await PageAsync(acme, query)).Lines.Select(l => l.TargetName)];
    }

    /// <summary>A page costs the same however long the log is: whatever is asked, an index leads, in the order in which it is shown.</summary>
    private static async Task ALongLogIsReadAlongItsIndexesAsync(TestWorkspace acme, Member ada)
    {
        await using var db = acme.Store.Read();
        var columns = db.Model.FindEntityType(typeof(ProvisioningLine))!.GetProperties().Select(p => p.GetColumnName()).ToList();
        var values = columns.Select(c => c == "id" ? Plan.IdOf(db, 1) : "line." + c);
        await Plan.FillAsync(
            db,
            $"INSERT INTO provisioning_lines ({string.Join(", ", columns)}) SELECT {string.Join(", ", values)} FROM {Plan.Numbers(20_000)}, "
                + "(SELECT * FROM provisioning_lines WHERE target_name = 'Staff' LIMIT 1) AS line"
        );
        await Plan.FillAsync(db, "ANALYZE");
        foreach (
            var query in (ProvisioningQuery[])
                [
                    new(),
                    new() { Failed = true },
                    new() { Client = Entra },
                    new() { Target = ada.Id.Value },
                    new() { Person = "ada@acme.test" },
                    new() { Person = "taf", Method = "POST" },
                    new() { Since = acme.Clock.Now.AddHours(-1), Until = acme.Clock.Now.AddHours(1) },
                ]
        )
        {
            var (leading, _) = await ListProvisioning.LeadingAsync(db, acme.Id, query, default);
            var plan = await QueryPlan.OfAsync(db, Assert.Single(leading).OrderByDescending(l => l.Id).Take(51));
            Assert.True(
                db.WritesInTurn ? plan.Contains("SEARCH", StringComparison.Ordinal) : !plan.Contains("Seq Scan", StringComparison.Ordinal),
                $"{query}: {plan}"
            );
            Assert.True(
                !(plan.Contains("Sort", StringComparison.Ordinal) || plan.Contains("TEMP B-TREE", StringComparison.Ordinal)),
                $"{query}: {plan}"
            );
        }
    }

    [Theory, EachDatabase]
    public async Task Lines_go_after_the_days_of_their_workspace_and_those_of_others_stay(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind);
        var other = await acme.OtherAsync();
        await acme.ConfigureAsync(c => c with { Scim = c.Scim with { LogDays = 3 } });
        using var log = new ProvisioningLog(acme.Store);
        for (var i = 0; i < 600; i++)
        {
            log.Add(Note(acme, ProvisioningOutcome.Created));
        }

        log.Add(Note(other, ProvisioningOutcome.Created));
        await log.FlushAsync(true, default);
        acme.Clock.Advance(TimeSpan.FromDays(3) - TimeSpan.FromMinutes(1));
        await new SweepOver(acme.Store).RunAsync(new(), default);
        Assert.Equal(600, await CountAsync(acme));
        acme.Clock.Advance(TimeSpan.FromMinutes(2));
        var swept = await new SweepOver(acme.Store).RunAsync(new(), default);
        Assert.False(swept.IsMore);
        Assert.Equal((0, 1), (await CountAsync(acme), await CountAsync(other)));
        await using var db = acme.Store.Read();
        Assert.Equal(1, await db.ProvisioningCycles.CountAsync());
        acme.Clock.Advance(TimeSpan.FromDays(27));
        await new SweepOver(acme.Store).RunAsync(new(), default);
        Assert.Equal(0, await CountAsync(other));
    }

    [Theory, EachDatabase]
    public async Task Who_is_erased_leaves_no_name_and_no_payload_in_the_log_and_its_lines_stay(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind);
        using var log = new ProvisioningLog(acme.Store);
        var ada = (await acme.ProvisionAsync("lovelace@acme.test")).Value;
        await new UpdateProvisionedMember(acme.Store).RunAsync(
            acme.Directory,
            acme.Id,
            ada.Id,
            null,
            m => MemberAttributes.Of(m) with { UserName = "ada.king@acme.test" },
            default
        );
        log.Add(
            Note(acme, ProvisioningOutcome.Absent) with
            {
                Method = "GET",
                Path = "/Users?filter=userName eq \"lovelace@acme.test\"",
                SubjectName = "Lovelace@acme.test", // what she was called first
                TargetName = "lovelace@acme.test",
            }
        );
        log.Add(
            Note(acme, ProvisioningOutcome.Refused) with
            {
                TargetId = ada.Id.Value,
                TargetKind = "member",
                Path = $"/Users/{ada.Id}",
                Code = "userNameTaken",
                Status = 409,
                Reason = "ada.king@acme.test is there",
                Request = """{"userName":"ada.king@acme.test"}""",
                Answer = """{"detail":"ada.king@acme.test"}""",
            }
        );
        log.Add(Note(acme, ProvisioningOutcome.Created) with { TargetId = Guid.CreateVersion7(), TargetName = "Bob", Request = "{}" });
        await log.FlushAsync(true, default);
        Assert.True((await new EndMember(acme.Store).RunAsync(acme.Directory, acme.Id, ada.Id, null, default)).Done);
        Assert.True((await new ErasePerson(acme.Store).RunAsync(Actor.Operator, acme.Id, ada.Id, default)).Done);

        var lines = (await PageAsync(acme, new())).Lines;
        Assert.Equal(3, lines.Count);
        var text = string.Join('\n', lines);
        Assert.DoesNotContain("ada.king", text, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("lovelace", text, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(2, lines.Count(l => l.ErasedAt is not null));
        Assert.Single(lines, l => l is { TargetName: "Bob", Request: "{}", ErasedAt: null });
        Assert.Single(lines, l => l is { Code: "userNameTaken", Path: "/Users", Status: 409 });
    }

    private static ProvisioningNote Note(TestWorkspace workspace, ProvisioningOutcome outcome) =>
        new()
        {
            Workspace = workspace.Id,
            ClientId = Entra,
            Client = "Entra",
            At = workspace.Clock.Now,
            Took = TimeSpan.FromMilliseconds(3),
            Method = "POST",
            Path = "/Users",
            Outcome = outcome,
            Status = 200,
        };

    private static async Task<ProvisioningPage> PageAsync(TestWorkspace workspace, ProvisioningQuery query) =>
        (await new ListProvisioning(workspace.Store).RunAsync(Actor.Operator, workspace.Id, query, null, 200, default)).Value;

    private static async Task<int> CountAsync(TestWorkspace workspace)
    {
        await using var db = workspace.Store.Read();
        return await db.ProvisioningLines.CountAsync(l => l.WorkspaceId == workspace.Id);
    }
}
