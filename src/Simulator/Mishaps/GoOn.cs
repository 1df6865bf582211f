using UserManagement.Simulator.Directories;
using UserManagement.Simulator.Report;
using UserManagement.Simulator.Wire;

namespace UserManagement.Simulator.Mishaps;

/// <summary>
/// A later run of the same directory: whoever an earlier one made is read from the server and taken as they are now, so that the comparison
/// at the end shows what this run changed.
/// </summary>
/// <param name="population">The directory as the earlier run began it.</param>
/// <param name="client">The server.</param>
/// <param name="expectations">Where rules are noted.</param>
/// <param name="groupsByName">Whether groups were sent without externalId.</param>
public sealed class GoOn(Population population, ScimClient client, Expectations expectations, bool groupsByName)
{
    /// <summary>The one step.</summary>
    public Stage Plan() => new("look up what is there", [RunAsync]);

    private async Task RunAsync(CancellationToken token)
    {
        var crawl = new Crawl(client, expectations);
        var users = (await crawl.RunAsync("Users", IsOwn, token) ?? []).ToLookup(u => u.ExternalId);
        foreach (var person in population.People)
        {
            if (users[person.ExternalId].ToList() is not [{ } found, ..])
            {
                person.Deleted = true;
                continue;
            }

            person.Id = found.Id;
            person.Active = found.Active ?? true;
            person.UserName = found.UserName ?? person.UserName;
            person.DisplayName = found.DisplayName ?? person.DisplayName;
            person.FamilyName = found.Read(AttributeName.FamilyName) ?? person.FamilyName;
            person.Title = found.Read(AttributeName.Title);
            person.Department = found.Read(AttributeName.Department);
            person.WorkMail = found.WorkMail;
            person.MobilePhone = found.Read(AttributeName.MobilePhone);
        }

        var byId = population.People.Where(p => p.Id is not null).ToDictionary(p => p.Id!);
        foreach (var person in byId.Values)
        {
            person.Manager = users[person.ExternalId].First().ManagerId is { } manager ? byId.GetValueOrDefault(manager) : null;
        }

        var groups = await crawl.RunAsync("Groups", g => groupsByName ? population.IsOwnName(g.DisplayName) : IsOwn(g), token) ?? [];
        foreach (var team in population.Teams)
        {
            var found = groups.Where(g => groupsByName ? g.DisplayName == team.DisplayName : g.ExternalId == team.ExternalId).ToList();
            team.Deleted = found.Count == 0;
            if (found is [{ } one, ..])
            {
                (team.Id, team.DisplayName) = (one.Id, one.DisplayName ?? team.DisplayName);
                team.Members.Clear();
                team.Members.UnionWith(one.Members.Select(id => byId.GetValueOrDefault(id)).OfType<Person>());
            }
        }

        expectations.Check(
            MishapRules.FoundAgain,
            byId.Count > 0,
            $"none of {population.People.Count} people: there is nothing to go on with"
        );
    }

    private bool IsOwn(Resource resource) => resource.ExternalId?.StartsWith(population.ExternalIdPrefix, StringComparison.Ordinal) == true;
}
