namespace UserManagement.Simulator.Drills;

/// <summary>What must be visible over SCIM once a write was acknowledged.</summary>
/// <param name="Resource"><c>Users</c> or <c>Groups</c>.</param>
/// <param name="ExternalId">The directory's id; it names the object before the server's id is known.</param>
public sealed record Effect(string Resource, string ExternalId)
{
    /// <summary>The server's id; null while unknown.</summary>
    public string? Id { get; init; }

    /// <summary>False after a DELETE; true otherwise.</summary>
    public bool Exists { get; init; } = true;

    /// <summary>
    /// True for a POST, which begins the object; a create that may or may not have worked leaves either nothing or the whole.
    /// </summary>
    public bool Creates { get; init; }

    /// <summary>Attributes (names of <see cref="Directories.AttributeName"/>) and their new values; null unassigns.</summary>
    public IReadOnlyDictionary<string, string?> Set { get; init; } = new Dictionary<string, string?>();

    /// <summary>Ids of users that became members.</summary>
    public IReadOnlyList<string> Add { get; init; } = [];

    /// <summary>Ids of users that are members no more.</summary>
    public IReadOnlyList<string> Remove { get; init; } = [];

    /// <summary>
    /// Ids of all members after a replacement, to which <see cref="Add"/> and <see cref="Remove"/> then apply; null when the others stay.
    /// </summary>
    public IReadOnlyList<string>? Members { get; init; }

    /// <summary>True when the server was never told <see cref="ExternalId"/>: the object is then found by its displayName.</summary>
    public bool ByName { get; init; }
}

/// <summary>How an operation ended, seen from the client.</summary>
public enum Outcome
{
    /// <summary>The server said that it is done: it must be there.</summary>
    Acknowledged,

    /// <summary>The server said no: nothing of it may be there.</summary>
    Refused,

    /// <summary>No answer, or one that does not tell: all of it or nothing may be there.</summary>
    Unknown,
}
