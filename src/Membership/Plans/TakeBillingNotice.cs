using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Data;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Plans;

/// <summary>What became of a billing event.</summary>
public enum NoticeTaken
{
    /// <summary>It changed what is known of the subscription.</summary>
    Applied,

    /// <summary>Nothing to do: it came before, tells nothing newer, or is about something else.</summary>
    PassedOver,
}

/// <summary>
/// Takes what the billing provider sends: the seats of a workspace follow what its customer pays for. Each event counts once, and they come
/// in any order: what is older never takes the place of what is newer, and a subscription that ended stays ended. Where two events of one
/// second differ, the provider is asked which holds. Seats below what is in use throw nobody out. Refusals: <c>forged</c>,
/// <c>billingOff</c>, <c>billingAway</c>.
/// </summary>
public sealed class TakeBillingNotice(Store store, IBilling billing)
{
    private static readonly Refusal Unclear = new(RefusalKind.Conflict, "unclear", "Two events of one second differ.");

    /// <summary>Takes it.</summary>
    /// <param name="body">The body as it came.</param>
    /// <param name="signature">The header with the signature; null when there was none.</param>
    /// <param name="ct">Stops it before it is written.</param>
    public async Task<Outcome<NoticeTaken>> RunAsync(ReadOnlyMemory<byte> body, string? signature, CancellationToken ct)
    {
        if (!billing.Read(body, signature, store.Time.Now()).Is(out var notice, out var forged))
        {
            return forged;
        }

        if (notice.Subscription is not { } told)
        {
            return NoticeTaken.PassedOver;
        }

        var isAsked = notice.IsPart;
        for (; ; isAsked = true)
        {
            var state = told;
            if (isAsked && !(await billing.AskAsync(told.Id, ct)).Is(out state, out var away))
            {
                return away;
            }

            var taken = await TakeAsync(notice, state, isAsked, ct);
            if (taken.Refusal != Unclear)
            {
                return taken;
            }
        }
    }

    private async Task<Outcome<NoticeTaken>> TakeAsync(BillingNotice notice, SubscriptionState told, bool isAsked, CancellationToken ct)
    {
        var isStray = false;
        var taken = await store.ChangeAsync<NoticeTaken>(
            PaidSeats.Billing,
            null,
            "billing.told",
            async attempt =>
            {
                isStray = false;
                if (await attempt.Db.BillingEvents.AnyAsync(e => e.Id == notice.Id, ct))
                {
                    return NoticeTaken.PassedOver;
                }

                var known = await attempt.Db.BillingSubscriptions.AsNoTracking().FirstOrDefaultAsync(s => s.Id == told.Id, ct);
                if (!isAsked && known is not null && IsTie(known, notice, told))
                {
                    return Unclear;
                }

                attempt.Changes.Add(new BillingEvent { Id = notice.Id, TakenAt = attempt.At });
                if (known is not null && !isAsked && !IsNewer(known, notice, told))
                {
                    return NoticeTaken.PassedOver;
                }

                var after = new BillingSubscription
                {
                    Id = told.Id,
                    Customer = told.Customer,
                    Seats = told.Seats,
                    IsEnded = told.IsEnded || known?.IsEnded == true,
                    At = known is not null && known.At > notice.At ? known.At : notice.At,
                    IsFirst = notice.IsFirst,
                    Version = (known?.Version ?? 0) + 1,
                };
                if (known is null)
                {
                    attempt.Changes.Add(after);
                }
                else
                {
                    attempt.Changes.Update(known, after);
                }

                isStray = !await FollowAsync(attempt, known, after, ct);
                return NoticeTaken.Applied;
            },
            ct
        );
        return taken.Done && isStray && await WorkspaceOfAsync(told.Customer, ct) is { } since
            ? (await PaidSeats.SettleAsync(store, since, ct)).Refusal is { } no
                ? no
                : taken
            : taken;
    }

    /// <summary>Both are of one second, neither is a beginning or an end, and they say different things.</summary>
    private static bool IsTie(BillingSubscription known, BillingNotice notice, SubscriptionState told) =>
        notice.At == known.At
        && !(known.IsEnded || told.IsEnded || known.IsFirst || notice.IsFirst)
        && (told.Seats != known.Seats || told.Customer != known.Customer);

    private static bool IsNewer(BillingSubscription known, BillingNotice notice, SubscriptionState told) =>
        !known.IsEnded && (told.IsEnded || notice.At > known.At || (notice.At == known.At && known.IsFirst && !notice.IsFirst));

    /// <summary>
    /// The seats of the customer's workspace follow, when what is paid for changed: what the operator set by hand in between stays as long
    /// as it did not.
    /// </summary>
    /// <returns>Whether the customer has a workspace.</returns>
    private static async Task<bool> FollowAsync(
        Attempt attempt,
        BillingSubscription? known,
        BillingSubscription after,
        CancellationToken ct
    )
    {
        var isThere = false;
        foreach (var customer in new[] { known?.Customer ?? after.Customer, after.Customer }.Distinct(StringComparer.Ordinal))
        {
            var row = await attempt.Db.Workspaces.AsNoTracking().FirstOrDefaultAsync(w => w.BillingCustomer == customer, ct);
            isThere |= row is not null && customer == after.Customer;
            var stored = await attempt.Db.BillingSubscriptions.AsNoTracking().Where(s => s.Customer == customer).ToListAsync(ct);
            var others = stored.Where(s => s.Id != after.Id).Select(s => s.Seats).ToList();
            var (was, now) = (
                PaidSeats.Sum(stored.Select(s => s.Seats)),
                PaidSeats.Sum(customer == after.Customer ? others.Append(after.Seats) : others)
            );
            if (row is not null && (was != now || stored.Count == 0))
            {
                var workspace = WorkspaceContext.Of(attempt.Db, row);
                await SetPlan.WriteAsync(attempt, workspace, PaidSeats.In(workspace, now), ct);
            }
        }

        return isThere;
    }

    private async Task<WorkspaceContext?> WorkspaceOfAsync(string customer, CancellationToken ct)
    {
        await using var db = store.Read();
        return await db.Workspaces.AsNoTracking().FirstOrDefaultAsync(w => w.BillingCustomer == customer, ct) is { } row
            ? WorkspaceContext.Of(db, row)
            : null;
    }
}
