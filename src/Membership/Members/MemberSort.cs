using UserManagement.Membership.Data;

namespace UserManagement.Membership.Members;

/// <summary>
/// By what the member list is sorted; those who are equal in it by name, and where it is by address or time in any order that stays.
/// </summary>
public enum MemberSort
{
    /// <summary>Last name, then first name.</summary>
    Name,

    /// <summary>The role, in the order of the configuration.</summary>
    Role,

    /// <summary>Active, invited, suspended, provisioned, removed.</summary>
    Status,

    /// <summary>Those with a seat, then those without.</summary>
    Seat,

    /// <summary>The license, in the order of the configuration; who has none comes last, in either direction.</summary>
    License,

    /// <summary>The address that is shown: of mail, else the user name.</summary>
    Email,

    /// <summary>
    /// By name of the group, each person once: in the first of their groups, from Z to A in the last. Who is in none comes last, in either
    /// direction; a group into which an invitation is to put somebody does not count yet.
    /// </summary>
    Groups,

    /// <summary>When they joined; who has not yet comes last, in either direction.</summary>
    Joined,

    /// <summary>When they were last active; who never was comes last.</summary>
    Activity,

    /// <summary>When they last signed in; who never did comes last.</summary>
    SignIn,
}

/// <summary>
/// A sorted list as parts that follow one another, each in the order of names: so an order needs no index beyond that of its filter, and a
/// page looks only into the parts that it shows.
/// </summary>
internal sealed record MemberPart(string Name, IQueryable<Member> Members)
{
    private const char Between = '\0'; // no name holds it
    private const string NoLicense = "(none)"; // no key has brackets
    private static readonly MemberState[] States =
    [
        MemberState.Active,
        MemberState.Invited,
        MemberState.Suspended,
        MemberState.Provisioned,
        MemberState.Removed,
    ];

    /// <summary>Whether the part stays behind the others when the order is turned round.</summary>
    public bool IsLast => Name == NoLicense;

    /// <summary>The parts of those who match, first to last.</summary>
    /// <param name="sort">The order.</param>
    /// <param name="matching">Those who match.</param>
    /// <param name="keys">The keys of roles or licenses in their order, where the order is by one of these.</param>
    public static IReadOnlyList<MemberPart> Of(MemberSort sort, IQueryable<Member> matching, IEnumerable<string> keys) =>
        sort switch
        {
            MemberSort.Role => [.. keys.Select(r => new MemberPart(r, matching.Where(m => m.Role == r)))],
            MemberSort.Status => [.. States.Select(s => new MemberPart(s.ToString(), matching.Where(m => m.State == s)))],
            MemberSort.License =>
            [
                .. keys.Select(l => new MemberPart(l, matching.Where(m => m.License == l))),
                new(NoLicense, matching.Where(m => m.License == null)),
            ],
            MemberSort.Seat => [new(SeatName(true), matching.Where(m => m.HasSeat)), new(SeatName(false), matching.Where(m => !m.HasSeat))],
            _ => [new("", matching)],
        };

    /// <summary>A row's place in the list, and in a walk through it.</summary>
    public static PageCursor Place(MemberSort sort, Member member, MemberWalk? walk = null)
    {
        var part = sort switch
        {
            MemberSort.Role => member.Role,
            MemberSort.Status => member.State.ToString(),
            MemberSort.Seat => SeatName(member.HasSeat),
            MemberSort.License => member.License ?? NoLicense,
            _ => "",
        };
        part = walk?.Part(part, member) ?? part;
        return sort == MemberSort.Name && walk is null ? MemberList.Place(member) : new(part + Between + member.SortKey, member.Id.Value);
    }

    /// <summary>From which part a page goes on, and from where in it; the first part where the place is of another order.</summary>
    public static (int Part, PageCursor? Within) Read(PageCursor? place, IReadOnlyList<MemberPart> parts)
    {
        if (place is not { } at || (parts is [{ Name: "" }] && !at.Key.Contains(Between, StringComparison.Ordinal)))
        {
            return (0, place);
        }

        var cut = at.Key.IndexOf(Between, StringComparison.Ordinal);
        for (var i = 0; cut >= 0 && i < parts.Count; i++)
        {
            if (at.Key.AsSpan(0, cut).SequenceEqual(parts[i].Name))
            {
                return (i, new PageCursor(at.Key[(cut + 1)..], at.Id));
            }
        }

        return (0, null);
    }

    private static string SeatName(bool hasSeat) => hasSeat ? "with" : "without";
}
