using UserManagement.Simulator.Directories;
using UserManagement.Simulator.Mishaps;
using UserManagement.Simulator.Report;
using UserManagement.Simulator.Wire;

namespace UserManagement.Simulator.Okta;

/// <summary>The two kinds of Okta apps, which write the same changes in different ways.</summary>
public enum OktaApp
{
    /// <summary>From the integration network: <c>active</c> by path-less PATCH, groups by PATCH.</summary>
    Catalog,

    /// <summary>Made with the app wizard: everything by PUT of the whole resource.</summary>
    Custom,
}

/// <summary>What an Okta run is made of.</summary>
/// <param name="Seed">Same seed, same directory and same steps.</param>
/// <param name="App">The kind of app.</param>
public sealed record OktaPlan(int Seed, OktaApp App)
{
    /// <summary>What goes wrong, in place of the changes that follow the first assignment and push.</summary>
    public MishapPlan Mishap { get; init; } = MishapPlan.None;
}

/// <summary>
/// Okta's provisioning: assignments with a look-up before each create, profile updates by PUT, deactivation in place of
/// deletion, group push, imports by page.
/// </summary>
public sealed class OktaSimulation : IDirectory
{
    /// <summary>How Okta names itself.</summary>
    public const string UserAgent = "Okta SCIM Client 1.0.0";

    private readonly DirectoryCalls calls;

    /// <summary>Plans all steps; nothing is sent yet.</summary>
    /// <param name="population">The directory at the start; changed by planning.</param>
    /// <param name="plan">Form of the run.</param>
    /// <param name="client">The server.</param>
    /// <param name="expectations">Where rules are noted.</param>
    public OktaSimulation(Population population, OktaPlan plan, ScimClient client, Expectations expectations)
    {
        (Population, Title) = (population, $"Okta, {(plan.App == OktaApp.Catalog ? "catalog" : "custom")} app");
        calls = new DirectoryCalls(client, expectations, "startIndex=1&count=100");
        foreach (var person in population.People)
        {
            person.Manager = null; // Okta maps no manager by default
            person.WorkMail ??= $"mail.{person.Number}@{population.Domain}"; // and wants a mail address
        }

        var people = new OktaPeople(population, calls, plan.App, new Random(plan.Seed + 1));
        var groups = new OktaGroups(population, calls, expectations, plan.App, new Random(plan.Seed + 2));
        if (plan.Mishap.Name is { } played)
        {
            Title += $", {played}";
            var mishap = new MishapStages(
                population,
                client,
                expectations,
                new OktaMishapRequests(calls, plan.App),
                new Random(plan.Seed + 3)
            );
            Stages =
            [
                .. plan.Mishap.GoesOn
                    ? [new GoOn(population, client, expectations, GroupsByName).Plan()]
                    : (Stage[])[new("assign people", people.Assign()), new("push groups", groups.Push())],
                .. mishap.Plan(plan.Mishap),
            ];
            return;
        }

        var import = new Import(client, expectations);
        Stages =
        [
            new("assign people", people.Assign()),
            new("push groups", groups.Push()),
            new("update profiles", people.Update()),
            new("check groups", groups.Check()),
            new("deactivate", people.Deactivate()),
            new("reassign", people.Reassign()),
            new("come back under another name", people.ComeBack()),
            new("synchronise passwords", people.SynchronisePasswords()),
            new("change groups", groups.Change()),
            new("assign twice", people.AssignTwice()),
            new("unlink groups", groups.Unlink()),
            new("import", [token => import.RunAsync("Users", token), token => import.RunAsync("Groups", token)]),
        ];
    }

    /// <inheritdoc/>
    public string Title { get; }

    /// <inheritdoc/>
    public Population Population { get; }

    /// <inheritdoc/>
    public bool GroupsByName => true;

    /// <inheritdoc/>
    public IReadOnlyList<Stage> Stages { get; }

    /// <inheritdoc/>
    public Stage ConnectionTest =>
        new(
            "test credentials",
            [
                token =>
                    calls.SendAsync(
                        new ScimRequest("test credentials", HttpMethod.Get, "/Users?startIndex=1&count=1") { Target = "first user" },
                        token
                    ),
                token =>
                    calls.SendAsync(
                        new ScimRequest("test credentials", HttpMethod.Get, "/Groups?startIndex=1&count=1") { Target = "first group" },
                        token
                    ),
                token =>
                    calls.FindAsync(
                        "test credentials",
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
}
