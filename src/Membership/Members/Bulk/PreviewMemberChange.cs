using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Groups;
using UserManagement.Membership.Invitations;
using UserManagement.Membership.Licensing;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Members.Bulk;

/// <summary>What becomes of one member.</summary>
/// <param name="Before">The member as they are.</param>
/// <param name="After">As they would be; null where it is refused.</param>
/// <param name="Refusal">Why not; null where it is done.</param>
/// <param name="IsSame">Whether they have it already.</param>
public sealed record MemberForecast(Member Before, Member? After, Refusal? Refusal, bool IsSame)
{
    /// <summary>Of somebody who is not refused.</summary>
    internal static MemberForecast Of(Member before, Member after) =>
        new(before, after, null, after.Version == before.Version && after.State == before.State);
}

/// <summary>What a change would do.</summary>
/// <param name="Rows">Those looked at, in the order in which they are changed.</param>
/// <param name="Total">How many are chosen.</param>
/// <param name="TotalIsExact">Whether there are just so many; otherwise there are at least so many.</param>
public sealed record MemberChangePreview(IReadOnlyList<MemberForecast> Rows, long Total, bool TotalIsExact);

/// <summary>
/// Tells what a change of several members would do, and who would be refused and why, by rehearsing it: each act is planned as it will
/// be and nothing is written, and what the earlier ones take or free (seats, licenses, the last admin) counts for the later ones. Of very
/// many the first <see cref="Most"/> are looked at. Refusals: <c>forbidden</c>, <c>notFound</c>, an unknown role, license or group, nobody
/// chosen, too many named.
/// </summary>
public sealed class PreviewMemberChange(Store store)
{
    /// <summary>How many are looked at.</summary>
    public const int Most = 300;

    /// <summary>Rehearses it.</summary>
    public async Task<Outcome<MemberChangePreview>> RunAsync(
        Actor actor,
        Id<Workspace> workspaceId,
        BulkChange change,
        MemberChoice choice,
        CancellationToken ct
    )
    {
        await using var db = store.Read();
        if (await WorkspaceContext.ByIdAsync(db, workspaceId, ct) is not { } workspace)
        {
            return Refusal.NotFound("workspace");
        }

        if ((change.Check(actor, workspace) ?? choice.Check()) is { } refused)
        {
            return refused;
        }

        var (members, next) = await choice.ReadAsync(db, workspaceId, Most, ct);
        var step = new MemberChangeStep(store, actor, workspaceId, change);
        List<MemberForecast> rows =
        [
            .. change.Kind == MemberChangeKind.Group
                ? await GroupAsync(db, step, members, ct)
                : await EachAsync(db, store.Time.Now(), workspace, step, members, ct),
        ];
        var (total, exact) =
            choice.Query is { } query && next is not null
                ? await MemberList.TotalAsync(db, workspaceId, query, MemberChoice.MostCounted, ct)
                : (rows.Count, true);
        return new MemberChangePreview(rows, total, exact);
    }

    private static async Task<List<MemberForecast>> GroupAsync(
        MembershipDb db,
        MemberChangeStep step,
        List<Member> members,
        CancellationToken ct
    )
    {
        var inside = await step.InGroupAsync(db, members, ct);
        var news = members.Where(m => !inside.Contains(m.Id)).Select(m => m.Id).ToList();
        Refusal? refusal;
        using (new Held([], true, _ => { }, rehearses: true).Enter())
        {
            refusal = news.Count == 0 ? null : await step.GroupAsync(news, MembershipStepKind.Add, ct);
        }

        return [.. members.Select(m => inside.Contains(m.Id) ? new(m, m, null, true) : Forecast(m, refusal))];

        static MemberForecast Forecast(Member member, Refusal? no) => new(member, no is null ? member : null, no, false);
    }

    private static async Task<List<MemberForecast>> EachAsync(
        MembershipDb db,
        DateTimeOffset at,
        WorkspaceContext workspace,
        MemberChangeStep step,
        List<Member> members,
        CancellationToken ct
    )
    {
        var counts = await Counts.ReadAsync(db, workspace.Id, ct);
        var used = Seats
            .Limits(workspace.Id, workspace.Configuration)
            .Select(l => (l.Counter, Usage: counts.Of(l.Counter.Kind, l.Counter.Key)))
            .ToDictionary(l => l.Counter, l => (l.Usage.Used, Limit: l.Usage.RoomForNewAt(at) + l.Usage.Used));
        List<MemberForecast> rows = [];
        var mails = await MailQuota.LeftAsync(db, workspace, at, ct);
        foreach (var member in members)
        {
            var full = used.Where(u => u.Value.Limit is { } limit && u.Value.Used >= limit).Select(u => u.Key).ToHashSet();
            using var held = new Held(full, true, _ => { }, rehearses: true).Enter();
            var outcome = await step.RunAsync(member, ct);
            if (outcome.Done && step.Mailed && mails-- <= 0)
            {
                outcome = MailQuota.Reached(workspace, at);
            }

            var admins = new CounterId(workspace.Id, CounterKind.Admins);
            var changed = outcome.Done && held.Changes is { } changes ? changes.Counters : new Dictionary<CounterId, long>();
            if (changed.GetValueOrDefault(admins) is < 0 and var fewer && used[admins].Used + fewer < 1)
            {
                outcome = Seats.LastAdmin();
            }

            if (!outcome.Is(out var after, out var refusal))
            {
                rows.Add(new(member, null, refusal, false));
                continue;
            }

            foreach (var (counter, by) in changed)
            {
                if (used.TryGetValue(counter, out var now))
                {
                    used[counter] = (now.Used + by, now.Limit);
                }
            }

            rows.Add(step.Forecast(member, after));
        }

        return rows;
    }
}
