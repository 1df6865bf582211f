using UserManagement.Simulator.Report;

namespace UserManagement.Simulator.Directories;

/// <summary>
/// One directory's way of provisioning: a plan of <see cref="Stage"/>s, made before the first request, and the
/// <see cref="Population"/> that the server shall hold at the end.
/// </summary>
public interface IDirectory
{
    /// <summary>What it is, for the first line of the report.</summary>
    string Title { get; }

    /// <summary>The people and groups as they shall be after the last stage.</summary>
    Population Population { get; }

    /// <summary>True when the directory sends no externalId for groups, so that they are known by name.</summary>
    bool GroupsByName { get; }

    /// <summary>What it tries before anything else; only if nothing is refused does it go on.</summary>
    Stage ConnectionTest { get; }

    /// <summary>All that follows, in order.</summary>
    IReadOnlyList<Stage> Stages { get; }

    /// <summary>Whether an earlier run with the same seed has left its first person on the server.</summary>
    /// <param name="cancellationToken">Ends the run.</param>
    Task<bool> HasRunBeforeAsync(CancellationToken cancellationToken);
}
