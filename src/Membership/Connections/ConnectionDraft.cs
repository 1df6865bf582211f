using System.Security.Cryptography;

namespace UserManagement.Membership.Connections;

/// <summary>A connection as somebody wants it.</summary>
public sealed record ConnectionDraft
{
    /// <summary>Whose rules it follows.</summary>
    public required ConnectionKind Kind { get; init; }

    /// <summary>The name on the button, 1 to 100 characters.</summary>
    public required string Name { get; init; }

    /// <summary>The issuer, letter by letter as the provider writes it.</summary>
    public required string Authority { get; init; }

    /// <summary>The client id that the provider gave.</summary>
    public required string ClientId { get; init; }

    /// <summary>How the server authenticates at the token endpoint.</summary>
    public ClientAuthentication ClientAuthentication { get; init; }

    /// <summary>
    /// The client secret, or the private key as PEM (RSA of 2048 bits and more, or P-256); null keeps the one that is there.
    /// </summary>
    public string? Credential { get; init; }

    /// <summary>The key's id at the provider; null for none.</summary>
    public string? KeyId { get; init; }

    /// <summary>Entra tenants by id; empty for any.</summary>
    public IReadOnlyList<string> Tenants { get; init; } = [];

    /// <summary>Google domains; empty for any account.</summary>
    public IReadOnlyList<string> Domains { get; init; } = [];

    /// <summary>See <see cref="IdentityConnection.Scopes"/>; null for the usual ones.</summary>
    public string? Scopes { get; init; }

    /// <summary>See <see cref="IdentityConnection.AllowPersonalAccounts"/>.</summary>
    public bool AllowPersonalAccounts { get; init; }

    /// <summary>See <see cref="IdentityConnection.AllowGuests"/>.</summary>
    public bool AllowGuests { get; init; }

    /// <summary>See <see cref="IdentityConnection.UnknownMayJoin"/>.</summary>
    public bool UnknownMayJoin { get; init; }

    /// <summary>See <see cref="IdentityConnection.TrustsUserNames"/>.</summary>
    public bool TrustsUserNames { get; init; }

    /// <summary>See <see cref="IdentityConnection.SubjectIsExternalId"/>.</summary>
    public bool SubjectIsExternalId { get; init; }

    /// <summary>See <see cref="IdentityConnection.ReadUserInfo"/>.</summary>
    public bool ReadUserInfo { get; init; }

    /// <summary>Whether it may be used.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>The draft of a connection that is there, without its credential.</summary>
    public static ConnectionDraft Of(IdentityConnection connection) =>
        new()
        {
            Kind = connection.Kind,
            Name = connection.Name,
            Authority = connection.Authority,
            ClientId = connection.ClientId,
            ClientAuthentication = connection.ClientAuthentication,
            KeyId = connection.KeyId,
            Tenants = connection.TenantList,
            Domains = connection.DomainList,
            Scopes = connection.Scopes,
            AllowPersonalAccounts = connection.AllowPersonalAccounts,
            AllowGuests = connection.AllowGuests,
            UnknownMayJoin = connection.UnknownMayJoin,
            TrustsUserNames = connection.TrustsUserNames,
            SubjectIsExternalId = connection.SubjectIsExternalId,
            ReadUserInfo = connection.ReadUserInfo,
            Enabled = connection.Enabled,
        };

    /// <summary>The connection with what the draft says; its credential is sealed anew when one is given.</summary>
    internal IdentityConnection Onto(IdentityConnection connection, SecretBox box) =>
        connection with
        {
            Name = Name.Trim(),
            Authority = Authority,
            ClientId = ClientId,
            ClientAuthentication = ClientAuthentication,
            CredentialSealed = Credential is null ? connection.CredentialSealed : box.SealText(IdentityConnection.Purpose, Credential),
            KeyId = string.IsNullOrEmpty(KeyId) ? null : KeyId,
            Tenants = string.Join(' ', Tenants.Select(t => t.ToLowerInvariant()).Distinct()),
            Domains = string.Join(' ', Domains.Select(d => EmailAddress.Domain("@" + d)).Distinct()),
            Scopes = string.IsNullOrWhiteSpace(Scopes)
                ? IdentityConnection.DefaultScopes
                : string.Join(' ', Scopes.Split(' ', StringSplitOptions.RemoveEmptyEntries).Distinct()),
            AllowPersonalAccounts = AllowPersonalAccounts,
            AllowGuests = AllowGuests,
            UnknownMayJoin = UnknownMayJoin,
            TrustsUserNames = TrustsUserNames,
            SubjectIsExternalId = SubjectIsExternalId,
            ReadUserInfo = ReadUserInfo,
            Enabled = Enabled,
        };

    /// <summary>Whether this is a key that private_key_jwt can sign with.</summary>
    internal static bool IsPrivateKey(string pem)
    {
        try
        {
            using var rsa = RSA.Create();
            rsa.ImportFromPem(pem);
            return rsa.KeySize is >= 2048 and <= 8192 && rsa.ExportParameters(true).D is not null;
        }
        catch (Exception e) when (e is ArgumentException or CryptographicException)
        {
            return IsCurveKey(pem);
        }
    }

    private static bool IsCurveKey(string pem)
    {
        try
        {
            using var key = ECDsa.Create();
            key.ImportFromPem(pem);
            return key.KeySize == 256 && key.ExportParameters(true).D is not null;
        }
        catch (Exception e) when (e is ArgumentException or CryptographicException)
        {
            return false;
        }
    }
}
