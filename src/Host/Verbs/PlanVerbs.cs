using System.Globalization;
using UserManagement.Membership.Access;
using UserManagement.Membership.Licensing;
using UserManagement.Membership.Plans;

namespace UserManagement.Host.Verbs;

/// <summary>Verbs about the plan of a workspace: what it may use belongs to whoever runs the server.</summary>
internal static class PlanVerbs
{
    private const string None = "none";
    private static readonly string[] Mails = ["mails", "mails-in-all", "mails-per-day"];

    public static Verb Show { get; } =
        new(
            "workspace plan show",
            "SLUG",
            "Shows what a workspace may use, and what it uses",
            """
            Seats, member slots, license pools, invitations by mail, the end of a trial, and who pays.

              usermanagement workspace plan show acme
            """,
            1,
            [],
            async (call, ct) =>
            {
                await using var core = await OpenCore.OfAsync(call.Settings, ct);
                return await WorkspaceVerbs.FindAsync(core, call.Operands[0], ct) is { } workspace
                    ? await ShowAsync(call, core, workspace.Id, ct)
                    : await call.RefuseAsync(WorkspaceVerbs.Missing(call.Operands[0]));
            }
        );

    public static Verb Set { get; } =
        new(
            "workspace plan set",
            "SLUG [--tier T] [--seats N] ...",
            "Says what a workspace may use",
            """
            What is not named stays. Each limit takes `none` for no limit; one below what is in use throws nobody out, and nothing
            more is given out until it fits. After the last day of a trial no seat or license is given out and no invitation is mailed.
            Naming a customer of the billing provider takes over the seats that they pay for, and follows them from then on.

              usermanagement workspace plan set acme --tier trial --seats 5 --mails-in-all 20 --trial-ends 2027-01-31
              usermanagement workspace plan set acme --tier business --mails-per-day 500 --trial-ends none --customer cus_Nff2YbXlUV7xHu
              usermanagement workspace plan set acme --tier enterprise --seats 250 --mails none --contact "Ada Byron, ada@example.com"
            """,
            1,
            [
                ("--tier T", "trial, business, pilot, enterprise or none"),
                ("--seats N", "How many people may hold a role that needs a seat"),
                ("--grace PERCENT/DAYS", "How many percent of the seats may be in use beyond them, for how many days, as 10/30"),
                ("--slots N", "How many active people there may be"),
                ("--pools KEY=N,...", "How many may hold a license type"),
                ("--mails-in-all N", "How many invitations may be mailed, ever; takes the place of a number by the day"),
                ("--mails-per-day N", "How many invitations may be mailed in a day of UTC; takes the place of a number in all"),
                ("--mails none", "Any number of invitations may be mailed"),
                ("--trial-ends DAY", "The last day of the trial, as 2027-01-31"),
                ("--contact TEXT", "Whom admins turn to for more"),
                ("--customer ID", "Who pays, as the billing provider calls them"),
            ],
            async (call, ct) =>
            {
                var change = Change(call);
                await using var core = await OpenCore.OfAsync(call.Settings, ct);
                if (await WorkspaceVerbs.FindAsync(core, call.Operands[0], ct) is not { } workspace)
                {
                    return await call.RefuseAsync(WorkspaceVerbs.Missing(call.Operands[0]));
                }

                var set = await core.Act<SetPlan>().RunAsync(Actor.Operator, workspace.Id, change, ct);
                return set.Refusal is { } refusal ? await call.RefuseAsync(refusal) : await ShowAsync(call, core, workspace.Id, ct);
            }
        );

    private static Func<PlanTerms, PlanTerms> Change(VerbCall call)
    {
        if (call.Option("mails") is not (null or None))
        {
            throw new UsageException("--mails is none; say a number by --mails-in-all or --mails-per-day.");
        }

        if (Mails.Count(o => call.Option(o) is not null) > 1)
        {
            throw new UsageException("Mails are limited in all or by the day: name one of them.");
        }

        var (seats, slots) = (Limit(call, "seats"), Limit(call, "slots"));
        var (inAll, perDay, pools) = (Limit(call, "mails-in-all"), Limit(call, "mails-per-day"), Pools(call));
        var grace = Grace(call.Option("grace"));
        var tier = Tier(call.Option("tier"));
        var ends = Day(call.Option("trial-ends"));
        return now =>
        {
            var mails = call.Option("mails") is not null || inAll.Given || perDay.Given;
            return now with
            {
                Tier = call.Option("tier") is null ? now.Tier : tier,
                Seats = seats.Given ? seats.Value : now.Seats,
                GracePercent = call.Option("grace") is null ? now.GracePercent : grace?.Percent,
                GraceDays = call.Option("grace") is null ? now.GraceDays : grace?.Days,
                MemberSlots = slots.Given ? slots.Value : now.MemberSlots,
                Pools = pools.Aggregate(now.Pools.ToDictionary(), (all, pool) => new(all) { [pool.Key] = pool.Value }),
                MailsInAll = mails ? inAll.Value : now.MailsInAll,
                MailsPerDay = mails ? perDay.Value : now.MailsPerDay,
                TrialEnds = call.Option("trial-ends") is null ? now.TrialEnds : ends,
                Contact = Text(call, "contact", now.Contact),
                Customer = Text(call, "customer", now.Customer),
            };
        };
    }

