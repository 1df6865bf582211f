using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Data;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Access;

/// <summary>A request that bore an Idempotency-Key, and its answer once there is one.</summary>
public sealed record OnceCall
{
    /// <summary>What its answer is sealed for: answers may hold links and tokens that are shown once.</summary>
    public const string Purpose = "once-answer";

    /// <summary>The workspace; the empty id where the request names none.</summary>
    public required Id<Workspace> WorkspaceId { get; init; }

    /// <summary>Whose request: an API key's id, or the account's of a person.</summary>
    public required Guid CredentialId { get; init; }

    /// <summary>SHA-256 of the key that the client chose.</summary>
    public required byte[] KeyHash { get; init; }

    /// <summary>SHA-256 of method, address and body.</summary>
    public required byte[] RequestHash { get; init; }

    /// <summary>The answer, sealed; null while a request that writes in parts runs, or when nobody knows how it ended.</summary>
    public byte[]? AnswerSealed { get; init; }

    /// <summary>When it came.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it is forgotten.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }
}

/// <summary>What came of a request that is to run once.</summary>
/// <param name="Answer">The answer in the door's own form; null when the act was refused and nothing is kept.</param>
/// <param name="Replayed">Whether it is the answer of an earlier request.</param>
public sealed record OnceAnswer(byte[]? Answer, bool Replayed);

/// <summary>
/// Runs a request at most once for each key that a client chose (draft-ietf-httpapi-idempotency-key-header), on however
/// many servers it arrives. What was done and the answer to it are written in one transaction, the answer sealed and kept for a day:
/// after a fault the same key either gets that answer, or nothing was done and it runs. A refused request leaves nothing behind.
/// Of two at once both plan, one is written, and the other gets its answer. Only an act that writes in parts claims the key with the
/// first part and tells its answer at the end. Refusals: <c>idempotencyKeyReused</c> (another request with this key), and for such
/// an act <c>idempotencyInProgress</c> (it still runs) and <c>idempotencyUnknown</c> (it never told how it ended: it is not run again).
/// </summary>
public sealed class RunOnce(Store store)
{
    /// <summary>How long an answer is kept.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromHours(24);

    private static readonly TimeSpan LongestRun = TimeSpan.FromMinutes(2);

    /// <summary>Runs the request, or gives the answer of the one that ran before.</summary>
    /// <param name="workspace">The workspace; the empty id for none.</param>
    /// <param name="credential">Whose key it is.</param>
    /// <param name="key">The key that the client chose.</param>
    /// <param name="request">What tells this request from another: method, address and body.</param>
    /// <param name="run">The request itself, through acts of this store; its answer when it was done, null when it was refused and
    /// changed nothing. May run several times: what its acts plan is written only with its answer.</param>
    /// <param name="ct">Stops it before it begins.</param>
    public async Task<Outcome<OnceAnswer>> RunAsync(
        Id<Workspace> workspace,
        Guid credential,
        string key,
        byte[] request,
        Func<Task<byte[]?>> run,
        CancellationToken ct
    )
    {
        var call = new OnceCall
        {
            WorkspaceId = workspace,
            CredentialId = credential,
            KeyHash = Secret.Hash(key),
            RequestHash = request,
            CreatedAt = store.Time.Now(),
            ExpiresAt = Moment.Cut(store.Time.Now() + Kept),
        };
        var came = await store.HoldAsync<OnceAnswer>(
            async () => await FindAsync(call, ct) is { } before ? Before(before, request) : (Outcome<OnceAnswer>?)null,
            async () => await run() is { } answer ? new OnceAnswer(answer, false) : null,
            changes => changes.Add(call),
            (changes, answer) => changes.Add(Answered(call, answer))
        );
        if (!came.Is(out var done, out var refusal))
        {
            return refusal;
        }

        if (done is { IsClaimed: true, Value: { } told })
        {
            await store.ChangeAsync<Nothing>(
                Actor.System,
                null,
                "once.settled",
                attempt =>
                {
                    attempt.Changes.Update(call, Answered(call, told));
                    return Task.FromResult<Outcome<Nothing>>(default(Nothing));
                },
                CancellationToken.None
            ); // not stopped by a client that goes away: what was done must be known afterwards
        }

        return done.Value ?? new OnceAnswer(null, false);
    }

