using UserManagement.Membership.Accounts;

namespace UserManagement.Api.Members;

/// <summary>A live session of a member.</summary>
internal sealed record MemberSessionJson
{
    /// <summary>Browser and system, as far as they say.</summary>
    public required string Device { get; init; }

    /// <summary>How the person signed in, in words.</summary>
    public required string SignedInBy { get; init; }

    /// <summary>By what the second factor was proven: totp, recovery, passkey; null when it was not.</summary>
    public string? SecondFactor { get; init; }

    /// <summary>When the person signed in.</summary>
    public required DateTimeOffset SignedInAt { get; init; }

    /// <summary>When it ends by itself.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    public static MemberSessionJson Of(ListedSession session) =>
        new()
        {
            Device = session.Device,
            SignedInBy = session.By,
            SecondFactor = session.SecondFactor,
            SignedInAt = session.SignedInAt,
            ExpiresAt = session.ExpiresAt,
        };
}
