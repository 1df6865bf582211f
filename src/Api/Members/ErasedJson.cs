namespace UserManagement.Api.Members;

/// <summary>What an erasure did.</summary>
internal sealed record ErasedJson
{
    /// <summary>How many lines of the audit log lost something; they keep ids, act, time and a digest.</summary>
    public required int AuditLines { get; init; }

    /// <summary>Whether the account went too; false where there was none, or it is needed or may still be used.</summary>
    public required bool Account { get; init; }

    /// <summary>Whether they had been erased before, and nothing was left to do.</summary>
    public required bool Again { get; init; }
}
