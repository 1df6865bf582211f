using System.Text;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Members;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Membership.Tests.Members;

public sealed class MemberListTests
{
    private static readonly string[] Living =
    [
        "IX_members_workspace_id_id",
        "IX_members_workspace_id_sort_key_id",
        "IX_members_workspace_id_role_sort_key_id",
        "IX_members_workspace_id_has_seat_sort_key_id",
    ];
    private static readonly string[] Families =
    [
        "Åberg",
        "aberg",
        "Ångström",
        "Özdemir",
        "Zoë",
        "zebra",
        "Łukasz",
        "Müller",
        "MULLER",
        "Straße",
        "王",
        "山田",
        "Иванов",
        "O'Neill",
        "de la Cruz",
        "😀",
        "Ǆ",
        "ﬁsher",
    ];

    /// <summary>Both planners read each list from an index that does not hold those who have ended.</summary>
    [Theory, EachDatabase]
    public async Task No_list_walks_past_those_who_have_ended(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind, isUnused: true);
        var first = (await acme.ProvisionAsync("ada@acme.test")).Value;
        await Copies.EndedLikeAsync(acme.Store, acme.Id, first.Id.Value, 5000);
        await using var db = acme.Store.Read();
        foreach (
            var query in (MemberListQuery[])
                [new(), new() { Descending = true }, new() { Role = first.Role }, new() { Seat = false }, new() { Seat = true }]
        )
        {
            var plan = await QueryPlan.OfAsync(
                db,
                MemberList.Ordered(await MemberList.MatchingAsync(db, acme.Id, query, default), query.Descending).Take(51)
            );
            Assert.True(Living.Any(index => plan.Contains(index, StringComparison.Ordinal)), $"{query}: {plan}");
        }
    }

    [Theory, EachDatabase]
    public async Task Pages_in_both_directions_are_the_sorted_whole_in_the_same_order_on_every_database(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind, change: c => c with { Capacity = c.Capacity with { Seats = null } });
        for (var i = 0; i < 300; i++)
        {
            await new ProvisionMember(acme.Store).RunAsync(
                acme.Directory,
                acme.Id,
                new()
                {
                    UserName = $"p{i:000}@acme.test",
                    FamilyName = Families[i % Families.Length],
                    GivenName = $"Given{i % 7}",
                },
                default
            );
        }

        var whole = new List<Member>();
        PageCursor? next = null;
        var pages = new List<MemberListPage>();
        do
        {
            var page = await ReadAsync(acme, new() { After = next, Count = 37 });
            Assert.Equal((300, true), (page.Total, page.TotalIsExact));
            pages.Add(page);
            whole.AddRange(page.Rows.Select(r => r.Member));
            next = PageCursor.Read(page.Next?.ToString());
        } while (next is not null);

        Assert.Equal(300, whole.Select(m => m.Id).Distinct().Count());
        Assert.Null(pages[0].Previous);
        var sorted = whole.OrderBy(m => Encoding.UTF8.GetBytes(m.SortKey), Bytes).ThenBy(m => m.Id).Select(m => m.Id).ToList();
        Assert.Equal(sorted, whole.Select(m => m.Id));

        var back = new List<Member>();
        var previous = pages[^1].Previous;
        while (previous is not null)
        {
            var page = await ReadAsync(acme, new() { Before = previous, Count = 37 });
            Assert.NotNull(page.Next);
            back.InsertRange(0, page.Rows.Select(r => r.Member));
            previous = page.Previous;
        }

        Assert.Equal(sorted.Take(back.Count), back.Select(m => m.Id));
        Assert.Equal(300 - pages[^1].Rows.Count, back.Count);

        var down = new List<Member>();
        next = null;
        do
        {
            var page = await ReadAsync(
                acme,
                new()
                {
                    After = next,
                    Count = 200,
                    Descending = true,
                }
            );
            down.AddRange(page.Rows.Select(r => r.Member));
            next = page.Next;
        } while (next is not null);

        Assert.Equal(Enumerable.Reverse(sorted), down.Select(m => m.Id));
    }

    /// <summary>Pages of seven, so that they end within a part and at its end, and some parts are empty.</summary>
    [Theory, EachDatabase]
    public async Task A_list_by_role_status_or_seat_turns_pages_through_its_parts_in_both_directions(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind, change: c => c with { Capacity = c.Capacity with { Seats = null } });
        for (var i = 0; i < 28; i++)
        {
            var name = $"{(char)('z' - (i % 5))}{i:00}@acme.test";
            var role = acme.Workspace.Configuration.Roles[i % 2].Key;
            if (i % 7 == 0)
            {
                await acme.InviteAsync(name, role);
                continue;
            }

            var one = await acme.JoinAsync(name, role);
            if (i % 5 == 0)
            {
                await new SuspendMember(acme.Store).RunAsync(Actor.Operator, acme.Id, one.Id, default);
            }
        }

        var roles = acme.Workspace.Configuration.Roles.Select(r => r.Key).ToList();
        foreach (var sort in Enum.GetValues<MemberSort>().Where(s => !MemberOrder.IsFor(s) && s != MemberSort.Groups))
        {
            var sorted = (await PagesAsync(acme, new() { Sort = sort, Count = 200 }))
                .OrderBy(m => Rank(sort, m))
                .ThenBy(m => Encoding.UTF8.GetBytes(m.SortKey), Bytes)
                .ThenBy(m => m.Id)
                .Select(m => m.UserName)
                .ToList();
            Assert.Equal(28, sorted.Distinct().Count());
            Assert.Equal(sorted, (await PagesAsync(acme, new() { Sort = sort, Count = 7 })).Select(m => m.UserName));
            Assert.Equal(
                Enumerable.Reverse(sorted),
                (
                    await PagesAsync(
                        acme,
                        new()
                        {
                            Sort = sort,
                            Count = 7,
                            Descending = true,
                        }
                    )
                ).Select(m => m.UserName)
            );
            var last = await ReadAsync(
                acme,
                new()
                {
                    Sort = sort,
                    Count = 1,
                    Descending = true,
                }
            );
            var back = await ReadAsync(
                acme,
                new()
                {
                    Sort = sort,
                    Count = 30,
                    Before = MemberPart.Place(sort, last.Rows[0].Member),
                }
            );
            Assert.Equal(sorted[..^1], back.Rows.Select(r => r.Member.UserName));
            var elsewhere = await ReadAsync(
                acme,
                new()
                {
                    Sort = sort,
                    Count = 7,
                    After = new PageCursor("no part\0of it", Guid.Empty),
                }
            );
            Assert.Equal(sorted[..7], elsewhere.Rows.Select(r => r.Member.UserName)); // of another order: from the beginning
        }

        int Rank(MemberSort sort, Member member) =>
            sort switch
            {
                MemberSort.Role => roles.IndexOf(member.Role),
                MemberSort.Status => member.State switch
                {
                    MemberState.Active => 0,
                    MemberState.Invited => 1,
                    _ => 2,
                },
                MemberSort.Seat => member.HasSeat ? 0 : 1,
                _ => 0, // nobody has a license here
            };
    }

    private static async Task<List<Member>> PagesAsync(TestWorkspace acme, MemberListQuery query)
    {
        List<Member> whole = [];
        do
        {
            var page = await ReadAsync(acme, query);
            whole.AddRange(page.Rows.Select(r => r.Member));
            query = query with { After = PageCursor.Read(page.Next?.ToString()) };
        } while (query.After is not null);

        return whole;
    }

    [Theory, EachDatabase]
    [Shows("S4-40")]
    public async Task Filters_and_beginnings_of_words_find_exactly_whom_they_say(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind);
        var ada = await acme.JoinAsync("ada.lovelace@acme.test", "admin");
        var bob = await acme.JoinAsync("bob@acme.test", "viewer");
        await acme.InviteAsync("carol@acme.test", "viewer");
        var dora = (
            await new ProvisionMember(acme.Store).RunAsync(
                acme.Directory,
                acme.Id,
                new()
                {
                    UserName = "dora@acme.test",
                    DisplayName = "Dóra Łukasz 😀",
                    Email = "d.adams@elsewhere.test",
                },
                default
            )
        ).Value;
        await new SuspendMember(acme.Store).RunAsync(Actor.Operator, acme.Id, bob.Id, default);
        var gone = await acme.JoinAsync("gone@acme.test", "viewer");
        await new RemoveMember(acme.Store).RunAsync(Actor.Operator, acme.Id, gone.Id, default);

        (MemberListQuery Query, string[] Names)[] cases =
        [
            (new(), ["ada.lovelace", "bob", "carol", "dora"]),
            (new() { Search = "ADA" }, ["ada.lovelace", "dora"]),
            (new() { Search = "love" }, ["ada.lovelace"]),
            (new() { Search = "ada lov" }, ["ada.lovelace"]),
            (new() { Search = "ada.lovelace@acme.t" }, ["ada.lovelace"]),
            (new() { Search = "dó łuk" }, ["dora"]),
            (new() { Search = "😀" }, ["dora"]),
            (new() { Search = "velace" }, ["ada.lovelace"]), // within a word, where none begins so
            (new() { Search = "v%ace" }, []),
            (new() { Search = "%" }, []),
            (new() { Search = "a' OR 1=1 --" }, []),
            (new() { Search = new string('x', 5000) }, []),
            (new() { Status = MemberState.Removed }, ["gone"]),
            (new() { Status = MemberState.Suspended }, ["bob"]),
            (new() { Status = MemberState.Invited }, ["carol"]),
            (new() { Status = MemberState.Ended }, []),
            (new() { Role = "viewer" }, ["bob", "carol"]),
            (new() { Seat = true }, ["ada.lovelace", "dora"]),
            (new() { Seat = false }, ["bob", "carol"]),
            (
                new()
                {
                    Seat = true,
                    Search = "acme",
                    Role = "member",
                },
                ["dora"]
            ),
        ];
        foreach (var (query, names) in cases)
        {
            var page = await ReadAsync(acme, query);
            Assert.Equal(
                names,
                page.Rows.Select(r => r.Member.UserName[..r.Member.UserName.IndexOf('@', StringComparison.Ordinal)])
                    .Order(StringComparer.Ordinal)
            );
            Assert.Equal((names.Length, true), (page.Total, page.TotalIsExact));
        }

        Assert.NotNull((await ReadAsync(acme, new() { Status = MemberState.Invited })).Rows[0].Invitation);

        // What is found follows what is said.
        await new UpdateProvisionedMember(acme.Store).RunAsync(
            acme.Directory,
            acme.Id,
            dora.Id,
            null,
            m => MemberAttributes.Of(m) with { DisplayName = "Thea Moss", UserName = "thea@acme.test" },
            default
        );
        Assert.Empty((await ReadAsync(acme, new() { Search = "łukasz" })).Rows);
        Assert.Single((await ReadAsync(acme, new() { Search = "moss thea" })).Rows);
        await new EndMember(acme.Store).RunAsync(acme.Directory, acme.Id, dora.Id, null, default);
        Assert.Empty((await ReadAsync(acme, new() { Search = "thea" })).Rows);
        Assert.Equal("forbidden", (await new MemberList(acme.Store).RunAsync(acme.As(bob), acme.Id, new(), default)).Refusal!.Code);
        Assert.NotNull(ada.AccountId);
    }

    private static Comparer<byte[]> Bytes { get; } = Comparer<byte[]>.Create((a, b) => a.AsSpan().SequenceCompareTo(b));

    private static async Task<MemberListPage> ReadAsync(TestWorkspace acme, MemberListQuery query) =>
        (await new MemberList(acme.Store).RunAsync(Actor.Operator, acme.Id, query, default)).Value;
}
