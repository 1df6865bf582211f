using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Webhooks;

/// <summary>What a replay sends.</summary>
/// <param name="Count">How many events.</param>
/// <param name="Next">The event after which it goes on; null when it was all.</param>
public sealed record Replayed(int Count, Id<WorkspaceEvent>? Next);

/// <summary>
/// Sends what happened once more to one endpoint: one event, or all of a span of time that it wants to know of. Each bears the id that it
/// had before. What was said while an endpoint was off is sent so. Refusals: <c>forbidden</c>, <c>notFound</c>, <c>webhookOff</c>,
/// <c>invalidSpan</c>.
/// </summary>
public sealed class ReplayEvents(Store store)
{
    /// <summary>How many one call sends.</summary>
    public const int Most = 500;

    private const string Act = "webhook.replayed";

    /// <summary>One delivery once more.</summary>
    public Task<Outcome<Id<WebhookDelivery>>> OneAsync(
        Actor actor,
        Id<Workspace> workspaceId,
        Id<Webhook> id,
        Id<WebhookDelivery> delivery,
        CancellationToken ct
    ) =>
        store.ChangeAsync<Id<WebhookDelivery>>(
            actor,
            workspaceId,
            Act,
            async attempt =>
            {
                if (!(await FindAsync(attempt, workspaceId, id, ct)).Is(out var row, out var refused))
                {
                    return refused;
                }

                var happened = await (
                    from d in attempt.Db.WebhookDeliveries.AsNoTracking()
                    join e in attempt.Db.WorkspaceEvents.AsNoTracking()
                        on new { d.WorkspaceId, Id = d.EventId } equals new { e.WorkspaceId, e.Id }
                    where d.WorkspaceId == workspaceId && d.Id == delivery && d.WebhookId == id
                    select e
                ).FirstOrDefaultAsync(ct);
                if (happened is null)
                {
                    return Refusal.NotFound("delivery");
                }

                var again = attempt.Changes.Events.Deliver(happened, id, EventNotes.AboutOf(happened), true);
                WebhookAct.Tell(attempt, Act, row, null, new { eventId = happened.Id.Value });
                return again;
            },
            ct
        );

    /// <summary>All events of a span of time that the endpoint wants, oldest first, at most <see cref="Most"/>.</summary>
    /// <param name="actor">Who acts.</param>
    /// <param name="workspaceId">The workspace.</param>
    /// <param name="id">The endpoint.</param>
    /// <param name="span">From when on, until before when.</param>
    /// <param name="after">Only those after this event: where the call before ended; null for the first call.</param>
    /// <param name="ct">Stops it before it is written.</param>
    public Task<Outcome<Replayed>> SpanAsync(
        Actor actor,
        Id<Workspace> workspaceId,
        Id<Webhook> id,
        (DateTimeOffset From, DateTimeOffset Until) span,
        Id<WorkspaceEvent>? after,
        CancellationToken ct
    ) =>
        store.ChangeAsync<Replayed>(
            actor,
            workspaceId,
            Act,
            async attempt =>
            {
                if (!(await FindAsync(attempt, workspaceId, id, ct)).Is(out var row, out var refused))
                {
                    return refused;
                }

                if (span.Until <= span.From)
                {
                    return new Refusal(RefusalKind.Invalid, "invalidSpan", "The end of the span lies before its beginning.", "until");
                }

                var (from, until, last) = (span.From.ToUniversalTime(), span.Until.ToUniversalTime(), after ?? default);
                var types = row.TypeList;
                var found = await attempt
                    .Db.WorkspaceEvents.AsNoTracking()
                    .Where(e =>
                        e.WorkspaceId == workspaceId
                        && e.At >= from
                        && e.At < until
                        && e.Id > last
                        && e.Type != EventType.Test
                        && (types.Count == 0 || types.Contains(e.Type))
                    )
                    .OrderBy(e => e.Id)
                    .Take(Most + 1)
                    .ToListAsync(ct);
                foreach (var happened in found.Take(Most))
                {
                    attempt.Changes.Events.Deliver(happened, id, EventNotes.AboutOf(happened), true);
                }

                if (found.Count > 0)
                {
                    WebhookAct.Tell(
                        attempt,
                        Act,
                        row,
                        null,
                        new
                        {
                            from,
                            until,
                            count = Math.Min(found.Count, Most),
                        }
                    );
                }

                return new Replayed(Math.Min(found.Count, Most), found.Count > Most ? found[Most - 1].Id : null);
            },
            ct
        );

    private static async Task<Outcome<Webhook>> FindAsync(Attempt attempt, Id<Workspace> workspace, Id<Webhook> id, CancellationToken ct) =>
        !(await WebhookAct.FindAsync(attempt, workspace, id, false, ct)).Is(out var found, out var refused) ? refused
        : found.Row.DisabledAt is not null ? new Refusal(RefusalKind.Conflict, "webhookOff", "The endpoint is off. Turn it on first.")
        : found.Row;
}
