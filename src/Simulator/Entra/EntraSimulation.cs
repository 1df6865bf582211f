using UserManagement.Simulator.Directories;
using UserManagement.Simulator.Mishaps;
using UserManagement.Simulator.Report;
using UserManagement.Simulator.Wire;

namespace UserManagement.Simulator.Entra;

/// <summary>What a run of Entra is made of.</summary>
/// <param name="Users">People to invent, at least 1.</param>
/// <param name="Groups">Groups to invent, 0 or more.</param>
/// <param name="Dialect">How PATCH is written.</param>
/// <param name="Seed">Same seed, same directory and same steps.</param>
/// <param name="Domain">Domain under which the run's sign-in names lie.</param>
/// <param name="Cycles">1 for the initial cycle only; each further one is incremental.</param>
/// <param name="Keep">True leaves the deletions out.</param>
public sealed record EntraPlan(int Users, int Groups, EntraDialect Dialect, int Seed, string Domain, int Cycles, bool Keep)
{
    /// <summary>What goes wrong, in place of the incremental cycles.</summary>
    public MishapPlan Mishap { get; init; } = MishapPlan.None;
}

/// <summary>
/// Microsoft Entra ID's provisioning as it behaves towards a SCIM server: connection test, an initial cycle, incremental
/// cycles. A directory is a plan of <see cref="Stage"/>s over one <see cref="ScimClient"/>, with <see cref="Expectations"/>
/// noted on the way and a <see cref="Population"/> to compare the server with at the end.
/// </summary>
public sealed class EntraSimulation : IDirectory
{
    private readonly InitialCycle initial;
    private readonly EntraCalls calls;

    /// <summary>Invents the directory and plans all its steps; nothing is sent yet.</summary>
    /// <param name="plan">Size and form of the run.</param>
    /// <param name="client">The server.</param>
    /// <param name="expectations">Where rules are noted.</param>
    public EntraSimulation(EntraPlan plan, ScimClient client, Expectations expectations)
    {
        Population = Population.Invent(plan.Seed, plan.Users, plan.Groups, plan.Domain);
        calls = new EntraCalls(client, expectations, plan.Dialect);
        initial = new InitialCycle(Population, client, calls, expectations);
        var (played, random) = (plan.Mishap, new Random(plan.Seed + 1));
        var stages = new List<Stage>(played.GoesOn ? [new GoOn(Population, client, expectations, GroupsByName).Plan()] : initial.Plan());
        stages.AddRange(new MishapStages(Population, client, expectations, new EntraMishapRequests(calls), random).Plan(played));
        for (var cycle = 2; cycle <= plan.Cycles && played.Name is null; cycle++)
        {
            stages.AddRange(
                new IncrementalCycle(Population, client, calls, expectations, random, plan.Keep)
                    .Plan(cycle)
                    .Select(s => s with { Name = $"cycle {cycle}: {s.Name}" })
            );
        }

        Stages = stages;
        var dialect = plan.Dialect == EntraDialect.Scim ? "scim (?aadOptscim062020)" : "legacy";
        Title = $"Entra, dialect {dialect}, {played.Name ?? $"{plan.Cycles} cycles"}";
    }

    /// <inheritdoc/>
    public string Title { get; }

    /// <inheritdoc/>
    public bool GroupsByName => false;

    /// <inheritdoc/>
    public Population Population { get; }

    /// <inheritdoc/>
    public Stage ConnectionTest => initial.TestConnection();

    /// <inheritdoc/>
    public IReadOnlyList<Stage> Stages { get; }

    /// <inheritdoc/>
    public async Task<bool> HasRunBeforeAsync(CancellationToken cancellationToken)
    {
        var first = Population.People[0];
        var list = await calls.FindAsync(
            "look-up user",
            "Users",
            $"externalId eq {ScimPath.Quote(first.ExternalId)}",
            first.ToString(),
            null,
            cancellationToken
        );
        return list?.Resources.Any(r => r.ExternalId == first.ExternalId) == true;
    }
}
