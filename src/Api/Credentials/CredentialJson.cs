using UserManagement.Membership.Access;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Api.Credentials;

/// <summary>An API key, without what a program sends.</summary>
internal sealed record ApiKeyJson
{
    /// <summary>Its id.</summary>
    public required Guid Id { get; init; }

    /// <summary>A name for people.</summary>
    public required string Name { get; init; }

    /// <summary>The key of the role as which it acts.</summary>
    public required string Role { get; init; }

    /// <summary>The last four characters, to tell two apart.</summary>
    public required string KeyEnd { get; init; }

    /// <summary>Who made it, by name.</summary>
    public required string MadeBy { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it ends by itself.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>When it was revoked; null while it is not.</summary>
    public DateTimeOffset? RevokedAt { get; init; }

    /// <summary>The last use, to the minute; null for never, and in the answer to a change.</summary>
    public DateTimeOffset? LastUsedAt { get; init; }

    /// <summary>Of a key.</summary>
    public static ApiKeyJson Of(ApiKey key, DateTimeOffset? lastUsedAt = null) =>
        new()
        {
            Id = key.Id.Value,
            Name = key.Name,
            Role = key.Role,
            KeyEnd = key.KeyEnd,
            MadeBy = key.MadeBy,
            CreatedAt = key.CreatedAt,
            ExpiresAt = key.ExpiresAt,
            RevokedAt = key.RevokedAt,
            LastUsedAt = lastUsedAt,
        };
}

/// <summary>A key to make.</summary>
internal sealed record NewApiKey
{
    /// <summary>Which program it is for, 1 to 100 characters.</summary>
    public required string Name { get; init; }

    /// <summary>The key of the role as which it acts, up to what the maker may hand out.</summary>
    public required string Role { get; init; }

    /// <summary>Days until it ends by itself, 1 to 366.</summary>
    public required int Days { get; init; }
}

/// <summary>A key that was just made.</summary>
internal sealed record IssuedApiKeyJson
{
    /// <summary>The key as it is kept.</summary>
    public required ApiKeyJson ApiKey { get; init; }

    /// <summary>What the program sends: a secret, shown this once.</summary>
    public required string Key { get; init; }
}

/// <summary>A directory's token, without the token.</summary>
internal sealed record ScimTokenJson
{
    /// <summary>Its id.</summary>
    public required Guid Id { get; init; }

    /// <summary>A name for people.</summary>
    public required string Name { get; init; }

    /// <summary>The last four characters, to tell two apart.</summary>
    public required string TokenEnd { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it ends by itself; null for never.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>When it was revoked; null while it is not.</summary>
    public DateTimeOffset? RevokedAt { get; init; }

    /// <summary>The last use, to the minute; null for never, and in the answer to a change.</summary>
    public DateTimeOffset? LastUsedAt { get; init; }

    /// <summary>Of a token.</summary>
    public static ScimTokenJson Of(ScimCredential token, DateTimeOffset? lastUsedAt = null) =>
        new()
        {
            Id = token.Id.Value,
            Name = token.Name,
            TokenEnd = token.TokenEnd,
            CreatedAt = token.CreatedAt,
            ExpiresAt = token.ExpiresAt,
            RevokedAt = token.RevokedAt,
            LastUsedAt = lastUsedAt,
        };
}

/// <summary>A directory's token to make.</summary>
internal sealed record NewScimToken
{
    /// <summary>What it is for, 1 to 100 characters.</summary>
    public required string Name { get; init; }

    /// <summary>Days until it ends by itself, up to 3653; null for never.</summary>
    public int? Days { get; init; }
}

/// <summary>A directory's token that was just made.</summary>
internal sealed record IssuedScimTokenJson
{
    /// <summary>The token as it is kept.</summary>
    public required ScimTokenJson ScimToken { get; init; }

    /// <summary>What the directory sends: a secret, shown this once.</summary>
    public required string Token { get; init; }

    /// <summary>The SCIM base URL to enter at the directory.</summary>
    public required string BaseUrl { get; init; }
}
