using Microsoft.Extensions.Logging;
using UserManagement.Membership;
using UserManagement.Membership.Connections;

namespace UserManagement.Identity;

/// <summary>
/// Asks a provider whether it is what a connection says, and whether a sign-in there can work: before the connection is stored, keeping
/// nothing.
/// </summary>
/// <param name="rules">Where it may dial.</param>
/// <param name="log">Gets the kind of a failure.</param>
public sealed class ProviderProbe(OutboundRules rules, ILogger<ProviderProbe> log) : IDisposable
{
    private readonly Outbound _outbound = new(rules, log);

    /// <summary>
    /// Asks: a <see cref="ConnectionProbe"/>. Refusals: <c>providerUnreachable</c>, <c>issuerMismatch</c>, <c>addressNotAllowed</c>,
    /// <c>documentMoved</c>, <c>providerUnsupported</c>.
    /// </summary>
    public async Task<Refusal?> AskAsync(IdentityConnection connection, CancellationToken ct) =>
        (await ProviderDocument.FetchAsync(connection, _outbound, ct)).Is(out var claims, out var refusal)
        && ProviderDocument.Read(connection, claims, address => _outbound.MayDial(connection, address)).Is(out var document, out refusal)
            ? ProviderFit.Unfit(connection, claims) ?? (await ProviderMetadata.WithKeysAsync(connection, _outbound, document, ct)).Refusal
            : refusal;

    /// <inheritdoc/>
    public void Dispose() => _outbound.Dispose();
}
