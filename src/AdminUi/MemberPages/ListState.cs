using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;
using UserManagement.AdminUi.Http;
using UserManagement.Membership;
using UserManagement.Membership.Data;
using UserManagement.Membership.Groups;
using UserManagement.Membership.Members;

namespace UserManagement.AdminUi.MemberPages;

/// <summary>
/// What the member list shows, as it stands in its address: search, filters, order, page. Acts in a row carry it along
/// and come back to the same list; only what is known here is ever read out of it.
/// </summary>
public sealed record ListState
{
    /// <summary>Query value of people with a seat.</summary>
    public const string WithSeat = "with";

    /// <summary>Query value of people without a seat.</summary>
    public const string WithoutSeat = "without";

    /// <summary>The words searched for; null for none.</summary>
    public string? Search { get; init; }

    /// <summary>The one state shown; null for everybody who is listed.</summary>
    public MemberState? Status { get; init; }

    /// <summary>The key of the one role shown; null for all.</summary>
    public string? Role { get; init; }

    /// <summary>Only with, only without a seat; null for both.</summary>
    public bool? Seat { get; init; }

    /// <summary>The key of the one license shown; null for all.</summary>
    public string? License { get; init; }

    /// <summary>The one group whose members are shown; null for all.</summary>
    public Id<Group>? Group { get; init; }

    /// <summary>By what it is sorted.</summary>
    public MemberSort Sort { get; init; }

    /// <summary>The order turned round.</summary>
    public bool Descending { get; init; }

    /// <summary>Where the page begins; null for the first page.</summary>
    public string? After { get; init; }

    /// <summary>Where the page ends; null unless one goes back.</summary>
    public string? Before { get; init; }

    /// <summary>Whether anything narrows the list.</summary>
    public bool IsFiltered =>
        Search is not null || Status is not null || Role is not null || Seat is not null || License is not null || Group is not null;

    /// <summary>Reads it from an address.</summary>
    public static ListState Read(IQueryCollection query) => Read(name => query[name]);

    /// <summary>Reads it from a posted query string; what is no state is the plain list.</summary>
    public static ListState Read(string? query) =>
        query is { Length: > 0 and <= 8192 }
            ? QueryHelpers.ParseQuery(query) is var values
                ? Read(name => values.GetValueOrDefault(name))
                : new()
            : new();

    /// <summary>For the core.</summary>
    public MemberListQuery ToQuery() =>
        new()
        {
            Search = Search,
            Status = Status,
            Role = Role,
            Seat = Seat,
            License = License,
            Group = Group,
            Sort = Sort,
            Descending = Descending,
            After = PageCursor.Read(After),
            Before = PageCursor.Read(Before),
            Count = Rows.OnPage,
        };

    /// <summary>
    /// It as the parameter <c>state</c> of another address; empty for the whole list. Escaped no further than it must be: it stands in
    /// each row.
    /// </summary>
    public string AsParameter =>
        ToString() is { Length: > 0 } state
            ? "?state="
                + Uri.EscapeDataString(state).Replace("%3F", "?", StringComparison.Ordinal).Replace("%3D", "=", StringComparison.Ordinal)
            : "";

    /// <summary>The query string, beginning with a question mark, or empty.</summary>
    public override string ToString() => QueryString.Create(Values().Where(v => v.Value is not null)).Value ?? "";

    /// <summary>The values of the address that a new search keeps: the order, and the group where no field holds it.</summary>
    /// <param name="hasGroup">Whether a field holds the group.</param>
    public IEnumerable<KeyValuePair<string, string?>> Kept(bool hasGroup) =>
        Values().Where(v => v.Value is not null && (v.Key == "sort" || (v.Key == "group" && !hasGroup)));

    private static ListState Read(Func<string, StringValues> value)
    {
        return new()
        {
            Search = One("q", 200)?.Trim() is { Length: > 0 } words ? words : null,
            Status =
                Enum.TryParse<MemberState>(One("status", 20), ignoreCase: true, out var state)
                && Enum.IsDefined(state)
                && state != MemberState.Ended
                    ? state
                    : null,
            Role = One("role", 40),
            Seat = One("seat", 10) switch
            {
                WithSeat => true,
                WithoutSeat => false,
                _ => null,
            },
            License = One("license", 40),
            Group = Guid.TryParse(One("group", 40), out var group) ? new Id<Group>(group) : null,
            Sort =
                Enum.TryParse<MemberSort>(One("sort", 10)?.TrimStart('-'), ignoreCase: true, out var sort) && Enum.IsDefined(sort)
                    ? sort
                    : default,
            Descending = One("sort", 10) is ['-', ..],
            After = One("after", 4096),
            Before = One("before", 4096),
        };

        string? One(string name, int most) =>
            value(name).FirstOrDefault() is { Length: > 0 } text && text.Length <= most && UserManagement.Ui.PostedForm.IsText(text)
                ? text
                : null;
    }

    private IEnumerable<KeyValuePair<string, string?>> Values() =>
        [
            new("q", Search),
            new("status", Status?.ToString().ToLowerInvariant()),
            new("role", Role),
            new(
                "seat",
                Seat switch
                {
                    true => WithSeat,
                    false => WithoutSeat,
                    null => null,
                }
            ),
            new("license", License),
            new("group", Group?.ToString()),
            new("sort", (Sort, Descending) == default ? null : (Descending ? "-" : "") + Sort.ToString().ToLowerInvariant()),
            new("after", After),
            new("before", Before),
        ];
}
