using UserManagement.Membership.Accounts;

namespace UserManagement.Api.Sessions;

/// <summary>A live session of the person who asks.</summary>
internal sealed record SessionJson
{
    /// <summary>Its id.</summary>
    public required Guid Id { get; init; }

    /// <summary>The browser and system, as far as they say: Firefox on Windows.</summary>
    public required string Device { get; init; }

    /// <summary>The remote address; null when unknown.</summary>
    public string? Address { get; init; }

    /// <summary>How the person signed in, in words: Password, or the name of the connection.</summary>
    public required string SignedInBy { get; init; }

    /// <summary>By what the second factor was proven; null when it was not.</summary>
    public string? SecondFactor { get; init; }

    /// <summary>When it began.</summary>
    public required DateTimeOffset SignedInAt { get; init; }

    /// <summary>When it ends by itself.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>Whether this request was sent with it.</summary>
    public required bool IsThis { get; init; }

    /// <summary>Of a session.</summary>
    public static SessionJson Of(ListedSession session) =>
        new()
        {
            Id = session.Id.Value,
            Device = session.Device,
            Address = session.Address,
            SignedInBy = session.By,
            SecondFactor = session.SecondFactor,
            SignedInAt = session.SignedInAt,
            ExpiresAt = session.ExpiresAt,
            IsThis = session.IsThis,
        };
}

/// <summary>How many sessions ended.</summary>
internal sealed record EndedJson
{
    /// <summary>How many.</summary>
    public required int Ended { get; init; }
}
