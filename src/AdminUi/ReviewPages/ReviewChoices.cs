using System.Globalization;
using Microsoft.AspNetCore.Http;
using UserManagement.AdminUi.Http;
using UserManagement.Membership;
using UserManagement.Membership.Members;
using UserManagement.Membership.Reviews;

namespace UserManagement.AdminUi.ReviewPages;

/// <summary>
/// What was chosen on a page of a review: as its form sends it, and as an address carries it to the question that comes before anybody's
/// access ends, and back.
/// </summary>
/// <param name="Rows">What was chosen in a row of its own.</param>
/// <param name="Others">What was said for everybody else of the page; empty for nothing.</param>
public sealed record ReviewChoices(IReadOnlyList<AccessChoice> Rows, IReadOnlyList<AccessChoice> Others)
{
    private const string OthersField = "others";
    private const string RestField = "rest";
    private const string NextField = "next";
    private const string ResumesField = "resumes";
    private static readonly AccessVerdict[] Verdicts = [AccessVerdict.Keep, AccessVerdict.Suspend, AccessVerdict.Remove];

    /// <summary>Where the review goes on when it is saved; empty for where it is.</summary>
    public string Next { get; init; } = "";

    /// <summary>Whether the page is where the review was left, and not one that an address names.</summary>
    public bool Resumes { get; init; }

    /// <summary>All of it.</summary>
    public IReadOnlyList<AccessChoice> All => [.. Rows, .. Others];

    /// <summary>Whether somebody is to be suspended or removed.</summary>
    public bool EndsAccess => All.Any(c => c.Verdict != AccessVerdict.Keep);

    /// <summary>What was said for everybody else; empty for nothing.</summary>
    public string Rest => ReviewWords.Field(Others.Count > 0 ? Others[0].Verdict : null);

    /// <summary>What was chosen in somebody's row; null for nothing.</summary>
    public string? Of(Id<Member> member) => Rows.FirstOrDefault(c => c.Member == member) is { } row ? ReviewWords.Field(row.Verdict) : null;

    /// <summary>
    /// What a form sends: each row in which something else is chosen than was decided; for the rest what is said for the rest.
    /// </summary>
    public static ReviewChoices Read(Visit visit)
    {
        ArgumentNullException.ThrowIfNull(visit);
        var (rows, others) = (new List<AccessChoice>(), new List<AccessChoice>());
        var rest = ReviewWords.Read(visit.Field(RestField));
        foreach (var text in visit.Form["on"].Distinct())
        {
            if (!Id<Member>.TryParse(text, out var id))
            {
                continue;
            }

            var (chosen, was, seen) = (visit.Field("d-" + id), visit.Field("was-" + id), Version(visit.Field("seen-" + id)));
            if (ReviewWords.Read(chosen) is { } verdict && chosen != was)
            {
                rows.Add(new(id, verdict) { Seen = seen });
            }
            else if (chosen.Length == 0 && was.Length == 0 && rest is { } other)
            {
                others.Add(new(id, other) { Seen = seen });
            }
        }

        return new(rows, others) { Next = visit.Field(NextField), Resumes = visit.Field(ResumesField) == "true" };
    }

    /// <summary>What an address carries: what <see cref="Query"/> put there.</summary>
    public static ReviewChoices ReadQuery(Visit visit)
    {
        ArgumentNullException.ThrowIfNull(visit);
        var rest = ReviewWords.Read(visit.Query(RestField) ?? "");
        return new(
            [.. Verdicts.SelectMany(v => Named(visit, ReviewWords.Field(v), v))],
            rest is { } verdict ? [.. Named(visit, OthersField, verdict)] : []
        )
        {
            Next = visit.Query(NextField) ?? "",
            Resumes = visit.Query(ResumesField) == "true",
        };
    }

    /// <summary>The query of an address that carries it, with the page of the review on which it was chosen.</summary>
    public string Query(ReviewState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        var fields = new List<KeyValuePair<string, string?>>();
        Add("show", Resumes ? "" : state.Word); // without it the review opens where it was left
        Add("after", state.After ?? "");
        foreach (var verdict in Verdicts)
        {
            Add(ReviewWords.Field(verdict), Ids(Rows.Where(c => c.Verdict == verdict)));
        }

        Add(RestField, Rest);
        Add(OthersField, Ids(Others));
        Add(NextField, Next);
        Add(ResumesField, Resumes ? "true" : "");
        return QueryString.Create(fields).ToString();

        void Add(string name, string value)
        {
            if (value.Length > 0)
            {
                fields.Add(new(name, value));
            }
        }
    }

    private static string Ids(IEnumerable<AccessChoice> choices) =>
        string.Join('_', choices.Select(c => string.Create(CultureInfo.InvariantCulture, $"{c.Member}.{c.Seen ?? 0}")));

    private static IEnumerable<AccessChoice> Named(Visit visit, string field, AccessVerdict verdict)
    {
        foreach (var text in (visit.Query(field) ?? "").Split('_', StringSplitOptions.RemoveEmptyEntries).Distinct())
        {
            if (text.Split('.', 2) is [var member, var seen] && Id<Member>.TryParse(member, out var id))
            {
                yield return new(id, verdict) { Seen = Version(seen) };
            }
        }
    }

    /// <summary>The version of a decision that was seen; 0 for none.</summary>
    private static long Version(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var version) ? version : 0;
}
