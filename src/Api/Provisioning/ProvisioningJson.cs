using UserManagement.Membership.Provisioning;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Api.Provisioning;

/// <summary>One request of a directory, or several reads of one kind.</summary>
internal sealed record ProvisioningLineJson
{
    /// <summary>Its id; ordered by time.</summary>
    public required Guid Id { get; init; }

    /// <summary>When it came; of several the last.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>How long until the answer was made, in milliseconds.</summary>
    public required int TookMs { get; init; }

    /// <summary>The token's or app's id; null where none of this workspace was shown.</summary>
    public Guid? ClientId { get; init; }

    /// <summary>Its name at that time.</summary>
    public required string Client { get; init; }

    /// <summary>The User-Agent; null for none.</summary>
    public string? UserAgent { get; init; }

    /// <summary>The cycle; null for none.</summary>
    public Guid? CycleId { get; init; }

    /// <summary>The HTTP method; empty where requests are missing.</summary>
    public required string Method { get; init; }

    /// <summary>The address behind the workspace.</summary>
    public required string Path { get; init; }

    /// <summary>What it was about: member or group; null for neither.</summary>
    public string? TargetKind { get; init; }

    /// <summary>Which one; null where nobody is known by it.</summary>
    public Guid? TargetId { get; init; }

    /// <summary>The name at that time; null for none.</summary>
    public string? TargetName { get; init; }

    /// <summary>What came of it.</summary>
    public required ProvisioningOutcome Outcome { get; init; }

    /// <summary>Whether somebody should look.</summary>
    public required bool Failed { get; init; }

    /// <summary>The HTTP status; 0 where requests are missing.</summary>
    public required int Status { get; init; }

    /// <summary>The keyword of RFC 7644 section 3.12; null for none.</summary>
    public string? ScimType { get; init; }

    /// <summary>Why, for programs; null where nothing was amiss.</summary>
    public string? Code { get; init; }

    /// <summary>Why, in a sentence.</summary>
    public string? Reason { get; init; }

    /// <summary>What to do about it.</summary>
    public string? Remedy { get; init; }

    /// <summary>What was sent, as text without secrets; perhaps cut, and then no JSON. Null for nothing.</summary>
    public string? Request { get; init; }

    /// <summary>Whether something of the request was cut.</summary>
    public required bool Cut { get; init; }

    /// <summary>What was answered, where it was refused.</summary>
    public string? Answer { get; init; }

    /// <summary>How many requests stand in this line.</summary>
    public required int Times { get; init; }

    /// <summary>When what it said of a person was erased; null while it is whole.</summary>
    public DateTimeOffset? ErasedAt { get; init; }

    /// <summary>Of a line.</summary>
    public static ProvisioningLineJson Of(ProvisioningLine line, WorkspaceConfiguration configuration) =>
        new()
        {
            Id = line.Id.Value,
            At = line.At,
            TookMs = line.TookMs,
            ClientId = line.ClientId == Guid.Empty ? null : line.ClientId,
            Client = line.Client,
            UserAgent = line.UserAgent,
            CycleId = line.CycleId == Guid.Empty ? null : line.CycleId,
            Method = line.Method,
            Path = line.Path,
            TargetKind = line.TargetKind,
            TargetId = line.TargetId,
            TargetName = line.TargetName,
            Outcome = line.Outcome,
            Failed = line.Failed,
            Status = line.Status,
            ScimType = line.ScimType,
            Code = line.Code,
            Reason = ProvisioningFiles.ReasonOf(line),
            Remedy = ProvisioningFiles.RemedyOf(line, configuration),
            Request = line.Request,
            Cut = line.Cut,
            Answer = line.Answer,
            Times = line.Times,
            ErasedAt = line.ErasedAt,
        };
}

/// <summary>A cycle of a directory.</summary>
internal sealed record ProvisioningCycleJson
{
    /// <summary>Its id.</summary>
    public required Guid Id { get; init; }

    /// <summary>Counts the cycles of that client, from 1.</summary>
    public required int Number { get; init; }

    /// <summary>The token's or app's id.</summary>
    public required Guid ClientId { get; init; }

    /// <summary>Its name at that time.</summary>
    public required string Client { get; init; }

    /// <summary>The first request.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>The last request so far.</summary>
    public required DateTimeOffset LastAt { get; init; }

    /// <summary>All requests.</summary>
    public required int Requests { get; init; }

    /// <summary>Those that only read.</summary>
    public required int Reads { get; init; }

    /// <summary>Who was made.</summary>
    public required int Created { get; init; }

    /// <summary>Who was changed.</summary>
    public required int Changed { get; init; }

    /// <summary>Who was so already.</summary>
    public required int Unchanged { get; init; }

    /// <summary>Who was shut out.</summary>
    public required int Deactivated { get; init; }

    /// <summary>Who is gone.</summary>
    public required int Deleted { get; init; }

    /// <summary>What was refused, met a fault or was done in part.</summary>
    public required int Failed { get; init; }

    /// <summary>Of a cycle.</summary>
    public static ProvisioningCycleJson Of(ProvisioningCycle cycle) =>
        new()
        {
            Id = cycle.Id.Value,
            Number = cycle.Number,
            ClientId = cycle.ClientId,
            Client = cycle.Client,
            StartedAt = cycle.StartedAt,
            LastAt = cycle.LastAt,
            Requests = cycle.Requests,
            Reads = cycle.Reads,
            Created = cycle.Created,
            Changed = cycle.Changed,
            Unchanged = cycle.Unchanged,
            Deactivated = cycle.Deactivated,
            Deleted = cycle.Deleted,
            Failed = cycle.Failed,
        };
}
