using UserManagement.Simulator.Report;
using UserManagement.Simulator.Wire;

namespace UserManagement.Simulator.Directories;

/// <summary>Crawls a server and compares it, person by person and group by group, with the directory's own model.</summary>
/// <param name="population">What the server should hold.</param>
/// <param name="crawl">Reads the server.</param>
/// <param name="groupsByName">True when groups were sent without externalId: they are then known by id, and by the run's mark in their
/// names.</param>
public sealed class CompareWithServer(Population population, Crawl crawl, bool groupsByName = false)
{
    private static readonly string[] Compared =
    [
        AttributeName.UserName,
        AttributeName.DisplayName,
        AttributeName.GivenName,
        AttributeName.FamilyName,
        AttributeName.Title,
        AttributeName.Department,
        AttributeName.WorkMail,
        AttributeName.MobilePhone,
    ];

    private readonly List<string> differences = [];

    /// <summary>Compares.</summary>
    /// <param name="cancellationToken">Ends the crawl.</param>
    public async Task<Comparison> RunAsync(CancellationToken cancellationToken)
    {
        var users = await ReadAsync("Users", IsOwn, r => r.ExternalId!, cancellationToken);
        var groups = await (
            groupsByName
                ? ReadAsync("Groups", r => population.IsOwnName(r.DisplayName), KeyByName, cancellationToken)
                : ReadAsync("Groups", IsOwn, r => r.ExternalId!, cancellationToken)
        );
        return new Comparison([.. CompareUsers(users), .. CompareGroups(groups)], differences);
    }

    private bool IsOwn(Resource resource) => resource.ExternalId?.StartsWith(population.ExternalIdPrefix, StringComparison.Ordinal) == true;

    private string KeyByName(Resource group) =>
        population.Teams.Find(t => t.Id == group.Id || t.DisplayName == group.DisplayName)?.ExternalId ?? group.DisplayName!;

    private async Task<ILookup<string, Resource>> ReadAsync(
        string resource,
        Func<Resource, bool> isOwn,
        Func<Resource, string> key,
        CancellationToken cancellationToken
    )
    {
        var found = await crawl.RunAsync(resource, isOwn, cancellationToken);
        if (found is null)
        {
            differences.Add($"{resource} could not be read");
        }

        return (found ?? []).ToLookup(key);
    }

    private IEnumerable<ComparisonRow> CompareUsers(ILookup<string, Resource> users)
    {
        var shown = users.SelectMany(u => u).ToList();
        int presence = 0,
            active = 0,
            inactive = 0,
            attributes = 0,
            managers = 0,
            same = 0;
        foreach (var person in population.People)
        {
            var found = users[person.ExternalId].ToList();
            if (!CheckPresence(person.ToString(), found, person.Deleted))
            {
                presence++;
            }

            if (person.Deleted || found.Count == 0)
            {
                continue;
            }

            if (found[0].Active != person.Active)
            {
                _ = person.Active ? active++ : inactive++;
                differences.Add(
                    $"{person}: active should be {Show(person.Read(AttributeName.Active))}, is {Show(found[0].Read(AttributeName.Active))}"
                );
            }

            foreach (var attribute in Compared)
            {
                _ = Differs(person, found[0], attribute) ? attributes++ : same++;
            }

            managers += Differs(person, found[0], AttributeName.Manager) ? 1 : 0;
        }

        var present = population.People.Where(p => !p.Deleted).ToList();
        yield return new("users", present.Count, shown.Count, presence);
        yield return new("active", present.Count(p => p.Active), shown.Count(u => u.Active == true), active);
        yield return new("inactive", present.Count(p => !p.Active), shown.Count(u => u.Active == false), inactive);
        yield return new("attributes", present.Count * Compared.Length, same, attributes);
        yield return new("managers", present.Count(p => p.Manager is not null), shown.Count(u => u.ManagerId is not null), managers);
    }

    private IEnumerable<ComparisonRow> CompareGroups(ILookup<string, Resource> groups)
    {
        int presence = 0,
            memberships = 0;
        foreach (var team in population.Teams)
        {
            var found = groups[team.ExternalId].ToList();
            var right = CheckPresence($"group {team}", found, team.Deleted);
            if (!team.Deleted && found.Count > 0)
            {
                if (found[0].DisplayName != team.DisplayName)
                {
                    right = false;
                    differences.Add($"group {team}: displayName is {Show(found[0].DisplayName)}");
                }

                memberships += CompareMembers(team, found[0]);
            }

            presence += right ? 0 : 1;
        }

        var present = population.Teams.Where(t => !t.Deleted).ToList();
        yield return new("groups", present.Count, groups.Sum(g => g.Count()), presence);
        yield return new(
            "memberships",
            present.Sum(t => t.Members.Count),
            groups.SelectMany(g => g).Sum(g => g.Members.Count),
            memberships
        );
    }

    private int CompareMembers(Team team, Resource shown)
    {
        var byId = population.People.Where(p => p.Id is not null).ToDictionary(p => p.Id!, p => p.ToString());
        var should = team.Members.Select(p => p.Id ?? p.ToString()).ToHashSet();
        var missing = should.Except(shown.Members).ToList();
        var extra = shown.Members.Except(should).ToList();
        var doubled = shown.Members.Count - shown.Members.Distinct().Count();
        differences.AddRange(missing.Select(id => $"group {team}: {byId.GetValueOrDefault(id, id)} should be a member and is not"));
        differences.AddRange(extra.Select(id => $"group {team}: {byId.GetValueOrDefault(id, id)} is a member and should not be"));
        if (doubled > 0)
        {
            differences.Add($"group {team}: {doubled} members are listed twice");
        }

        return missing.Count + extra.Count + doubled;
    }

    private bool CheckPresence(string name, List<Resource> found, bool deleted)
    {
        var wrong = (deleted, found.Count) switch
        {
            (false, 1) or (true, 0) => null,
            (true, _) => "was deleted and is still there",
            (false, 0) => "is missing",
            (false, _) => $"is there {found.Count} times",
        };
        if (wrong is not null)
        {
            differences.Add($"{name} {wrong}");
        }

        return wrong is null;
    }

    private bool Differs(Person person, Resource shown, string attribute)
    {
        var (should, holds) = (person.Read(attribute), shown.Read(attribute));
        if (should == holds)
        {
            return false;
        }

        if (attribute == AttributeName.Manager)
        {
            (should, holds) = (NameOf(should), NameOf(holds));
        }

        differences.Add($"{person}: {attribute} should be {Show(should)}, is {Show(holds)}");
        return true;
    }

    private string? NameOf(string? id) => population.People.Find(p => id is not null && p.Id == id)?.ToString() ?? id;

    private static string Show(string? value) => value is null ? "unassigned" : $"\"{value}\"";
}
