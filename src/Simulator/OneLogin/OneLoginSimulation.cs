using System.Globalization;
using System.Text.Json.Nodes;
using UserManagement.Simulator.Directories;
using UserManagement.Simulator.Drills;
using UserManagement.Simulator.Report;
using UserManagement.Simulator.Wire;

namespace UserManagement.Simulator.OneLogin;

/// <summary>
/// OneLogin's provisioning: people by POST and PUT from an administrator's template, groups imported from the
/// application and joined one person at a time, leavers suspended or deleted as the setting says.
/// </summary>
public sealed class OneLoginSimulation : IDirectory
{
    private readonly DirectoryCalls calls;
    private readonly PeopleByPut people;
    private readonly Expectations expectations;
    private readonly Import import;
    private readonly Random random;

    /// <summary>Plans all steps; nothing is sent yet.</summary>
    /// <param name="population">The directory at the start; changed by planning.</param>
    /// <param name="seed">Same seed, same steps.</param>
    /// <param name="keep">True suspends leavers, false deletes some of them.</param>
    /// <param name="client">The server.</param>
    /// <param name="expectations">Where rules are noted.</param>
    public OneLoginSimulation(Population population, int seed, bool keep, ScimClient client, Expectations expectations)
    {
        (Population, this.expectations, random) = (population, expectations, new Random(seed + 1));
        (calls, import) = (new DirectoryCalls(client, expectations), new Import(client, expectations));
        people = new PeopleByPut(calls, Template);
        foreach (var person in population.People)
        {
            person.Manager = null;
            person.WorkMail ??= $"mail.{person.Number}@{population.Domain}";
        }

        List<Stage> stages =
        [
            new("groups of the application", [.. population.Teams.Select(CreateGroup)]),
            new("import groups", [ImportGroupsAsync]),
            new("create users", [.. population.People.Select(Create)]),
            new("update users", [.. Population.Choose(population.People, 15, random).Select(Update)]),
            new("check groups", [.. population.Teams.Select(Check)]),
        ];
        var leaving = Population.Choose(population.People, 12, random);
        stages.Add(new("suspend", [.. leaving.Select(p => people.SetActive(p, false))]));
        stages.Add(new("restore", [.. leaving.Where((_, i) => i % 3 == 0).Select(p => people.SetActive(p, true))]));
        stages.Add(new("create twice", [.. Population.Choose(population.People, 1, random).Select(people.CreateTwice)]));
        if (!keep)
        {
            stages.Add(new("delete", [.. leaving.Where((_, i) => i % 3 == 1).Select(Delete)]));
        }

        Stages = stages;
    }

    /// <inheritdoc/>
    public string Title => "OneLogin";

    /// <inheritdoc/>
    public Population Population { get; }

    /// <inheritdoc/>
    public bool GroupsByName => true;

    /// <inheritdoc/>
    public IReadOnlyList<Stage> Stages { get; }

    /// <inheritdoc/>
    public Stage ConnectionTest =>
        new(
            "enable the connection",
            [
                token =>
                    calls.SendAsync(
                        new ScimRequest("base address", HttpMethod.Get, "?count=1")
                        {
                            Target = "base address",
                            Expected = [200, 404, 501],
                            Upholds = OneLoginRules.BaseAddress,
                        },
                        token
                    ),
                token =>
                    calls.FindAsync(
                        "look-up user",
                        "Users",
                        "userName",
                        $"{Guid.CreateVersion7()}@nobody.example",
                        CommonRules.FilterObeyed,
                        null,
                        token
                    ),
                calls.ReadUnknownAsync,
                calls.TryWrongTokenAsync,
            ]
        );

    /// <inheritdoc/>
    public async Task<bool> HasRunBeforeAsync(CancellationToken cancellationToken)
    {
        var path = ScimPath.Find("Users", $"userName eq {ScimPath.Quote(Population.People[0].UserName)}");
        var answer = await calls.SendAsync(new ScimRequest("look-up user", HttpMethod.Get, path), cancellationToken);
        return answer.List.Resources.Any(r => r.ExternalId == Population.People[0].ExternalId);
    }

    // The template, with what stands in templates everywhere: the old schema, id null, text for booleans, a manager of its own form.
    private static JsonObject Template(Person person)
    {
        var body = new JsonObject
        {
            ["schemas"] = new JsonArray("urn:scim:schemas:core:1.0", DirectoryCalls.UserSchema, Resource.Enterprise),
            ["id"] = null,
            ["externalId"] = person.ExternalId,
            ["userName"] = person.UserName,
            ["name"] = new JsonObject
            {
                ["givenName"] = person.GivenName,
                ["familyName"] = person.FamilyName,
                ["formatted"] = person.DisplayName,
            },
            ["displayName"] = person.DisplayName,
            ["title"] = person.Title,
            ["active"] = person.Active ? "true" : "false",
            ["emails"] = new JsonArray(
                new JsonObject
                {
                    ["value"] = person.WorkMail,
                    ["type"] = "work",
                    ["primary"] = true,
                }
            ),
            [Resource.Enterprise] = new JsonObject
            {
                ["department"] = person.Department,
                ["manager"] = new JsonObject { ["managerId"] = "", ["displayName"] = "" },
            },
        };
        if (person.MobilePhone is { } phone)
        {
            body["phoneNumbers"] = new JsonArray(new JsonObject { ["value"] = phone, ["type"] = "mobile" });
        }

        return body;
    }

