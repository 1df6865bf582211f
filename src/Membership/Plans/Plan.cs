using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Plans;

/// <summary>What a workspace is sold as; it decides whom its admins turn to for more.</summary>
public enum PlanTier
{
    /// <summary>To try it out, usually until a day.</summary>
    [Strictest]
    Trial,

    /// <summary>Paid for at the billing portal, where the number of seats is changed.</summary>
    Business,

    /// <summary>Tried out by a company with the vendor's help.</summary>
    Pilot,

    /// <summary>By contract: an account manager changes it.</summary>
    Enterprise,
}

/// <summary>
/// What the operator set for a workspace beside its numbers, which stand where they are enforced: seats, member slots, license pools
/// and the mails of a day in the configuration (and its counters), the mails of a trial here. See <see cref="PlanTerms"/> for all of it.
/// </summary>
public sealed record Plan
{
    private static readonly JsonSerializerOptions Json = new(WorkspaceConfiguration.Json)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    /// <summary>A workspace for which nothing was set: its numbers are those of its preset, or what they were before plans.</summary>
    public static Plan None { get; } = new();

    /// <summary>What it is sold as; null where nobody said.</summary>
    public PlanTier? Tier { get; init; }

    /// <summary>How many invitations may be mailed in all, ever; null for no such limit.</summary>
    public int? MailsInAll { get; init; }

    /// <summary>The last day of the trial, in UTC; null for no end.</summary>
    public DateOnly? TrialEnds { get; init; }

    /// <summary>Whom admins turn to for more: a name, an address, a telephone number; null for nobody.</summary>
    public string? Contact { get; init; }

    /// <summary>The plan of a workspace.</summary>
    public static Plan Of(Workspace workspace) =>
        workspace.Plan is { } stored ? JsonSerializer.Deserialize<Plan>(stored, Json) ?? None : None;

    /// <summary>
    /// Whether the trial's last day is over. Then nothing more is given out: no seat, license or limited slot, and no invitation is mailed;
    /// who is in stays in.
    /// </summary>
    public bool IsOver(DateTimeOffset at) => TrialEnds is { } last && DateOnly.FromDateTime(at.UtcDateTime) > last;

    /// <summary>The refusal of whatever would be given out after the trial.</summary>
    public Refusal Over() =>
        new(
            RefusalKind.Full,
            "trialOver",
            $"The trial ended on {TrialEnds?.ToString("d MMMM yyyy", CultureInfo.InvariantCulture)}: nobody loses access, and nothing more "
                + "is given out. Choose a plan to go on."
        );

    /// <summary>The stored form that takes the place of another; what a later version wrote there stays. Null for nothing at all.</summary>
    internal string? WriteOver(string? stored)
    {
        var now = JsonSerializer.SerializeToNode(this, Json)!;
        var was = stored is null ? new JsonObject() : JsonNode.Parse(stored)!;
        var known = stored is null
            ? new JsonObject()
            : JsonSerializer.SerializeToNode(JsonSerializer.Deserialize<Plan>(stored, Json), Json)!;
        return StoredDocument.Over(was, known, now) is JsonObject { Count: > 0 } some ? some.ToJsonString(Json) : null;
    }
}
