using System.Text;
using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Groups;
using UserManagement.Membership.Licensing;
using UserManagement.Membership.Members;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Membership.Tests.Members;

/// <summary>Searches and groups that so many match that the list is walked, and what that costs.</summary>
public sealed class MemberSearchTests
{
    private const int Many = 700;

    [Theory, EachDatabase]
    public async Task Very_many_are_found_once_each_page_by_page_those_first_whose_place_in_the_list_begins_so(Database kind)
    {
        await using var acme = await CrowdAsync(kind);
        var graceson = await NamedAsync(acme, "Zed", "Graceson", "zed@acme.test");
        var other = await NamedAsync(acme, "Bo", "Adams", "bo@acme.test");
        var byAddress = await NamedAsync(acme, "Cy", "Abel", "grace.c@acme.test");

        var (found, total) = await PagesAsync(acme, new() { Search = "grace", Count = 200 });
        Assert.Equal(Many + 2, found.Count);
        Assert.Equal(Many + 2, found.Distinct().Count());
        Assert.Equal([graceson.Id, byAddress.Id], found[..2]); // the rest by name: Abel before Hopper
        Assert.DoesNotContain(other.Id, found);
        Assert.Equal((500, false), total);

        var (turned, _) = await PagesAsync(
            acme,
            new()
            {
                Search = "grace",
                Count = 200,
                Descending = true,
            }
        );
        Assert.Equal([found[0], .. Enumerable.Reverse(found[1..])], turned);
        foreach (var sort in Enum.GetValues<MemberSort>())
        {
            var (sorted, _) = await PagesAsync(
                acme,
                new()
                {
                    Search = "grace",
                    Count = 150,
                    Sort = sort,
                }
            );
            Assert.Equal(found.Order(), sorted.Order());
        }

        var second = await ReadAsync(
            acme,
            new()
            {
                Search = "grace",
                Count = 50,
                After = (await ReadAsync(acme, new() { Search = "grace", Count = 50 })).Next,
            }
        );
        var first = await ReadAsync(
            acme,
            new()
            {
                Search = "grace",
                Count = 50,
                Before = second.Previous,
            }
        );
        Assert.Equal(found[..50], first.Rows.Select(r => r.Member.Id));

        // two words: both common, one rare, one of nobody; an exact number where few are left
        Assert.Equal(Many, (await PagesAsync(acme, new() { Search = "hop grace", Count = 200 })).Found.Count);
        Assert.Equal([graceson.Id], (await PagesAsync(acme, new() { Search = "grace zed" })).Found);
        var rare = await ReadAsync(acme, new() { Search = "gr zed" });
        Assert.Equal((1, true), (rare.Total, rare.TotalIsExact));
        Assert.Empty((await ReadAsync(acme, new() { Search = "grace nobody" })).Rows);
        Assert.Equal([byAddress.Id], (await PagesAsync(acme, new() { Search = "abel grace" })).Found);
        var viewers = await ReadAsync(acme, new() { Search = "grace", Role = "viewer" });
        Assert.Equal((0, true), (viewers.Total, viewers.TotalIsExact));
    }

    /// <summary>Wherever in the list they are, no more rows are looked at than a few pages.</summary>
    [Theory, EachDatabase]
    public async Task A_page_of_a_search_that_very_many_match_looks_at_few_rows(Database kind)
    {
        await using var acme = await CrowdAsync(kind); // all of one name
        var last = await NamedAsync(acme, "Ann", "Zorn", "ann@acme.test");
        await CopyAsync(acme, last, "zorn", "ann");
        await using var db = acme.Store.Read();
        await db.Database.ExecuteSqlRawAsync("ANALYZE");
        foreach (var (words, down) in (((string, bool)[])[("grace", false), ("zorn", false), ("zorn ann", true), ("acme", false)]))
        {
            var match = await MemberMatch.OfAsync(db, acme.Id, new() { Search = words }, default);
            Assert.NotEmpty(match.Words);
            var walk = new MemberWalk(db, acme.Id, match.Words);
            var parts = walk.Parts(MemberPart.Of(MemberSort.Name, match.Rows, []), down);
            var found = new List<Member>();
            foreach (var part in down ? parts.Reverse() : parts)
            {
                found.AddRange(await walk.NextAsync(part.Members, null, down, 51 - found.Count, default));
                if (found.Count == 51)
                {
                    break;
                }
            }

            Assert.Equal(51, found.Count);
            Assert.InRange(walk.Looked, 51, 600);
            foreach (var part in parts)
            {
                var plan = await QueryPlan.OfAsync(db, MemberList.Ordered(part.Members, down).Take(51));
                Assert.DoesNotContain("SCAN", plan, StringComparison.Ordinal);
                Assert.DoesNotContain("Seq Scan", plan, StringComparison.Ordinal);
            }
        }
    }

