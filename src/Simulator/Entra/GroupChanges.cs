using System.Globalization;
using UserManagement.Simulator.Directories;
using UserManagement.Simulator.Drills;
using UserManagement.Simulator.Report;
using UserManagement.Simulator.Wire;

namespace UserManagement.Simulator.Entra;

/// <summary>What a later cycle does with groups: rename, remove some members and no other, add some, delete one.</summary>
/// <param name="population">The directory; changed while planning.</param>
/// <param name="client">The server.</param>
/// <param name="calls">Entra's single calls.</param>
/// <param name="expectations">Where rules are noted.</param>
/// <param name="random">The run's generator.</param>
public sealed class GroupChanges(Population population, ScimClient client, EntraCalls calls, Expectations expectations, Random random)
{
    private const int MembersPerPatch = 100;

    /// <summary>Changes half of the groups, each in one step.</summary>
    /// <param name="cycle">Number of the cycle.</param>
    public IReadOnlyList<Func<CancellationToken, Task>> PlanChanges(int cycle) =>
        [.. population.Teams.Where(t => !t.Deleted).Where((_, i) => i % 2 == 0).ToList().Select((team, i) => Change(team, i, cycle))];

    /// <summary>Deletes the last group, if there are at least two.</summary>
    public IReadOnlyList<Func<CancellationToken, Task>> PlanDelete()
    {
        var teams = population.Teams.Where(t => !t.Deleted).ToList();
        if (teams.Count < 2)
        {
            return [];
        }

        var team = teams[^1];
        team.Deleted = true;
        var name = team.DisplayName;
        return [token => team.Id is { } id ? calls.DeleteAsync("Groups", id, team.ExternalId, name, token) : Task.CompletedTask];
    }

    private Func<CancellationToken, Task> Change(Team team, int index, int cycle)
    {
        var rename = index % 3 == 0;
        if (rename)
        {
            team.DisplayName = string.Create(CultureInfo.InvariantCulture, $"{team.DisplayName} (cycle {cycle})");
        }

        var left = Population.Shuffled(team.Members, random).Take(Math.Min(MembersPerPatch, (team.Members.Count + 9) / 10)).ToList();
        var joined = Population.Shuffled(population.People.Where(p => !p.Deleted && !team.Members.Contains(p)), random).Take(3).ToList();
        team.Members.ExceptWith(left);
        team.Members.UnionWith(joined);
        var name = team.DisplayName;
        return async token =>
        {
            if (team.Id is not { } id)
            {
                return;
            }

            await ReadAsync(id, name, token);
            var effect = new Effect("Groups", team.ExternalId) { Id = id };
            if (rename)
            {
                var values = new Dictionary<string, string?> { [AttributeName.DisplayName] = name };
                await calls.PatchAsync("patch group", effect with { Set = values }, name, calls.Patch.Set(values), token);
            }

            string[] leaving = [.. left.Select(p => p.Id).OfType<string>()];
            if (leaving.Length > 0)
            {
                await ProbeAsync(id, leaving[0], true, name, token);
                await calls.PatchAsync("patch members", effect with { Remove = leaving }, name, calls.Patch.RemoveMembers(leaving), token);
                await ProbeAsync(id, leaving[0], false, name, token);

                // a repeated removal is no error
                await calls.PatchAsync(
                    "patch members",
                    effect with
                    {
                        Remove = leaving[..1],
                    },
                    name,
                    calls.Patch.RemoveMembers(leaving[..1]),
                    token
                );
            }

            string[] joining = [.. joined.Select(p => p.Id).OfType<string>()];
            if (joining.Length > 0)
            {
                await calls.PatchAsync("patch members", effect with { Add = joining }, name, calls.Patch.AddMembers(joining), token);
            }
        };
    }

    private async Task ReadAsync(string id, string name, CancellationToken token)
    {
        var path = ScimPath.One("Groups", id) + "?excludedAttributes=members";
        var answer = await client.SendAsync(new ScimRequest("get group", HttpMethod.Get, path) { Target = name }, token);
        if (answer.AsExpected)
        {
            expectations.Check(
                EntraRules.MembersExcluded,
                answer.Resource.Members.Count == 0,
                $"{name} came with {answer.Resource.Members.Count} members",
                answer
            );
        }
    }

    private async Task ProbeAsync(string id, string member, bool isMember, string name, CancellationToken token)
    {
        var filter = $"id eq {ScimPath.Quote(id)} and members eq {ScimPath.Quote(member)}";
        if (await calls.FindAsync("probe member", "Groups", filter, name, "attributes=id", token) is { } list)
        {
            expectations.Check(
                EntraRules.ReferenceProbe,
                list.TotalResults == (isMember ? 1 : 0),
                $"{filter} found {list.TotalResults}",
                list.Answer
            );
        }
    }
}
