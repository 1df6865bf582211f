using System.Globalization;

namespace UserManagement.Drills.Chaos;

/// <summary>How a chaos run is to be.</summary>
internal sealed record ChaosOptions
{
    /// <summary>The folder of the published build.</summary>
    public required string Build { get; init; }

    /// <summary>PostgreSQL with two servers; else SQLite with one.</summary>
    public required bool OnPostgres { get; init; }

    /// <summary>How long.</summary>
    public TimeSpan For { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>What is drawn: the same seed draws the same acts in each worker, though rivals may meet otherwise.</summary>
    public int Seed { get; init; } = Random.Shared.Next();

    /// <summary>The most acts a second, over all workers.</summary>
    public int Rate { get; init; } = 60;

    /// <summary>Reads the words of the command line.</summary>
    public static ChaosOptions Read(string build, IReadOnlyList<string> words)
    {
        string? Value(string name) =>
            words.Select((w, i) => w == name && i + 1 < words.Count ? words[i + 1] : null).FirstOrDefault(v => v is not null);
        int? Number(string name) => Value(name) is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : null;
        var options = new ChaosOptions { Build = build, OnPostgres = !words.Contains("sqlite") };
        return options with
        {
            For = TimeSpan.FromMinutes(Number("--minutes") ?? 10),
            Seed = Number("--seed") ?? options.Seed,
            Rate = Math.Clamp(Number("--rate") ?? options.Rate, 1, 500),
        };
    }
}
