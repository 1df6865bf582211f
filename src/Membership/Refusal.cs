namespace UserManagement.Membership;

/// <summary>Why the core says no; each door has one table from these to its own errors.</summary>
public enum RefusalKind
{
    /// <summary>What was sent is wrong: a missing, malformed or oversized value.</summary>
    Invalid,

    /// <summary>The thing is not there, or not in this workspace: the two are not told apart.</summary>
    NotFound,

    /// <summary>The actor may not do this.</summary>
    Forbidden,

    /// <summary>The state does not allow it: taken name, closed invitation, last admin.</summary>
    Conflict,

    /// <summary>No seat, member slot or license is free.</summary>
    Full,

    /// <summary>The version given is not the current one (If-Match).</summary>
    Stale,

    /// <summary>Too many tries; wait until <see cref="Refusal.RetryAfter"/>.</summary>
    TooMany,

    /// <summary>The store did not answer in time or kept changing underneath; trying again may work.</summary>
    Unavailable,
}

/// <summary>
/// A refusal as a value: nothing was changed, but where the act says so (<see cref="ButWritten"/>).
/// A door whose part in an act refuses may derive one of its own: the act hands it through, and that door reads it.
/// </summary>
/// <param name="Kind">What sort of no it is.</param>
/// <param name="Code">Stable, in lower camel case, for programs: <c>lastAdmin</c>, <c>seatsFull</c>.</param>
/// <param name="Message">A sentence for people, free of secrets and of other workspaces' facts.</param>
/// <param name="Field">The field that is wrong, or null when it is none.</param>
/// <param name="RetryAfter">How long to wait before trying again, or null when waiting does not help.</param>
public record Refusal(RefusalKind Kind, string Code, string Message, string? Field = null, TimeSpan? RetryAfter = null)
{
    /// <summary>
    /// What the admins of the workspace are told instead of <see cref="Message"/>, where it may say more than the person who
    /// was refused may learn; null where the message will do. Shown on the admins' pages alone, never logged.
    /// </summary>
    public string? ForAdmins { get; init; }

    /// <summary>What else stands against the same request, each with its field: a form shows all of it at once.</summary>
    public IReadOnlyList<Refusal> Also { get; init; } = [];

    /// <summary>See <see cref="ButWritten"/>; the store takes the mark off what it hands out, so that no answer differs by it.</summary>
    internal bool IsWritten { get; init; }

    /// <summary>
    /// The act is refused, and what it planned is written all the same: a wrong try that counts, a challenge that is used up. Only
    /// the plan of an act says so, see <see cref="Data.Store.ChangeAsync"/>.
    /// </summary>
    internal Refusal ButWritten() => this with { IsWritten = true };

    /// <summary>
    /// Whether the audit log says that it was tried: what somebody may not do, and what found no room or would have left no admin. What a
    /// directory is refused for want of room, at each of its cycles, stands in the provisioning log alone.
    /// </summary>
    internal bool IsToldOf(Access.Actor actor) =>
        Kind == RefusalKind.Forbidden || ((Kind == RefusalKind.Full || Code == "lastAdmin") && actor.Kind != Access.ActorKind.Directory);

    /// <summary>The thing is not there.</summary>
    public static Refusal NotFound(string what) => new(RefusalKind.NotFound, "notFound", $"There is no such {what} in this workspace.");

    /// <summary>A field of the request is wrong; the code names it, as in <c>invalidUserName</c>.</summary>
    public static Refusal Invalid(string field, string message) => new(RefusalKind.Invalid, "invalid" + Named(field), message, field);

    /// <summary>A field names a thing that is not there; the code names the thing, as in <c>unknownRole</c>.</summary>
    public static Refusal Unknown(string what, string message, string? field = null) =>
        new(RefusalKind.Invalid, "unknown" + Named(what), message, field ?? what);

    /// <summary>The actor lacks a permission.</summary>
    public static Refusal Forbidden(string message) => new(RefusalKind.Forbidden, "forbidden", message);

    /// <summary>The caller's version is not the current one.</summary>
    public static Refusal Stale() =>
        new(RefusalKind.Stale, "stale", "This was changed by somebody else in the meantime. Load it again and repeat the change.");

    /// <summary>The beginning of a path, as the end of a word: <c>signIn.connections</c> is <c>SignIn</c>.</summary>
    private static string Named(string field)
    {
        var end = field.IndexOfAny(['.', '[']);
        var first = end < 0 ? field : field[..end];
        return first.Length == 0 ? "" : char.ToUpperInvariant(first[0]) + first[1..];
    }

    /// <summary>Others kept changing the same rows.</summary>
    public static Refusal Busy() =>
        new(
            RefusalKind.Unavailable,
            "busy",
            "Others are changing the same thing right now. Try again.",
            RetryAfter: TimeSpan.FromSeconds(1)
        );
}

/// <summary>What an act gives back: a value, or the refusal that kept it from being made.</summary>
public readonly record struct Outcome<T>
{
    private readonly T? _value;

    private Outcome(T? value, Refusal? refusal)
    {
        _value = value;
        Refusal = refusal;
    }

    /// <summary>Why not; null when the act was done.</summary>
    public Refusal? Refusal { get; }

    /// <summary>Whether the act was done.</summary>
    public bool Done => Refusal is null;

    /// <summary>What the act made.</summary>
    /// <exception cref="InvalidOperationException">The act was refused.</exception>
    public T Value => Refusal is null ? _value! : throw new InvalidOperationException($"Refused: {Refusal.Code}: {Refusal.Message}");

    /// <summary>The act was done and made this.</summary>
    public static implicit operator Outcome<T>(T value) => new(value, null);

    /// <summary>The act was refused.</summary>
    public static implicit operator Outcome<T>(Refusal refusal) => new(default, refusal);

    /// <summary>Takes the outcome apart: true with the value, or false with the refusal.</summary>
    public bool Is(
        [System.Diagnostics.CodeAnalysis.MaybeNullWhen(false)] out T value,
        [System.Diagnostics.CodeAnalysis.NotNullWhen(false)] out Refusal? refusal
    )
    {
        value = _value;
        refusal = Refusal;
        return refusal is null;
    }
}

/// <summary>The value of an act that only does something.</summary>
public readonly record struct Nothing;
