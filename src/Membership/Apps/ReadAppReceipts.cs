using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Members;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Apps;

/// <summary>
/// Reads when the apps of a workspace lost their access to a person, and when each acknowledged that. Also of somebody who has left and is
/// not yet erased. Refusals: <c>forbidden</c>, <c>notFound</c>.
/// </summary>
public sealed class ReadAppReceipts(Store store)
{
    /// <summary>How many are read, the newest.</summary>
    public const int Most = 500;

    /// <summary>Reads them, the newest first.</summary>
    /// <param name="actor">Who asks.</param>
    /// <param name="workspaceId">The workspace.</param>
    /// <param name="memberId">About whom.</param>
    /// <param name="ct">Stops the read.</param>
    public async Task<Outcome<IReadOnlyList<AppReceipt>>> RunAsync(
        Actor actor,
        Id<Workspace> workspaceId,
        Id<Member> memberId,
        CancellationToken ct
    )
    {
        if (actor.Demand(workspaceId, Permission.ReadMembers) is { } refused)
        {
            return refused;
        }

        await using var db = store.Read();
        if (
            await db.Members.AsNoTracking().FirstOrDefaultAsync(m => m.WorkspaceId == workspaceId && m.Id == memberId, ct) is not { } member
        )
        {
            return Refusal.NotFound("member");
        }

        if (member.AccountId is not { } account)
        {
            return Array.Empty<AppReceipt>();
        }

        var now = store.Time.Now();
        return (
            await db
                .AppEndings.AsNoTracking()
                .Where(e => e.WorkspaceId == workspaceId && e.AccountId == account)
                .OrderByDescending(e => e.EndedAt)
                .ThenByDescending(e => e.Id)
                .Take(Most)
                .ToListAsync(ct)
        ).ConvertAll(e => new AppReceipt(e, now));
    }
}

/// <summary>One receipt as it stands at a moment.</summary>
/// <param name="Ending">The row.</param>
/// <param name="Now">The moment.</param>
public sealed record AppReceipt(AppEnding Ending, DateTimeOffset Now)
{
    private static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>How it stands.</summary>
    public ReceiptState State =>
        Ending.AcknowledgedAt is not null ? ReceiptState.Acknowledged
        : !Ending.IsTold ? ReceiptState.NotTold
        : Ending.GivenUpAt is not null ? ReceiptState.GivenUp
        : ReceiptState.Waiting;

    /// <summary>The act by its name in the audit log.</summary>
    public string Act => Ending.Cause.Split(' ')[0];

    /// <summary>The door by which it came, in camel case; null where a server of an older version did it.</summary>
    public string? Through => Ending.Cause.Split(' ') is [_, var door] ? char.ToLowerInvariant(door[0]) + door[1..] : null;

    /// <summary>
    /// Seconds from the act to the acknowledgement, or, while there is none, up to now; null for an app that is not told.
    /// </summary>
    public double? Seconds => Ending.IsTold ? Math.Round(((Ending.AcknowledgedAt ?? Now) - Ending.EndedAt).TotalSeconds, 3) : null;

    /// <summary>Receipts as a JSON document, to be kept elsewhere.</summary>
    public static string Document(IEnumerable<AppReceipt> receipts) =>
        JsonSerializer.Serialize(
            receipts.Select(r => new
            {
                app = r.Ending.ClientId,
                appName = r.Ending.ClientName,
                session = r.Ending.SessionId.ToString(),
                act = r.Act,
                through = r.Through,
                endedAt = r.Ending.EndedAt,
                state = r.State.Shown(),
                acknowledgedAt = r.Ending.AcknowledgedAt,
                seconds = r.Seconds,
                tries = r.Ending.Tries,
                givenUpAt = r.Ending.GivenUpAt,
                lastAnswer = r.Ending.LastAnswer,
            }),
            Indented
        );
}

/// <summary>How it stands with telling an app that access ended.</summary>
public enum ReceiptState
{
    /// <summary>The app takes no logout tokens: its refresh and access by reference failed from the act on all the same.</summary>
    NotTold,

    /// <summary>It was told, or will be, and has not acknowledged.</summary>
    Waiting,

    /// <summary>It acknowledged.</summary>
    Acknowledged,

    /// <summary>It did not, and is not told again by itself.</summary>
    GivenUp,
}
