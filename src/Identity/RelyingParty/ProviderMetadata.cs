using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;
using UserManagement.Membership;
using UserManagement.Membership.Connections;

namespace UserManagement.Identity;

/// <summary>
/// What the provider of one connection publishes, document and keys, as the OpenIdConnect handler asks for it. Kept apart
/// for each connection, so that no workspace's provider can spend what another needs. Fetched through the guard, by our
/// clock, within our bounds: the library's own manager keeps what it has for ever and knows no other clock.
/// </summary>
internal sealed class ProviderMetadata : BaseConfigurationManager, IConfigurationManager<OpenIdConnectConfiguration>
{
    private readonly Cached<OpenIdConnectConfiguration> _cached;

    public ProviderMetadata(IdentityConnection connection, Outbound outbound, TimeProvider time)
    {
        _cached = new(time, () => FetchAsync(connection, outbound, CancellationToken.None));
        UseLastKnownGoodConfiguration = false; // a key that was taken back stays taken back
    }

    /// <summary>Why the last fetch brought nothing; null when it brought something.</summary>
    public Refusal? Away => _cached.Away;

    /// <summary>
    /// Asks the provider now. Refusals: <c>providerUnreachable</c>, <c>issuerMismatch</c>, <c>addressNotAllowed</c>, <c>documentMoved</c>.
    /// </summary>
    public static async Task<Outcome<OpenIdConnectConfiguration>> FetchAsync(
        IdentityConnection connection,
        Outbound outbound,
        CancellationToken ct
    ) =>
        (await ProviderDocument.FetchAsync(connection, outbound, ct)).Is(out var claims, out var refusal)
        && ProviderDocument.Read(connection, claims, address => outbound.MayDial(connection, address)).Is(out var document, out refusal)
            ? await WithKeysAsync(connection, outbound, document, ct)
            : refusal;

    /// <summary>
    /// The document with its keys. Refusals: <c>providerUnreachable</c>, <c>addressNotAllowed</c>, <c>providerUnsupported</c>.
    /// </summary>
    public static async Task<Outcome<OpenIdConnectConfiguration>> WithKeysAsync(
        IdentityConnection connection,
        Outbound outbound,
        OpenIdConnectConfiguration document,
        CancellationToken ct
    )
    {
        if (!(await outbound.ReadAsync(connection, new(document.JwksUri), ct)).Is(out var body, out var refusal))
        {
            return refusal;
        }

        if (!ProviderKeys.Read(connection, body).Is(out var keys, out refusal))
        {
            return refusal;
        }

        document.JsonWebKeySet = new();
        keys.ToList()
            .ForEach(key =>
            {
                document.JsonWebKeySet.Keys.Add(key);
                document.SigningKeys.Add(key);
            });
        return document;
    }

    /// <inheritdoc/>
    /// <exception cref="SignInRefusedException">The provider is away, or not what the connection says.</exception>
    public async Task<OpenIdConnectConfiguration> GetConfigurationAsync(CancellationToken cancel) =>
        (await _cached.GetAsync(cancel)).Is(out var document, out var refusal) ? document : throw new SignInRefusedException(refusal);

    /// <inheritdoc/>
    public override async Task<BaseConfiguration> GetBaseConfigurationAsync(CancellationToken cancel) =>
        await GetConfigurationAsync(cancel);

    /// <summary>
    /// Whoever asks next waits for what the provider publishes now, so that the first sign-in after a key change succeeds. With the
    /// library's own manager it fails (8.23.0: <c>findings/identitymodel-refresh-in-background.sh</c>).
    /// </summary>
    public override void RequestRefresh() => _cached.Renew();
}
