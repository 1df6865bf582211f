using UserManagement.Membership.Portals;

namespace UserManagement.Api.Portals;

/// <summary>A link to the set-up portal, without what opens it.</summary>
internal sealed record PortalLinkJson
{
    /// <summary>Its id.</summary>
    public required Guid Id { get; init; }

    /// <summary>For whom it is.</summary>
    public required string Note { get; init; }

    /// <summary>Whether it opens the directory's part: its tokens, what has arrived, the provisioning log.</summary>
    public required bool Directory { get; init; }

    /// <summary>Whether it opens the part about the OpenID connection.</summary>
    public required bool SignIn { get; init; }

    /// <summary>Whether it opens the part about the e-mail domain.</summary>
    public required bool Domain { get; init; }

    /// <summary>Whether it opens anything now.</summary>
    public required bool IsLive { get; init; }

    /// <summary>Who made it, by name; null for the operator, for somebody who has left, and in the answer to a revocation.</summary>
    public required string? MadeBy { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it ends by itself.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>When it was revoked; null while it is not.</summary>
    public DateTimeOffset? RevokedAt { get; init; }

    /// <summary>The last use, to the minute; null for never.</summary>
    public DateTimeOffset? LastUsedAt { get; init; }

    /// <summary>Where it was to be mailed; null for nowhere.</summary>
    public string? MailTo { get; init; }

    /// <summary>When the mail left; null for not, or not yet.</summary>
    public DateTimeOffset? MailedAt { get; init; }

    /// <summary>Of a link.</summary>
    public static PortalLinkJson Of(PortalLink link, bool isLive, string? madeBy) =>
        new()
        {
            Id = link.Id.Value,
            Note = link.Note,
            Directory = link.OpensDirectory,
            SignIn = link.OpensSignIn,
            Domain = link.OpensDomain,
            IsLive = isLive,
            MadeBy = madeBy,
            CreatedAt = link.CreatedAt,
            ExpiresAt = link.ExpiresAt,
            RevokedAt = link.RevokedAt,
            LastUsedAt = link.LastUsedAt,
            MailTo = link.MailAddress,
            MailedAt = link.MailedAt,
        };
}

/// <summary>A link to make.</summary>
internal sealed record NewPortalLink
{
    /// <summary>For whom it is, 1 to 100 characters; it stands in the audit log beside what is done by it.</summary>
    public required string Note { get; init; }

    /// <summary>Whether it opens the directory's part.</summary>
    public bool Directory { get; init; }

    /// <summary>Whether it opens the part about the OpenID connection; the maker must be allowed to configure the workspace.</summary>
    public bool SignIn { get; init; }

    /// <summary>Whether it opens the part about the e-mail domain; the maker must be allowed to configure the workspace.</summary>
    public bool Domain { get; init; }

    /// <summary>Days until it ends by itself, 1 to 30; null for 7.</summary>
    public int? Days { get; init; }

    /// <summary>An address to which it is mailed; null for none.</summary>
    public string? MailTo { get; init; }

    /// <summary>As the core takes it.</summary>
    public PortalLinkDraft Draft() =>
        new(
            Note,
            (Directory ? PortalScopes.Directory : PortalScopes.None)
                | (SignIn ? PortalScopes.SignIn : PortalScopes.None)
                | (Domain ? PortalScopes.Domain : PortalScopes.None),
            Days ?? CreatePortalLink.UsualDays,
            MailTo
        );
}

/// <summary>A link that was just made.</summary>
internal sealed record IssuedPortalLinkJson
{
    /// <summary>The link as it is kept.</summary>
    public required PortalLinkJson Link { get; init; }

    /// <summary>Its address: a secret, shown this once.</summary>
    public required string Url { get; init; }
}
