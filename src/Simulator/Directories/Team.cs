namespace UserManagement.Simulator.Directories;

/// <summary>A group as the directory wants to see it on the server at the end of the run.</summary>
public sealed class Team
{
    /// <summary>The directory's own id, unique to the run.</summary>
    public required string ExternalId { get; init; }

    /// <summary>The shown name, unique to the run.</summary>
    public required string DisplayName { get; set; }

    /// <summary>The server's id; null until it is known.</summary>
    public string? Id { get; set; }

    /// <summary>True once the directory has deleted it.</summary>
    public bool Deleted { get; set; }

    /// <summary>Who belongs to it. Disabled people stay members, as in Entra.</summary>
    public HashSet<Person> Members { get; } = [];

    /// <inheritdoc/>
    public override string ToString() => DisplayName;
}
