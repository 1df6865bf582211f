using System.Text.Json.Nodes;
using UserManagement.Simulator.Directories;
using UserManagement.Simulator.Drills;
using UserManagement.Simulator.Report;
using UserManagement.Simulator.Wire;

namespace UserManagement.Simulator.Okta;

/// <summary>Okta's group push.</summary>
/// <param name="population">The directory; changed by planning.</param>
/// <param name="calls">The single calls.</param>
/// <param name="expectations">Where rules are noted.</param>
/// <param name="app">The kind of app.</param>
/// <param name="random">The run's generator.</param>
public sealed class OktaGroups(Population population, DirectoryCalls calls, Expectations expectations, OktaApp app, Random random)
{
    private const int MembersPerPatch = 100;

    private IEnumerable<Team> Present => population.Teams.Where(t => !t.Deleted);

    /// <summary>Look-up by name, create empty, name it again with its id, then its members: at once ("push now") or in batches.</summary>
    public IReadOnlyList<Func<CancellationToken, Task>> Push() =>
        [
            .. population.Teams.Select(
                (team, index) =>
                {
                    var (name, members) = (team.DisplayName, Ordered(team));
                    var request = new ScimRequest("create group", HttpMethod.Post, "/Groups")
                    {
                        Body = OktaBodies.Group(name, []),
                        Target = name,
                        Expected = [201],
                        Upholds = CommonRules.Created,
                        AdoptFrom = [ScimPath.Find("Groups", $"displayName eq {ScimPath.Quote(name)}")],
                        Effect = Known(team) with { Creates = true, Set = Named(name) },
                    };
                    return (Func<CancellationToken, Task>)(
                        async token =>
                        {
                            await calls.FindAsync("look-up group", "Groups", "displayName", name, CommonRules.FilterObeyed, null, token);
                            var made = await calls.SendAsync(request, token);
                            team.Id = made.AsExpected ? made.Resource.Id : null;
                            if (team.Id is not { } id)
                            {
                                return;
                            }

                            await calls.FindAsync("look-up group", "Groups", "displayName", name, CommonRules.GroupByName, id, token);
                            var known = Refs(members);
                            if (app == OktaApp.Custom)
                            {
                                await PutAsync(team, name, known, token);
                            }
                            else
                            {
                                await NameAsync(team, name, token);
                                await (index % 2 == 0 ? PushNowAsync(team, name, known, token) : AddAsync(team, name, known, token));
                            }

                            await calls.CheckMembersAsync(id, name, known.Select(m => m.Id), CommonRules.MembersSet, token);
                        }
                    );
                }
            ),
        ];

    /// <summary>After people were changed, their groups must be as before.</summary>
    public IReadOnlyList<Func<CancellationToken, Task>> Check() =>
        [
            .. Present.Select(team =>
            {
                var (name, members) = (team.DisplayName, Ordered(team));
                return (Func<CancellationToken, Task>)(
                    token =>
                        team.Id is { } id
                            ? calls.CheckMembersAsync(id, name, Refs(members).Select(m => m.Id), CommonRules.MembersKept, token)
                            : Task.CompletedTask
                );
            }),
        ];

    /// <summary>
    /// Half of the groups change: some leave and some join in one PATCH, some groups get another name, one is emptied and filled again.
    /// </summary>
    public IReadOnlyList<Func<CancellationToken, Task>> Change() =>
        [
            .. Present
                .Where((_, i) => i % 2 == 0)
                .ToList()
                .Select(
                    (team, index) =>
                    {
                        team.DisplayName = index % 3 == 1 ? team.DisplayName + " (renamed)" : team.DisplayName;
                        var left = Population.Choose(team.Members, 5, random);
                        var joined = Population.Shuffled(population.People.Where(p => !team.Members.Contains(p)), random).Take(3).ToList();
                        team.Members.ExceptWith(left);
                        team.Members.UnionWith(joined);
                        var (name, members) = (team.DisplayName, Ordered(team));
                        return (Func<CancellationToken, Task>)(
                            async token =>
                            {
                                if (team.Id is not { } id)
                                {
                                    return;
                                }

                                var all = Refs(members);
                                if (app == OktaApp.Custom)
                                {
                                    await PutAsync(team, name, all, token);
                                }
                                else
                                {
                                    await NameAsync(team, name, token);
                                    await SwapAsync(team, name, Refs(left), Refs(joined), token);
                                    if (index == 0)
                                    {
                                        await AddWithUnknownAsync(team, name, all, token);
                                    }
                                    else if (index == 1)
                                    {
                                        await EmptyAsync(team, name, token);
                                        await AddAsync(team, name, all, token);
                                    }
                                }

                                await calls.CheckMembersAsync(id, name, all.Select(m => m.Id), CommonRules.MembersSet, token);
                            }
                        );
                    }
                ),
        ];

    /// <summary>The last group is unlinked and deleted, if there are at least two.</summary>
    public IReadOnlyList<Func<CancellationToken, Task>> Unlink()
    {
        if (Present.Count() < 2)
        {
            return [];
        }

        var team = Present.Last();
        team.Deleted = true;
        var name = team.DisplayName;
        return
        [
            token =>
                team.Id is { } id
                    ? calls.DeleteAsync("Groups", id, name, Known(team) with { Id = id, Exists = false }, token)
                    : Task.CompletedTask,
        ];
    }

    private Task<ScimAnswer> NameAsync(Team team, string name, CancellationToken token) =>
        calls.PatchAsync(
            "patch group",
            OktaRules.IdInValue,
            Known(team) with
            {
                Set = Named(name),
            },
            name,
            [DirectoryCalls.Operation("replace", null, new JsonObject { ["id"] = team.Id, ["displayName"] = name })],
            token
        );

