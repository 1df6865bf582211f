using UserManagement.Membership.Approvals;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Api.Approvals;

/// <summary>What an admin asks a second one for.</summary>
internal sealed record ApprovalRequestJson
{
    /// <summary>Its id.</summary>
    public required Guid Id { get; init; }

    /// <summary>What kind of act.</summary>
    public required FourEyesAct Act { get; init; }

    /// <summary>What is asked for, in words.</summary>
    public required string Sentence { get; init; }

    /// <summary>To whom it would be done; null where it is about nobody.</summary>
    public Guid? TargetId { get; init; }

    /// <summary>The key of the role, or the name of the token.</summary>
    public required string Value { get; init; }

    /// <summary>Who asks, by name.</summary>
    public required string AskedBy { get; init; }

    /// <summary>When they asked.</summary>
    public required DateTimeOffset AskedAt { get; init; }

    /// <summary>Until when it may be decided; once approved, until when it may be done.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>How it stands; whether its time is over, expiresAt says.</summary>
    public required ApprovalState State { get; init; }

    /// <summary>Who decided, by name; null while nobody did.</summary>
    public string? DecidedBy { get; init; }

    /// <summary>When they did.</summary>
    public DateTimeOffset? DecidedAt { get; init; }

    /// <summary>Why what was just approved could not be done at once; null where it was.</summary>
    public string? NotDone { get; init; }

    /// <summary>Of a request.</summary>
    public static ApprovalRequestJson Of(Approval approval, WorkspaceConfiguration configuration) =>
        new()
        {
            Id = approval.Id.Value,
            Act = approval.Act,
            Sentence = approval.Sentence(configuration),
            TargetId = approval.TargetId == Guid.Empty ? null : approval.TargetId,
            Value = approval.Value,
            AskedBy = approval.AskedBy,
            AskedAt = approval.AskedAt,
            ExpiresAt = approval.ExpiresAt,
            State = approval.State,
            DecidedBy = approval.DecidedBy,
            DecidedAt = approval.DecidedAt,
        };
}
