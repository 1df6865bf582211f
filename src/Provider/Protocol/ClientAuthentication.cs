using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OpenIddict.Abstractions;
using OpenIddict.Core;
using UserManagement.Membership.Apps;

namespace UserManagement.Provider.Protocol;

/// <summary>Apps prove themselves by one of two secrets, which are random and kept as plain hashes.</summary>
internal sealed class ClientAuthentication(
    IOpenIddictApplicationCache<Client> cache,
    ILogger<OpenIddictApplicationManager<Client>> log,
    IOptionsMonitor<OpenIddictCoreOptions> options,
    IOpenIddictApplicationStore<Client> store
) : OpenIddictApplicationManager<Client>(cache, log, options, store)
{
    protected override ValueTask<bool> ValidateClientSecretAsync(
        string secret,
        string comparand,
        CancellationToken cancellationToken = default
    ) => ValueTask.FromResult(ClientSecrets.Match(comparand, secret));
}
