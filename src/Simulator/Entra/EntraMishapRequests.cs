using UserManagement.Simulator.Directories;
using UserManagement.Simulator.Drills;
using UserManagement.Simulator.Mishaps;
using UserManagement.Simulator.Wire;

namespace UserManagement.Simulator.Entra;

/// <summary>The changes of a mishap as Entra writes them: by PATCH, members by a list of their ids.</summary>
/// <param name="calls">Entra's single calls.</param>
public sealed class EntraMishapRequests(EntraCalls calls) : IMishapRequests
{
    /// <inheritdoc/>
    public async Task<ScimRequest?> DeactivateAsync(Person person, CancellationToken cancellationToken)
    {
        await calls.ReadUserAsync(person, cancellationToken);
        return Patch("Users", person.Id!) with { Body = calls.Patch.Active(false) };
    }

    /// <inheritdoc/>
    public Task<ScimRequest?> ChangeAsync(
        Person person,
        IReadOnlyDictionary<string, string?> values,
        CancellationToken cancellationToken
    ) => Task.FromResult<ScimRequest?>(Patch("Users", person.Id!) with { Body = calls.Patch.Set(values) });

    /// <inheritdoc/>
    public ScimRequest Empty(Team team, IReadOnlyList<string> members) =>
        Patch("Groups", team.Id!) with
        {
            Body = calls.Patch.RemoveMembers(members),
            Effect = new Effect("Groups", team.ExternalId) { Id = team.Id, Remove = members },
        };

    private static ScimRequest Patch(string resource, string id) =>
        new("patch", HttpMethod.Patch, ScimPath.One(resource, id)) { Expected = ScimRequest.Patched };
}
