using System.Net;

namespace UserManagement.Identity;

/// <summary>
/// Where the relying party may dial. Public addresses always; others only when the operator lists their networks here,
/// apart for the installation's own connections and for those that workspaces make.
/// </summary>
public sealed record OutboundRules
{
    /// <summary>
    /// Networks beside the public ones for the installation's connections: an identity provider in the operator's own network.
    /// </summary>
    public IReadOnlyList<IPNetwork> PlatformNetworks { get; init; } = [];

    /// <summary>
    /// Networks beside the public ones for connections of workspaces. Whoever configures a workspace can make the server dial there.
    /// </summary>
    public IReadOnlyList<IPNetwork> WorkspaceNetworks { get; init; } = [];

    /// <summary>Whether the installation's connections may speak plain http; never for those of workspaces.</summary>
    public bool PlatformMayUseHttp { get; init; }

    /// <summary>Whether endpoints for events may speak plain http.</summary>
    public bool WebhooksMayUseHttp { get; init; }

    /// <summary>How a host's name becomes addresses; each dial asks once and dials what it was told.</summary>
    public Func<string, CancellationToken, Task<IPAddress[]>> Resolve { get; init; } = Dns.GetHostAddressesAsync;

    /// <summary>The longest that one request to a provider may take.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(5);
}
