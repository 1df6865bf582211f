using System.Globalization;
using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Groups;
using UserManagement.Membership.Members;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Membership.Tests.Members;

/// <summary>The member list in the order of groups: sorted and gone through, whole and in short pages, which must agree.</summary>
public sealed class GroupOrderTests
{
    private static readonly bool[] Directions = [false, true];

    /// <summary>Groups that overlap, of one name, without anybody, in an order that is not that of their ids; people in none.</summary>
    [Theory, EachDatabase]
    public async Task Each_stands_once_with_the_first_of_their_groups_and_pages_turn_in_both_directions(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind, change: c => c with { Capacity = c.Capacity with { Seats = null } });
        List<Member> people = [];
        for (var i = 0; i < 24; i++)
        {
            people.Add((await acme.ProvisionAsync($"{(char)('a' + (i * 7 % 24))}{i:00}@acme.test")).Value);
        }

        foreach (
            var (name, takes) in ((string, Func<int, bool>)[])
                [
                    ("zeta", i => i % 3 == 0),
                    ("Élan", i => i is 4 or 5),
                    ("Alpha", i => i % 4 == 0),
                    ("Staff", i => i < 18),
                    ("beta", i => i % 4 == 0 && i < 9), // all of them stand with Alpha
                    ("Alpha", i => i is 1 or 2 or 8),
                    ("empty", _ => false),
                ]
        )
        {
            var ids = people.Where((_, i) => takes(i)).Select(m => m.Id).ToList();
            await new CreateGroup(acme.Store).RunAsync(acme.Directory, acme.Id, new() { DisplayName = name }, ids, default);
        }

        await using var db = acme.Store.Read();
        var all = (await ReadAsync(acme, new() { Count = 200 })).Rows;
        Assert.Contains(all, r => r.In.Count == 0);
        Assert.Contains(all, r => r.In.Count > 3);
        foreach (var down in Directions)
        {
            var wanted = new MemberListQuery { Sort = MemberSort.Groups, Descending = down };
            var standing = all.Where(r => r.In.Count > 0)
                .OrderBy(r => With(r, down).DisplayNameKey, StringComparer.Ordinal)
                .ThenBy(r => With(r, down).Id)
                .ThenBy(r => r.Member.SortKey, StringComparer.Ordinal);
            var none = all.Where(r => r.In.Count == 0).OrderBy(r => r.Member.SortKey, StringComparer.Ordinal);
            List<string> expected =
            [
                .. (down ? standing.Reverse() : standing).Concat(down ? none.Reverse() : none).Select(r => r.Member.UserName),
            ];
            Assert.Equal(all.Count, expected.Count);
            Assert.Equal(expected, await PagesAsync(acme, wanted with { Count = 7 }));
            var names = all.ToDictionary(r => r.Member.Id, r => r.Member.UserName);
            foreach (var (mostSorted, most) in ((int, int)[])[(5000, 10_000), (0, 10_000), (0, 25), (0, 1)])
            {
                var what = string.Create(CultureInfo.InvariantCulture, $"{down} {mostSorted} {most}");
                var (forth, empty) = await WalkAsync(wanted, mostSorted, most);
                Assert.Equal((what, string.Join(' ', expected)), (what, string.Join(' ', forth.Select(p => names[p.Id]))));
                Assert.True(down || most == 25 || empty > 0 == (most == 1), what); // it went on past groups that bring nobody
                var (back, _) = await WalkAsync(wanted with { Before = forth[^1].Cursor }, mostSorted, most);
                Assert.Equal((what, string.Join(' ', expected[..^1])), (what, string.Join(' ', back.Select(p => names[p.Id]).Reverse())));
            }

            Assert.Equal(expected[..5], await FirstAsync(acme, wanted with { After = new PageCursor("no part\0of it", Guid.Empty) }, 5));
        }

        // what a place named is gone: the next group of the order follows
        var order = new MemberListQuery { Sort = MemberSort.Groups };
        var place = (await WalkAsync(order, 0, 10_000)).Places.Last(p => p.GroupKey == "alpha");
        var next = await FirstAsync(acme, order with { After = place.Cursor }, 20);
        await new DeleteGroup(acme.Store).RunAsync(acme.Directory, acme.Id, place.Group!.Value, null, default);
        foreach (var mostSorted in (int[])[5000, 0])
        {
            var piece = await new GroupOrder(
                db,
                acme.Id,
                order with
                {
                    After = place.Cursor,
                },
                await MemberMatch.OfAsync(db, acme.Id, order, default),
                mostSorted
            ).NextAsync(50, default);
            Assert.Empty(next.Except(piece.Places.Select(p => all.First(r => r.Member.Id == p.Id).Member.UserName)));
        }

