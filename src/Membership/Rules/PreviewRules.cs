using System.Diagnostics;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Licensing;
using UserManagement.Membership.Members;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Rules;

/// <summary>What a change of rules would do to one member.</summary>
/// <param name="Before">As they are.</param>
/// <param name="After">As they would be.</param>
/// <param name="Rule">The name of the rule that would give the role, or else the license; null for none.</param>
/// <param name="Kept">What of it they would not get, and why; null for nothing.</param>
public sealed record RuleForecast(Member Before, Member After, string? Rule, Refusal? Kept);

/// <summary>What a change of rules would do.</summary>
/// <param name="People">How many would get something else.</param>
/// <param name="LeftOut">For how many there would be no room.</param>
/// <param name="IsExact">Whether there are just so many; otherwise there are at least so many.</param>
/// <param name="Seats">By how many seats more, or fewer, would be in use.</param>
/// <param name="SeatsFree">How many are free now; null for no limit.</param>
/// <param name="Licenses">The same for each license whose use would change, by its label.</param>
/// <param name="First">The first of them.</param>
public sealed record RulePreview(
    int People,
    int LeftOut,
    bool IsExact,
    long Seats,
    long? SeatsFree,
    IReadOnlyList<(string License, long Change)> Licenses,
    IReadOnlyList<RuleForecast> First
);

/// <summary>
/// Tells what a change of rules would do, by rehearsing it on the people as they are: the same code gives, and nothing is written. Of very
/// many the first are looked at. Refusals: those of the act itself.
/// </summary>
public sealed class PreviewRules(Store store)
{
    private const int MostChanged = 2000;
    private const int Shown = 20;
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(4);

    /// <summary>Rehearses it.</summary>
    public async Task<Outcome<RulePreview>> RunAsync(Actor actor, Id<Workspace> workspaceId, RuleEdit edit, CancellationToken ct)
    {
        using var held = new Held([], true, _ => { }, rehearses: true).Enter();
        return await store.ChangeAsync<RulePreview>(
            actor,
            workspaceId,
            "rule.previewed",
            async attempt =>
            {
                if (
                    !(await RuleBook.EditedAsync(attempt.Db, actor, workspaceId, edit, attempt.Time, ct)).Is(
                        out var edited,
                        out var refusal
                    )
                )
                {
                    return refusal;
                }

                var (workspace, _, after) = edited;
                var rules = new RuleSet(workspace.Configuration, after, await RuleSet.NamedAsync(attempt.Db, workspaceId, after, ct));
                var placement = new RulePlacement(attempt, workspace, rules) { IsSilent = true };
                var exact = await LookAsync(attempt.Db, workspaceId, rules, placement, ct);
                return await ToldAsync(attempt, workspace, placement.Outcomes, exact, ct);
            },
            ct
        );
    }

    private static async Task<bool> LookAsync(
        MembershipDb db,
        Id<Workspace> workspaceId,
        RuleSet rules,
        RulePlacement placement,
        CancellationToken ct
    )
    {
        var began = Stopwatch.GetTimestamp();
        Id<Member> last = default;
        while (true)
        {
            var page = await WorkRuleRun.PageAsync(db, workspaceId, last, null, WorkRuleRun.MostSeen, ct);
            foreach (var file in await RuleFile.OfAsync(db, workspaceId, rules, page, ct))
            {
                if (placement.Outcomes.Count >= MostChanged)
                {
                    return false;
                }

                // what stands against one does not stand against the look
                await placement.PlaceAsync(file, file.Groups.ContainsKey, mayRefuse: false, isTouched: false, ct);
            }

            if (page.Count < WorkRuleRun.MostSeen)
            {
                return true;
            }

            if (Stopwatch.GetElapsedTime(began) > Longest)
            {
                return false;
            }

            last = page[^1].Id;
        }
    }

    private static async Task<RulePreview> ToldAsync(
        Attempt attempt,
        WorkspaceContext workspace,
        List<RuleOutcome> outcomes,
        bool exact,
        CancellationToken ct
    )
    {
        var (configuration, changes) = (workspace.Configuration, attempt.Changes.Counters);
        return new(
            outcomes.Count(o => o.Kept is null),
            outcomes.Count(o => o.Kept is not null),
            exact,
            changes.GetValueOrDefault(new(workspace.Id, CounterKind.Seats)),
            (await Counts.ReadAsync(attempt.Db, workspace.Id, ct)).Seats.Free,
            [
                .. configuration
                    .Licenses.Select(l => (l.Label, changes.GetValueOrDefault(new(workspace.Id, CounterKind.License, l.Key))))
                    .Where(l => l.Item2 != 0),
            ],
            [.. outcomes.Take(Shown).Select(o => new RuleForecast(o.Before, o.After, (o.Verdict.Role ?? o.Verdict.License)?.Name, o.Kept))]
        );
    }
}
