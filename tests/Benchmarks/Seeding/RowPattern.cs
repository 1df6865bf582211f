using System.Globalization;

namespace UserManagement.Benchmarks.Seeding;

/// <summary>
/// A row that the core wrote for the sample person, as a pattern: the same row for somebody else, with their names, id
/// and time in its place. So a seed needs to know nothing of how the core fills its tables.
/// </summary>
internal sealed class RowPattern
{
    private readonly object?[] _row;
    private readonly List<(int Column, Part Kind)> _parts = [];
    private readonly SampleFacts _sample;

    /// <param name="sample">Who the row is about.</param>
    /// <param name="row">Its values.</param>
    /// <param name="ownId">The column that holds an id of the row's own, to be made anew; -1 for none.</param>
    public RowPattern(SampleFacts sample, object?[] row, int ownId)
    {
        _sample = sample;
        _row = row;
        for (var i = 0; i < row.Length; i++)
        {
            var kind =
                i == ownId
                    ? Part.NewId
                    : row[i] switch
                    {
                        Guid id when id == sample.Id => Part.Id,
                        long time when time == sample.At => Part.Time,
                        string text when sample.Texts.Any(t => text.Contains(t, StringComparison.Ordinal)) => Part.Text,
                        _ => Part.Same,
                    };
            if (kind != Part.Same)
            {
                _parts.Add((i, kind));
            }
        }
    }

    private enum Part
    {
        Same,
        Id,
        NewId,
        Time,
        Text,
    }

    /// <summary>The row for somebody else. The array is used again by the next call.</summary>
    public object?[] For(object?[] reused, SeedPerson person, Guid id, DateTimeOffset at)
    {
        _row.CopyTo(reused, 0);
        foreach (var (column, kind) in _parts)
        {
            reused[column] = kind switch
            {
                Part.Id => id,
                Part.NewId => Guid.CreateVersion7(at),
                Part.Time => at.ToUnixTimeMilliseconds(),
                _ => _sample.TextFor((string)_row[column]!, person, id, at),
            };
        }

        return reused;
    }
}

/// <summary>What in the sample's rows is the sample's own.</summary>
/// <param name="Id">The member's id.</param>
/// <param name="At">When the member was made, in Unix milliseconds.</param>
internal sealed record SampleFacts(Guid Id, long At)
{
    private static readonly SeedPerson Person = SeedPerson.Sample;

    /// <summary>Every text by which the sample is known.</summary>
    public IReadOnlyList<string> Texts { get; } =
    [
        Person.GivenName,
        Person.FamilyName,
        Person.Ordinal,
        Person.GivenName.ToLowerInvariant(),
        Person.FamilyName.ToLowerInvariant(),
        Id.ToString("D"),
        Iso(DateTimeOffset.FromUnixTimeMilliseconds(At)),
    ];

    /// <summary>A text of the sample's as it is for somebody else.</summary>
    public string TextFor(string text, SeedPerson person, Guid id, DateTimeOffset at) =>
        text.Replace(Person.Ordinal, person.Ordinal, StringComparison.Ordinal)
            .Replace(Person.GivenName, person.GivenName, StringComparison.Ordinal)
            .Replace(Person.FamilyName, person.FamilyName, StringComparison.Ordinal)
            .Replace(Texts[3], person.GivenName.ToLowerInvariant(), StringComparison.Ordinal)
            .Replace(Texts[4], person.FamilyName.ToLowerInvariant(), StringComparison.Ordinal)
            .Replace(Texts[5], id.ToString("D"), StringComparison.Ordinal)
            .Replace(Texts[6], Iso(at), StringComparison.Ordinal);

    private static string Iso(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
