using UserManagement.Membership.Connections;

namespace UserManagement.Membership.Accounts;

/// <summary>A signed-in browser. The cookie holds a random secret; the row is found by its hash and decides at each request.</summary>
public sealed record Session
{
    /// <summary>Its id, for lists and for ending it.</summary>
    public required Id<Session> Id { get; init; }

    /// <summary>SHA-256 of the cookie's secret.</summary>
    public required byte[] SecretHash { get; init; }

    /// <summary>Who is signed in.</summary>
    public required Id<Account> AccountId { get; init; }

    /// <summary>
    /// By what means: <c>password</c>, <c>link</c>, <c>passkey</c>, or the kind of the connection: <c>google</c>, <c>entra</c>,
    /// <c>oidc</c>.
    /// </summary>
    public required string SignedInBy { get; init; }

    /// <summary>
    /// The connection through which the person signed in; the session opens what it opens, and nothing once it is gone. Null for none.
    /// </summary>
    public Id<IdentityConnection>? ConnectionId { get; init; }

    /// <summary>The person's login at that connection; null exactly when there is no connection.</summary>
    public Id<Login>? LoginId { get; init; }

    /// <summary>When the person signed in.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>
    /// When the person last proved who they are, for what asks for it anew; <see cref="Undated"/> where a provider did not say when
    /// that was (<see cref="ProofIsUndated"/>).
    /// </summary>
    public required DateTimeOffset AuthenticatedAt { get; init; }

    /// <summary>
    /// Whether a provider led the person in and did not say when they had proven who they are; null in rows of an older version,
    /// where the time alone tells. Ends with the next proof, which has a time.
    /// </summary>
    public bool? ProofIsUndated { get; init; }

    /// <summary>
    /// What stands for a proof of which nobody says when it was made: just too old for <see cref="Factors.RecentAuthentication"/>.
    /// </summary>
    /// <param name="at">When the session is opened.</param>
    public static DateTimeOffset Undated(DateTimeOffset at) => at - Factors.RecentAuthentication.Lifetime;

    /// <summary>Whether a provider led the person in and did not say when they had proven who they are.</summary>
    public bool IsUndated => ProofIsUndated != false && ConnectionId is not null && AuthenticatedAt == Undated(CreatedAt);

    /// <summary>Since when it stands, against an admin's end of the member's sessions: what ends after this ends it.</summary>
    public DateTimeOffset StandsSince => IsUndated ? CreatedAt : AuthenticatedAt;

    /// <summary>By what the second factor was proven: <c>totp</c>, <c>recovery</c>, <c>passkey</c>; null while it was not.</summary>
    public string? SecondProvenBy { get; init; }

    /// <summary>When it was proven; null exactly when it was not.</summary>
    public DateTimeOffset? SecondProvenAt { get; init; }

    /// <summary>
    /// How the person authenticated at the provider (<c>amr</c>, RFC 8176), separated by blanks; null when it did not say, or there is
    /// none.
    /// </summary>
    public string? ProviderMethods { get; init; }

    /// <summary>When it ends by itself.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>When it was ended; null while it lives.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>The browser's User-Agent, cut to 200 characters; null when it sent none.</summary>
    public string? UserAgent { get; init; }

    /// <summary>The address it came from; null when unknown.</summary>
    public string? Address { get; init; }
}
