using System.Globalization;
using Microsoft.AspNetCore.Http;
using UserManagement.Membership;
using UserManagement.Membership.Data;
using UserManagement.Membership.Provisioning;

namespace UserManagement.AdminUi.ProvisioningPages;

/// <summary>The filters of the provisioning log as they stand in the address; what cannot be read filters nothing.</summary>
public sealed record LogState
{
    /// <summary>Only what failed.</summary>
    public bool Failed { get; init; }

    /// <summary>A credential's or app's id; null for all.</summary>
    public Guid? Client { get; init; }

    /// <summary>An HTTP method; null for all.</summary>
    public string? Method { get; init; }

    /// <summary>Whom it is about; null for all.</summary>
    public string? Person { get; init; }

    /// <summary>The first day (UTC); null for none.</summary>
    public DateOnly? From { get; init; }

    /// <summary>The last day (UTC); null for none.</summary>
    public DateOnly? To { get; init; }

    /// <summary>One cycle; null for all.</summary>
    public Guid? Cycle { get; init; }

    /// <summary>Whether anything is filtered.</summary>
    public bool IsFiltered => this != new LogState();

    /// <summary>Reads it.</summary>
    public static LogState Read(IQueryCollection query)
    {
        ArgumentNullException.ThrowIfNull(query);
        return new()
        {
            Failed = query["failed"] == "true",
            Client = Id("client"),
            Method = query["method"].ToString() is { Length: > 0 and <= 10 } method ? method.ToUpperInvariant() : null,
            Person = query["q"].ToString().Trim() is { Length: > 0 and <= 200 } person ? person : null,
            From = Day("from"),
            To = Day("to"),
            Cycle = Id("cycle"),
        };

        Guid? Id(string name) => Guid.TryParseExact(query[name], "D", out var id) ? id : null;

        DateOnly? Day(string name) =>
            DateOnly.TryParseExact(query[name], "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
            && day.Year is > 1970 and < 9000
                ? day
                : null;
    }

    /// <summary>What the core is asked.</summary>
    public ProvisioningQuery ToQuery() =>
        new()
        {
            Failed = Failed,
            Client = Client,
            Method = Method,
            Person = Person,
            Cycle = Cycle is { } id ? new Id<ProvisioningCycle>(id) : null,
            Since = From is { } from ? new DateTimeOffset(from, TimeOnly.MinValue, TimeSpan.Zero) : null,
            Until = To is { } to ? new DateTimeOffset(to.AddDays(1), TimeOnly.MinValue, TimeSpan.Zero) : null,
        };

    /// <summary>The query of an address that shows it.</summary>
    /// <param name="after">Where the page goes on; null for the first.</param>
    public string Address(PageCursor? after = null) =>
        QueryString
            .Create(
                new KeyValuePair<string, string?>[]
                {
                    new("failed", Failed ? "true" : null),
                    new("client", Client?.ToString("D")),
                    new("method", Method),
                    new("q", Person),
                    new("from", From?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)),
                    new("to", To?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)),
                    new("cycle", Cycle?.ToString("D")),
                    new("after", after?.ToString()),
                }.Where(v => v.Value is not null)
            )
            .ToString();
}
