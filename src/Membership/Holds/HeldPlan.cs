using UserManagement.Membership.Data;
using UserManagement.Membership.Licensing;
using UserManagement.Membership.Members;
using UserManagement.Membership.Rules;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Holds;

/// <summary>
/// Rehearses within one attempt what a decision would make of some people, in the order in which it would be carried out: the same code
/// places them, and what those before them take is not free for them. Nothing of the attempt is written.
/// </summary>
/// <param name="attempt">The try it belongs to.</param>
/// <param name="workspace">The workspace.</param>
/// <param name="seatsBefore">How many seats those take who come before them.</param>
internal sealed class HeldPlan(Attempt attempt, WorkspaceContext workspace, long seatsBefore)
{
    private readonly RoomAhead _room = new(attempt, workspace) { SeatsBefore = seatsBefore };

    /// <summary>Rehearses it.</summary>
    public async Task<IReadOnlyList<HeldForecast>> OfAsync(IReadOnlyList<Member> members, CancellationToken ct)
    {
        var rules = await RuleSet.OfAsync(attempt.Db, workspace, ct);
        var admins = (await Counts.ReadAsync(attempt.Db, workspace.Id, ct)).Admins;
        var same = await Matches.SameAsync(attempt.Db, workspace.Id, members, ct);
        var forecasts = new List<HeldForecast>(members.Count);
        foreach (var file in await RuleFile.OfAsync(attempt.Db, workspace.Id, rules, members, ct))
        {
            await _room.CountAsync(ct);
            if (!same.TryGetValue(file.File.Member.Id, out var known))
            {
                forecasts.Add(await OneAsync(rules, file, admins, ct));
                continue;
            }

            // of the two that an admin may choose neither takes anything from those after them: no decision on all does it
            var counted = attempt.Changes.Counters.ToDictionary();
            var merge = await MergeAsync(rules, file, known, admins, ct);
            attempt.Changes.CountAsBefore(counted);
            forecasts.Add(await OneAsync(rules, file, admins, ct) with { Same = known[0], Merge = merge });
            attempt.Changes.CountAsBefore(counted);
        }

        return forecasts;
    }

    private async Task<MergeForecast> MergeAsync(
        RuleSet rules,
        RuleFile file,
        IReadOnlyList<Member> same,
        long admins,
        CancellationToken ct
    )
    {
        var counter = new CounterId(workspace.Id, CounterKind.Admins);
        var before = attempt.Changes.Counters.GetValueOrDefault(counter);
        if (!(await HeldMerge.PlanAsync(attempt, workspace, rules, file, same, ct)).Is(out var merged, out var refusal))
        {
            return new(null, refusal, null, [], []);
        }

        if (attempt.Changes.Counters.GetValueOrDefault(counter) is var fewer && fewer < before && admins + fewer < 1)
        {
            return new(null, Seats.LastAdmin(), null, [], []);
        }

        var (into, outOf) = Groups(rules, merged.Standing, merged.Verdict);
        return new(merged.After, null, (merged.Verdict.Role ?? merged.Verdict.License)?.Name, into, outOf);
    }

    private async Task<HeldForecast> OneAsync(RuleSet rules, RuleFile file, long admins, CancellationToken ct)
    {
        var member = file.File.Member;
        if (member.HeldAs == HeldAs.Deletion)
        {
            var ended = await PlacedAsync(file, member with { State = MemberState.Ended }, file.File.Grants, admins, ct);
            return new(member, ended.After, ended.Conflict, null, null, [], [], null, null);
        }

        var (verdict, grants) = await RuleMoves.WantedAsync(attempt, workspace, rules, file, ct);
        var (after, conflict) = await PlacedAsync(file, member.WithoutHold(), grants, admins, ct);
        var role = Grants.ForRole(workspace.Configuration, grants);
        var (into, outOf) = Groups(rules, file, verdict);
        return new(member, after, conflict, role?.Wanted ?? role?.Value, (verdict.Role ?? verdict.License)?.Name, into, outOf, null, null);
    }

    private static (IReadOnlyList<string> Into, IReadOnlyList<string> OutOf) Groups(RuleSet rules, RuleFile file, Verdict verdict) =>
        (
            Names(rules, verdict.Groups.Keys.Where(g => !file.Groups.ContainsKey(g))),
            Names(rules, file.Groups.Where(g => g.Value is not null && !verdict.Groups.ContainsKey(g.Key)).Select(g => g.Key))
        );

    private async Task<(Member? After, Refusal? Conflict)> PlacedAsync(
        RuleFile file,
        Member wanted,
        IReadOnlyList<Grant> grants,
        long admins,
        CancellationToken ct
    )
    {
        var counter = new CounterId(workspace.Id, CounterKind.Admins);
        var before = attempt.Changes.Counters.GetValueOrDefault(counter);
        if (!(await Admission.PlaceAsync(attempt, workspace, file.File, wanted, grants, null, ct)).Is(out var after, out var refusal))
        {
            return (null, refusal);
        }

        var fewer = attempt.Changes.Counters.GetValueOrDefault(counter);
        return fewer < before && admins + fewer < 1 ? (null, Seats.LastAdmin()) : (after, null);
    }

    private static IReadOnlyList<string> Names(RuleSet rules, IEnumerable<Id<Groups.Group>> ids) =>
        [.. ids.Where(rules.Groups.ContainsKey).Select(id => rules.Groups[id].DisplayName).Order(StringComparer.OrdinalIgnoreCase)];
}
