using System.Text.Json;
using UserManagement.Membership.Data;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Access;

/// <summary>
/// Does what a form of a page stands for at most once for each number that the page was given, however often, at whatever server and by
/// how many at once it is posted: <see cref="RunOnce"/> with the session in place of a credential. A secret that was made is not kept, for
/// it was shown once (<see cref="RunAsync"/>); what may be looked at again is kept for a day (<see cref="KeepAsync"/>), for the page to
/// which the form leads. A form that was refused made nothing, and its number may be posted again. Refusals: those of the act, and
/// <see cref="AlreadyMade"/>.
/// </summary>
public sealed class SubmitOnce(Store store)
{
    /// <summary>The code of a form whose number was posted before.</summary>
    public const string AlreadyMade = "alreadyMade";

    private static readonly byte[] Made = [1];
    private readonly RunOnce _once = new(store);

    /// <summary>Does it.</summary>
    /// <typeparam name="T">What the act makes.</typeparam>
    /// <param name="workspace">The workspace; the empty id for none.</param>
    /// <param name="session">The session to which the form was shown.</param>
    /// <param name="number">The form's number.</param>
    /// <param name="form">The path of the form.</param>
    /// <param name="act">What is done, through acts of this store; may run several times, and is written once.</param>
    /// <param name="ct">Stops it before it begins.</param>
    public async Task<Outcome<T>> RunAsync<T>(
        Id<Workspace> workspace,
        Guid session,
        string number,
        string form,
        Func<Task<Outcome<T>>> act,
        CancellationToken ct
    )
    {
        var (outcome, came) = await OnceAsync(workspace, session, number, form, act, _ => Made, ct);
        return outcome.Is(out var done, out var refusal)
            ? done.Replayed || came is null
                ? Before()
                : came.Value
            : refusal.Code.StartsWith("idempotency", StringComparison.Ordinal)
                ? Before()
                : refusal;
    }

    /// <summary>
    /// Does it, and keeps what was made, sealed, for <see cref="RunOnce.Kept"/>. Whoever posts the number again gets what was made then.
    /// Refusals: those of the act, and <c>alreadyRunning</c> while it runs or where nobody knows how it ended.
    /// </summary>
    /// <typeparam name="T">What is made; written as JSON.</typeparam>
    /// <param name="workspace">The workspace; the empty id for none.</param>
    /// <param name="session">The session to which the form was shown.</param>
    /// <param name="number">The form's number.</param>
    /// <param name="form">The path of the form.</param>
    /// <param name="act">What is done, through acts of this store; may run several times, and is written once.</param>
    /// <param name="ct">Stops it before it begins.</param>
    public async Task<Outcome<T>> KeepAsync<T>(
        Id<Workspace> workspace,
        Guid session,
        string number,
        string form,
        Func<Task<Outcome<T>>> act,
        CancellationToken ct
    )
        where T : class
    {
        var (outcome, came) = await OnceAsync(workspace, session, number, form, act, made => JsonSerializer.SerializeToUtf8Bytes(made), ct);
        return outcome.Is(out var done, out var before)
            ? done.Answer is { } answer
                ? JsonSerializer.Deserialize<T>(answer)!
                : came!.Value.Refusal!
            : before.Code.StartsWith("idempotency", StringComparison.Ordinal)
                ? new(
                    RefusalKind.Conflict,
                    "alreadyRunning",
                    "This was sent already and is being done. See what became of it before you send it again."
                )
                : before;
    }

    /// <summary>What the form of a number made and kept; null when nothing is kept for it in this session, or not yet.</summary>
    /// <typeparam name="T">What was made.</typeparam>
    /// <param name="workspace">The workspace; the empty id for none.</param>
    /// <param name="session">The session to which the form was shown.</param>
    /// <param name="number">The form's number.</param>
    /// <param name="ct">Stops the reading.</param>
    public async Task<T?> MadeAsync<T>(Id<Workspace> workspace, Guid session, string number, CancellationToken ct)
        where T : class =>
        await _once.AnswerAsync(workspace, session, number, ct) is { Length: > 1 } answer ? JsonSerializer.Deserialize<T>(answer) : null;

    /// <summary>Runs it once, with what is kept of what it makes; says also what came of it where it was run now.</summary>
    private async Task<(Outcome<OnceAnswer> Once, Outcome<T>? Came)> OnceAsync<T>(
        Id<Workspace> workspace,
        Guid session,
        string number,
        string form,
        Func<Task<Outcome<T>>> act,
        Func<T, byte[]> kept,
        CancellationToken ct
    )
    {
        ArgumentNullException.ThrowIfNull(act);
        Outcome<T>? came = null;
        var once = await _once.RunAsync(
            workspace,
            session,
            number,
            Secret.Hash(form),
            async () =>
            {
                var outcome = await act();
                came = outcome;
                return outcome.Is(out var made, out _) ? kept(made) : null;
            },
            ct
        );
        return (once, came);
    }

    private static Refusal Before() =>
        new(RefusalKind.Conflict, AlreadyMade, "This was made already; the secret was shown once. Make a new one if you did not keep it.");
}