    /// <summary>Where the walk finds too few, the database is asked for the rest, and nobody is missing.</summary>
    [Theory, EachDatabase]
    public async Task A_walk_that_meets_too_few_is_ended_by_the_database(Database kind)
    {
        await using var acme = await CrowdAsync(kind);
        await using var db = acme.Store.Read();
        var match = await MemberMatch.OfAsync(db, acme.Id, new() { Search = "grace" }, default);
        var walk = new MemberWalk(db, acme.Id, match.Words, most: 1);
        Assert.Equal(Many, (await walk.NextAsync(match.Rows, null, down: false, Many + 1, default)).Select(m => m.Id).Distinct().Count());

        // the orders by address and time go along an index of theirs, from either end
        await Data.Plan.FillAsync(
            db,
            "INSERT INTO member_activities (workspace_id, member_id, first_sign_in_at, last_sign_in_at, last_active_at) "
                + "SELECT workspace_id, id, created_at, created_at, created_at FROM members"
        );
        await db.Database.ExecuteSqlRawAsync("ANALYZE");
        foreach (
            var (sort, index) in ((MemberSort, string)[])
                [
                    (MemberSort.Email, "ix_members_address"),
                    (MemberSort.Joined, "joined_at"),
                    (MemberSort.Activity, "last_active_at"),
                    (MemberSort.SignIn, "last_sign_in_at"),
                ]
        )
        {
            foreach (var down in (bool[])[false, true])
            {
                var query = new MemberListQuery { Sort = sort, Descending = down };
                var order = new MemberOrder(db, acme.Id, query, await MemberMatch.OfAsync(db, acme.Id, query, default));
                var plan = await QueryPlan.OfAsync(db, order.Keyed(null, 51));
                Assert.Contains(index, plan, StringComparison.OrdinalIgnoreCase);
                Assert.DoesNotContain("TEMP B-TREE", plan, StringComparison.Ordinal);
                Assert.DoesNotContain("Sort  ", plan, StringComparison.Ordinal);
            }
        }
    }

