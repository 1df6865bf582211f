using UserManagement.Membership.Provisioning;

namespace UserManagement.Api.Provisioning;

/// <summary>Something that may be amiss with the directories of a workspace.</summary>
internal sealed record DirectoryConcernJson
{
    /// <summary>What.</summary>
    public required DirectoryConcernKind Kind { get; init; }

    /// <summary>About which token or group; null for the workspace.</summary>
    public Guid? About { get; init; }

    /// <summary>Since when it is known.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>How many people it concerns; 0 where it is about none.</summary>
    public required int People { get; init; }

    /// <summary>What is amiss, in a sentence.</summary>
    public required string Sentence { get; init; }

    /// <summary>What to do, in a sentence.</summary>
    public required string Remedy { get; init; }

    /// <summary>Of a concern.</summary>
    public static DirectoryConcernJson Of(DirectoryConcern concern) =>
        new()
        {
            Kind = concern.Kind,
            About = concern.About == Guid.Empty ? null : concern.About,
            Since = concern.Since,
            People = concern.People,
            Sentence = concern.Sentence,
            Remedy = concern.Remedy,
        };
}
