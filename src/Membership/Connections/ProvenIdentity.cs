namespace UserManagement.Membership.Connections;

/// <summary>
/// What a provider said of a person, after every check of the answer: what the relying party hands to the core.
/// </summary>
public sealed record ProvenIdentity
{
    /// <summary>The connection through which it was said.</summary>
    public required Id<IdentityConnection> ConnectionId { get; init; }

    /// <summary>The kind of that connection.</summary>
    public required ConnectionKind Kind { get; init; }

    /// <summary>The issuer in its one form.</summary>
    public required string Issuer { get; init; }

    /// <summary>The subject: <c>oid</c> at Entra, <c>sub</c> elsewhere.</summary>
    public required string Subject { get; init; }

    /// <summary>The user-name claim: Google's verified address, Entra's <c>preferred_username</c>; null when there is none.</summary>
    public string? UserName
    {
        get;
        init => field = Key.Identifier(value);
    }

    /// <summary>Entra's <c>upn</c>, which only the tenant's admins can set; null where it was not sent, and for others.</summary>
    public string? PrincipalName { get; init; }

    /// <summary>The address; null when none was sent.</summary>
    public string? Email
    {
        get;
        init => field = Key.Identifier(value);
    }

    /// <summary>
    /// Whether the provider can know that the address is the person's: Google for its own and for the hosted domain's
    /// addresses, Entra by <c>xms_edov</c>, others by <c>email_verified</c>. Only a platform connection's word counts.
    /// </summary>
    public bool EmailProven { get; init; }

    /// <summary>The name to show; null for none.</summary>
    public string? DisplayName
    {
        get;
        init => field = Key.Shown(value);
    }

    /// <summary>First name; null for none.</summary>
    public string? GivenName
    {
        get;
        init => field = Key.Shown(value);
    }

    /// <summary>Last name; null for none.</summary>
    public string? FamilyName
    {
        get;
        init => field = Key.Shown(value);
    }

    /// <summary>Entra's tenant in lower case; null for others.</summary>
    public string? TenantId { get; init; }

    /// <summary>Google's hosted domain in lower case; null for others and for consumer accounts.</summary>
    public string? HostedDomain { get; init; }

    /// <summary>Whether it is a personal Microsoft account.</summary>
    public bool IsPersonal { get; init; }

    /// <summary>Whether it is a guest in its Entra tenant.</summary>
    public bool IsGuest { get; init; }

    /// <summary>How the person authenticated there (<c>amr</c>, RFC 8176); empty when the provider does not say.</summary>
    public IReadOnlyList<string> AuthenticationMethods { get; init; } = [];

    /// <summary>When the person authenticated there; null when the provider does not say.</summary>
    public DateTimeOffset? AuthenticatedAt { get; init; }

    /// <summary>SHA-256 of the sign-in's state, which is used up with the session.</summary>
    public required byte[] StateHash { get; init; }

    /// <summary>When that state runs out.</summary>
    public required DateTimeOffset StateExpiresAt { get; init; }
}
