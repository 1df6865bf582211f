using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Plans;

/// <summary>All that a plan says of a workspace: what the operator, and billing, can set.</summary>
public sealed record PlanTerms
{
    private const int Most = 10_000_000;

    /// <summary>What it is sold as; null where nobody said.</summary>
    public PlanTier? Tier { get; init; }

    /// <summary>How many people may hold a role that needs a seat; null for no limit.</summary>
    public int? Seats { get; init; }

    /// <summary>How many percent of the seats may be in use beyond them for a while; null for none, as the days then are.</summary>
    public int? GracePercent { get; init; }

    /// <summary>For how many days from the first one on.</summary>
    public int? GraceDays { get; init; }

    /// <summary>How many active people there may be; null for no limit.</summary>
    public int? MemberSlots { get; init; }

    /// <summary>How many may hold each license type, by its key; null for no limit.</summary>
    public required IReadOnlyDictionary<string, int?> Pools { get; init; }

    /// <summary>How many invitations may be mailed in all, ever: what a trial has; null for no such limit.</summary>
    public int? MailsInAll { get; init; }

    /// <summary>How many invitations may be mailed in a day of UTC; null for no such limit. At most one of the two is set.</summary>
    public int? MailsPerDay { get; init; }

    /// <summary>The last day of the trial, in UTC; null for no end.</summary>
    public DateOnly? TrialEnds { get; init; }

    /// <summary>Whom admins turn to for more; null for nobody.</summary>
    public string? Contact { get; init; }

    /// <summary>Who pays, as the billing provider calls them; null for nobody.</summary>
    public string? Customer { get; init; }

    /// <summary>What holds for a workspace.</summary>
    public static PlanTerms Of(WorkspaceContext workspace)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        var configuration = workspace.Configuration;
        return new()
        {
            Tier = workspace.Plan.Tier,
            Seats = configuration.Capacity.Seats,
            GracePercent = configuration.Capacity.GracePercent,
            GraceDays = configuration.Capacity.GraceDays,
            MemberSlots = configuration.Capacity.MemberSlots,
            Pools = configuration.Licenses.ToDictionary(l => l.Key, l => l.Pool),
            MailsInAll = workspace.Plan.MailsInAll,
            MailsPerDay = workspace.Plan.MailsInAll is null ? configuration.Invitations.MailsPerDay : null,
            TrialEnds = workspace.Plan.TrialEnds,
            Contact = workspace.Plan.Contact,
            Customer = workspace.Row.BillingCustomer,
        };
    }

    /// <summary>A configuration with these numbers in it.</summary>
    internal WorkspaceConfiguration Over(WorkspaceConfiguration configuration) =>
        configuration with
        {
            Capacity = configuration.Capacity with
            {
                Seats = Seats,
                GracePercent = GracePercent,
                GraceDays = GraceDays,
                MemberSlots = MemberSlots,
            },
            Licenses = [.. configuration.Licenses.Select(l => l with { Pool = Pools.GetValueOrDefault(l.Key) })],
            Invitations = configuration.Invitations with { MailsPerDay = MailsInAll is null ? MailsPerDay : null },
        };

    /// <summary>What is wrong with them for a workspace; null when they are whole.</summary>
    internal Refusal? Check(WorkspaceConfiguration configuration) =>
        Limits().FirstOrDefault(l => l.Limit is < 0 or > Most).Field is { } field
            ? Refusal.Invalid("plan", "A limit is 0 to 10,000,000, or none.") with
            {
                Field = field,
            }
        : (GracePercent is null) != (GraceDays is null) || GracePercent is < 1 or > 100 || GraceDays is < 1 or > 365
            ? Refusal.Invalid("plan", "A grace is 1 to 100 percent for 1 to 365 days.") with
            {
                Field = "gracePercent",
            }
        : Pools.Keys.FirstOrDefault(key => configuration.License(key) is null) is { } stray
            ? Refusal.Unknown("license", $"There is no license type {Key.Cut(stray, 60)} in this workspace.", "pools")
        : MailsInAll is not null && MailsPerDay is not null ? Refusal.Invalid("mails", "Mails are limited in all or by the day, not both.")
        : Contact is { } contact && (contact.Length > 200 || Key.Check("contact", contact) is not null)
            ? Refusal.Invalid("contact", "A contact has at most 200 characters on one line.")
        : Customer is { } customer && (customer.Length is 0 or > 100 || !customer.All(c => char.IsAsciiLetterOrDigit(c) || c == '_'))
            ? Refusal.Invalid("customer", "A customer is an id of the billing provider, like cus_Nff2YbXlUV7xHu.")
        : null;

    private IEnumerable<(string Field, int? Limit)> Limits() =>
        [
            ("seats", Seats),
            ("memberSlots", MemberSlots),
            ("mailsInAll", MailsInAll),
            ("mailsPerDay", MailsPerDay),
            .. Pools.Values.Select(p => ("pools", p)),
        ];
}
