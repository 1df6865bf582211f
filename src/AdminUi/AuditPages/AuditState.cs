using System.Globalization;
using Microsoft.AspNetCore.Http;
using UserManagement.Membership;
using UserManagement.Membership.Access;
using UserManagement.Membership.Audit;
using UserManagement.Membership.Data;
using UserManagement.Ui.Parts;

namespace UserManagement.AdminUi.AuditPages;

/// <summary>
/// The filters of the audit log as they stand in the address; what cannot be read filters nothing, but a day: that is said.
/// </summary>
public sealed record AuditState
{
    private const string DayFormat = "yyyy-MM-dd";

    /// <summary>What the acts shown begin with; null for all.</summary>
    public string? Act { get; init; }

    /// <summary>The one thing that they concern; null for all.</summary>
    public Guid? Target { get; init; }

    /// <summary>Who acted, or was acted on: name, address or id; null for all.</summary>
    public string? Person { get; init; }

    /// <summary>What kind of party acted; null for all.</summary>
    public ActorKind? By { get; init; }

    /// <summary>Through which door; null for all.</summary>
    public Door? Door { get; init; }

    /// <summary>The first day (UTC) as it was typed; null for none.</summary>
    public string? From { get; init; }

    /// <summary>The last day (UTC) as it was typed; null for none.</summary>
    public string? To { get; init; }

    /// <summary>Whether anything is filtered.</summary>
    public bool IsFiltered => this != new AuditState();

    /// <summary>What is wrong with the first day; null when nothing is.</summary>
    public string? FromFault => From is null || Day(From) is not null ? null : Fault(From);

    /// <summary>What is wrong with the last day; null when nothing is.</summary>
    public string? ToFault =>
        To is null ? null
        : Day(To) is not { } to ? Fault(To)
        : From is not null && Day(From) > to ? "The last day is before the first one, so that no line can match."
        : null;

    /// <summary>Reads it.</summary>
    public static AuditState Read(IQueryCollection query)
    {
        ArgumentNullException.ThrowIfNull(query);
        return new()
        {
            Act = Text("act", 100),
            Target = Guid.TryParseExact(query["target"], "D", out var id) ? id : null,
            Person = Text("q", 200),
            By = Word<ActorKind>("by"),
            Door = Word<Door>("door"),
            From = Text("from", 100),
            To = Text("to", 100),
        };

        string? Text(string name, int most) =>
            query[name].ToString().Trim() is { Length: > 0 } text && text.Length <= most && Key.IsText(text) ? text : null;

        T? Word<T>(string name)
            where T : struct, Enum => Array.Find(Enum.GetNames<T>(), n => n == query[name]) is { } word ? Enum.Parse<T>(word) : null;
    }

    /// <summary>What the core is asked.</summary>
    public AuditQuery ToQuery() =>
        new()
        {
            Act = Act,
            Target = Target,
            Person = Person,
            ActorKind = By,
            Door = Door,
            Since = Day(From) is { } from ? new DateTimeOffset(from, TimeOnly.MinValue, TimeSpan.Zero) : null,
            Until = Day(To) is { } to ? new DateTimeOffset(to.AddDays(1), TimeOnly.MinValue, TimeSpan.Zero) : null,
        };

    /// <summary>What is filtered, for a sentence: "kind of act People, person ada, from 2026-11-01".</summary>
    public string Said =>
        string.Join(
            ", ",
            new[]
            {
                Act is { } act ? $"kind of act “{AuditWords.Kinds.FirstOrDefault(k => k.Value == act)?.Text ?? act}”" : null,
                Target is null ? null : "what was done to one thing alone",
                Person is { } person ? $"person “{person}”" : null,
                By is { } by ? $"by “{AuditWords.Actors.First(c => c.Value == by.ToString()).Text}”" : null,
                Door is { } door ? $"through “{AuditWords.Through(door)}”" : null,
                From is { } from ? $"from {from}" : null,
                To is { } to ? $"to {to}" : null,
            }.OfType<string>()
        );

    /// <summary>The query of an address that shows it.</summary>
    /// <param name="after">Where the page goes on; null for the first.</param>
    public string Address(PageCursor? after = null) =>
        QueryString
            .Create(
                new KeyValuePair<string, string?>[]
                {
                    new("act", Act),
                    new("target", Target?.ToString("D")),
                    new("q", Person),
                    new("by", By?.ToString()),
                    new("door", Door?.ToString()),
                    new("from", From),
                    new("to", To),
                    new("after", after?.ToString()),
                }.Where(v => v.Value is not null)
            )
            .ToString();

    private static DateOnly? Day(string? text) =>
        DateOnly.TryParseExact(text, DayFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
        && day.Year is > 1970 and < 9000
            ? day
            : null;

    private static string Fault(string text) => $"“{text}” is no day. Write it as year, month and day: 2026-11-30.";
}
