using System.Globalization;

namespace UserManagement.Simulator.Directories;

/// <summary>The people and groups of one run, invented from a seed: the same seed gives the same directory, name by name.</summary>
public sealed class Population
{
    private Population(string tag, string domain) => (Tag, Domain) = (tag, domain);

    /// <summary>Marks everything of this run; it stands in each externalId, sign-in name and group name.</summary>
    public string Tag { get; }

    /// <summary>The domain of the sign-in names, unique to the run.</summary>
    public string Domain { get; }

    /// <summary>How each externalId of the run begins.</summary>
    public string ExternalIdPrefix => Tag + "-";

    /// <summary>Whether a group's name was invented by this run; it stays so when the directory renames it.</summary>
    /// <param name="displayName">The name; null is nobody's.</param>
    public bool IsOwnName(string? displayName) => displayName?.Contains($" {Tag}/", StringComparison.Ordinal) == true;

    /// <summary>All people, deleted ones included.</summary>
    public List<Person> People { get; } = [];

    /// <summary>All groups, deleted ones included.</summary>
    public List<Team> Teams { get; } = [];

    /// <summary>Invents a directory.</summary>
    /// <param name="seed">Same seed, same directory.</param>
    /// <param name="users">Number of people, at least 1.</param>
    /// <param name="groups">Number of groups, 0 or more.</param>
    /// <param name="domain">Domain under which the run gets its own, e.g. <c>contoso.example</c>.</param>
    public static Population Invent(int seed, int users, int groups, string domain)
    {
        var random = new Random(seed);
        var tag = "e" + (uint)seed;
        var population = new Population(tag, $"{tag}.{domain}");
        for (var number = 1; number <= users; number++)
        {
            population.People.Add(population.InventPerson(number, random));
        }

        // the first of each ten leads the other nine, and reports to the very first
        foreach (var person in population.People.Where(p => p.Number > 1 && p.Number % 7 != 0))
        {
            var lead = population.People[(person.Number - 1) / 10 * 10];
            person.Manager = lead == person ? population.People[0] : lead;
        }

        for (var number = 1; number <= groups; number++)
        {
            population.Teams.Add(population.InventTeam(number, random));
        }

        return population;
    }

    private Person InventPerson(int number, Random random)
    {
        var naming = Names.All[random.Next(Names.All.Count)];
        var given = Pick(naming.Given, random).Split('|');
        var family = Pick(naming.Family, random).Split('|');

        // every 40th is a guest, whose sign-in name carries #EXT#; every 25th has no mailbox
        var local = string.Create(CultureInfo.InvariantCulture, $"{given[1]}.{family[1]}{number}");
        var guest = number % 40 == 12;
        var userName = guest ? $"{local}_gmail.example#EXT#@{Domain}" : $"{local}@{Domain}";
        return new Person
        {
            Number = number,
            ExternalId = string.Create(CultureInfo.InvariantCulture, $"{ExternalIdPrefix}u{number:00000}"),
            UserName = userName,
            DisplayName = naming.FamilyFirst ? family[0] + given[0] : $"{given[0]} {family[0]}",
            GivenName = given[0],
            FamilyName = family[0],
            Title = Pick(Names.Titles, random),
            Department = Pick(Names.Departments, random),
            Language = naming.Language,
            Office = naming.Office,
            WorkMail =
                number % 25 == 5 ? null
                : guest ? $"{local}@gmail.example"
                : userName,
        };
    }

    private Team InventTeam(int number, Random random)
    {
        var about = Names.Teams[(number - 1) % Names.Teams.Count];
        var team = new Team
        {
            ExternalId = string.Create(CultureInfo.InvariantCulture, $"{ExternalIdPrefix}g{number:0000}"),
            DisplayName = string.Create(CultureInfo.InvariantCulture, $"{about} {Tag}/{number}"),
        };

        // the first has everybody, the second nobody, the others between 3 and a third of all
        var size =
            number == 1 ? People.Count
            : number == 2 ? 0
            : random.Next(Math.Min(3, People.Count), Math.Max(4, (People.Count / 3) + 1));
        team.Members.UnionWith(Shuffled(People, random).Take(size));
        return team;
    }

    /// <summary>A copy in an order that the generator decides.</summary>
    /// <param name="all">The people, or groups.</param>
    /// <param name="random">The run's generator.</param>
    public static T[] Shuffled<T>(IEnumerable<T> all, Random random)
    {
        T[] copy = [.. all];
        random.Shuffle(copy);
        return copy;
    }

    /// <summary>Some of them, drawn by the generator.</summary>
    /// <param name="from">All.</param>
    /// <param name="percent">How many of a hundred; at least one while there is anybody.</param>
    /// <param name="random">The run's generator.</param>
    public static T[] Choose<T>(IEnumerable<T> from, int percent, Random random)
    {
        var shuffled = Shuffled(from, random);
        return shuffled[..Math.Min(shuffled.Length, Math.Max(1, ((shuffled.Length * percent) + 99) / 100))];
    }

    private static string Pick(IReadOnlyList<string> from, Random random) => from[random.Next(from.Count)];
}
