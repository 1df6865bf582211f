using UserManagement.Simulator.Directories;
using UserManagement.Simulator.Drills;
using UserManagement.Simulator.Report;
using UserManagement.Simulator.Wire;

namespace UserManagement.Simulator.Entra;

/// <summary>
/// Entra's connection test and first cycle: everybody is looked up and created, then managers, then groups, empty at
/// first and filled in batches of which several are under way at once.
/// </summary>
/// <param name="population">The directory as it is at the start.</param>
/// <param name="client">The server.</param>
/// <param name="calls">Entra's single calls.</param>
/// <param name="expectations">Where rules are noted.</param>
public sealed class InitialCycle(Population population, ScimClient client, EntraCalls calls, Expectations expectations)
{
    private const int MembersPerPatch = 100;

    /// <summary>The connection test: random ids that nobody has.</summary>
    public Stage TestConnection() =>
        new(
            "test connection",
            [
                token => calls.FindNothingAsync("test connection", "Users", Random("userName"), "connection test", null, token),
                token => calls.FindNothingAsync("test connection", "Users", Random("externalId"), "connection test", null, token),
                token =>
                    calls.FindNothingAsync(
                        "test connection",
                        "Groups",
                        Random("displayName"),
                        "connection test",
                        "excludedAttributes=members",
                        token
                    ),
                token =>
                    calls.FindNothingAsync(
                        "test connection",
                        "Groups",
                        Random("externalId"),
                        "connection test",
                        "excludedAttributes=members",
                        token
                    ),
            ]
        );

    /// <summary>The stages of the cycle, planned from the population as it is now.</summary>
    public IReadOnlyList<Stage> Plan() =>
        [
            new("create users", [.. population.People.Select(CreateUser)]),
            new(
                "set managers",
                [.. population.People.Where(p => p.Manager is not null).Select(p => SetManager(calls, expectations, p, p.Manager!))]
            ),
            new("create groups", [.. population.Teams.Select(CreateGroup)]),
            new("fill groups", [.. population.Teams.Where(t => t.Members.Count > 0).Select(Fill)]),
        ];

    private static string Random(string attribute) => $"{attribute} eq \"{Guid.CreateVersion7()}\"";

    private Func<CancellationToken, Task> CreateUser(Person person)
    {
        var request = new ScimRequest("create user", HttpMethod.Post, "/Users")
        {
            Body = EntraBodies.User(person, activeAsText: calls.PlusForSpace && person.Number % 5 == 0),
            Target = person.ToString(),
            Expected = [201],
            AdoptFrom = [ScimPath.Find("Users", ByExternalId(person.ExternalId)), ScimPath.Find("Users", ByUserName(person.UserName))],
            Effect = new Effect("Users", person.ExternalId) { Creates = true, Set = AllOf(person) },
        };
        var (userName, name) = (person.UserName, person.ToString());
        return async token =>
        {
            await calls.FindNothingAsync("look-up user", "Users", ByUserName(userName), name, null, token);
            await calls.FindNothingAsync("look-up user", "Users", ByExternalId(person.ExternalId), name, null, token);
            var answer = await client.SendAsync(request, token);
            person.Id = answer.AsExpected ? answer.Resource.Id : null;
            if (answer.AsExpected)
            {
                var shown = answer.Resource;
                expectations.Check(
                    EntraRules.CreatedWhole,
                    !string.IsNullOrEmpty(shown.Id) && shown.UserName == userName,
                    $"{name}: id {shown.Id ?? "none"}, userName {shown.UserName ?? "none"}",
                    answer
                );
            }
        };
    }