    /// <summary>The answer that is kept for a key; null when there is none, or none yet.</summary>
    /// <param name="workspace">The workspace; the empty id for none.</param>
    /// <param name="credential">Whose key it is.</param>
    /// <param name="key">The key that was chosen.</param>
    /// <param name="ct">Stops the reading.</param>
    public async Task<byte[]?> AnswerAsync(Id<Workspace> workspace, Guid credential, string key, CancellationToken ct)
    {
        await using var db = store.Read();
        return
            await OfKey(db, workspace, credential, Secret.Hash(key)).FirstOrDefaultAsync(ct) is { AnswerSealed: { } kept } call
            && call.ExpiresAt > store.Time.Now()
            ? store.Box.Open(OnceCall.Purpose, kept)
            : null;
    }

    private OnceCall Answered(OnceCall call, OnceAnswer answer) =>
        call with
        {
            AnswerSealed = store.Box.Seal(OnceCall.Purpose, answer.Answer!),
        };

    private static IQueryable<OnceCall> OfKey(MembershipDb db, Id<Workspace> workspace, Guid credential, byte[] hash) =>
        db.OnceCalls.AsNoTracking().Where(c => c.WorkspaceId == workspace && c.CredentialId == credential && c.KeyHash == hash);

    /// <summary>An earlier request of this key; one that is over is forgotten first.</summary>
    private async Task<OnceCall?> FindAsync(OnceCall call, CancellationToken ct)
    {
        await using var db = store.Read();
        var earlier = await OfKey(db, call.WorkspaceId, call.CredentialId, call.KeyHash).FirstOrDefaultAsync(ct);
        if (earlier is not null && earlier.ExpiresAt <= call.CreatedAt)
        {
            await ForgetAsync(earlier, ct);
            return null;
        }

        return earlier;
    }

    /// <summary>What is over of other keys goes with <see cref="Retention.Sweep"/>.</summary>
    private Task ForgetAsync(OnceCall call, CancellationToken ct) =>
        store.NoteAsync(
            "DELETE FROM once_calls WHERE workspace_id = @p0 AND credential_id = @p1 AND key_hash = @p2 AND expires_at <= @p3",
            [
                Value.Of("@p0", call.WorkspaceId.Value),
                Value.Of("@p1", call.CredentialId),
                Value.Of("@p2", call.KeyHash),
                Value.Of("@p3", store.Time.Now().ToUnixTimeMilliseconds()),
            ],
            ct
        );

    private Outcome<OnceAnswer> Before(OnceCall before, byte[] request)
    {
        if (!before.RequestHash.AsSpan().SequenceEqual(request))
        {
            return new Refusal(
                RefusalKind.Invalid,
                "idempotencyKeyReused",
                "This Idempotency-Key was used for another request. Choose a new one.",
                "Idempotency-Key"
            );
        }

        return before.AnswerSealed is { } kept && store.Box.Open(OnceCall.Purpose, kept) is { } answer ? new OnceAnswer(answer, true)
            : store.Time.Now() - before.CreatedAt < LongestRun
                ? new Refusal(
                    RefusalKind.Conflict,
                    "idempotencyInProgress",
                    "The first request with this Idempotency-Key still runs. Ask again in a moment.",
                    RetryAfter: TimeSpan.FromSeconds(1)
                )
            : new Refusal(
                RefusalKind.Conflict,
                "idempotencyUnknown",
                "The first request with this Idempotency-Key never told how it ended. See whether it was done, then use a new key."
            );
    }
}
