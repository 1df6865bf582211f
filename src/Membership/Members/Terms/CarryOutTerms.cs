using System.Diagnostics;
using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Outbox;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Members.Terms;

/// <summary>
/// Suspends whoever's time as a member is over, and has sponsors reminded a week before. Any number of servers may run it: who is
/// suspended, and that the end was carried out, are one transaction. The last admin stays, and their end is noted: somebody must be left.
/// </summary>
public sealed class CarryOutTerms(Store store)
{
    /// <summary>How long before the end the sponsor is reminded.</summary>
    public static readonly TimeSpan RemindsBefore = TimeSpan.FromDays(7);

    private const string Act = "member.termEnded";
    private const int Piece = 100;
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(20);

    /// <summary>
    /// Does what is due, the oldest first, piece by piece for some seconds. What cannot be done is passed over, so that it keeps nobody
    /// behind it from their turn.
    /// </summary>
    /// <returns>How many were suspended, and how many reminders were ordered.</returns>
    public async Task<(int Ended, int Reminded)> RunAsync(CancellationToken ct)
    {
        var (began, now) = (Stopwatch.GetTimestamp(), store.Time.Now());
        var (ended, reminded) = (0, 0);
        List<Exception> faults = [];
        for (MemberTerm? last = null; Stopwatch.GetElapsedTime(began) < Longest; )
        {
            var due = await DueAsync(now, last, ct);
            foreach (var term in due)
            {
                ct.ThrowIfCancellationRequested();
                try
                {
                    if (term.EndsAt <= now)
                    {
                        ended += (await EndAsync(term)) is { Done: true, Value: true } ? 1 : 0;
                    }
                    else
                    {
                        reminded += (await RemindAsync(term)) is { Done: true, Value: true } ? 1 : 0;
                    }
                }
                catch (Exception fault)
                {
                    faults.Add(fault); // one workspace that cannot be read keeps nobody else in
                }
            }

            if (due.Count < Piece)
            {
                break;
            }

            last = due[^1];
        }

        if (faults.Count > 0)
        {
            throw new AggregateException(faults);
        }

        return (ended, reminded);
    }

    private async Task<List<MemberTerm>> DueAsync(DateTimeOffset now, MemberTerm? last, CancellationToken ct)
    {
        await using var db = store.Read();
        var soon = now + RemindsBefore;
        var due = db
            .MemberTerms.AsNoTracking()
            .Where(t => t.EndedAt == null && t.EndsAt <= soon && (t.EndsAt <= now || t.RemindedAt == null));
        if (last is { EndsAt: var at, MemberId: var id })
        {
            due = due.Where(t => t.EndsAt >= at && (t.EndsAt > at || t.MemberId > id));
        }

        return await due.OrderBy(t => t.EndsAt).ThenBy(t => t.MemberId).Take(Piece).ToListAsync(ct);
    }

    private async Task<Outcome<bool>> EndAsync(MemberTerm seen)
    {
        var outcome = await EndAsync(seen, suspends: true);
        return outcome.Refusal is { Code: "lastAdmin" } ? await EndAsync(seen, suspends: false) : outcome;
    }

    private Task<Outcome<bool>> EndAsync(MemberTerm seen, bool suspends) =>
        store.ChangeAsync<bool>(
            Actor.System,
            seen.WorkspaceId,
            Act,
            async attempt =>
            {
                var db = attempt.Db;
                if (
                    await ReadAsync(db, seen) is not { EndedAt: null } term
                    || term.EndsAt > attempt.At
                    || await WorkspaceContext.ByIdAsync(db, seen.WorkspaceId, default) is not { } workspace
                )
                {
                    return false; // extended, taken away, or another server was faster
                }

                attempt.Changes.Update(term, term with { EndedAt = attempt.At });
                if (
                    await MemberWithGrants.ReadAsync(db, seen.WorkspaceId, seen.MemberId, default) is not { } file
                    || file.Member.LocalBlock != LocalBlock.None
                )
                {
                    return false; // gone already
                }

                var member = suspends ? file.Member with { LocalBlock = LocalBlock.Suspended } : file.Member;
                var placed = suspends
                    ? await Admission.PlaceAsync(attempt, workspace, file, member, file.Grants, null, default)
                    : file.Member;
                if (placed.Is(out var done, out _))
                {
                    var reason = suspends ? "Ended on its date." : "Ended on its date, but at least one admin must remain.";
                    attempt.Changes.Tell(Act, seen.WorkspaceId, ("member", seen.MemberId.Value, done.ShownName), file.Member, done, reason);
                }

                return placed.Is(out _, out var refusal) ? suspends : refusal;
            },
            default
        );

    private Task<Outcome<bool>> RemindAsync(MemberTerm seen) =>
        store.ChangeAsync<bool>(
            Actor.System,
            seen.WorkspaceId,
            Act,
            async attempt =>
            {
                if (await ReadAsync(attempt.Db, seen) is not { EndedAt: null, RemindedAt: null } term || term.EndsAt != seen.EndsAt)
                {
                    return false;
                }

                attempt.Changes.Update(term, term with { RemindedAt = attempt.At });
                attempt.Changes.Send(OutboxKind.TermMail, seen.MemberId.Value, "member:" + seen.MemberId, seen.WorkspaceId);
                return true;
            },
            default
        );

    private static Task<MemberTerm?> ReadAsync(MembershipDb db, MemberTerm seen) =>
        db.MemberTerms.AsNoTracking().FirstOrDefaultAsync(t => t.WorkspaceId == seen.WorkspaceId && t.MemberId == seen.MemberId);
}
