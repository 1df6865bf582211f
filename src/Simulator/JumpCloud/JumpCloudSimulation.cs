using System.Globalization;
using System.Text.Json.Nodes;
using UserManagement.Simulator.Directories;
using UserManagement.Simulator.Drills;
using UserManagement.Simulator.Report;
using UserManagement.Simulator.Wire;

namespace UserManagement.Simulator.JumpCloud;

/// <summary>
/// JumpCloud's provisioning: a live self-test when the connection is activated, people by PUT without an extension,
/// groups by PATCH with a list of members in either direction.
/// </summary>
public sealed class JumpCloudSimulation : IDirectory
{
    private const int MembersPerPatch = 25;
    private readonly DirectoryCalls calls;
    private readonly PeopleByPut people;
    private readonly Random random;

    /// <summary>Plans all steps; nothing is sent yet.</summary>
    /// <param name="population">The directory at the start; changed by planning.</param>
    /// <param name="seed">Same seed, same steps.</param>
    /// <param name="client">The server.</param>
    /// <param name="expectations">Where rules are noted.</param>
    public JumpCloudSimulation(Population population, int seed, ScimClient client, Expectations expectations)
    {
        (Population, random) = (population, new Random(seed + 1));
        calls = new DirectoryCalls(client, expectations);
        people = new PeopleByPut(calls, Body);
        foreach (var person in population.People)
        {
            person.Manager = null;
            person.Department = null; // no extension schema is used
            person.WorkMail ??= $"mail.{person.Number}@{population.Domain}";
        }

        List<Stage> stages =
        [
            new("create users", [.. population.People.Select(Create)]),
            new("create groups", [.. population.Teams.Select(CreateGroup)]),
            new("update users", [.. Population.Choose(population.People, 15, random).Select(Update)]),
        ];
        var leaving = Population.Choose(population.People, 12, random);
        stages.Add(new("suspend", [.. leaving.Select(p => people.SetActive(p, false))]));
        stages.Add(new("restore", [.. leaving.Where((_, i) => i % 2 == 0).Select(p => people.SetActive(p, true))]));
        stages.Add(new("change groups", [.. population.Teams.Where((_, i) => i % 2 == 0).Select(ChangeGroup)]));
        stages.Add(new("create twice", [.. Population.Choose(population.People, 1, random).Select(people.CreateTwice)]));
        stages.Add(new("unbind group", Unbind()));
        Stages = stages;
    }

    /// <inheritdoc/>
    public string Title => "JumpCloud";

    /// <inheritdoc/>
    public Population Population { get; }

    /// <inheritdoc/>
    public bool GroupsByName => true;

    /// <inheritdoc/>
    public IReadOnlyList<Stage> Stages { get; }

    /// <summary>The activation: each call must work, one after the other, and nothing stays behind.</summary>
    public Stage ConnectionTest => new("activation self-test", [SelfTestAsync, calls.ReadUnknownAsync, calls.TryWrongTokenAsync]);

    /// <inheritdoc/>
    public async Task<bool> HasRunBeforeAsync(CancellationToken cancellationToken)
    {
        var path = ScimPath.Find("Users", $"userName eq {ScimPath.Quote(Population.People[0].UserName)}");
        var answer = await calls.SendAsync(new ScimRequest("look-up user", HttpMethod.Get, path), cancellationToken);
        return answer.List.Resources.Any(r => r.ExternalId == Population.People[0].ExternalId);
    }

    private async Task SelfTestAsync(CancellationToken token)
    {
        var (userName, groupName) = ($"selftest@{Population.Domain}", $"JumpCloud self-test of {Population.Tag}");
        JsonObject User(string family) =>
            new()
            {
                ["schemas"] = new JsonArray(DirectoryCalls.UserSchema),
                ["userName"] = userName,
                ["name"] = new JsonObject { ["givenName"] = "Test", ["familyName"] = family },
                ["displayName"] = $"Test {family}",
                ["emails"] = new JsonArray(
                    new JsonObject
                    {
                        ["value"] = userName,
                        ["type"] = "work",
                        ["primary"] = true,
                    }
                ),
                ["active"] = true,
            };
        JsonObject Group(string name) => new() { ["schemas"] = new JsonArray(DirectoryCalls.GroupSchema), ["displayName"] = name };
        Task<ScimAnswer> Try(string what, HttpMethod method, string path, JsonObject? body, params int[] expected) =>
            calls.SendAsync(
                new ScimRequest("self-test", method, path)
                {
                    Body = body,
                    Target = what,
                    Expected = expected,
                    Upholds = JumpCloudRules.SelfTest,
                    AdoptFrom =
                    [
                        path == "/Users"
                            ? ScimPath.Find("Users", $"userName eq {ScimPath.Quote(userName)}")
                            : ScimPath.Find("Groups", $"displayName eq {ScimPath.Quote(groupName)}"),
                    ],
                },
                token
            );

        await calls.FindAsync("self-test", "Users", "userName", userName, CommonRules.FilterObeyed, null, token);
        var user = await Try("create user", HttpMethod.Post, "/Users", User("User"), 201);
        var group = await Try("create group", HttpMethod.Post, "/Groups", Group(groupName), 201);
        if (user.Resource.Id is not { } userId || group.Resource.Id is not { } groupId)
        {
            return;
        }

        var effect = new Effect("Users", "self-test")
        {
            Id = userId,
            Set = new Dictionary<string, string?> { [AttributeName.FamilyName] = "Changed" },
        };
        await calls.PutUserAsync("self-test", effect, "change user", User("Changed"), token, noted: false);
        await Try("change group", HttpMethod.Put, ScimPath.One("Groups", groupId), Group(groupName + ", changed"), 200);
        foreach (var op in new[] { "add", "remove" })
        {
            await Try(
                $"{op} member",
                HttpMethod.Patch,
                ScimPath.One("Groups", groupId),
                DirectoryCalls.Patch(Listed(op, [userId])),
                200,
                204
            );
            await calls.CheckMembersAsync(groupId, groupName, op == "add" ? [userId] : [], JumpCloudRules.RemoveListed, token);
        }

        await calls.DeleteAsync("Groups", groupId, groupName + ", changed", null, token);
        await calls.DeleteAsync("Users", userId, userName, null, token);
    }

