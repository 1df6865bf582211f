using Microsoft.Extensions.Primitives;
using UserManagement.Membership;
using UserManagement.Membership.Groups;
using UserManagement.Membership.Members;
using UserManagement.Membership.Members.Bulk;

namespace UserManagement.AdminUi.MemberPages;

/// <summary>The groups that a page can name.</summary>
/// <param name="All">The first by name.</param>
public sealed record BulkGroups(IReadOnlyList<Group> All)
{
    /// <summary>The name of the group of a change; null where it is none of them.</summary>
    public string? Name(BulkChange? change) => All.FirstOrDefault(g => g.Id.ToString() == change?.Value)?.DisplayName;
}

/// <summary>What a form or an address asks for.</summary>
/// <param name="Act">The change as it was sent.</param>
/// <param name="All">Whether all that match are meant.</param>
/// <param name="Ids">Who is selected.</param>
/// <param name="State">The list.</param>
public sealed record BulkAsked(string Act, bool All, IReadOnlyList<Id<Member>> Ids, ListState State)
{
    /// <summary>The change; null where there is none, or it is yet to say which group.</summary>
    public BulkChange? Change =>
        BulkChange.Read(Act) is { } change && change is not { Kind: MemberChangeKind.Group, Value: "" } ? change : null;

    /// <summary>For the core.</summary>
    public MemberChoice Choice => All ? new() { Query = State.ToQuery() } : new() { Ids = Ids };

    /// <summary>Reads it.</summary>
    public static BulkAsked Read(IEnumerable<KeyValuePair<string, StringValues>> sent)
    {
        var values = sent.ToDictionary(v => v.Key, v => v.Value, StringComparer.Ordinal);
        var state = ListState.Read(One("state"));
        return new(
            One("act").Trim(),
            One("all") == "true",
            [
                .. values
                    .GetValueOrDefault("id")
                    .Take(MemberChoice.Most + 1)
                    .Select(t => Id<Member>.TryParse(t, out var id) ? id : default)
                    .Where(id => id != default),
            ],
            state with
            {
                After = null,
                Before = null,
            }
        );

        string One(string name) => values.GetValueOrDefault(name).FirstOrDefault() ?? "";
    }
}
