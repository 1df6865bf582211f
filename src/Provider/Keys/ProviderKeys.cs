using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;
using Microsoft.IdentityModel.Tokens;
using OpenIddict.Server;
using UserManagement.Membership.Apps;
using UserManagement.Membership.Data;

namespace UserManagement.Provider.Keys;

/// <summary>
/// The keys of the database as OpenIddict's options. They are made anew when <see cref="Look"/> finds others, also while requests
/// run; the key that signs comes first, and all are published.
/// </summary>
internal sealed class ProviderKeys(ReadAppKeys read, Store store)
    : IConfigureOptions<OpenIddictServerOptions>,
        IOptionsChangeTokenSource<OpenIddictServerOptions>,
        IDisposable
{
    private readonly Lock _gate = new();
    private CancellationTokenSource _changed = new();
    private string _seen = "";

    /// <inheritdoc/>
    public string Name => Options.DefaultName;

    /// <inheritdoc/>
    public IChangeToken GetChangeToken()
    {
        lock (_gate)
        {
            return new CancellationChangeToken(_changed.Token);
        }
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">No key is there, or none that this server's master key opens.</exception>
    public void Configure(OpenIddictServerOptions options)
    {
        options.TimeProvider = store.Time;
        var keys = read.Run();
        if (keys.Count == 0)
        {
            throw new InvalidOperationException("The OpenID Provider has no key that this server can open.");
        }

        lock (_gate)
        {
            _seen = Seen(keys);
        }

        foreach (var key in keys)
        {
            var rsa = RSA.Create();
            rsa.ImportPkcs8PrivateKey(key.Signing, out _);
            options.SigningCredentials.Add(new(new RsaSecurityKey(rsa) { KeyId = key.Row.KeyId }, SecurityAlgorithms.RsaSha256));
            options.EncryptionCredentials.Add(
                new(
                    new SymmetricSecurityKey(key.Sealing) { KeyId = key.Row.KeyId },
                    SecurityAlgorithms.Aes256KW,
                    SecurityAlgorithms.Aes256CbcHmacSha512
                )
            );
        }
    }

    /// <summary>Looks whether others hold by now, and lets the options be made anew if so.</summary>
    public void Look()
    {
        var seen = Seen(read.Run());
        CancellationTokenSource? before = null;
        lock (_gate)
        {
            if (_seen.Length > 0 && _seen != seen)
            {
                (before, _changed) = (_changed, new());
            }
        }

        before?.Cancel();
    }

    /// <inheritdoc/>
    public void Dispose() => _changed.Dispose();

    private static string Seen(IReadOnlyList<OpenAppKey> keys) => string.Join(' ', keys.Select(k => k.Row.KeyId));
}