        async Task<(List<GroupPlace> Places, int Empty)> WalkAsync(MemberListQuery query, int mostSorted, int most)
        {
            List<GroupPlace> places = [];
            for (var empty = 0; ; )
            {
                var match = await MemberMatch.OfAsync(db, acme.Id, query, default);
                var piece = await new GroupOrder(db, acme.Id, query, match, mostSorted, most).NextAsync(6, default);
                places.AddRange(piece.Places);
                empty += piece is { Places.Count: 0, Stopped: not null } ? 1 : 0;
                if (piece.Places.Count < 6 && piece.Stopped is null)
                {
                    return (places, empty);
                }

                var at = PageCursor.Read((piece.Stopped ?? piece.Places[^1]).Cursor.ToString());
                query = query.Before is null ? query with { After = at } : query with { Before = at };
            }
        }

        static Group With(MemberRow row, bool down) => down ? row.In[^1] : row.In[0];
    }

    [Theory, EachDatabase]
    public async Task Filters_and_words_narrow_the_list_by_groups_and_a_large_group_is_gone_through(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(
            kind,
            change: c => c with { Capacity = c.Capacity with { Seats = null } },
            isUnused: true
        );
        var grace = (await acme.ProvisionAsync("grace@acme.test")).Value;
        var everybody = (
            await new CreateGroup(acme.Store).RunAsync(acme.Directory, acme.Id, new() { DisplayName = "Everybody" }, [], default)
        )
            .Value
            .Group;
        await Copies.LikeAsync(acme.Store, acme.Id, grace.Id.Value, 700);
        await using var db = acme.Store.Read();
        await Copies.JoinAllAsync(db, acme.Id, everybody.Id.Value);
        var eve = (await acme.ProvisionAsync("eve@acme.test")).Value; // in none
        var few = (await new CreateGroup(acme.Store).RunAsync(acme.Directory, acme.Id, new() { DisplayName = "Few" }, [grace.Id], default))
            .Value
            .Group;
        await db.Database.ExecuteSqlRawAsync("ANALYZE");

        var up = new MemberListQuery { Sort = MemberSort.Groups, Count = 200 };
        var sorted = await PagesAsync(acme, up);
        Assert.Equal((701, 701, "eve@acme.test"), (sorted.Count, sorted.Distinct().Count(), sorted[^1]));
        var down = await PagesAsync(acme, up with { Descending = true });
        Assert.Equal((701, "grace@acme.test", "eve@acme.test"), (down.Distinct().Count(), down[0], down[^1]));
        foreach (var (turned, mostSorted) in (from t in Directions from m in (int[])[5000, 0] select (t, m)))
        {
            var query = up with { Search = "eve", Status = MemberState.Active, Descending = turned };
            Assert.Equal([eve.Id], await FirstOfAsync(query));
            Assert.Equal([grace.Id, eve.Id], await FirstOfAsync(query with { Search = null, Descending = true }, [grace.Id, eve.Id]));

            async Task<List<Id<Member>>> FirstOfAsync(MemberListQuery asked, List<Id<Member>>? among = null)
            {
                var match = await MemberMatch.OfAsync(db, acme.Id, asked, default);
                match = among is null ? match : match with { Rows = match.Rows.Where(m => among.Contains(m.Id)) };
                return (await new GroupOrder(db, acme.Id, asked, match, mostSorted).NextAsync(51, default)).Places.ConvertAll(p => p.Id);
            }
        }

        // a page looks at little, however large the group is, and the database goes along its indexes
        var all = await MemberMatch.OfAsync(db, acme.Id, up, default);
        var order = new GroupOrder(db, acme.Id, up, all, mostSorted: 0);
        Assert.Equal(51, (await order.NextAsync(51, default)).Places.Count);
        Assert.InRange(order.Looked, 51, 600);
        foreach (
            var plan in (string[])
                [
                    await QueryPlan.OfAsync(db, order.NextGroups(("a", everybody.Id), 20)),
                    await QueryPlan.OfAsync(db, order.Inside([few.Id])),
                    await QueryPlan.OfAsync(db, order.Placed(all.Rows.Where(m => m.Id == grace.Id || m.Id == eve.Id))),
                ]
        )
        {
            // and no more than so many
            Assert.True(plan.Contains(db.WritesInTurn ? "INDEX" : "Limit", StringComparison.Ordinal), plan);
            Assert.False(plan.Contains("Hash", StringComparison.Ordinal), plan);
        }
    }

    private static async Task<List<string>> FirstAsync(TestWorkspace acme, MemberListQuery query, int count) =>
        [.. (await ReadAsync(acme, query with { Count = count })).Rows.Select(r => r.Member.UserName)];

    private static async Task<List<string>> PagesAsync(TestWorkspace acme, MemberListQuery query)
    {
        List<string> whole = [];
        do
        {
            var page = await ReadAsync(acme, query);
            whole.AddRange(page.Rows.Select(r => r.Member.UserName));
            query = query with { After = PageCursor.Read(page.Next?.ToString()) };
        } while (query.After is not null);

        return whole;
    }

    private static async Task<MemberListPage> ReadAsync(TestWorkspace acme, MemberListQuery query) =>
        (await new MemberList(acme.Store).RunAsync(Actor.Operator, acme.Id, query, default)).Value;
}
