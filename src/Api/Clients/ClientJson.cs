using System.Diagnostics.CodeAnalysis;
using UserManagement.Membership.Apps;

namespace UserManagement.Api.Clients;

/// <summary>An app of a workspace, without its secrets.</summary>
internal sealed record ClientJson : ClientSettings
{
    [SetsRequiredMembers]
    private ClientJson(ClientSettings settings, Client row)
        : base(settings)
    {
        ClientId = row.ClientId!;
        Secrets = [.. ClientSecrets.Of(row).Select(ClientSecretJson.Of)];
        CreatedAt = row.CreatedAt;
        Version = row.Version;
    }

    /// <summary>Its client_id: letters, digits and -._, and its name in addresses here.</summary>
    public required string ClientId { get; init; }

    /// <summary>Its secrets, of which two may live at once; empty for one that has none.</summary>
    public required IReadOnlyList<ClientSecretJson> Secrets { get; init; }

    /// <summary>
    /// The last use, to the minute; null for never. Like who it was told when apps are read alone, for it moves no version.
    /// </summary>
    public DateTimeOffset? LastUsedAt { get; init; }

    /// <summary>Who signed in through it then, by name; null when it acted for itself.</summary>
    public string? LastUsedBy { get; init; }

    /// <summary>When it was registered.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Counts the changes.</summary>
    public required long Version { get; init; }

    /// <summary>Of an app.</summary>
    public static ClientJson Of(Client row, DateTimeOffset? lastUsedAt = null, string? lastUsedBy = null) =>
        new(ClientSettings.Of(row), row) { LastUsedAt = lastUsedAt, LastUsedBy = lastUsedBy };
}

/// <summary>A secret of an app, without what it is.</summary>
internal sealed record ClientSecretJson
{
    /// <summary>Its id, to take it away.</summary>
    public required Guid Id { get; init; }

    /// <summary>Its last four characters, to tell two apart.</summary>
    public required string SecretEnd { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Of a secret.</summary>
    public static ClientSecretJson Of(ClientSecret secret) =>
        new()
        {
            Id = secret.Id,
            SecretEnd = secret.End,
            CreatedAt = secret.CreatedAt,
        };
}

/// <summary>An app to register.</summary>
internal sealed record NewClient : ClientSettings
{
    /// <summary>Its client_id, 3 to 100 letters, digits and -._; absent to have one made.</summary>
    public string? ClientId { get; init; }
}

/// <summary>An app with the secret that was just made.</summary>
internal sealed record IssuedClientJson
{
    /// <summary>The app.</summary>
    public required ClientJson Client { get; init; }

    /// <summary>The secret, this once; null for an app that has none.</summary>
    public string? Secret { get; init; }
}