    private Task<ScimAnswer> PushNowAsync(Team team, string name, List<(string Id, string UserName)> members, CancellationToken token) =>
        calls.PatchAsync(
            "push now",
            OktaRules.PushNow,
            Known(team) with
            {
                Members = Ids(members),
            },
            name,
            [DirectoryCalls.Operation("replace", "members", OktaBodies.Members(members))],
            token
        );

    // the path-less form, which an empty group is pushed with
    private async Task EmptyAsync(Team team, string name, CancellationToken token)
    {
        await calls.PatchAsync(
            "push now",
            OktaRules.PushNow,
            Known(team) with
            {
                Members = [],
            },
            name,
            [
                DirectoryCalls.Operation(
                    "replace",
                    null,
                    new JsonObject
                    {
                        ["members"] = new JsonArray(),
                        ["id"] = team.Id,
                        ["displayName"] = name,
                    }
                ),
            ],
            token
        );
        await calls.CheckMembersAsync(team.Id!, name, [], OktaRules.PushNow, token);
    }

    private async Task AddAsync(Team team, string name, List<(string Id, string UserName)> members, CancellationToken token)
    {
        foreach (var batch in members.Chunk(Math.Clamp((members.Count + 1) / 2, 1, MembersPerPatch)))
        {
            await calls.PatchAsync(
                "patch members",
                CommonRules.MembersSet,
                Known(team) with
                {
                    Add = Ids(batch),
                },
                name,
                [DirectoryCalls.Operation("add", "members", OktaBodies.Members(batch))],
                token
            );
        }
    }

    private async Task SwapAsync(
        Team team,
        string name,
        List<(string Id, string UserName)> left,
        List<(string Id, string UserName)> joined,
        CancellationToken token
    )
    {
        var operations = left.Select(m => DirectoryCalls.Operation("remove", $"members[value eq {ScimPath.Quote(m.Id)}]", null)).ToList();
        if (joined.Count > 0)
        {
            operations.Add(DirectoryCalls.Operation("add", "members", OktaBodies.Members(joined)));
        }

        if (operations.Count == 0)
        {
            return;
        }

        var effect = Known(team) with { Add = Ids(joined), Remove = Ids(left) };
        await calls.PatchAsync("patch members", OktaRules.RemoveAndAdd, effect, name, [.. operations], token);

        // the same once more: who is no member any more is removed again, who is one is added again
        await calls.PatchAsync(
            "patch members",
            OktaRules.RemoveAndAdd,
            effect,
            name,
            [.. operations.Select(o => (JsonObject)o.DeepClone())],
            token
        );
    }

    // One of them leaves, and comes back in a push that names an id of nobody as well.
    private async Task AddWithUnknownAsync(Team team, string name, List<(string Id, string UserName)> members, CancellationToken token)
    {
        if (members is not [var one, ..])
        {
            return;
        }

        await calls.PatchAsync(
            "patch members",
            OktaRules.RemoveAndAdd,
            Known(team) with
            {
                Remove = [one.Id],
            },
            name,
            [DirectoryCalls.Operation("remove", $"members[value eq {ScimPath.Quote(one.Id)}]", null)],
            token
        );
        var both = DirectoryCalls.Operation(
            "add",
            "members",
            OktaBodies.Members([(Guid.CreateVersion7().ToString(), "nobody@nowhere.example"), one])
        );
        var answer = await calls.SendAsync(
            new ScimRequest("push unknown member", HttpMethod.Patch, ScimPath.One("Groups", team.Id!))
            {
                Body = DirectoryCalls.Patch(both),
                Target = name,
                Expected = [200, 204, 400],
                Upholds = OktaRules.UnknownMember,
                Effect = Known(team) with { Add = [one.Id] },
            },
            token
        );
        var read = await calls.SendAsync(
            new ScimRequest("get group", HttpMethod.Get, ScimPath.One("Groups", team.Id!)) { Target = name },
            token
        );
        expectations.Check(
            OktaRules.UnknownMember,
            !answer.AsExpected || read.Resource.Members.Contains(one.Id) == answer.Status < 400,
            $"{name}: {one.UserName} is {(answer.Status < 400 ? "not added" : "added although refused")}",
            answer
        );
        await AddAsync(team, name, [one], token);
    }

    private Task<ScimAnswer> PutAsync(Team team, string name, List<(string Id, string UserName)> members, CancellationToken token) =>
        calls.SendAsync(
            new ScimRequest("put group", HttpMethod.Put, ScimPath.One("Groups", team.Id!))
            {
                Body = OktaBodies.Group(name, members),
                Target = name,
                Upholds = CommonRules.MembersSet,
                Effect = Known(team) with { Id = team.Id, Set = Named(name), Members = Ids(members) },
            },
            token
        );

    private static Effect Known(Team team) => new("Groups", team.ExternalId) { Id = team.Id, ByName = true };

    private static Dictionary<string, string?> Named(string name) => new() { [AttributeName.DisplayName] = name };

    private static Person[] Ordered(Team team) => [.. team.Members.OrderBy(p => p.Number)];

    private static List<(string Id, string UserName)> Refs(IEnumerable<Person> people) =>
        [.. people.Where(p => p.Id is not null).Select(p => (p.Id!, p.UserName))];

    private static string[] Ids(IEnumerable<(string Id, string UserName)> members) => [.. members.Select(m => m.Id)];
}
