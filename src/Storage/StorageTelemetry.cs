namespace UserManagement.Storage;

/// <summary>The name under which the PostgreSQL driver tells of its statements (traces, without values) and pools (metrics).</summary>
public static class StorageTelemetry
{
    /// <summary>The driver's activity source and meter.</summary>
    public const string Name = "Npgsql";
}
