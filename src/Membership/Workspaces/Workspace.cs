namespace UserManagement.Membership.Workspaces;

/// <summary>A workspace: the tenant in which people hold a role, a license and a seat.</summary>
public sealed record Workspace
{
    /// <summary>Its id.</summary>
    public required Id<Workspace> Id { get; init; }

    /// <summary>Its name in addresses: lower case letters, digits and hyphens, 1 to 63 of them, unique in the installation.</summary>
    public required string Slug { get; init; }

    /// <summary>The name that people see.</summary>
    public required string Name { get; init; }

    /// <summary>The stored form of its <see cref="WorkspaceConfiguration"/>.</summary>
    public required string Configuration { get; init; }

    /// <summary>
    /// Whether the operator lets people join by their e-mail domain here; null or false: nobody does, whatever its admins set.
    /// </summary>
    public bool? DomainJoinAllowed { get; init; }

    /// <summary>The stored form of its <see cref="Workspaces.AiCoordinator"/>; null for none.</summary>
    public string? AiCoordinator { get; init; }

    /// <summary>The file name of its logo, with a digest of what it holds in it (<see cref="WorkspaceLogo"/>); null for none.</summary>
    public string? Logo { get; init; }

    /// <summary>The stored form of its <see cref="Plans.Plan"/>; null where none was set.</summary>
    public string? Plan { get; init; }

    /// <summary>Who pays for it, as the billing provider calls them; null for nobody. One workspace for each.</summary>
    public string? BillingCustomer { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Counts its changes, new tokens and keys among them; a change names the version it saw.</summary>
    public required long Version { get; init; }

    /// <summary>
    /// Counts the changes of <see cref="Configuration"/> alone. Every act that was planned from a configuration names the
    /// version it saw; the database raises it, whoever changes the configuration.
    /// </summary>
    public long ConfigurationVersion { get; init; } = 1;

    /// <summary>What its endpoints want to know of, see <see cref="Webhooks.WantedEvents"/>; null while it has none.</summary>
    public string? Webhooks { get; init; }
}
