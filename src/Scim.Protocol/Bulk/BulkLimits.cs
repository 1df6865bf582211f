namespace UserManagement.Scim.Protocol.Bulk;

/// <summary>How much one bulk request may hold (RFC 7644, section 3.7.4).</summary>
public sealed record BulkLimits
{
    /// <summary>The default limits.</summary>
    public static BulkLimits Default { get; } = new();

    /// <summary>Most operations.</summary>
    public int MaxOperations { get; init; } = 1000;

    /// <summary>Largest body, in bytes.</summary>
    public int MaxPayloadSize { get; init; } = 1024 * 1024;

    /// <summary>
    /// Null, or 413 with the limit in the detail. Ask with the announced length before reading, and again with the real one.
    /// </summary>
    public ScimError? CheckPayload(long? bytes) =>
        bytes > MaxPayloadSize
            ? ScimError.TooLarge($"The size of the bulk operation exceeds the maxPayloadSize ({MaxPayloadSize}).")
            : null;

    internal ScimError? CheckOperations(int count) =>
        count > MaxOperations ? ScimError.TooLarge($"The number of operations exceeds the maxOperations ({MaxOperations}).") : null;
}
