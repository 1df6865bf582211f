using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;
using UserManagement.Membership.Data;
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

    /// <summary>From Z to A.</summary>
    public bool Descending { get; init; }

    /// <summary>Where the page begins; null for the first page.</summary>
    public string? After { get; init; }

    /// <summary>Where the page ends; null unless one goes back.</summary>
    public string? Before { get; init; }

    /// <summary>Whether anything narrows the list.</summary>
    public bool IsFiltered => Search is not null || Status is not null || Role is not null || Seat is not null;

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
            Descending = Descending,
            After = PageCursor.Read(After),
            Before = PageCursor.Read(Before),
        };

    /// <summary>The query string, beginning with a question mark, or empty.</summary>
    public override string ToString() => QueryString.Create(Values().Where(v => v.Value is not null)).Value ?? "";

    /// <summary>The values of the address that a new search keeps: the order alone.</summary>
    public IEnumerable<KeyValuePair<string, string?>> Kept => Descending ? [new("sort", "-name")] : [];

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
            Descending = One("sort", 10) == "-name",
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
            new("sort", Descending ? "-name" : null),
            new("after", After),
            new("before", Before),
        ];
}
