using System.Globalization;
using UserManagement.AdminUi.Http;
using UserManagement.Membership;
using UserManagement.Membership.Groups;
using UserManagement.Membership.Licensing;
using UserManagement.Membership.Members;

namespace UserManagement.AdminUi.MemberPages;

/// <summary>
/// What the form of a member's page holds: the member as they are, or what was typed and refused. Beside what can be changed it carries
/// what was shown, so that only what somebody changed is asked of the core.
/// </summary>
public sealed record MemberForm
{
    /// <summary>The field that says that the form was posted, and no single act.</summary>
    public const string Mark = "edit";

    /// <summary>How the license is shown for which somebody waits, before its key.</summary>
    private const string Waiting = "wait:";

    /// <summary>First name.</summary>
    public string GivenName { get; init; } = "";

    /// <summary>Last name.</summary>
    public string FamilyName { get; init; } = "";

    /// <summary>The role's key.</summary>
    public string Role { get; init; } = "";

    /// <summary>The license's key; empty for none, with a word before it where they wait for it.</summary>
    public string License { get; init; } = "";

    /// <summary>The last day; empty for no end.</summary>
    public string LastDay { get; init; } = "";

    /// <summary>Who answers for them, by user name; empty for the admins.</summary>
    public string Sponsor { get; init; } = "";

    /// <summary>The groups that are ticked.</summary>
    public IReadOnlyList<Id<Group>> Groups { get; init; } = [];

    /// <summary>The group chosen to come into, of many; empty for none.</summary>
    public string Joins { get; init; } = "";

    /// <summary>The member as they are.</summary>
    public static MemberForm Of(Visit visit, MemberView view) =>
        new()
        {
            GivenName = view.Member.GivenName ?? "",
            FamilyName = view.Member.FamilyName ?? "",
            Role = view.Member.Role,
            License = Membership.Members.Grants.ForLicense(visit.Configuration, view.Grants)?.Wanted is { } waits
                ? Waits(waits)
                : view.Member.License ?? "",
            LastDay = view.Term is { EndedAt: null } term
                ? term.EndsAt.AddSeconds(-1).UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)
                : "",
            Sponsor = view.Term is { EndedAt: null } ? view.Sponsor?.UserName ?? "" : "",
            Groups = [.. view.Groups.Select(g => g.Id)],
        };

    /// <summary>
    /// The same with what was changed in the form over it: on a page that was out of date, what somebody else changed meanwhile shows as it
    /// is now beside what was typed.
    /// </summary>
    public MemberForm Typed(Visit visit) =>
        this with
        {
            GivenName = Posted(visit, "givenName", GivenName),
            FamilyName = Posted(visit, "familyName", FamilyName),
            Role = Posted(visit, "role", Role),
            License = Posted(visit, "license", License),
            LastDay = Posted(visit, "lastDay", LastDay),
            Sponsor = Posted(visit, "sponsor", Sponsor),
            Groups =
            [
                .. Groups.Except(Ids(visit, "shown").Except(Ids(visit, "groups"))).Union(Ids(visit, "groups").Except(Ids(visit, "shown"))),
            ],
            Joins = visit.Field("joins"),
        };

    /// <summary>What was changed, for the core.</summary>
    public static MemberEdit Edit(Visit visit)
    {
        var (shown, ticked) = (Ids(visit, "shown"), Ids(visit, "groups"));
        var named = (Given: visit.Form.ContainsKey("givenName"), Family: visit.Form.ContainsKey("familyName"));
        return new()
        {
            Seen = long.TryParse(visit.Field("version"), NumberStyles.None, CultureInfo.InvariantCulture, out var seen) ? seen : null,
            Names =
                named.Given || named.Family ? new(named.Given, visit.Field("givenName"), named.Family, visit.Field("familyName")) : null,
            Role = IsChanged(visit, "role") ? visit.Field("role") : null,
            License = IsChanged(visit, "license") ? new(visit.Field("license")) : null,
            Joins = [.. ticked.Except(shown).Union(Ids(visit, "joins"))],
            Leaves = [.. shown.Except(ticked).Union(Ids(visit, "leaves"))],
            Term =
                IsChanged(visit, "lastDay") || IsChanged(visit, "sponsor")
                    ? new(visit.Field("lastDay"), visit.Field("sponsor"), TermSeen(visit))
                    : null,
        };
    }

    /// <summary>How a license is shown for which somebody waits.</summary>
    public static string Waits(string license) => Waiting + license;

    /// <summary>The license that such a value means, to be given.</summary>
    public static string Wanted(string value) => value.StartsWith(Waiting, StringComparison.Ordinal) ? value[Waiting.Length..] : value;

    /// <summary>When a term was set, as the form carries it.</summary>
    public static string Seen(DateTimeOffset? setAt) => setAt?.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture) ?? "";

    private static TermSeen? TermSeen(Visit visit) =>
        !visit.Form.ContainsKey("termSeen") ? null
        : long.TryParse(visit.Field("termSeen"), NumberStyles.None, CultureInfo.InvariantCulture, out var at)
            ? new(DateTimeOffset.FromUnixTimeMilliseconds(Math.Min(at, DateTimeOffset.MaxValue.ToUnixTimeMilliseconds())))
        : new(null);

    private static string Posted(Visit visit, string name, string otherwise) => IsChanged(visit, name) ? visit.Field(name) : otherwise;

    private static bool IsChanged(Visit visit, string name) =>
        visit.Form.ContainsKey(name) && (!visit.Form.ContainsKey("was-" + name) || visit.Field(name) != visit.Field("was-" + name));

    // what is no id names no group: the core says so
    private static List<Id<Group>> Ids(Visit visit, string name) =>
        [
            .. visit
                .Form[name]
                .SelectMany(v => (v ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries))
                .Select(v => Id<Group>.TryParse(v, out var id) ? id : default)
                .Distinct(),
        ];
}
