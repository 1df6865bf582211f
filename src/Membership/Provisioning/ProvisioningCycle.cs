using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Provisioning;

/// <summary>
/// The requests that a directory sent without a pause of <see cref="Gap"/>: one run of its provisioning, as far as a server can tell. The
/// servers of an installation share it.
/// </summary>
public sealed record ProvisioningCycle
{
    /// <summary>A silence of this length ends a cycle.</summary>
    public static readonly TimeSpan Gap = TimeSpan.FromMinutes(5);

    /// <summary>The workspace.</summary>
    public required Id<Workspace> WorkspaceId { get; init; }

    /// <summary>The credential or app that asked.</summary>
    public required Guid ClientId { get; init; }

    /// <summary>Counts the cycles of that client, from 1.</summary>
    public required int Number { get; init; }

    /// <summary>Its id; ids follow the time of the first request.</summary>
    public required Id<ProvisioningCycle> Id { get; init; }

    /// <summary>The client's name at that time.</summary>
    public required string Client { get; init; }

    /// <summary>The first request.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>The last request.</summary>
    public required DateTimeOffset LastAt { get; init; }

    /// <summary>All requests.</summary>
    public int Requests { get; init; }

    /// <summary>Those that only read, what was not found among them.</summary>
    public int Reads { get; init; }

    /// <summary>Who was made.</summary>
    public int Created { get; init; }

    /// <summary>Who was changed, those who came in again among them.</summary>
    public int Changed { get; init; }

    /// <summary>Who was so already.</summary>
    public int Unchanged { get; init; }

    /// <summary>Who was shut out.</summary>
    public int Deactivated { get; init; }

    /// <summary>Who is gone.</summary>
    public int Deleted { get; init; }

    /// <summary>What was refused, met a fault or was done in part; the last are counted as changed as well.</summary>
    public int Failed { get; init; }

    /// <summary>How many people and groups it wrote about, whether or not they were so already.</summary>
    public int Written => Created + Changed + Unchanged + Deactivated + Deleted;

    /// <summary>Whether the client may still go on with it.</summary>
    public bool IsOpen(DateTimeOffset at) => at - LastAt < Gap;
}
