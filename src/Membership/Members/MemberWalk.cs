using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Data;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Members;

/// <summary>
/// Walks the list in its order and looks at the names in each row, for words that so many bear that a page is soon full. Whose place in the
/// list begins with such a word comes first: an index leads there, wherever in the order that is.
/// </summary>
/// <param name="db">To read through.</param>
/// <param name="workspace">The workspace.</param>
/// <param name="words">Beginnings of words, all of which somebody must bear.</param>
/// <param name="most">
/// So many rows are looked at for a page; then the database is asked for who bears the words, which costs more the more do.
/// </param>
internal sealed class MemberWalk(MembershipDb db, Id<Workspace> workspace, IReadOnlyList<string> words, int most = 20_000)
{
    private const int Fewest = 250;
    private const int AtOnce = 5000;
    private const char Begins = '+'; // no key of a role holds it

    private readonly List<string> _words = [.. words.Where(w => !words.Any(o => o != w && w.StartsWith(o, StringComparison.Ordinal)))];

    /// <summary>How many rows were looked at until now.</summary>
    public int Looked { get; private set; }

    /// <summary>The parts of the list, in each first those whose place begins with a word, also where the list is turned round.</summary>
    public IReadOnlyList<MemberPart> Parts(IReadOnlyList<MemberPart> parts, bool isTurned)
    {
        return [.. parts.SelectMany(part => isTurned ? Split(part).Reverse() : Split(part))];

        IEnumerable<MemberPart> Split(MemberPart part) =>
            _words
                .Select(w => new MemberPart(part.Name + Begins + w, Under(part.Members, w)))
                .Append(new(part.Name, _words.Aggregate(part.Members, Beside)));
    }

    /// <summary>The name of the part in which a row is, out of that of the part of the list.</summary>
    public string Part(string part, Member member) =>
        _words.Find(w => member.SortKey.StartsWith(w, StringComparison.Ordinal)) is { } word ? part + Begins + word : part;

    /// <summary>The next of a part who bear all words.</summary>
    public async Task<List<Member>> NextAsync(IQueryable<Member> part, PageCursor? from, bool down, int count, CancellationToken ct)
    {
        var found = new List<Id<Member>>();
        for (var size = Math.Max(Fewest, 4 * count); ; )
        {
            var rows = await Rows(MemberList.Ordered(MemberList.From(part, from, down), down).Take(size)).ToListAsync(ct);
            found.AddRange(rows.Where(Bears).Select(r => r.Id));
            Looked += rows.Count;
            if (found.Count >= count || rows.Count < size)
            {
                break;
            }

            from = new PageCursor(rows[^1].SortKey, rows[^1].Id.Value);
            if (Looked >= most)
            {
                var rest = new MemberMatch(part, words, null).Everybody(db, workspace);
                found.AddRange(
                    await MemberList
                        .Ordered(MemberList.From(rest, from, down), down)
                        .Select(m => m.Id)
                        .Take(count - found.Count)
                        .ToListAsync(ct)
                );
                break;
            }

            // as many as it takes when they go on to be met so often
            size = Math.Clamp((int)(1.2 * (count - found.Count) * Looked / Math.Max(1, found.Count)), Fewest, AtOnce);
        }

        found = found[..Math.Min(count, found.Count)];
        return await MemberList.InOrderAsync(db, workspace, found, ct);
    }

    /// <summary>Who of a few bears all words.</summary>
    public async Task<List<Id<Member>>> AmongAsync(IQueryable<Member> few, CancellationToken ct) =>
        [.. (await Rows(few).ToListAsync(ct)).Where(Bears).Select(r => r.Id)];

    private static IQueryable<Member> Under(IQueryable<Member> members, string low)
    {
        var high = low + "\U0010FFFF";
        return members.Where(m => string.Compare(m.SortKey, low) >= 0 && string.Compare(m.SortKey, high) < 0);
    }

    private static IQueryable<Member> Beside(IQueryable<Member> members, string low)
    {
        var high = low + "\U0010FFFF";
        return members.Where(m => string.Compare(m.SortKey, low) < 0 || string.Compare(m.SortKey, high) >= 0);
    }

    private bool Bears(Row row) =>
        words.All(w =>
            Key.Begins(row.DisplayName, w)
            || Key.Begins(row.FamilyName, w)
            || Key.Begins(row.GivenName, w)
            || Key.Begins(row.UserName, w)
            || Key.Begins(row.Email, w)
        );

    private static IQueryable<Row> Rows(IQueryable<Member> members) =>
        members.Select(m => new Row
        {
            Id = m.Id,
            SortKey = m.SortKey,
            DisplayName = m.DisplayName,
            GivenName = m.GivenName,
            FamilyName = m.FamilyName,
            UserName = m.UserName,
            Email = m.Email,
        });

    private sealed record Row
    {
        public required Id<Member> Id { get; init; }

        public required string SortKey { get; init; }

        public required string? DisplayName { get; init; }

        public required string? GivenName { get; init; }

        public required string? FamilyName { get; init; }

        public required string UserName { get; init; }

        public required string? Email { get; init; }
    }
}
