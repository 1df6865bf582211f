using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Connections;
using UserManagement.Membership.Data;
using UserManagement.Membership.Domains;
using UserManagement.Membership.Members;
using UserManagement.Membership.Provisioning;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Portals;

/// <summary>What has arrived of a workspace's directories.</summary>
/// <param name="First">The first request that the log knows; null for none.</param>
/// <param name="Last">The last request; null for none.</param>
/// <param name="Client">Which directory it is; null while nothing told.</param>
/// <param name="People">How many people of directories are here, at most <see cref="ReadPortalProgress.MostCounted"/>.</param>
/// <param name="Groups">How many groups of directories are here, at most as many.</param>
/// <param name="Refused">The last requests that were refused, met a fault or were done in part, newest first.</param>
/// <param name="IsTokenLive">Whether a token is live.</param>
public sealed record PortalArrivals(
    DateTimeOffset? First,
    DateTimeOffset? Last,
    DirectoryClient? Client,
    int People,
    int Groups,
    IReadOnlyList<ProvisioningLine> Refused,
    bool IsTokenLive
)
{
    /// <summary>Whether the directory is connected: somebody came.</summary>
    public bool IsDone => People > 0;
}

/// <summary>How far a set-up is, by what is really there; null for a part that the link does not open.</summary>
/// <param name="Directory">What has arrived.</param>
/// <param name="Connections">The providers that were connected by links.</param>
/// <param name="Domains">The domains that are claimed.</param>
public sealed record PortalProgress(
    PortalArrivals? Directory,
    IReadOnlyList<IdentityConnection>? Connections,
    IReadOnlyList<EmailDomain>? Domains
)
{
    /// <summary>Whether a provider is connected and on.</summary>
    public bool IsSignInDone => Connections?.Any(c => c.Enabled) == true;

    /// <summary>Whether a domain is proven.</summary>
    public bool IsDomainDone => Domains?.Any(d => d.VerifiedAt is not null) == true;
}

/// <summary>Reads how far the set-up by a link is. Refusals: those of what it reads.</summary>
public sealed class ReadPortalProgress(Store store)
{
    /// <summary>Up to how many people and groups are counted.</summary>
    public const int MostCounted = 10_000;

    private const int MostRefused = 5;

    /// <summary>Reads it.</summary>
    public async Task<Outcome<PortalProgress>> RunAsync(Actor link, Id<Workspace> workspace, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(link);
        PortalArrivals? arrivals = null;
        IReadOnlyList<IdentityConnection>? connections = null;
        IReadOnlyList<EmailDomain>? domains = null;
        Refusal? refusal = null;
        if (
            (link.Opens.HasFlag(PortalScopes.Directory) && !(await ArrivalsAsync(link, workspace, ct)).Is(out arrivals, out refusal))
            || (
                link.Opens.HasFlag(PortalScopes.SignIn)
                && !(await new ListConnections(store).RunAsync(link, workspace, ct)).Is(out connections, out refusal)
            )
        )
        {
            return refusal!;
        }

        if (link.Opens.HasFlag(PortalScopes.Domain))
        {
            if (!(await new ListEmailDomains(store).RunAsync(link, workspace, ct)).Is(out var claimed, out refusal))
            {
                return refusal;
            }

            domains = claimed.Domains;
        }

        return new PortalProgress(arrivals, connections, domains);
    }

    /// <summary>Reads what has arrived.</summary>
    public async Task<Outcome<PortalArrivals>> ArrivalsAsync(Actor link, Id<Workspace> workspace, CancellationToken ct)
    {
        if (!(await new DirectoryPage(store).RunAsync(link, workspace, ct)).Is(out var tokens, out var refusal))
        {
            return refusal;
        }

        var failed = new ProvisioningQuery { Failed = true };
        if (!(await new ListProvisioning(store).RunAsync(link, workspace, failed, null, MostRefused, ct)).Is(out var refused, out refusal))
        {
            return refusal;
        }

        await using var db = store.Read();
        var lines = db.ProvisioningLines.AsNoTracking().Where(l => l.WorkspaceId == workspace && l.ClientId != Guid.Empty);
        var first = await lines.OrderBy(l => l.Id).FirstOrDefaultAsync(ct);
        var last = await lines.OrderByDescending(l => l.Id).FirstOrDefaultAsync(ct);
        var used = tokens.Where(t => t.LastUsedAt is not null).MaxBy(t => t.LastUsedAt);
        return new PortalArrivals(
            first?.At ?? used?.LastUsedAt,
            last?.At is { } at && at > used?.LastUsedAt ? at : used?.LastUsedAt ?? last?.At,
            DirectoryClient.Of(used?.Client, used?.Shape),
            await db
                .Members.Where(m => m.WorkspaceId == workspace && m.State != MemberState.Ended && m.DirectoryActive != null)
                .Take(MostCounted)
                .CountAsync(ct),
            await db.Groups.Where(g => g.WorkspaceId == workspace && g.IsDirectoryManaged).Take(MostCounted).CountAsync(ct),
            refused.Lines,
            tokens.Any(t => t.IsLive)
        );
    }
}
