using System.Globalization;
using UserManagement.Membership.Connections;
using UserManagement.Ui;

namespace UserManagement.AdminUi.SignInPages;

/// <summary>What the form of a connection holds, as it was typed. Secrets are read and never shown again.</summary>
public sealed record ConnectionForm
{
    private const string EntraHost = "https://login.microsoftonline.com";

    /// <summary>Whose rules it follows.</summary>
    public required ConnectionKind Kind { get; init; }

    /// <summary>The sealed id of a connection that is yet to be made; empty for one that is there.</summary>
    public string Reserved { get; init; } = "";

    /// <summary>The version on which the form is based; 0 for a new one.</summary>
    public long Seen { get; init; }

    /// <summary>The name on the button.</summary>
    public string Name { get; init; } = "";

    /// <summary>The issuer; for Google and Entra empty takes the usual one.</summary>
    public string Authority { get; init; } = "";

    /// <summary>The client id.</summary>
    public string ClientId { get; init; } = "";

    /// <summary>How the server authenticates.</summary>
    public ClientAuthentication Proof { get; init; }

    /// <summary>The new secret or key; null keeps the one that is there.</summary>
    public string? Credential { get; init; }

    /// <summary>The key's id.</summary>
    public string KeyId { get; init; } = "";

    /// <summary>The scopes.</summary>
    public string Scopes { get; init; } = IdentityConnection.DefaultScopes;

    /// <summary>Tenants or domains, one a line.</summary>
    public string Listed { get; init; } = "";

    /// <summary>Whether somebody unknown may join.</summary>
    public bool UnknownMayJoin { get; init; }

    /// <summary>Whether guests may join so.</summary>
    public bool AllowGuests { get; init; }

    /// <summary>Whether personal accounts may join so.</summary>
    public bool AllowPersonalAccounts { get; init; }

    /// <summary>Whether user names are the directory's.</summary>
    public bool TrustsUserNames { get; init; }

    /// <summary>Whether the directory's externalId is the provider's <c>sub</c>.</summary>
    public bool SubjectIsExternalId { get; init; }

    /// <summary>Whether UserInfo is asked.</summary>
    public bool ReadUserInfo { get; init; }

    /// <summary>An empty form.</summary>
    public static ConnectionForm New(ConnectionKind kind, string reserved) =>
        new()
        {
            Kind = kind,
            Reserved = reserved,
            Name = kind == ConnectionKind.Oidc ? "" : SignInWords.Kind(kind),
        };

    /// <summary>The form of a connection that is there.</summary>
    public static ConnectionForm Of(IdentityConnection row)
    {
        var form = new ConnectionForm
        {
            Kind = row.Kind,
            Seen = row.Version,
            Name = row.Name,
            Authority = row.Authority,
            ClientId = row.ClientId,
            Proof = row.ClientAuthentication,
            KeyId = row.KeyId ?? "",
            Scopes = row.Scopes,
            Listed = string.Join('\n', row.Kind == ConnectionKind.Google ? row.DomainList : row.TenantList),
            UnknownMayJoin = row.UnknownMayJoin,
            AllowGuests = row.AllowGuests,
            AllowPersonalAccounts = row.AllowPersonalAccounts,
            TrustsUserNames = row.TrustsUserNames,
            SubjectIsExternalId = row.SubjectIsExternalId,
            ReadUserInfo = row.ReadUserInfo,
        };
        return form with { Authority = form.Usual == row.Authority ? "" : row.Authority };
    }

    /// <summary>What was posted.</summary>
    public static ConnectionForm Read(PageRequest visit, ConnectionKind kind)
    {
        var proof = visit.Field("proof") switch
        {
            "post" => ClientAuthentication.SecretPost,
            "key" => ClientAuthentication.PrivateKeyJwt,
            _ => ClientAuthentication.SecretBasic,
        };
        var credential = visit.Field(proof == ClientAuthentication.PrivateKeyJwt ? "key" : "secret");
        return new()
        {
            Kind = kind,
            Reserved = visit.Field("reserved"),
            Seen = long.TryParse(visit.Field("version"), NumberStyles.None, CultureInfo.InvariantCulture, out var seen) ? seen : 0,
            Name = visit.Field("name"),
            Authority = visit.Field("authority"),
            ClientId = visit.Field("clientId"),
            Proof = proof,
            Credential = credential.Length == 0 ? null : credential,
            KeyId = visit.Field("keyId"),
            Scopes = visit.Field("scopes"),
            Listed = visit.Field("listed"),
            UnknownMayJoin = Ticked("unknownMayJoin"),
            AllowGuests = Ticked("allowGuests"),
            AllowPersonalAccounts = Ticked("allowPersonal"),
            TrustsUserNames = Ticked("trustsUserNames"),
            SubjectIsExternalId = Ticked("subjectIsExternalId"),
            ReadUserInfo = Ticked("readUserInfo"),
        };

        bool Ticked(string name) => visit.Form[name].Contains("true");
    }

    /// <summary>The draft; whether it is right is the core's to say.</summary>
    public ConnectionDraft Draft() =>
        new()
        {
            Kind = Kind,
            Name = Name,
            Authority = Authority.Length == 0 ? Usual : Authority,
            ClientId = ClientId,
            ClientAuthentication = Proof,
            Credential = Credential,
            KeyId = Proof == ClientAuthentication.PrivateKeyJwt && KeyId.Length > 0 ? KeyId : null,
            Scopes = Scopes,
            Tenants = Kind == ConnectionKind.Entra ? PolicyForm.Lines(Listed) : [],
            Domains = Kind == ConnectionKind.Google ? PolicyForm.Lines(Listed) : [],
            UnknownMayJoin = UnknownMayJoin,
            AllowGuests = AllowGuests,
            AllowPersonalAccounts = AllowPersonalAccounts,
            TrustsUserNames = TrustsUserNames,
            SubjectIsExternalId = SubjectIsExternalId,
            ReadUserInfo = ReadUserInfo,
        };

    /// <summary>The issuer that follows from the rest of the form; empty where none does.</summary>
    private string Usual =>
        Kind switch
        {
            ConnectionKind.Google => ConnectionCheck.Google,
            ConnectionKind.Entra =>
                $"{EntraHost}/{(AllowPersonalAccounts ? "common" : PolicyForm.Lines(Listed) is [var only] ? only : "organizations")}/v2.0",
            _ => "",
        };
}
