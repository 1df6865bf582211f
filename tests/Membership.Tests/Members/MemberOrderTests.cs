using System.Globalization;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Members;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Membership.Tests.Members;

public sealed class MemberOrderTests
{
    private static readonly bool[] Directions = [false, true];

    /// <summary>Sorted and walked, for both must agree; who never did what the order is by comes last in either direction.</summary>
    [Theory, EachDatabase]
    public async Task A_list_by_address_or_time_turns_pages_in_both_directions_however_many_match(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind, change: c => c with { Capacity = c.Capacity with { Seats = null } });
        List<MemberActivity> seen = [];
        for (var i = 0; i < 20; i++)
        {
            var name = $"{(i % 2 == 0 ? "Z" : "a")}{i * 7 % 20:00}@acme.test";
            if (i % 5 == 0)
            {
                await acme.InviteAsync(name);
                continue;
            }

            acme.Clock.Advance(TimeSpan.FromMinutes(i % 3)); // some at the same moment
            var at = acme.Clock.GetUtcNow();
            var one = (await acme.ProvisionAsync(name)).Value;
            if (i % 4 != 0)
            {
                seen.Add(
                    new()
                    {
                        WorkspaceId = acme.Id,
                        MemberId = one.Id,
                        FirstSignInAt = at,
                        LastSignInAt = at.AddMinutes(i % 3),
                        LastActiveAt = at.AddDays(-i % 4),
                    }
                );
            }
        }

        await acme.Store.ChangeAsync<Nothing>(
            Actor.System,
            acme.Id,
            "test",
            attempt =>
            {
                seen.ForEach(attempt.Changes.Add);
                return Task.FromResult<Outcome<Nothing>>(default(Nothing));
            },
            default
        );
        await using var db = acme.Store.Read();
        foreach (
            var wanted in from sort in Enum.GetValues<MemberSort>().Where(MemberOrder.IsFor)
            from down in Directions
            select new MemberListQuery { Sort = sort, Descending = down }
        )
        {
            var rows = (await ReadAsync(acme, wanted with { Sort = MemberSort.Name, Descending = false, Count = 200 })).Rows;
            var keyed = rows.Where(r => KeyOf(wanted.Sort, r) is not null)
                .OrderBy(r => KeyOf(wanted.Sort, r), StringComparer.Ordinal)
                .ThenBy(r => r.Member.Id);
            var never = rows.Where(r => KeyOf(wanted.Sort, r) is null).OrderBy(r => r.Member.Id);
            List<Id<Member>> expected =
            [
                .. (wanted.Descending ? keyed.Reverse() : keyed)
                    .Concat(wanted.Descending ? never.Reverse() : never)
                    .Select(r => r.Member.Id),
            ];
            Assert.Equal(20, expected.Count);
            var what = $"{wanted.Sort} {wanted.Descending}";
            Assert.Equal(
                (what, string.Join(' ', expected)),
                (what, string.Join(' ', (await PagesAsync(acme, wanted with { Count = 6 })).Select(m => m.Id)))
            );
            foreach (var most in new[] { 5000, 0 })
            {
                List<Id<Member>> there = [];
                for (PageCursor? after = null; there.Count < 20; after = PageCursor.Read(after?.ToString()))
                {
                    var next = await NextAsync(wanted with { After = after }, most);
                    there.AddRange(next.Select(n => n.Id));
                    after = next[^1].Cursor;
                }

                Assert.Equal((what, string.Join(' ', expected)), (what, string.Join(' ', there)));
                var last = (await NextAsync(wanted with { Count = 20 }, most))[^1].Cursor;
                var back = await NextAsync(wanted with { Before = last, Count = 20 }, most);
                Assert.Equal((what, string.Join(' ', expected[..^1])), (what, string.Join(' ', back.Select(b => b.Id).Reverse())));
            }

            var filtered = await PagesAsync(acme, wanted with { Search = "a", Status = MemberState.Invited, Count = 1 });
            Assert.Equal(expected.Where(e => filtered.Any(f => f.Id == e)), filtered.Select(f => f.Id));
            Assert.Equal(4, filtered.Count);
        }

        async Task<List<PlacedMember>> NextAsync(MemberListQuery query, int most) =>
            await new MemberOrder(db, acme.Id, query, await MemberMatch.OfAsync(db, acme.Id, query, default), most).NextAsync(
                query.Count == 50 ? 6 : query.Count,
                default
            );

        static string? KeyOf(MemberSort sort, MemberRow row) =>
            sort switch
            {
                MemberSort.Email => row.Member.UserName.ToLowerInvariant(),
                MemberSort.Joined => row.Member.JoinedAt?.ToUnixTimeMilliseconds().ToString("D19", CultureInfo.InvariantCulture),
                MemberSort.Activity => row.Activity?.LastActiveAt.ToUnixTimeMilliseconds().ToString("D19", CultureInfo.InvariantCulture),
                _ => row.Activity?.LastSignInAt.ToUnixTimeMilliseconds().ToString("D19", CultureInfo.InvariantCulture),
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

    private static async Task<MemberListPage> ReadAsync(TestWorkspace acme, MemberListQuery query) =>
        (await new MemberList(acme.Store).RunAsync(Actor.Operator, acme.Id, query, default)).Value;
}
