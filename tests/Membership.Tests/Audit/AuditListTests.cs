using UserManagement.Membership.Access;
using UserManagement.Membership.Audit;
using UserManagement.Membership.Data;
using UserManagement.Membership.Tests.Data;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Membership.Tests.Audit;

public sealed class AuditListTests
{
    [Theory, EachDatabase]
    public async Task Lines_of_one_act_stand_in_the_order_in_which_they_were_told(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind);
        for (var round = 0; round < 3; round++)
        {
            await acme.Store.ChangeAsync<Nothing>(
                Actor.Operator,
                acme.Id,
                "test",
                attempt =>
                {
                    for (var i = 0; i < 50; i++)
                    {
                        attempt.Changes.Tell($"told.{i}", acme.Id, ("workspace", acme.Id.Value, "Acme"));
                    }

                    return Task.FromResult<Outcome<Nothing>>(default(Nothing));
                },
                default
            );
        }

        var told = await ReadAsync(acme, "told.", null, 200);
        Assert.Equal(Enumerable.Range(0, 150).Select(i => $"told.{i % 50}"), told.Entries.Select(e => e.Act).Reverse());
    }

    [Theory, EachDatabase]
    public async Task Acts_are_found_by_how_they_begin_and_letter_case_counts(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind);
        var other = await acme.OtherAsync();
        await other.ProvisionAsync("stranger@acme.test");
        var people = new List<Membership.Members.Member>();
        for (var i = 0; i < 5; i++)
        {
            people.Add((await acme.ProvisionAsync($"p{i}@acme.test")).Value);
            acme.Clock.Advance(TimeSpan.FromMilliseconds(1));
            await acme.SayAsync(people[i].Id, false);
            acme.Clock.Advance(TimeSpan.FromMilliseconds(1));
        }

        var all = await acme.AuditAsync();
        foreach (
            var prefix in new[]
            {
                "m",
                "member.",
                "member.d",
                "member.deactivated",
                "workspace.",
                "member.z",
                "n",
                "Member.",
                "MEMBER.",
                "m_mber.",
                "member%",
                "%",
                "\0",
                "member.deactivated.more",
            }
        )
        {
            var meant = all.Where(a => a.Act.StartsWith(prefix, StringComparison.Ordinal)).Select(a => a.Id).OrderDescending().ToList();
            var found = new List<Id<AuditEntry>>();
            PageCursor? next = null;
            do
            {
                var page = await ReadAsync(acme, prefix, next, 3);
                found.AddRange(page.Entries.Select(e => e.Id));
                next = page.Next;
            } while (next is not null);
            Assert.Equal(meant, found);
            if (prefix != "\0")
            {
                Assert.Equal(
                    meant.Count(id => all.Single(a => a.Id == id).TargetId == people[0].Id.Value),
                    (await ReadAsync(acme, prefix, null, 200, people[0].Id.Value)).Entries.Count
                );
            }
        }
    }

    [Theory, EachDatabase]
    public async Task A_kind_of_acts_is_found_under_the_index(Database kind)
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
            )}, 1, 'System', 'System', 'None', CASE WHEN n = 7 THEN 'seldom.done' ELSE 'often.done' END, 'workspace', {(
                db.WritesInTurn ? "0" : "false"
            )} FROM {Plan.Numbers(20_000)}
            """
        );
        await Plan.FillAsync(db, "ANALYZE");
        foreach (var (text, values) in AuditActs.Texts(db))
        {
            var plan = await Plan.OfAsync(
                db,
                text,
                [.. values.Select((v, i) => (PositionalName.Of(i), v is Guid id && id != Guid.Empty ? acme.Id.Value : v))]
            );
            Assert.Contains("IX_audit_entries_workspace_id_act_id", plan, StringComparison.Ordinal);
            Assert.DoesNotContain("Seq Scan", plan, StringComparison.Ordinal);
            Assert.DoesNotContain("SCAN audit_entries", plan, StringComparison.Ordinal);
        }

        Assert.Single((await ReadAsync(acme, "seldom.", null, 10)).Entries);
    }

    private static async Task<AuditPage> ReadAsync(TestWorkspace acme, string act, PageCursor? after, int count, Guid? target = null) =>
        (await new AuditList(acme.Store).RunAsync(Actor.Operator, acme.Id, act, target, after, count, default)).Value;
}
