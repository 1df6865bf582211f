using System.Globalization;
using UserManagement.Testing;

namespace UserManagement.Benchmarks;

/// <summary>What to run and how long; everything has a default that gives real figures on two cores.</summary>
internal sealed record BenchOptions
{
    public const string Usage = """
        dotnet run -c Release --project tests/Benchmarks -- SUITE [options]

          flat      cost at 1,000 and at 100,000 members of create, look-up, first page, member page
          ceiling   the SCIM door beside a bare minimal API, at 1,000 and at 1,000,000 members
          drive     the server alone, for a profiler: use it with --only and --database
          noisy     what forty quiet workspaces notice of one whose token sends a thousand requests a second
          memory    what twelve at once cost who read, send and make groups of 100,000 members
          ended     the first page beside 100,000 members who have ended
          provider  signing in at an app beside a bare OpenIddict, and after 1,000 and 100,000 sign-ins; on PostgreSQL
          pages     an admin's pages, the search as one types, the CSV export and the preview of a CSV at 1,000 and at 1,000,000 members
          rules     SCIM with fifty group rules beside none, and a rule that changes for 100,000 members
          written   rows, bytes and CPU of a newcomer and of a change, beside an earlier build with --before
          start     how long a published server takes until it is ready, and its memory at rest
          peer      beside a SCIM server on the npm library scimmy, which keeps people in memory, with 5,000 and 20,000 people
          seed      only fills a database, checks it and says how long it took
          all       the table of promises: ceiling on PostgreSQL at 1,000 and 1,000,000 members, then on SQLite what is
                    promised there at 1,000 and 100,000; some fifteen minutes on two idle cores

          --members N        the large size                    (flat 100000, ceiling 1000000, on SQLite 100000)
          --small N          the small size                    (1000)
          --group N          members of the large group        (50000, at most the large size)
          --database NAME    postgres, sqlite or both          (both)
          --rounds N         rounds, of which medians are told (flat 21, ceiling 3)
          --seconds N        length of one measure of a round  (3)
          --workers N        connections of the closed loop    (16)
          --only WORD        only measures whose name has WORD
          --without WORDS    written: a side more without the indexes whose names have one of the words (a+b); may be said again
          --before FOLDER    rules, start, written: an earlier build of the host, published there, beside this one
          --build FOLDER     start, peer: where this one was published (the one built with the benchmarks)
          --out FILE         writes the tables to FILE as well; how it goes on is told on standard error
        """;

    public required string Suite { get; init; }

    public int? Members { get; init; }

    public int Small { get; init; } = 1000;

    public int Group { get; init; } = 50_000;

    public IReadOnlyList<Database> Databases { get; init; } = [Database.Sqlite, Database.Postgres];

    public int? Rounds { get; init; }

    public double Seconds { get; init; } = 3;

    public int Workers { get; init; } = 16;

    public string Only { get; init; } = "";

    /// <summary>The folder of an earlier build; null for none.</summary>
    public string? Before { get; init; }

    /// <summary>Each a side without the indexes whose names have one of these words, joined by <c>+</c>.</summary>
    public IReadOnlyList<string> Without { get; init; } = [];

    /// <summary>The folder in which this build was published; null for the one beside the benchmarks.</summary>
    public string? Build { get; init; }

    /// <summary>Where the tables go beside standard output; null for nowhere.</summary>
    public string? Out { get; init; }

    /// <summary>Reads the arguments.</summary>
    /// <returns>Null, with a sentence, when they cannot be read.</returns>
    public static BenchOptions? Read(string[] args, out string wrong)
    {
        wrong = "";
        if (args.Length == 0 || args[0].StartsWith('-'))
        {
            return null;
        }

        var options = new BenchOptions { Suite = args[0] };
        for (var i = 1; i < args.Length; i += 2)
        {
            if (i + 1 == args.Length || Set(options, args[i], args[i + 1]) is not { } set)
            {
                wrong = $"{args[i]} cannot be read.";
                return null;
            }

            options = set;
        }

        return options;
    }

    /// <summary>Whether a measure is wanted.</summary>
    public bool Wants(string measure) => measure.Contains(Only, StringComparison.OrdinalIgnoreCase);

    private static BenchOptions? Set(BenchOptions options, string name, string value)
    {
        var number = int.TryParse(value, NumberStyles.AllowThousands, CultureInfo.InvariantCulture, out var n) && n > 0 ? n : (int?)null;
        return (name, number) switch
        {
            ("--members", not null) => options with { Members = number },
            ("--small", not null) => options with { Small = n },
            ("--group", not null) => options with { Group = n },
            ("--rounds", not null) => options with { Rounds = number },
            ("--workers", not null) => options with { Workers = n },
            ("--seconds", _) => double.TryParse(value, CultureInfo.InvariantCulture, out var seconds) && seconds > 0
                ? options with
                {
                    Seconds = seconds,
                }
                : null,
            ("--database", _) => value.ToLowerInvariant() switch
            {
                "both" => options,
                "postgres" => options with { Databases = [Database.Postgres] },
                "sqlite" => options with { Databases = [Database.Sqlite] },
                _ => null,
            },
            ("--without", _) => options with { Without = [.. options.Without, value] },
            ("--before", _) => options with { Before = value },
            ("--build", _) => options with { Build = value },
            ("--out", _) => options with { Out = value },
            ("--only", _) => options with { Only = value },
            _ => null,
        };
    }
}
