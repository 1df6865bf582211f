using System.Globalization;
using UserManagement.Simulator.Directories;
using UserManagement.Simulator.Drills;
using UserManagement.Simulator.Report;
using UserManagement.Simulator.Wire;

namespace UserManagement.Simulator.Entra;

/// <summary>
/// One of Entra's later cycles. Planning changes the population at once to what it shall be after the cycle; the steps
/// carry the values of their own moment, so the plan does not depend on how fast the server answers.
/// </summary>
/// <param name="population">The directory; changed by <see cref="Plan"/>.</param>
/// <param name="client">The server.</param>
/// <param name="calls">Entra's single calls.</param>
/// <param name="expectations">Where rules are noted.</param>
/// <param name="random">The run's generator.</param>
/// <param name="keep">True leaves the deletions out.</param>
public sealed class IncrementalCycle(
    Population population,
    ScimClient client,
    EntraCalls calls,
    Expectations expectations,
    Random random,
    bool keep
)
{
    private IEnumerable<Person> Present => population.People.Where(p => !p.Deleted);

    /// <summary>The stages of the cycle.</summary>
    /// <param name="number">Number of the cycle, 2 for the first after the initial one.</param>
    public IReadOnlyList<Stage> Plan(int number)
    {
        var update = new Stage("update users", [.. Choose(Present, 15).Select((p, i) => Update(p, i, number))]);
        var managers = new Stage(
            "change managers",
            [.. Choose(Present.Where(p => p.Number > 2), 8).Select(ChangeManager).OfType<Func<CancellationToken, Task>>()]
        );
        var active = Choose(Present.Where(p => p.Active), 12);
        var leaving = Choose(Present.Where(p => p.Active && !population.People.Any(other => other.Manager == p)), 4);
        Person[] disabled = [.. active.Union(leaving)];
        var disable = new Stage("disable users", [.. disabled.Select(p => SetActive(p, false))]);
        var restore = new Stage(
            "restore users",
            [.. active.Except(leaving).Where((_, i) => i % 2 == 0).ToList().Select(p => SetActive(p, true))]
        );
        var groups = new GroupChanges(population, client, calls, expectations, random);
        var change = new Stage("change groups", groups.PlanChanges(number));
        var duplicates = new Stage("create duplicates", [.. Choose(Present, 1).Select(Duplicate)]);
        List<Stage> stages = [update, managers, disable, restore, change, duplicates];
        if (!keep)
        {
            stages.Add(new Stage("delete", [.. leaving.Select(Delete), .. groups.PlanDelete()]));
        }

        return stages;
    }

    // Renames for all; every third a new mail as well, every fifth a new sign-in name. Whoever has no mailbox gets one, some a mobile
    // phone.
    private Func<CancellationToken, Task> Update(Person person, int index, int cycle)
    {
        string[] unassigned = [.. new[] { AttributeName.WorkMail, AttributeName.MobilePhone }.Where(a => person.Read(a) is null)];
        var was = person.UserName;
        person.FamilyName = string.Create(CultureInfo.InvariantCulture, $"{person.FamilyName}-Ørsted{cycle}");
        person.DisplayName = $"{person.GivenName} {person.FamilyName}";
        var values = new Dictionary<string, string?>
        {
            [AttributeName.DisplayName] = person.DisplayName,
            [AttributeName.FamilyName] = person.FamilyName,
        };
        if (index % 3 == 0 || person.WorkMail is null)
        {
            values[AttributeName.WorkMail] = person.WorkMail = string.Create(
                CultureInfo.InvariantCulture,
                $"mail{cycle}.{person.Number}@{population.Domain}"
            );
        }

        if (index % 4 == 1)
        {
            values[AttributeName.Title] = person.Title = "Team lead \"North\"";
            values[AttributeName.Department] = person.Department = "Zürich & Genève";
        }

        if (index % 4 == 2)
        {
            values[AttributeName.MobilePhone] = person.MobilePhone = string.Create(
                CultureInfo.InvariantCulture,
                $"+48 555 {cycle:000} {person.Number:00000}"
            );
        }

        if (index % 5 == 0)
        {
            values[AttributeName.UserName] = person.UserName = string.Create(
                CultureInfo.InvariantCulture,
                $"renamed{cycle}.{person.Number}@{population.Domain}"
            );
        }

        var (name, body) = (person.ToString(), calls.Patch.Set(values, unassigned));
        return async token =>
        {
            if (person.Id is not { } id)
            {
                return;
            }

            await calls.ReadUserAsync(person, token);
            var answer = await calls.PatchAsync(
                "patch user",
                new Effect("Users", person.ExternalId) { Id = id, Set = values },
                name,
                body,
                token
            );
            if (answer.AsExpected && values.TryGetValue(AttributeName.UserName, out var renamed))
            {
                await FindOneAsync(EntraRules.AnyCase, renamed!.ToUpperInvariant(), id, token);
                await calls.FindNothingAsync("look-up user", "Users", $"userName eq {ScimPath.Quote(was)}", name, null, token);
            }
        };
    }

    // Every third loses the manager, the others get another one.
    private Func<CancellationToken, Task>? ChangeManager(Person person, int index)
    {
        if (index % 3 == 0)
        {
            if (person.Manager is null)
            {
                return null;
            }

            person.Manager = null;
            var (name, body) = (person.ToString(), calls.Patch.RemoveManager(byEmptyValue: index % 2 == 1));
            var none = new Dictionary<string, string?> { [AttributeName.Manager] = null };
            return async token =>
            {
                if (person.Id is { } id)
                {
                    await calls.ReadUserAsync(person, token);
                    await calls.PatchAsync(
                        "patch manager",
                        new Effect("Users", person.ExternalId) { Id = id, Set = none },
                        name,
                        body,
                        token
                    );
                }
            };
        }

        var manager = Present.First(p => p != person && p != person.Manager);
        person.Manager = manager;
        var set = InitialCycle.SetManager(calls, expectations, person, manager);
        return async token =>
        {
            if (person.Id is not null)
            {
                await calls.ReadUserAsync(person, token);
                await set(token);
            }
        };
    }

    private Func<CancellationToken, Task> SetActive(Person person, bool active)
    {
        person.Active = active;
        var (name, userName, body) = (
            person.ToString(),
            person.UserName,
            calls.Patch.Active(active, asAdd: active && person.Number % 2 == 0)
        );
        var values = new Dictionary<string, string?> { [AttributeName.Active] = active ? "true" : "false" };
        return async token =>
        {
            if (person.Id is not { } id)
            {
                return;
            }

            await calls.ReadUserAsync(person, token);
            var kind = active ? "restore user" : "disable user";
            var answer = await calls.PatchAsync(kind, new Effect("Users", person.ExternalId) { Id = id, Set = values }, name, body, token);
            if (answer is { AsExpected: true, Body: not null })
            {
                expectations.Check(
                    EntraRules.ActiveObeyed,
                    answer.Resource.Active == active,
                    $"{name}: {kind} answered active {answer.Body["active"]?.ToJsonString() ?? "absent"}",
                    answer
                );
            }

            if (answer.AsExpected && !active && await FindOneAsync(EntraRules.InactiveReadable, userName, id, token) is { } found)
            {
                expectations.Check(
                    EntraRules.ActiveObeyed,
                    found.Active == false,
                    $"{name}: found with active {found.Body?["active"]?.ToJsonString() ?? "absent"} after it was disabled"
                );
            }
        };
    }

    private async Task<Resource?> FindOneAsync(Rule rule, string userName, string id, CancellationToken token)
    {
        if (
            await calls.FindAsync("look-up user", "Users", $"userName eq {ScimPath.Quote(userName)}", userName, null, token) is not { } list
        )
        {
            return null;
        }

        expectations.Check(rule, list.Resources.Any(r => r.Id == id), $"userName {userName} not found", list.Answer);
        expectations.Check(EntraRules.OneMatch, list.TotalResults is 0 or 1, $"userName {userName} found {list.TotalResults}", list.Answer);
        return list.Resources.Where(r => r.Id == id).Select(r => (Resource?)r).FirstOrDefault();
    }

    private Func<CancellationToken, Task> Duplicate(Person person)
    {
        var (name, body) = (person.ToString(), EntraBodies.User(person, activeAsText: false));
        return async token =>
        {
            if (person.Id is null)
            {
                return;
            }

            var answer = await client.SendAsync(
                new ScimRequest("create duplicate", HttpMethod.Post, "/Users")
                {
                    Body = body,
                    Target = name,
                    Expected = [409],
                },
                token
            );
            var type = JsonText.Of(answer.Body?["scimType"]);
            expectations.Check(
                EntraRules.Duplicate,
                answer.Status == 409 && type == "uniqueness",
                $"{name}: {answer.Status} {type ?? "without scimType"}",
                answer
            );
        };
    }

    private Func<CancellationToken, Task> Delete(Person person)
    {
        person.Deleted = true;
        population.Teams.ForEach(t => t.Members.Remove(person));
        var name = person.ToString();
        return token => person.Id is { } id ? calls.DeleteAsync("Users", id, person.ExternalId, name, token) : Task.CompletedTask;
    }

    private Person[] Choose(IEnumerable<Person> from, int percent)
    {
        var shuffled = Population.Shuffled(from, random);
        return shuffled[..Math.Min(shuffled.Length, Math.Max(1, ((population.People.Count * percent) + 99) / 100))];
    }
}
