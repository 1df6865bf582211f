using System.Globalization;
using System.Text.Json.Nodes;
using UserManagement.Simulator.Directories;
using UserManagement.Simulator.Drills;
using UserManagement.Simulator.Wire;

namespace UserManagement.Simulator.Okta;

/// <summary>What Okta does with people. Planning changes the population at once; steps carry the values of their own moment.</summary>
/// <param name="population">The directory; changed by planning.</param>
/// <param name="calls">The single calls.</param>
/// <param name="app">The kind of app.</param>
/// <param name="random">The run's generator.</param>
public sealed class OktaPeople(Population population, DirectoryCalls calls, OktaApp app, Random random)
{
    private readonly List<Person> deactivated = [];

    /// <summary>
    /// Everybody is looked up and created; every tenth is then read and looked up in upper case, as Okta's acceptance test does.
    /// </summary>
    public IReadOnlyList<Func<CancellationToken, Task>> Assign() =>
        [
            .. population.People.Select(person =>
            {
                var request = DirectoryCalls.Create(person, OktaBodies.Create(person), DirectoryCalls.AllOf(person));
                var userName = person.UserName;
                return (Func<CancellationToken, Task>)(
                    async token =>
                    {
                        await calls.CreateUserAsync(person, request, token);
                        if (person.Id is { } id && person.Number % 10 == 1)
                        {
                            await calls.ReadUserAsync(id, userName, token);
                            await calls.FindAsync("look-up user", "Users", "userName", userName, CommonRules.FoundByUserName, id, token);
                            await calls.FindAsync(
                                "look-up user",
                                "Users",
                                "userName",
                                userName.ToUpperInvariant(),
                                CommonRules.AnyCase,
                                id,
                                token
                            );
                        }
                    }
                );
            }),
        ];

    /// <summary>Profile edits: GET, then PUT of all that came back with new values. Every fifth gets another sign-in name.</summary>
    public IReadOnlyList<Func<CancellationToken, Task>> Update() =>
        [
            .. Choose(population.People, 15)
                .Select(
                    (person, index) =>
                    {
                        var was = person.UserName;
                        person.FamilyName += "-Ørsted";
                        person.DisplayName = $"{person.GivenName} {person.FamilyName}";
                        (person.Title, person.Department) =
                            index % 4 == 1 ? ("Team lead \"North\"", "Zürich & Genève") : (person.Title, person.Department);
                        person.MobilePhone =
                            index % 2 == 0
                                ? string.Create(CultureInfo.InvariantCulture, $"+48 555 {person.Number:00000}")
                                : person.MobilePhone;
                        person.UserName =
                            index % 5 == 0
                                ? string.Create(CultureInfo.InvariantCulture, $"renamed.{person.Number}@{population.Domain}")
                                : was;
                        var (now, put) = (person.UserName, Put("put user", person));
                        return (Func<CancellationToken, Task>)(
                            async token =>
                            {
                                if (await put(token) is not null && now != was)
                                {
                                    await calls.FindAsync(
                                        "look-up user",
                                        "Users",
                                        "userName",
                                        now.ToUpperInvariant(),
                                        CommonRules.AnyCase,
                                        person.Id,
                                        token
                                    );
                                    await calls.FindAsync("look-up user", "Users", "userName", was, CommonRules.FilterObeyed, null, token);
                                }
                            }
                        );
                    }
                ),
        ];

    /// <summary>Some are unassigned: never deleted, only deactivated.</summary>
    public IReadOnlyList<Func<CancellationToken, Task>> Deactivate()
    {
        deactivated.AddRange(Choose(population.People, 12));
        return [.. deactivated.Select(p => SetActive(p, false))];
    }

    /// <summary>Half of them come back: looked up, found inactive, activated.</summary>
    public IReadOnlyList<Func<CancellationToken, Task>> Reassign() =>
        [.. deactivated.Where((_, i) => i % 2 == 0).Select(p => SetActive(p, true))];

