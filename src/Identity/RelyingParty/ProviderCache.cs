using System.Collections.Concurrent;
using UserManagement.Membership;
using UserManagement.Membership.Connections;

namespace UserManagement.Identity;

/// <summary>
/// Documents and keys of providers, apart for each connection, so that no workspace's provider can spend what another
/// needs. Nothing that decides who somebody is is kept: only what the provider publishes.
/// </summary>
internal sealed class ProviderCache(Outbound outbound, TimeProvider time)
{
    private const int MostKept = 5000;
    private readonly ConcurrentDictionary<Id<IdentityConnection>, Provider> _providers = new();

    /// <summary>The provider's document. Refusals: <c>providerUnreachable</c>, <c>issuerMismatch</c>, <c>addressNotAllowed</c>.</summary>
    public Task<Outcome<ProviderDocument>> DocumentAsync(IdentityConnection connection, CancellationToken ct) => Of(connection).Document.GetAsync(ct);

    /// <summary>The provider's keys as they are known. Refusals: <c>providerUnreachable</c>, <c>addressNotAllowed</c>.</summary>
    public Task<Outcome<ProviderKeys>> KeysAsync(IdentityConnection connection, ProviderDocument document, CancellationToken ct) =>
        Of(connection).Keys(document.JwksUri, () => FetchKeys(connection, document.JwksUri)).GetAsync(ct);

    /// <summary>Newer keys than those that did not fit, if they may be asked for now; else the same.</summary>
    public Task<ProviderKeys> NewerKeysAsync(IdentityConnection connection, ProviderDocument document, ProviderKeys seen, CancellationToken ct) =>
        Of(connection).Keys(document.JwksUri, () => FetchKeys(connection, document.JwksUri)).RenewAsync(seen, ct);

    /// <summary>Asks the provider now, keeping nothing: before a connection is stored.</summary>
    public async Task<Refusal?> ProbeAsync(IdentityConnection connection, CancellationToken ct) =>
        (await FetchDocumentAsync(connection, ct)).Is(out var document, out var refusal)
            ? (await FetchKeysAsync(connection, document.JwksUri, ct)).Refusal
            : refusal;

    private Provider Of(IdentityConnection connection)
    {
        if (_providers.TryGetValue(connection.Id, out var known) && known.Authority == connection.Authority)
        {
            return known;
        }

        if (_providers.Count >= MostKept)
        {
            _providers.Clear();
        }

        var made = new Provider(connection.Authority, new(time, ct => FetchDocumentAsync(connection, ct)));
        return _providers.AddOrUpdate(connection.Id, made, (_, there) => there.Authority == made.Authority ? there : made);
    }

    private async Task<Outcome<ProviderDocument>> FetchDocumentAsync(IdentityConnection connection, CancellationToken ct) =>
        (await outbound.ReadAsync(connection, ProviderDocument.AddressOf(connection.Authority), ct)).Is(out var body, out var refusal)
            ? ProviderDocument.Read(connection, body, address => outbound.MayDial(connection, address))
            : refusal;

    private Cached<ProviderKeys> FetchKeys(IdentityConnection connection, Uri address) => new(time, ct => FetchKeysAsync(connection, address, ct));

    private async Task<Outcome<ProviderKeys>> FetchKeysAsync(IdentityConnection connection, Uri address, CancellationToken ct) =>
        (await outbound.ReadAsync(connection, address, ct)).Is(out var body, out var refusal)
            ? ProviderKeys.Read(body) is { } keys ? keys : Outbound.Unreachable(connection)
            : refusal;

    private sealed class Provider(string authority, Cached<ProviderDocument> document)
    {
        private readonly Lock _gate = new();
        private (Uri Address, Cached<ProviderKeys> Cached)? _keys;

        public string Authority { get; } = authority;

        public Cached<ProviderDocument> Document { get; } = document;

        public Cached<ProviderKeys> Keys(Uri address, Func<Cached<ProviderKeys>> make)
        {
            lock (_gate)
            {
                if (_keys is not { } known || known.Address != address)
                {
                    _keys = known = (address, make());
                }

                return known.Cached;
            }
        }
    }
}