    [Theory, EachDatabase]
    public async Task A_large_group_is_walked_in_the_order_of_the_list_and_its_size_is_told_up_to_a_bound(Database kind)
    {
        await using var acme = await CrowdAsync(kind, 1200);
        var out1 = await NamedAsync(acme, "Bo", "Adams", "bo@acme.test");
        var group = (await new CreateGroup(acme.Store).RunAsync(acme.Directory, acme.Id, new() { DisplayName = "Large" }, [], default))
            .Value
            .Group;
        await using var db = acme.Store.Read();
        await Copies.JoinAllAsync(db, acme.Id, group.Id.Value);
        await db.GroupMembers.Where(g => g.MemberId == out1.Id).ExecuteDeleteAsync();
        await db.Database.ExecuteSqlRawAsync("ANALYZE");

        var (found, total) = await PagesAsync(acme, new() { Group = group.Id, Count = 200 });
        Assert.Equal((1200, 1200), (found.Count, found.Distinct().Count()));
        Assert.Equal((1000, false), total);
        var match = await MemberMatch.OfAsync(db, acme.Id, new() { Group = group.Id }, default);
        var plan = await QueryPlan.OfAsync(db, MemberList.Ordered(match.Rows, down: false).Take(51));
        Assert.True(Living.Any(i => plan.Contains(i, StringComparison.Ordinal)), plan);
        foreach (var word in (string[])["TEMP B-TREE", "LIST SUBQUERY", "Hash", "Sort  "])
        {
            Assert.DoesNotContain(word, plan, StringComparison.Ordinal);
        }

        var list = new GroupList(acme.Store);
        foreach (
            var (sizes, members, isExact) in ((GroupSizes, int, bool)[])
                [(GroupSizes.None, 0, false), (GroupSizes.Bounded, 1000, false), (GroupSizes.Exact, 1200, true)]
        )
        {
            var one = (await list.OneAsync(Actor.Operator, acme.Id, group.Id, null, 5, sizes, default)).Value;
            Assert.Equal((members, isExact, 5), (one.Group.Members, one.Group.IsExact, one.Members.Count));
            var page = (await list.RunAsync(Actor.Operator, acme.Id, null, null, 5, sizes, default)).Value;
            Assert.Equal((members, isExact), (page.Rows[0].Members, page.Rows[0].IsExact));
        }

        var sized = await QueryPlan.OfAsync(db, GroupList.Sized(db, acme.Id, [group.Id], 1001));
        Assert.Contains(db.WritesInTurn ? "COVERING INDEX" : "Limit", sized, StringComparison.Ordinal); // and no more than so many
        var need = (await new ReadSeatNeed(acme.Store).RunAsync(Actor.Operator, acme.Id, group.Id, 500, default)).Value;
        Assert.Equal((0, false), (need.Needs, need.IsExact));
        need = (await new ReadSeatNeed(acme.Store).RunAsync(Actor.Operator, acme.Id, group.Id, null, default)).Value;
        Assert.Equal((0, true), (need.Needs, need.IsExact));
    }

    private static readonly string[] Living = ["IX_members_workspace_id_sort_key_id"];

    private static async Task<TestWorkspace> CrowdAsync(Database kind, int many = Many)
    {
        var acme = await TestWorkspace.NewAsync(kind, change: c => c with { Capacity = c.Capacity with { Seats = null } }, isUnused: true);
        await CopyAsync(acme, await NamedAsync(acme, "Grace", "Hopper", "g@acme.test"), "grace", "hopper", many);
        return acme;
    }

    private static async Task CopyAsync(TestWorkspace acme, Member one, string word, string other, int many = Many)
    {
        var ids = (await Copies.LikeAsync(acme.Store, acme.Id, one.Id.Value, many)).ConvertAll(i => new Id<Member>(i));
        await using var db = acme.Store.Read();
        foreach (var value in (string[])[word, other, "acme"])
        {
            await db.Database.ExecuteSqlRawAsync(
                "INSERT INTO member_keys (workspace_id, attribute, value, member_id) SELECT workspace_id, 'word', {0}, id FROM members "
                    + "WHERE workspace_id = {1} AND sort_key = {2} ON CONFLICT DO NOTHING",
                value,
                acme.Id.Value,
                one.SortKey
            );
        }

        Assert.Equal(many, ids.Count);
    }

    private static async Task<Member> NamedAsync(TestWorkspace acme, string given, string family, string userName) =>
        (
            await new ProvisionMember(acme.Store).RunAsync(
                acme.Directory,
                acme.Id,
                new()
                {
                    UserName = userName,
                    GivenName = given,
                    FamilyName = family,
                },
                default
            )
        ).Value;

    private static async Task<(List<Id<Member>> Found, (long, bool) Total)> PagesAsync(TestWorkspace acme, MemberListQuery query)
    {
        List<Id<Member>> whole = [];
        (long, bool)? total = null;
        do
        {
            var page = await ReadAsync(acme, query);
            total ??= (page.Total, page.TotalIsExact);
            whole.AddRange(page.Rows.Select(r => r.Member.Id));
            query = query with { After = PageCursor.Read(page.Next?.ToString()) };
        } while (query.After is not null);

        return (whole, total.Value);
    }

    private static async Task<MemberListPage> ReadAsync(TestWorkspace acme, MemberListQuery query) =>
        (await new MemberList(acme.Store).RunAsync(Actor.Operator, acme.Id, query, default)).Value;
}
