using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Audit;
using UserManagement.Membership.Data;
using UserManagement.Membership.Members;
using UserManagement.Membership.Tests.Data;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Membership.Tests.Audit;

/// <summary>The audit log by person, party, door and time, and that a page of it looks at no more than it may.</summary>
public sealed class AuditSearchTests
{
    [Theory, EachDatabase]
    public async Task A_person_is_found_as_whoever_acted_and_was_acted_on_also_after_they_left(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind);
        var other = await acme.OtherAsync();
        await other.ProvisionAsync("dora@acme.test");
        var boss = await acme.JoinAsync("boss@acme.test", "admin");
        var dora = (await acme.ProvisionAsync("dora@acme.test")).Value;
        var guest = await acme.InviteAsync("guest@acme.test");
        await new RemoveMember(acme.Store).RunAsync(acme.As(boss), acme.Id, dora.Id, default);

        Assert.Equal(["member.removed", "member.provisioned"], await ActsAsync(new() { Person = "dora" }));
        Assert.Equal(["invitation.created"], await ActsAsync(new() { Person = "guest@acme.test" }));
        Assert.Equal(
            ["member.removed"],
            await ActsAsync(
                new()
                {
                    Person = "boss",
                    ActorKind = ActorKind.Member,
                    Act = "member.removed",
                }
            )
        );
        Assert.Equal(["member.removed"], await ActsAsync(new() { Person = "boss", Target = dora.Id.Value }));
        Assert.Equal(["member.provisioned"], await ActsAsync(new() { Person = "DORA@acme.test", ActorKind = ActorKind.Directory }));
        Assert.Equal(["member.removed", "member.provisioned"], await ActsAsync(new() { Person = dora.Id.ToString() }));
        Assert.Empty(await ActsAsync(new() { Person = "nobody of that name" }));
        await new EndMember(acme.Store).RunAsync(acme.Directory, acme.Id, dora.Id, null, default);
        Assert.Contains("member.provisioned", await ActsAsync(new() { Person = "dora" }));
        Assert.Contains("invitation.created", await ActsAsync(new() { Person = guest.Invitation.MemberId.ToString() }));

        async Task<List<string>> ActsAsync(AuditQuery query)
        {
            // page by page, so that none is lost or told twice between two
            var (acts, after) = (new List<string>(), (PageCursor?)null);
            do
            {
                var page = (await new AuditList(acme.Store).FindAsync(Actor.Operator, acme.Id, query, after, 1, default)).Value;
                acts.AddRange(page.Entries.Select(e => e.Act));
                after = page.Next;
            } while (after is not null);

            return acts;
        }
    }

    [Theory, EachDatabase]
    public async Task A_page_looks_at_no_more_lines_than_it_may_and_leads_on(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind, isUnused: true);
        await using var db = acme.Store.Read();
        var workspace = db.WritesInTurn ? $"'{acme.Id.ToString().ToUpperInvariant()}'" : $"'{acme.Id}'::uuid";
        await Plan.FillAsync(
            db,
            $"""
            INSERT INTO audit_entries (workspace_id, id, at, actor_kind, actor_name, door, act, target_kind, refused)
            SELECT {workspace}, {Plan.IdOf(
                db,
                1
            )}, 1, 'System', CASE WHEN n = 7 THEN 'Rare' ELSE 'System' END, CASE WHEN n = 7 THEN 'Rest' ELSE 'None' END, 'often.done', 'workspace', {(
                db.WritesInTurn ? "0" : "false"
            )} FROM {Plan.Numbers(20_000)}
            """
        );
        await Plan.FillAsync(db, "ANALYZE");
        foreach (
            var query in new AuditQuery[]
            {
                new() { Door = Door.Rest },
                new() { Person = "Rare" },
                new() { Door = Door.Rest, Act = "often." },
            }
        )
        {
            var (lines, pages, after) = (new List<AuditEntry>(), 0, (PageCursor?)null);
            do
            {
                var page = (await new AuditList(acme.Store).FindAsync(Actor.Operator, acme.Id, query, after, 50, default)).Value;
                Assert.Equal(page.Next is not null, page.LookedTo is not null);
                lines.AddRange(page.Entries);
                after = page.Next;
                pages++;
            } while (after is not null);

            Assert.Equal("Rare", Assert.Single(lines).ActorName);
            Assert.InRange(pages, 2, 4);
        }

        var export = (await new ExportAuditLines(acme.Store).RunAsync(Actor.Operator, acme.Id, new() { Act = "often." }, default)).Value;
        var all = 0;
        await foreach (var line in export.Lines)
        {
            all++;
        }

        Assert.Equal(20_000, all);
    }

    [Theory, EachDatabase]
    public async Task What_one_person_did_and_what_was_done_to_them_is_found_under_indexes(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind);
        var dora = (await acme.ProvisionAsync("dora@acme.test")).Value;
        await using var db = acme.Store.Read();
        var workspace = db.WritesInTurn ? $"'{acme.Id.ToString().ToUpperInvariant()}'" : $"'{acme.Id}'::uuid";
        await Plan.FillAsync(
            db,
            $"""
            INSERT INTO audit_entries (workspace_id, id, at, actor_kind, actor_name, door, act, target_kind, refused)
            SELECT {workspace}, {Plan.IdOf(db, 1)}, 1, 'System', 'System', 'None', 'often.done', 'workspace', {(
                db.WritesInTurn ? "0" : "false"
            )} FROM {Plan.Numbers(20_000)}
            """
        );
        await Plan.FillAsync(db, "ANALYZE");
        var (leading, beside) = await AuditSearch.LeadingAsync(db, acme.Id, new() { Person = "dora@acme.test" }, default);
        Assert.Null(beside);
        Assert.True(leading.Count >= 2, $"{leading.Count} subjects");
        foreach (var one in leading)
        {
            var query = one.OrderByDescending(l => l.Id).Take(51);
            await using var command = query.CreateDbCommand();
            var plan = await Plan.OfAsync(
                db,
                command.CommandText,
                [.. command.Parameters.Cast<System.Data.Common.DbParameter>().Select(p => (p.ParameterName, p.Value!))]
            );
            Assert.Matches("IX_audit_entries_workspace_id_(target|actor)_id", plan);
            Assert.DoesNotContain("Seq Scan", plan, StringComparison.Ordinal);
        }

        Assert.Equal("member.provisioned", Assert.Single((await PageAsync()).Entries).Act);

        async Task<AuditPage> PageAsync() =>
            (
                await new AuditList(acme.Store).FindAsync(
                    Actor.Operator,
                    acme.Id,
                    new() { Person = dora.Email ?? dora.UserName },
                    null,
                    50,
                    default
                )
            ).Value;
    }
}
