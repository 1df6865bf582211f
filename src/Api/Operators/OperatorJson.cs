using UserManagement.Api.Workspaces;
using UserManagement.Membership;
using UserManagement.Membership.Operators;
using UserManagement.Membership.Plans;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Api.Operators;

/// <summary>A workspace, its plan and what it uses.</summary>
internal sealed record WorkspaceUseJson
{
    /// <summary>Its name in addresses.</summary>
    public required string Slug { get; init; }

    /// <summary>Its name for people.</summary>
    public required string Name { get; init; }

    /// <summary>The preset that it was filled from.</summary>
    public required string Preset { get; init; }

    /// <summary>What it is sold as; null where nobody said.</summary>
    public PlanTier? Tier { get; init; }

    /// <summary>Seats.</summary>
    public required UsageJson Seats { get; init; }

    /// <summary>Active people, against the member slots.</summary>
    public required UsageJson MemberSlots { get; init; }

    /// <summary>Everybody but those who left.</summary>
    public required long People { get; init; }

    /// <summary>When a directory last asked; null for never.</summary>
    public DateTimeOffset? DirectoryAt { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Of a workspace.</summary>
    public static WorkspaceUseJson Of(WorkspaceUse use) =>
        new()
        {
            Slug = use.Slug,
            Name = use.Name,
            Preset = use.Preset,
            Tier = use.Plan.Tier,
            Seats = UsageJson.Of(use.Seats),
            MemberSlots = UsageJson.Of(use.Slots),
            People = use.People,
            DirectoryAt = use.DirectoryAt,
            CreatedAt = use.CreatedAt,
        };
}

/// <summary>What a workspace may use, whole.</summary>
internal sealed record PlanTermsJson
{
    /// <summary>What it is sold as; null where nobody said.</summary>
    public required PlanTier? Tier { get; init; }

    /// <summary>How many people may hold a role that needs a seat; null for no limit.</summary>
    public required int? Seats { get; init; }

    /// <summary>How many percent of the seats may be in use beyond them for a while; null for none, as the days then are.</summary>
    public required int? GracePercent { get; init; }

    /// <summary>For how many days from the first one on.</summary>
    public required int? GraceDays { get; init; }

    /// <summary>How many active people there may be; null for no limit.</summary>
    public required int? MemberSlots { get; init; }

    /// <summary>How many may hold each license type, by its key; null for no limit.</summary>
    public required IReadOnlyDictionary<string, int?> Pools { get; init; }

    /// <summary>How many invitations may be mailed in all, ever; null for no such limit. At most this or the next is set.</summary>
    public required int? MailsInAll { get; init; }

    /// <summary>How many invitations may be mailed in a day of UTC; null for no such limit.</summary>
    public required int? MailsPerDay { get; init; }

    /// <summary>The last day of the trial, in UTC; null for no end.</summary>
    public required DateOnly? TrialEnds { get; init; }

    /// <summary>Whom admins turn to for more; null for nobody.</summary>
    public required string? Contact { get; init; }

    /// <summary>Who pays, as the billing provider calls them; null for nobody.</summary>
    public required string? Customer { get; init; }

    /// <summary>Of a plan.</summary>
    public static PlanTermsJson Of(PlanTerms terms) =>
        new()
        {
            Tier = terms.Tier,
            Seats = terms.Seats,
            GracePercent = terms.GracePercent,
            GraceDays = terms.GraceDays,
            MemberSlots = terms.MemberSlots,
            Pools = terms.Pools,
            MailsInAll = terms.MailsInAll,
            MailsPerDay = terms.MailsPerDay,
            TrialEnds = terms.TrialEnds,
            Contact = terms.Contact,
            Customer = terms.Customer,
        };

    /// <summary>
    /// That a license type of the workspace is not named, for else one that its admins made since would have no limit; null when all are.
    /// </summary>
    public Refusal? Lacks(WorkspaceConfiguration configuration) =>
        configuration.Licenses.FirstOrDefault(l => !Pools.ContainsKey(l.Key)) is { Key: var key }
            ? new(RefusalKind.Invalid, "missingField", $"pools.{key} is missing.", $"pools.{key}")
            : null;

    /// <summary>In the place of what holds; a license type that came since it was looked at keeps its limit.</summary>
    public PlanTerms Over(PlanTerms now) =>
        new()
        {
            Tier = Tier,
            Seats = Seats,
            GracePercent = GracePercent,
            GraceDays = GraceDays,
            MemberSlots = MemberSlots,
            Pools = PlanTermsPatch.Over(now.Pools, Pools),
            MailsInAll = MailsInAll,
            MailsPerDay = MailsPerDay,
            TrialEnds = TrialEnds,
            Contact = Contact?.Trim(),
            Customer = Customer?.Trim(),
        };
}

/// <summary>Parts of what a workspace may use; what is absent stays, null is no limit.</summary>
internal sealed record PlanTermsPatch
{
    /// <summary>What it is sold as.</summary>
    public PlanTier? Tier { get; init; }

    /// <summary>How many people may hold a role that needs a seat.</summary>
    public int? Seats { get; init; }

    /// <summary>How many percent of the seats may be in use beyond them for a while; goes with the days.</summary>
    public int? GracePercent { get; init; }

    /// <summary>For how many days from the first one on.</summary>
    public int? GraceDays { get; init; }

    /// <summary>How many active people there may be.</summary>
    public int? MemberSlots { get; init; }

    /// <summary>How many may hold each license type, by its key; one that is not named stays.</summary>
    public IReadOnlyDictionary<string, int?>? Pools { get; init; }

    /// <summary>How many invitations may be mailed in all, ever; in the place of a number by the day, with null for that.</summary>
    public int? MailsInAll { get; init; }

    /// <summary>How many invitations may be mailed in a day of UTC; in the place of a number in all, with null for that.</summary>
    public int? MailsPerDay { get; init; }

    /// <summary>The last day of the trial, in UTC.</summary>
    public DateOnly? TrialEnds { get; init; }

    /// <summary>Whom admins turn to for more.</summary>
    public string? Contact { get; init; }

    /// <summary>Who pays, as the billing provider calls them.</summary>
    public string? Customer { get; init; }

    /// <summary>A plan with what was sent over it.</summary>
    public PlanTerms Over(PlanTerms now, Func<string, bool> sent) =>
        new()
        {
            Tier = sent("tier") ? Tier : now.Tier,
            Seats = sent("seats") ? Seats : now.Seats,
            GracePercent = sent("gracePercent") ? GracePercent : now.GracePercent,
            GraceDays = sent("graceDays") ? GraceDays : now.GraceDays,
            MemberSlots = sent("memberSlots") ? MemberSlots : now.MemberSlots,
            Pools = sent("pools") ? Over(now.Pools, Pools ?? now.Pools.Keys.ToDictionary(key => key, _ => (int?)null)) : now.Pools,
            MailsInAll = sent("mailsInAll") ? MailsInAll : now.MailsInAll,
            MailsPerDay = sent("mailsPerDay") ? MailsPerDay : now.MailsPerDay,
            TrialEnds = sent("trialEnds") ? TrialEnds : now.TrialEnds,
            Contact = sent("contact") ? Contact?.Trim() : now.Contact,
            Customer = sent("customer") ? Customer?.Trim() : now.Customer,
        };

    /// <summary>Pools with others over them.</summary>
    internal static Dictionary<string, int?> Over(IReadOnlyDictionary<string, int?> now, IReadOnlyDictionary<string, int?> wanted)
    {
        var pools = now.ToDictionary();
        foreach (var (key, pool) in wanted)
        {
            pools[key] = pool;
        }

        return pools;
    }
}
