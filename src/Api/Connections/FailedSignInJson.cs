using UserManagement.Membership.Connections;

namespace UserManagement.Api.Connections;

/// <summary>Sign-ins through a connection towards this workspace that led nowhere.</summary>
internal sealed record FailedSignInsJson
{
    /// <summary>How many there were since it was connected, or since thirty days without one.</summary>
    public required long Count { get; init; }

    /// <summary>The last of them, newest first; up to 20.</summary>
    public required IReadOnlyList<FailedSignInJson> Items { get; init; }

    public static FailedSignInsJson Of(FailedSignIns failed) =>
        new()
        {
            Count = failed.Count,
            Items =
            [
                .. failed.Last.Select(f => new FailedSignInJson
                {
                    At = f.At,
                    Code = f.Kind,
                    Sentence = f.Sentence,
                }),
            ],
        };
}

/// <summary>A sign-in that led nowhere.</summary>
internal sealed record FailedSignInJson
{
    /// <summary>When it was.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The refusal's code.</summary>
    public required string Code { get; init; }

    /// <summary>Why, in words for an admin.</summary>
    public required string Sentence { get; init; }
}