    /// <summary>The reference probe and the PATCH that follows it.</summary>
    /// <param name="calls">Entra's single calls.</param>
    /// <param name="expectations">Where rules are noted.</param>
    /// <param name="person">Who gets a manager.</param>
    /// <param name="manager">The manager.</param>
    /// <returns>A step; it does nothing when either of the two could not be created.</returns>
    public static Func<CancellationToken, Task> SetManager(EntraCalls calls, Expectations expectations, Person person, Person manager) =>
        async token =>
        {
            if (person.Id is not { } id || manager.Id is not { } managerId)
            {
                return;
            }

            // both orders of the two terms occur
            string[] terms = [$"id eq {ScimPath.Quote(id)}", $"manager eq {ScimPath.Quote(managerId)}"];
            var filter = string.Join(" and ", person.Number % 2 == 0 ? terms : terms.Reverse());
            if (await calls.FindAsync("probe manager", "Users", filter, person.ToString(), "attributes=id", token) is { } before)
            {
                expectations.Check(
                    EntraRules.ReferenceProbe,
                    before.TotalResults == 0,
                    $"{filter} found {before.TotalResults} before the manager was set",
                    before.Answer
                );
            }

            var effect = new Effect("Users", person.ExternalId)
            {
                Id = id,
                Set = new Dictionary<string, string?> { [AttributeName.Manager] = managerId },
            };
            var answer = await calls.PatchAsync(
                "patch manager",
                effect,
                person.ToString(),
                calls.Patch.SetManager(managerId, person.Number),
                token
            );
            if (
                answer.AsExpected
                && person.Number % 10 == 2
                && await calls.FindAsync("probe manager", "Users", filter, person.ToString(), "attributes=id", token) is { } after
            )
            {
                expectations.Check(
                    EntraRules.ReferenceProbe,
                    after.TotalResults == 1,
                    $"{filter} found {after.TotalResults} after the manager was set",
                    after.Answer
                );
            }
        };

    private Func<CancellationToken, Task> CreateGroup(Team team)
    {
        var name = team.DisplayName;
        var byName = $"displayName eq {ScimPath.Quote(name)}";
        var request = new ScimRequest("create group", HttpMethod.Post, "/Groups")
        {
            Body = EntraBodies.Group(team),
            Target = name,
            Expected = [201],
            AdoptFrom = [ScimPath.Find("Groups", ByExternalId(team.ExternalId)), ScimPath.Find("Groups", byName)],
            Effect = new Effect("Groups", team.ExternalId)
            {
                Creates = true,
                Set = new Dictionary<string, string?> { [AttributeName.DisplayName] = name, [AttributeName.ExternalId] = team.ExternalId },
            },
        };
        return async token =>
        {
            await calls.FindNothingAsync("look-up group", "Groups", byName, name, "excludedAttributes=members", token);
            var answer = await client.SendAsync(request, token);
            team.Id = answer.AsExpected ? answer.Resource.Id : null;
            if (answer.AsExpected)
            {
                expectations.Check(
                    EntraRules.CreatedWhole,
                    !string.IsNullOrEmpty(answer.Resource.Id) && answer.Resource.DisplayName == name,
                    $"{name}: id {answer.Resource.Id ?? "none"}",
                    answer
                );
            }
        };
    }

    // In thirds at most a hundred each, all at once: PATCHes of one group do run side by side.
    private Func<CancellationToken, Task> Fill(Team team)
    {
        Person[] members = [.. team.Members.OrderBy(p => p.Number)];
        var name = team.DisplayName;
        var size = Math.Clamp((members.Length + 2) / 3, 1, MembersPerPatch);
        return token =>
            team.Id is null
                ? Task.CompletedTask
                : Task.WhenAll(
                    members
                        .Chunk(size)
                        .Select(batch =>
                        {
                            string[] ids = [.. batch.Select(p => p.Id).OfType<string>()];
                            var effect = new Effect("Groups", team.ExternalId) { Id = team.Id, Add = ids };
                            return ids.Length == 0
                                ? Task.CompletedTask
                                : calls.PatchAsync("patch members", effect, name, calls.Patch.AddMembers(ids), token);
                        })
                );
    }

    private static string ByUserName(string userName) => $"userName eq {ScimPath.Quote(userName)}";

    private static string ByExternalId(string externalId) => $"externalId eq {ScimPath.Quote(externalId)}";

    private static Dictionary<string, string?> AllOf(Person person) =>
        new[]
        {
            AttributeName.UserName,
            AttributeName.ExternalId,
            AttributeName.DisplayName,
            AttributeName.GivenName,
            AttributeName.FamilyName,
            AttributeName.Title,
            AttributeName.Department,
            AttributeName.WorkMail,
            AttributeName.Active,
        }.ToDictionary(a => a, person.Read);
}
