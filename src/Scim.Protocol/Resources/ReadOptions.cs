namespace UserManagement.Scim.Protocol.Resources;

/// <summary>How resources and their values are read.</summary>
public sealed record ReadOptions
{
    /// <summary>Tolerant reading with the default caps.</summary>
    public static ReadOptions Default { get; } = new();

    /// <summary>By the letter of the RFC with the default caps.</summary>
    public static ReadOptions ByTheLetter { get; } = new() { Strict = true };

    /// <summary>
    /// By the letter of the RFC: unknown attributes and values of another type are refused. Otherwise unknown attributes
    /// are dropped and reported, and the shapes that real clients send are understood.
    /// </summary>
    public bool Strict { get; init; }

    /// <summary>Longest string value, in characters.</summary>
    public int MaxTextLength { get; init; } = 10 * 1024;

    /// <summary>Longest value of an attribute that is looked up (userName, externalId, a group's displayName), in characters.</summary>
    public int MaxKeyLength { get; init; } = 512;

    /// <summary>Most values in one list. The members of a group are not counted: their number is bounded by the body.</summary>
    public int MaxValues { get; init; } = 500;
}