    /// <summary>Somebody leaves, is renamed in Okta and comes back: a create with the externalId of the inactive one.</summary>
    public IReadOnlyList<Func<CancellationToken, Task>> ComeBack()
    {
        // invented beside the population, so that the comparison does not meet one externalId twice
        var externalId = $"again-{population.Tag}";
        JsonObject Body(string name) =>
            new()
            {
                ["schemas"] = new JsonArray(DirectoryCalls.UserSchema),
                ["userName"] = $"{name}@{population.Domain}",
                ["name"] = new JsonObject { ["givenName"] = "Kim", ["familyName"] = "Again" },
                ["emails"] = new JsonArray(
                    new JsonObject
                    {
                        ["primary"] = true,
                        ["value"] = $"{name}@{population.Domain}",
                        ["type"] = "work",
                    }
                ),
                ["externalId"] = externalId,
                ["active"] = true,
            };

        return
        [
            async token =>
            {
                foreach (var name in new[] { "kim.before", "kim.after" })
                {
                    var made = await calls.SendAsync(
                        new ScimRequest("create user", HttpMethod.Post, "/Users")
                        {
                            Body = Body(name),
                            Target = name,
                            Expected = [201],
                            Upholds = OktaRules.ExternalIdAgain,
                            AdoptFrom = [ScimPath.Find("Users", $"userName eq {ScimPath.Quote($"{name}@{population.Domain}")}")],
                        },
                        token
                    );
                    if (made is { AsExpected: true, Resource.Id: { } id })
                    {
                        await calls.SendAsync(
                            new ScimRequest("deactivate user", HttpMethod.Patch, ScimPath.One("Users", id))
                            {
                                Body = DirectoryCalls.Patch(
                                    DirectoryCalls.Operation("replace", null, new JsonObject { ["active"] = false })
                                ),
                                Target = name,
                                Expected = ScimRequest.Patched,
                                Upholds = OktaRules.ActiveWithoutPath,
                            },
                            token
                        );
                        await calls.CheckActiveAsync(id, $"{name}@{population.Domain}", false, token);
                    }
                }
            },
        ];
    }

    /// <summary>Password sync for a few.</summary>
    public IReadOnlyList<Func<CancellationToken, Task>> SynchronisePasswords() =>
        [
            .. Choose(population.People, 2)
                .Select(person =>
                {
                    var name = person.ToString();
                    return (Func<CancellationToken, Task>)(
                        async token =>
                        {
                            if (person.Id is { } id)
                            {
                                await calls.PatchAsync(
                                    "patch password",
                                    OktaRules.PasswordSync,
                                    new Effect("Users", person.ExternalId) { Id = id },
                                    name,
                                    [DirectoryCalls.Operation("replace", null, new JsonObject { ["password"] = "Synchronised-7" })],
                                    token
                                );
                                await calls.ReadUserAsync(id, name, token);
                            }
                        }
                    );
                }),
        ];

    /// <summary>Creating who is there.</summary>
    public IReadOnlyList<Func<CancellationToken, Task>> AssignTwice() =>
        [
            .. Choose(population.People, 1)
                .Select(person =>
                {
                    var (name, body) = (person.ToString(), OktaBodies.Create(person));
                    return (Func<CancellationToken, Task>)(
                        token => person.Id is null ? Task.CompletedTask : calls.CreateDuplicateAsync(name, body, token)
                    );
                }),
        ];

    private Func<CancellationToken, Task> SetActive(Person person, bool active)
    {
        person.Active = active;
        var (name, userName, put) = (person.ToString(), person.UserName, Put(active ? "activate user" : "deactivate user", person));
        var effect = new Effect("Users", person.ExternalId)
        {
            Set = new Dictionary<string, string?> { [AttributeName.Active] = active ? "true" : "false" },
        };
        return async token =>
        {
            if (person.Id is not { } id)
            {
                return;
            }

            if (active)
            {
                await calls.FindAsync("look-up user", "Users", "userName", userName, CommonRules.InactiveReadable, id, token);
            }

            if (app == OktaApp.Custom)
            {
                await put(token);
            }
            else
            {
                await calls.PatchAsync(
                    active ? "activate user" : "deactivate user",
                    OktaRules.ActiveWithoutPath,
                    effect with
                    {
                        Id = id,
                    },
                    name,
                    [DirectoryCalls.Operation("replace", null, new JsonObject { ["active"] = active })],
                    token
                );
            }

            await calls.CheckActiveAsync(id, userName, active, token);
        };
    }

    // GET, then PUT of the whole answer with the values that the person has when this is planned.
    private Func<CancellationToken, Task<ScimAnswer?>> Put(string kind, Person person)
    {
        var (name, changed, set) = (person.ToString(), OktaBodies.Fill([], person), DirectoryCalls.AllOf(person));
        return async token =>
            person.Id is { } id && await calls.ReadUserAsync(id, name, token) is { Body: { } read }
                ? await calls.PutUserAsync(
                    kind,
                    new Effect("Users", person.ExternalId) { Id = id, Set = set },
                    name,
                    OktaBodies.Replace(read, changed),
                    token
                )
                : null;
    }

    private Person[] Choose(IEnumerable<Person> from, int percent) => Population.Choose(from, percent, random);
}
