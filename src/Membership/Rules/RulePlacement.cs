using UserManagement.Membership.Data;
using UserManagement.Membership.Groups;
using UserManagement.Membership.Holds;
using UserManagement.Membership.Licensing;
using UserManagement.Membership.Members;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Rules;

/// <summary>What became of one member.</summary>
/// <param name="Before">As they were.</param>
/// <param name="After">As they are placed.</param>
/// <param name="Verdict">What the rules say of them.</param>
/// <param name="Kept">What of it they do not get, and why; null for nothing.</param>
internal sealed record RuleOutcome(Member Before, Member After, Verdict Verdict, Refusal? Kept);

/// <summary>
/// Gives several members what the rules say, within one attempt: through <see cref="Admission"/>, and with what is free counted on from one
/// to the next, so that the first get the seats that are left.
/// </summary>
internal sealed class RulePlacement(Attempt attempt, WorkspaceContext workspace, RuleSet rules)
{
    private readonly RuleFills _fills = new(attempt, workspace.Id);
    private int _held;
    private readonly RoomAhead _room = new(attempt, workspace);

    /// <summary>Those who got something else, or would have and found no room.</summary>
    public List<RuleOutcome> Outcomes { get; } = [];

    /// <summary>Of how many it is noted anew that what the rules say of them waits, or no longer does.</summary>
    public int Marks { get; private set; }

    /// <summary>Whether nothing is told: it is a rehearsal.</summary>
    public bool IsSilent { get; init; }

    /// <summary>Gives one member what the rules say now.</summary>
    /// <param name="file">The member.</param>
    /// <param name="isIn">Whether they are, or will be, in a group.</param>
    /// <param name="mayRefuse">Whether a lack of room refuses the act; otherwise they stay without.</param>
    /// <param name="isTouched">Whether the version moves in any case: the groups for which rules ask change with it.</param>
    /// <param name="ct">Stops the reading.</param>
    public async Task<Refusal?> PlaceAsync(RuleFile file, Func<Id<Group>, bool> isIn, bool mayRefuse, bool isTouched, CancellationToken ct)
    {
        var (member, configuration) = (file.File.Member, workspace.Configuration);
        var verdict = rules.Resolve(isIn, rules.FactsOf(member.Document));
        if (HeldRules.Wait(attempt, workspace, member))
        {
            return await WaitAsync(file, verdict, isTouched, ct);
        }

        var held = file.File.Grants;
        var grants = RuleGrants.Over(attempt, workspace.Id, file.File, verdict);
        var fills = !HeldRules.WaitToBeLetIn(member) && _fills.Of(member.Id, file.Groups, verdict);
        var after = member;
        Refusal? kept = null;
        if (!ReferenceEquals(grants, held))
        {
            await _room.CountAsync(ct);
            if (WaitsInVain(file.File, grants))
            {
                kept = Seats.Full(configuration, new(workspace.Id, CounterKind.License, verdict.License!.License!));
                grants = RuleGrants.Over(attempt, workspace.Id, file.File, verdict with { License = null });
            }

            var wanted = grants;
            grants = await RuleGrants.KeepLastAdminAsync(attempt, configuration, file.File, grants, ct);
            kept = ReferenceEquals(wanted, grants) ? kept : Seats.LastAdmin();
            var placed = await PlaceAsync(file.File, grants, ct);
            if (placed.Refusal is { Kind: RefusalKind.Full } full && !mayRefuse)
            {
                kept = full;
                grants = RuleGrants.Over(attempt, workspace.Id, file.File, verdict with { Role = null });
                placed = await PlaceAsync(file.File, grants, ct);
            }

            if (!placed.Is(out var done, out var refusal))
            {
                return refusal;
            }

            after = done;
        }

        var isSame = Same(grants, held);
        if (!isSame)
        {
            Tell(member, after, verdict);
        }

        if (after.Version == member.Version && (isTouched || !isSame))
        {
            Touch(member);
        }

        if (kept is not null || fills || !isSame)
        {
            Outcomes.Add(new(member, after, verdict, kept));
        }

        return null;
    }

    /// <summary>Queues who comes into groups and goes, and counts for whom that waits; after the members.</summary>
    public async Task FillAsync(CancellationToken ct)
    {
        await _fills.WriteAsync(rules.Groups, ct);
        if (_held > 0)
        {
            await HoldRows.HoldAsync(attempt, workspace, _held, ct);
        }
    }

    private async Task<Refusal?> WaitAsync(RuleFile file, Verdict verdict, bool isTouched, CancellationToken ct)
    {
        var member = file.File.Member;
        var after = HeldRules.Marked(attempt, workspace, file, member, verdict);
        if (after != member)
        {
            var placed = await Admission.PlaceAsync(attempt, workspace, file.File, after, file.File.Grants, null, ct);
            if (!placed.Is(out after, out var refusal))
            {
                return refusal;
            }

            Marks++;
            if (after.AwaitsDecision && (!member.AwaitsDecision || after.HeldUntil != member.HeldUntil))
            {
                _held++;
                attempt.Changes.Tell("member.accessHeld", workspace.Id, ("member", after.Id.Value, after.ShownName), member, after);
            }
        }

        if (isTouched && after.Version == member.Version)
        {
            Touch(member);
        }

        return null;
    }

    private async Task<Outcome<Member>> PlaceAsync(MemberWithGrants file, IReadOnlyList<Grant> grants, CancellationToken ct) =>
        Same(grants, file.Grants) ? file.Member : await Admission.PlaceAsync(attempt, workspace, file, file.Member, grants, null, ct);

    private static bool Same(IReadOnlyList<Grant> some, IReadOnlyList<Grant> others) =>
        ReferenceEquals(some, others) || (some.Count == others.Count && some.All(others.Contains));

    private void Tell(Member before, Member after, Verdict verdict)
    {
        if (IsSilent)
        {
            return;
        }

        var names = new[] { verdict.Role, verdict.License }.Where(r => r is not null).Select(r => r!.Name).Distinct().ToList();
        attempt.Changes.Tell(
            "rule.applied",
            workspace.Id,
            ("member", after.Id.Value, after.ShownName),
            before,
            after,
            names.Count == 0 ? "no rule gives a role or license any more" : $"by rule {string.Join(", ", names)}"
        );
    }

    // a license for which there is no room does not take the place of one that somebody has
    private bool WaitsInVain(MemberWithGrants file, IReadOnlyList<Grant> grants) =>
        grants.FirstOrDefault(g => g is { Kind: GrantKind.License, Origin: GrantOrigin.Group }) is { } wanted
        && (wanted.Wanted ?? wanted.Value) is var key
        && file.Member.License is { } held
        && held != key
        && file.Grants.Any(g => g.Kind == GrantKind.License && g.Origin != GrantOrigin.Group)
        && attempt.IsFull(workspace, CounterKind.License, key);

    private void Touch(Member member) =>
        attempt.Changes.Execute(
            new(
                "UPDATE members SET version = version + 1, modified_at = $1 WHERE workspace_id = $2 AND id = $3 AND version = $4",
                [
                    Value.Of("$1", attempt.At.ToUnixTimeMilliseconds()),
                    Value.Of("$2", workspace.Id.Value),
                    Value.Of("$3", member.Id.Value),
                    Value.Of("$4", member.Version),
                ],
                1,
                GuardFailure.Conflict
            )
        );
}
