using System.Globalization;
using UserManagement.Membership.Data;

namespace UserManagement.Membership.Audit;

/// <summary>
/// How far all audit logs were looked through for lines to seal, kept as a <see cref="Mark"/> for all servers. Ids follow time, so what is
/// new stands behind it; a line that was committed late, or by a server whose clock is behind, stands before it: each look begins a little
/// further back, and now and then much further. A mark that is lost costs one look through everything.
/// </summary>
/// <param name="Upto">The id up to which it was looked.</param>
/// <param name="Looked">When each of the deeper looks was last, in milliseconds since 1970 (UTC).</param>
internal sealed record AuditLook(Guid Upto, IReadOnlyList<long> Looked)
{
    private static readonly TimeSpan Always = TimeSpan.FromSeconds(30);

    /// <summary>How often it is looked how far back: a line is read some ten times, whatever the log's length.</summary>
    private static readonly (TimeSpan Every, TimeSpan Back)[] Deeper =
    [
        (TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(20)),
        (TimeSpan.FromHours(1), TimeSpan.FromHours(2)),
        (TimeSpan.FromDays(1), TimeSpan.FromDays(2)),
    ];

    /// <summary>The mark's value.</summary>
    public string Text => string.Create(CultureInfo.InvariantCulture, $"{Upto:D} {string.Join(' ', Looked)}");

    /// <summary>Reads the mark; what is no such value, or none, stands before everything.</summary>
    public static async Task<AuditLook> ReadAsync(MembershipDb db, CancellationToken ct)
    {
        var batch = new ReadBatch();
        var found = batch.Read("SELECT value FROM marks WHERE name = $1", row => row.GetString(0), Mark.AuditSealed);
        await batch.RunAsync(db, ct);
        var times = new List<long>();
        var words = (found.First ?? "").Split(' ');
        foreach (var word in words.Skip(1))
        {
            times.Add(long.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var time) ? time : 0);
        }

        return Guid.TryParseExact(words[0], "D", out var upto) && times.Count == Deeper.Length
            ? new(upto, times)
            : new(Guid.Empty, new long[Deeper.Length]);
    }

    /// <summary>Where a look at this time begins, and what it comes to for the deeper ones once it ended.</summary>
    public (Guid From, IReadOnlyList<long> Looked) Begin(DateTimeOffset now)
    {
        var time = now.ToUnixTimeMilliseconds();
        var back = Always;
        for (var at = 0; at < Deeper.Length; at++)
        {
            // a time that is still to come was told by a clock that was set right since
            if (Looked[at] > time || time - Looked[at] >= Deeper[at].Every.TotalMilliseconds)
            {
                back = Deeper[at].Back;
            }
        }

        var isAll = Upto == Guid.Empty;
        return (
            isAll ? Guid.Empty : Ids.FirstAt(Ids.MillisecondOf(Upto) - (long)back.TotalMilliseconds),
            [.. Looked.Select((was, at) => isAll || Deeper[at].Back <= back ? time : was)]
        );
    }

    /// <summary>
    /// Up to this id all is sealed. What a server wrote whose clock is ahead is no place to go on from: others are still to write before
    /// it.
    /// </summary>
    public AuditLook Through(Guid last, DateTimeOffset now)
    {
        var first = Ids.FirstAt(now);
        var to = last < first ? last : first;
        return Upto < to ? this with { Upto = to } : this;
    }

    /// <summary>Keeps it.</summary>
    public Statement Keep(DateTimeOffset at) =>
        new(
            "INSERT INTO marks (name, value, at) VALUES (@p0, @p1, @p2) ON CONFLICT (name) DO UPDATE SET value = excluded.value, at = "
                + "excluded.at",
            [Value.Of("@p0", Mark.AuditSealed), Value.Of("@p1", Text), Value.Of("@p2", at.ToUnixTimeMilliseconds())]
        );
}