    private static JsonObject Body(Person person)
    {
        var body = new JsonObject
        {
            ["schemas"] = new JsonArray(DirectoryCalls.UserSchema),
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
            ["emails"] = new JsonArray(
                new JsonObject
                {
                    ["value"] = person.WorkMail,
                    ["type"] = "work",
                    ["primary"] = true,
                }
            ),
            ["active"] = person.Active,
        };
        if (person.MobilePhone is { } phone)
        {
            body["phoneNumbers"] = new JsonArray(new JsonObject { ["value"] = phone, ["type"] = "mobile" });
        }

        return body;
    }

    private Func<CancellationToken, Task> Create(Person person)
    {
        var (userName, request) = (person.UserName, DirectoryCalls.Create(person, Body(person), DirectoryCalls.AllOf(person)));
        return async token =>
        {
            await calls.CreateUserAsync(person, request, token);
            if (person.Id is { } id && person.Number % 10 == 1)
            {
                await calls.FindAsync("look-up user", "Users", "userName", userName.ToUpperInvariant(), CommonRules.AnyCase, id, token);
            }
        };
    }

    private Func<CancellationToken, Task> Update(Person person, int index)
    {
        person.FamilyName += "-Ørsted";
        person.DisplayName = $"{person.GivenName} {person.FamilyName}";
        person.MobilePhone =
            index % 2 == 0 ? string.Create(CultureInfo.InvariantCulture, $"+1 555 {person.Number:00000}") : person.MobilePhone;
        return people.Put("put user", person);
    }

    private Func<CancellationToken, Task> CreateGroup(Team team)
    {
        var (name, members) = (team.DisplayName, team.Members.OrderBy(p => p.Number).ToArray());
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
            await calls.FindAsync("look-up group", "Groups", "displayName", name, CommonRules.FilterObeyed, null, token);
            var made = await calls.SendAsync(request, token);
            team.Id = made.AsExpected ? made.Resource.Id : null;
            if (team.Id is { } id)
            {
                string[] ids = [.. members.Select(p => p.Id).OfType<string>()];
                foreach (var batch in ids.Chunk(MembersPerPatch))
                {
                    await PatchMembersAsync(team, name, "add", batch, CommonRules.MembersSet, token);
                }

                await calls.CheckMembersAsync(id, name, ids, CommonRules.MembersSet, token);
            }
        };
    }

    private Func<CancellationToken, Task> ChangeGroup(Team team)
    {
        var before = team.Members.ToArray();
        var left = Population.Choose(team.Members, 10, random);
        var joined = Population.Shuffled(Population.People.Where(p => !team.Members.Contains(p)), random).Take(3).ToList();
        team.Members.ExceptWith(left);
        team.Members.UnionWith(joined);
        var (name, after) = (team.DisplayName, team.Members.ToArray());
        return async token =>
        {
            if (team.Id is not { } id)
            {
                return;
            }

            await calls.CheckMembersAsync(id, name, before.Select(p => p.Id).OfType<string>(), CommonRules.MembersKept, token);
            foreach (var (op, some) in new[] { ("remove", left.AsEnumerable()), ("add", joined) })
            {
                string[] ids = [.. some.Select(p => p.Id).OfType<string>()];
                if (ids.Length > 0)
                {
                    await PatchMembersAsync(team, name, op, ids, JumpCloudRules.RemoveListed, token);
                }
            }

            await calls.CheckMembersAsync(id, name, after.Select(p => p.Id).OfType<string>(), JumpCloudRules.RemoveListed, token);
        };
    }

    private Func<CancellationToken, Task>[] Unbind()
    {
        if (Population.Teams.Count < 2)
        {
            return [];
        }

        var team = Population.Teams[^1];
        team.Deleted = true;
        return
        [
            token =>
                team.Id is { } id
                    ? calls.DeleteAsync(
                        "Groups",
                        id,
                        team.DisplayName,
                        new Effect("Groups", team.ExternalId)
                        {
                            Id = id,
                            ByName = true,
                            Exists = false,
                        },
                        token
                    )
                    : Task.CompletedTask,
        ];
    }

    private Task<ScimAnswer> PatchMembersAsync(Team team, string name, string op, string[] ids, Rule rule, CancellationToken token)
    {
        var effect = new Effect("Groups", team.ExternalId) { Id = team.Id, ByName = true };
        return calls.PatchAsync(
            "patch members",
            rule,
            op == "add" ? effect with { Add = ids } : effect with { Remove = ids },
            name,
            [Listed(op, ids)],
            token
        );
    }

    private static JsonObject Listed(string op, IEnumerable<string> ids) =>
        DirectoryCalls.Operation(op, "members", new JsonArray([.. ids.Select(id => new JsonObject { ["value"] = id })]));
}