    private static async Task<int> ShowAsync(
        VerbCall call,
        OpenCore core,
        Membership.Id<Membership.Workspaces.Workspace> workspace,
        CancellationToken ct
    )
    {
        var read = await core.Act<ReadPlan>().RunAsync(Actor.Operator, workspace, ct);
        if (!read.Is(out var plan, out var refusal))
        {
            return await call.RefuseAsync(refusal);
        }

        var terms = plan.Terms;
        var lines = new List<string>
        {
            $"tier        {terms.Tier?.ToString().ToLowerInvariant() ?? None}",
            Line("seats", plan.Counts.Seats),
            Line("slots", plan.Counts.Slots),
        };
        lines.AddRange(terms.Pools.Keys.Select(key => Line("pool " + key, plan.Counts.License(key))));
        lines.Add(
            "mails       "
                + (
                    plan.Mails.Limit is not { } limit
                        ? "no limit"
                        : string.Create(
                            CultureInfo.InvariantCulture,
                            $"{plan.MailsUsed} of {limit} {(plan.Mails.IsInAll ? "in all" : "today")}"
                        )
                )
        );
        lines.Add(
            $"trial ends  {terms.TrialEnds?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) ?? None}{(plan.IsOver ? ", over" : "")}"
        );
        lines.Add($"contact     {terms.Contact ?? None}");
        lines.Add($"customer    {terms.Customer ?? None}");
        await call.Out.WriteLineAsync(string.Join('\n', lines));
        return Exit.Done;
    }

    private static string Line(string name, Usage usage) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{name.PadRight(11)} {usage.Used} in use, {(usage.Limit is { } limit ? $"limit {limit}" : "no limit")}"
        ) + (usage.IsOver ? ": over the limit. Nobody loses access, nothing more is given out" : "");

    private static (bool Given, int? Value) Limit(VerbCall call, string option) =>
        call.Option(option) is not { } text ? (false, null) : (true, Number("--" + option, text));

    private static Dictionary<string, int?> Pools(VerbCall call)
    {
        var pools = new Dictionary<string, int?>(StringComparer.Ordinal);
        foreach (
            var pair in (call.Option("pools") ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
        )
        {
            pools[pair.Split('=')[0]] = pair.Split('=') is [{ Length: > 0 }, var number]
                ? Number("--pools", number)
                : throw new UsageException("--pools wants KEY=N, as in pro=10,business=none.");
        }

        return pools;
    }

    private static int? Number(string option, string text) =>
        text == None ? null
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= 10_000_000 ? number
        : throw new UsageException($"{option} wants a whole number from 0 to 10000000, or none.");

    private static (int Percent, int Days)? Grace(string? text) =>
        text is null or None ? null
        : text.Split('/') is [var percent, var days] && Number("--grace", percent) is { } p && Number("--grace", days) is { } d ? (p, d)
        : throw new UsageException("--grace wants percent and days, as 10/30, or none.");

    private static PlanTier? Tier(string? text) =>
        text is null or None ? null
        : Enum.TryParse<PlanTier>(text, ignoreCase: true, out var tier) && !char.IsAsciiDigit(text[0]) && Enum.IsDefined(tier) ? tier
        : throw new UsageException("--tier is trial, business, pilot, enterprise or none.");

    private static DateOnly? Day(string? text) =>
        text is null or None ? null
        : DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day
        : throw new UsageException("--trial-ends wants a day, as 2027-01-31, or none.");

    private static string? Text(VerbCall call, string option, string? now) =>
        call.Option(option) switch
        {
            null => now,
            None or "" => null,
            var text => text.Trim(),
        };
}
