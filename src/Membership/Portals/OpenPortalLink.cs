using UserManagement.Membership.Data;

namespace UserManagement.Membership.Portals;

/// <summary>
/// Begins a session with a link. The session is of this link and no longer than it; that it began is audited. Refusals: <c>notFound</c>,
/// <c>portalClosed</c>.
/// </summary>
public sealed class OpenPortalLink(Store store)
{
    private readonly RecognizePortalLink _recognize = new(store);

    /// <summary>Begins it.</summary>
    public async Task<Outcome<PortalVisitor>> RunAsync(string? secret, CancellationToken ct)
    {
        if (!(await _recognize.BySecretAsync(secret, ct)).Is(out var visitor, out var refusal))
        {
            return refusal;
        }

        return await store.ChangeAsync<PortalVisitor>(
            visitor.Actor,
            visitor.Workspace.Id,
            "portalLink.opened",
            attempt =>
            {
                CreatePortalLink.Tell(attempt, "portalLink.opened", visitor.Link);
                return Task.FromResult<Outcome<PortalVisitor>>(visitor);
            },
            ct
        );
    }
}
