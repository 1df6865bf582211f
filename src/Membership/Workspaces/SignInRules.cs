namespace UserManagement.Membership.Workspaces;

/// <summary>Signing in.</summary>
public sealed record SignInRules
{
    /// <summary>Whether people may have a password here.</summary>
    public bool LocalPassword { get; init; } = true;

    /// <summary>
    /// The ids of the installation's connections through which people may come in; null for all of them. The workspace's own always count.
    /// </summary>
    public IReadOnlyList<Guid>? Connections { get; init; }

    /// <summary>Entra tenants whose people may come in through the installation's connections; empty for any.</summary>
    public IReadOnlyList<string> Tenants { get; init; } = [];

    /// <summary>Google domains whose people may come in through the installation's connections; empty for any account.</summary>
    public IReadOnlyList<string> Domains { get; init; } = [];

    /// <summary>Whether somebody unknown whom those lists admit may join at the first sign-in.</summary>
    public bool UnknownMayJoin { get; init; }

    /// <summary>The role of whoever joins so, also through a connection of the workspace's own; null for the role of newcomers.</summary>
    public string? JoinRole { get; init; }

    /// <summary>The second factor's policy.</summary>
    public MfaPolicy Mfa { get; init; } = MfaPolicy.Off;

    /// <summary>
    /// Whether what a provider asserts of a second factor (<c>amr</c>) counts here as one, so that nobody is asked twice.
    /// </summary>
    public bool MfaCountsProvider { get; init; }
}
