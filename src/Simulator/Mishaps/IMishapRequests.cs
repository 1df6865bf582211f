using UserManagement.Simulator.Directories;
using UserManagement.Simulator.Wire;

namespace UserManagement.Simulator.Mishaps;

/// <summary>How one directory writes the changes that a mishap is made of; what is expected of the answers is the mishap's.</summary>
public interface IMishapRequests
{
    /// <summary>Deactivates somebody.</summary>
    /// <param name="person">The person, whose id is known.</param>
    /// <param name="cancellationToken">Ends the run.</param>
    /// <returns>The request; null where the person could not be read before.</returns>
    Task<ScimRequest?> DeactivateAsync(Person person, CancellationToken cancellationToken);

    /// <summary>Gives somebody another sign-in name, another shown name, or both.</summary>
    /// <param name="person">The person, whose id is known.</param>
    /// <param name="values"><see cref="AttributeName.UserName"/> and <see cref="AttributeName.DisplayName"/>.</param>
    /// <param name="cancellationToken">Ends the run.</param>
    /// <returns>The request; null where the person could not be read before.</returns>
    Task<ScimRequest?> ChangeAsync(Person person, IReadOnlyDictionary<string, string?> values, CancellationToken cancellationToken);

    /// <summary>Takes everybody out of a group.</summary>
    /// <param name="team">The group, whose id is known.</param>
    /// <param name="members">Ids of all its members.</param>
    ScimRequest Empty(Team team, IReadOnlyList<string> members);
}
