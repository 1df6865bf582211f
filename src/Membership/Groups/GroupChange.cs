using UserManagement.Membership.Members;

namespace UserManagement.Membership.Groups;

/// <summary>What is said about a group: name, the directory's id, and the rest as a document.</summary>
public sealed record GroupFacts
{
    /// <summary>The name that people see.</summary>
    public required string DisplayName
    {
        get;
        init => field = Key.Shown(value) ?? "";
    }

    /// <summary>The directory's own id; opaque. Null for none.</summary>
    public string? ExternalId { get; init; }

    /// <summary>The rest of the SCIM resource, kept and never read by the core; null for nothing.</summary>
    public string? Document { get; init; }

    /// <summary>
    /// What the directory sent beside it and nobody keeps: attribute and reason, never a value. The act's audit line tells it.
    /// </summary>
    public IReadOnlyList<string> PassedOver { get; init; } = [];

    /// <summary>The facts of a group as they are now.</summary>
    public static GroupFacts Of(Group group) =>
        new()
        {
            DisplayName = group.DisplayName,
            ExternalId = group.ExternalId,
            Document = group.Document,
        };

    /// <summary>Checks them; null when all is good.</summary>
    internal Refusal? Check() => Key.Check("displayName", DisplayName) ?? Key.Check("externalId", ExternalId, required: false);
}

/// <summary>One step of a change of who is in a group; steps run in their order.</summary>
/// <param name="Kind">What it does.</param>
/// <param name="Members">Whom it concerns; empty for everybody (<see cref="MembershipStepKind.Set"/> with nobody empties the
/// group).</param>
public sealed record MembershipStep(MembershipStepKind Kind, IReadOnlyList<Id<Member>> Members);

/// <summary>What a step does.</summary>
public enum MembershipStepKind
{
    /// <summary>Adds these; who is in already stays.</summary>
    Add,

    /// <summary>Takes these out; who is not in is no error.</summary>
    Remove,

    /// <summary>Leaves exactly these.</summary>
    Set,
}

/// <summary>A group as it was changed.</summary>
/// <param name="Group">The group now.</param>
/// <param name="Added">How many were added.</param>
/// <param name="Removed">How many were taken out.</param>
/// <param name="Unknown">Ids that name nobody here and were passed over.</param>
public sealed record ChangedGroup(Group Group, int Added, int Removed, IReadOnlyList<Id<Member>> Unknown)
{
    /// <summary>True when the group is as it was.</summary>
    public bool IsSame { get; init; }
}
