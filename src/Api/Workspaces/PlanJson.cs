using UserManagement.Membership.Plans;

namespace UserManagement.Api.Workspaces;

/// <summary>A plan, and what is used of it.</summary>
internal sealed record PlanJson
{
    /// <summary>What the workspace is sold as; null where nobody said.</summary>
    public PlanTier? Tier { get; init; }

    /// <summary>The last day of the trial, in UTC; null for no end.</summary>
    public DateOnly? TrialEnds { get; init; }

    /// <summary>Whether the trial is over: then nothing more is given out.</summary>
    public required bool TrialIsOver { get; init; }

    /// <summary>Whom admins turn to for more; null for nobody.</summary>
    public string? Contact { get; init; }

    /// <summary>Seats.</summary>
    public required UsageJson Seats { get; init; }

    /// <summary>Active people, against the member slots.</summary>
    public required UsageJson MemberSlots { get; init; }

    /// <summary>Licenses, by the key of their type.</summary>
    public required IReadOnlyDictionary<string, UsageJson> Licenses { get; init; }

    /// <summary>How many invitations may be mailed in all, ever; null for no such limit.</summary>
    public int? MailsInAll { get; init; }

    /// <summary>How many may be mailed in a day of UTC; null for no such limit.</summary>
    public int? MailsPerDay { get; init; }

    /// <summary>How many of those are left; null without a limit.</summary>
    public int? MailsLeft { get; init; }

    /// <summary>Of a plan.</summary>
    public static PlanJson Of(PlanUse plan) =>
        new()
        {
            Tier = plan.Terms.Tier,
            TrialEnds = plan.Terms.TrialEnds,
            TrialIsOver = plan.IsOver,
            Contact = plan.Terms.Contact,
            Seats = UsageJson.Of(plan.Counts.Seats),
            MemberSlots = UsageJson.Of(plan.Counts.Slots),
            Licenses = plan.Terms.Pools.Keys.ToDictionary(key => key, key => UsageJson.Of(plan.Counts.License(key))),
            MailsInAll = plan.Terms.MailsInAll,
            MailsPerDay = plan.Terms.MailsPerDay,
            MailsLeft = plan.Mails.Left,
        };
}
