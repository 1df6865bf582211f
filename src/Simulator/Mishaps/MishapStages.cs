using System.Collections.Concurrent;
using System.Globalization;
using UserManagement.Simulator.Directories;
using UserManagement.Simulator.Drills;
using UserManagement.Simulator.Report;
using UserManagement.Simulator.Wire;

namespace UserManagement.Simulator.Mishaps;

/// <summary>
/// The stages of a mishap. Who is met is drawn while planning; what is sent is made of the people as they are when it is their turn, and
/// what the server acknowledged is what it must hold at the end.
/// </summary>
/// <param name="population">The directory.</param>
/// <param name="client">The server.</param>
/// <param name="expectations">Where rules are noted.</param>
/// <param name="requests">How the directory writes it.</param>
/// <param name="random">The run's generator.</param>
public sealed class MishapStages(
    Population population,
    ScimClient client,
    Expectations expectations,
    IMishapRequests requests,
    Random random
)
{
    private const int Ring = 4;
    private readonly DirectoryCalls calls = new(client, expectations);
    private readonly ConcurrentDictionary<Person, string> rightNames = new();

    /// <summary>The stages; none where nothing goes wrong.</summary>
    /// <param name="plan">What goes wrong, and for how many.</param>
    public IReadOnlyList<Stage> Plan(MishapPlan plan)
    {
        Person[] people = plan.Mishap == Mishap.None ? [] : Population.Choose(population.People, plan.Share, random);
        return plan.Mishap switch
        {
            Mishap.MassLeave => [new("mass leave", [.. people.Select(Leave)])],
            Mishap.GroupEmptied =>
            [
                new(
                    "empty groups",
                    [.. Population.Choose(population.Teams.Where(t => t.Members.Count > 0), plan.Share, random).Select(Empty)]
                ),
            ],
            Mishap.RenameStorm => [new("rename storm", [.. people.Chunk(Ring).Select((ring, number) => Storm(ring, number))])],
            Mishap.WrongMapping =>
            [
                new("wrong mapping", [.. people.Select((person, index) => MapWrongly(person, index))]),
                new("the mapping is mended", [.. people.Select(Mend)]),
            ],
            _ => [],
        };
    }

    private Func<CancellationToken, Task> Leave(Person person) =>
        async token =>
        {
            if (person is not { Id: { } id, Active: true } || await requests.DeactivateAsync(person, token) is not { } request)
            {
                return;
            }

            person.Active = false;
            var left = await client.SendAsync(
                request with
                {
                    Kind = "leave",
                    Target = person.ToString(),
                    Upholds = MishapRules.LeaveAnswered,
                    Effect = Of(person, AttributeName.Active, "false"),
                },
                token
            );
            if (left.AsExpected && await calls.ReadUserAsync(id, person.ToString(), token) is { } read)
            {
                expectations.Check(
                    MishapRules.LeaveAnswered,
                    read.Resource.Active == false,
                    $"{person}: active is {read.Body?["active"]?.ToJsonString() ?? "absent"}",
                    read
                );
            }
        };

    private Func<CancellationToken, Task> Empty(Team team) =>
        async token =>
        {
            string[] members = [.. team.Members.Select(p => p.Id).OfType<string>()];
            if (team.Id is not { } id || members.Length == 0)
            {
                return;
            }

            var answer = await client.SendAsync(
                requests.Empty(team, members) with
                {
                    Kind = "empty group",
                    Target = team.DisplayName,
                    Expected = [200, 204, 503],
                    Upholds = MishapRules.GroupEmptied,
                },
                token
            );
            var isHeld = answer.Status == 503;
            expectations.Check(
                MishapRules.GroupEmptied,
                !isHeld || answer.RetryAfter is not null,
                $"{team}: 503 without Retry-After",
                answer
            );
            if (answer.AsExpected && !isHeld)
            {
                team.Members.Clear();
            }

            await calls.CheckMembersAsync(id, team.DisplayName, isHeld ? members : [], MishapRules.GroupEmptied, token);
        };

    // Each asks for the name of the next, who has it; then the first steps aside and the names go round; then the company is renamed twice.
    private Func<CancellationToken, Task> Storm(Person[] ring, int number) =>
        async token =>
        {
            var people = ring.Where(p => p is { Id: not null, Deleted: false }).ToList();
            var names = people.ConvertAll(p => p.UserName);
            for (var i = 0; i < people.Count && people.Count > 1; i++)
            {
                await RefusedAsync(people[i], names[(i + 1) % names.Count], 409, MishapRules.NameTaken, token);
            }

            if (people.Count > 1)
            {
                await RenameAsync(people[0], string.Create(CultureInfo.InvariantCulture, $"aside.{number}@{population.Domain}"), token);
                for (var i = people.Count - 1; i >= 0; i--)
                {
                    await RenameAsync(people[i], names[(i + 1) % names.Count], token);
                }
            }

            foreach (var company in (string[])["fabrikam", "northwind"])
            {
                foreach (var person in people)
                {
                    var name = string.Create(CultureInfo.InvariantCulture, $"{company}.{person.Number}@{population.Domain}");
                    await RenameAsync(person, name, token);
                }
            }
        };

    private Func<CancellationToken, Task> MapWrongly(Person person, int index) =>
        async token =>
        {
            var first = population.People.Find(p => p is { Id: not null, Deleted: false });
            if (person is { Id: not null, Deleted: false } && first is not null && person != first)
            {
                rightNames[person] = person.DisplayName;
                await RefusedAsync(person, first.UserName, 409, MishapRules.NameTaken, token);
                if (index % 5 == 0)
                {
                    await RefusedAsync(person, "", 400, MishapRules.NameMissing, token);
                }

                await ShowAsAsync(person, person.Department, token);
            }
        };

    private Func<CancellationToken, Task> Mend(Person person) =>
        token => rightNames.TryGetValue(person, out var name) ? ShowAsAsync(person, name, token) : Task.CompletedTask;

    private async Task ShowAsAsync(Person person, string? name, CancellationToken token)
    {
        if (
            name is not null
            && await requests.ChangeAsync(person, new Dictionary<string, string?> { [AttributeName.DisplayName] = name }, token)
                is { } request
        )
        {
            var answer = await client.SendAsync(
                request with
                {
                    Kind = "show by another name",
                    Target = person.ToString(),
                    Effect = Of(person, AttributeName.DisplayName, name),
                },
                token
            );
            person.DisplayName = answer.AsExpected ? name : person.DisplayName;
        }
    }

    /// <summary>A rename that must be done: found by the new name and not by the old.</summary>
    private async Task RenameAsync(Person person, string name, CancellationToken token)
    {
        var was = person.UserName;
        if (
            await requests.ChangeAsync(person, new Dictionary<string, string?> { [AttributeName.UserName] = name }, token)
            is not { } request
        )
        {
            return;
        }

        var answer = await client.SendAsync(
            request with
            {
                Kind = "rename user",
                Target = person.ToString(),
                Upholds = MishapRules.RenameFound,
                Effect = Of(person, AttributeName.UserName, name),
            },
            token
        );
        if (answer.AsExpected)
        {
            person.UserName = name;
            await calls.FindAsync("look-up user", "Users", AttributeName.UserName, name, MishapRules.RenameFound, person.Id, token);
            await calls.FindAsync("look-up user", "Users", AttributeName.UserName, was, MishapRules.RenameFound, null, token);
        }
    }

    /// <summary>A rename that must be refused: the person is read afterwards, whole as before.</summary>
    private async Task RefusedAsync(Person person, string name, int status, Rule rule, CancellationToken token)
    {
        var values = new Dictionary<string, string?> { [AttributeName.UserName] = name, [AttributeName.DisplayName] = "Somebody Else" };
        if (await requests.ChangeAsync(person, values, token) is not { } request)
        {
            return;
        }

        var answer = await client.SendAsync(
            request with
            {
                Kind = status == 409 ? "take a name that is taken" : "take the name away",
                Target = person.ToString(),
                Expected = [status],
                Upholds = rule,
            },
            token
        );
        var type = JsonText.Of(answer.Body?["scimType"]);
        expectations.Check(rule, status != 409 || type == "uniqueness", $"{person}: {answer.Status} {type ?? "without scimType"}", answer);
        if (await calls.ReadUserAsync(person.Id!, person.ToString(), token) is { } read)
        {
            expectations.Check(
                rule,
                read.Resource.UserName == person.UserName && read.Resource.DisplayName == person.DisplayName,
                $"{person} is {read.Resource.DisplayName} ({read.Resource.UserName}) after the refusal",
                read
            );
        }
    }

    private static Effect Of(Person person, string attribute, string value) =>
        new("Users", person.ExternalId)
        {
            Id = person.Id,
            Set = new Dictionary<string, string?> { [attribute] = value },
        };
}
