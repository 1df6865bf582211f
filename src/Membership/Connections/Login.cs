using UserManagement.Membership.Accounts;

namespace UserManagement.Membership.Connections;

/// <summary>
/// A person's identity at a provider, and the account it leads to. Found by connection, issuer and subject and by
/// nothing else; name and address are as last seen, for showing and for matching an invitation, never for finding.
/// No act changes the account.
/// </summary>
public sealed record Login
{
    /// <summary>Its id.</summary>
    public required Id<Login> Id { get; init; }

    /// <summary>The connection.</summary>
    public required Id<IdentityConnection> ConnectionId { get; init; }

    /// <summary>The issuer; Entra's holds the tenant, Google's is always the form with https.</summary>
    public required string Issuer { get; init; }

    /// <summary>The subject: <c>oid</c> at Entra, <c>sub</c> elsewhere.</summary>
    public required string Subject { get; init; }

    /// <summary>The account that it leads to.</summary>
    public required Id<Account> AccountId { get; init; }

    /// <summary>The provider's user-name claim as last seen; null when it sent none.</summary>
    public string? UserName { get; init; }

    /// <summary>The address as last seen; null when it sent none. Proves nothing.</summary>
    public string? Email { get; init; }

    /// <summary>
    /// The names that the provider stood for when last seen (<see cref="LinkProof.Names"/>), as keys, one a line; null for none.
    /// </summary>
    public string? ProvenNames { get; init; }

    /// <summary>Entra's tenant as last seen; null for others.</summary>
    public string? TenantId { get; init; }

    /// <summary>Google's hosted domain as last seen; null for others and for consumer accounts.</summary>
    public string? HostedDomain { get; init; }

    /// <summary>When it was linked.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Counts the changes; a change names the version it saw.</summary>
    public required long Version { get; init; }
}

/// <summary>The state of a sign-in that was used: kept until it would have run out, so that no answer opens two sessions.</summary>
public sealed record SpentState
{
    /// <summary>SHA-256 of the state.</summary>
    public required byte[] StateHash { get; init; }

    /// <summary>When the row may go.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }
}