    // made by the application's own administrator, before OneLogin is connected
    private Func<CancellationToken, Task> CreateGroup(Team team)
    {
        var name = team.DisplayName;
        var request = new ScimRequest("create group", HttpMethod.Post, "/Groups")
        {
            Body = new JsonObject { ["schemas"] = new JsonArray(DirectoryCalls.GroupSchema), ["displayName"] = name },
            Target = name,
            Expected = [201],
            Upholds = CommonRules.Created,
            AdoptFrom = [ScimPath.Find("Groups", $"displayName eq {ScimPath.Quote(name)}")],
            Effect = new Effect("Groups", team.ExternalId)
            {
                Creates = true,
                ByName = true,
                Set = new Dictionary<string, string?> { [AttributeName.DisplayName] = name },
            },
        };
        return async token =>
        {
            var made = await calls.SendAsync(request, token);
            team.Id = made.AsExpected ? made.Resource.Id : null;
        };
    }

    private async Task ImportGroupsAsync(CancellationToken token)
    {
        if (await import.RunAsync("Groups", token) is { } groups)
        {
            var first = await calls.SendAsync(
                new ScimRequest("page of groups", HttpMethod.Get, "/Groups") { Target = "all groups" },
                token
            );
            var missing = Population
                .Teams.Where(t => t.Id is not null && !groups.Any(g => g.Id == t.Id))
                .Select(t => t.DisplayName)
                .ToList();
            expectations.Check(OneLoginRules.GroupsListed, missing.Count == 0, $"not in the list: {string.Join(", ", missing)}", first);
        }
    }

    // Create, then one PATCH for each group that a rule puts the person into.
    private Func<CancellationToken, Task> Create(Person person)
    {
        var (userName, teams) = (person.UserName, Population.Teams.Where(t => t.Members.Contains(person)).ToList());
        var request = DirectoryCalls.Create(person, Template(person), DirectoryCalls.AllOf(person)) with
        {
            Upholds = OneLoginRules.Template,
        };
        return async token =>
        {
            var made = await calls.CreateUserAsync(person, request, token);
            if (person.Id is not { } id)
            {
                return;
            }

            expectations.Check(
                OneLoginRules.Template,
                made.Resource.Active == true,
                $"{userName}: active is {made.Body?["active"]?.ToJsonString() ?? "absent"}",
                made
            );
            if (person.Number % 10 == 1)
            {
                await calls.FindAsync("look-up user", "Users", "userName", userName.ToUpperInvariant(), CommonRules.AnyCase, id, token);
            }

            foreach (var team in teams.Where(t => t.Id is not null))
            {
                await calls.PatchAsync(
                    "join group",
                    CommonRules.MembersSet,
                    new Effect("Groups", team.ExternalId)
                    {
                        Id = team.Id,
                        ByName = true,
                        Add = [id],
                    },
                    team.DisplayName,
                    [DirectoryCalls.Operation("add", "members", new JsonArray(new JsonObject { ["value"] = id }))],
                    token
                );
            }
        };
    }

    private Func<CancellationToken, Task> Check(Team team)
    {
        var members = team.Members.ToArray();
        return token =>
            team.Id is { } id
                ? calls.CheckMembersAsync(id, team.DisplayName, members.Select(p => p.Id).OfType<string>(), CommonRules.MembersKept, token)
                : Task.CompletedTask;
    }

    private Func<CancellationToken, Task> Update(Person person, int index)
    {
        var was = person.UserName;
        person.FamilyName += "-Ørsted";
        person.DisplayName = $"{person.GivenName} {person.FamilyName}";
        person.MobilePhone =
            index % 2 == 0 ? string.Create(CultureInfo.InvariantCulture, $"+44 555 {person.Number:00000}") : person.MobilePhone;
        person.UserName =
            index % 5 == 0 ? string.Create(CultureInfo.InvariantCulture, $"renamed.{person.Number}@{Population.Domain}") : was;
        var (now, put) = (person.UserName, people.Put("put user", person));
        return async token =>
        {
            await calls.FindAsync("look-up user", "Users", "userName", was, CommonRules.FoundByUserName, person.Id, token);
            await put(token);
            await calls.FindAsync("look-up user", "Users", "userName", now, CommonRules.FoundByUserName, person.Id, token);
        };
    }

    private Func<CancellationToken, Task> Delete(Person person)
    {
        person.Deleted = true;
        Population.Teams.ForEach(t => t.Members.Remove(person));
        return token =>
            person.Id is { } id
                ? calls.DeleteAsync("Users", id, person.UserName, new Effect("Users", person.ExternalId) { Id = id, Exists = false }, token)
                : Task.CompletedTask;
    }
}
