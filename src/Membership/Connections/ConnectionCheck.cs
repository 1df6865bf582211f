using UserManagement.Membership.Invitations;

namespace UserManagement.Membership.Connections;

/// <summary>What makes a connection whole. Where it dials is checked when it dials, by the relying party.</summary>
public static class ConnectionCheck
{
    /// <summary>Google's issuer.</summary>
    public const string Google = "https://accounts.google.com";

    private const int MostListed = 100;
    private static readonly string[] EntraHosts =
    [
        "login.microsoftonline.com",
        "login.microsoftonline.us",
        "login.partner.microsoftonline.cn",
    ];

    /// <summary>The first thing that is wrong, or null when it is whole.</summary>
    /// <param name="draft">The draft.</param>
    /// <param name="platform">Whether the connection is the installation's: the operator may point Google's and Entra's rules at another
    /// address.</param>
    public static Refusal? Check(ConnectionDraft draft, bool platform) =>
        Key.Check("name", draft.Name)
        ?? (draft.Name.Length > 100 ? Refusal.Invalid("name", "A connection's name has up to 100 characters.") : null)
        ?? Authority(draft, platform)
        ?? Key.Check("clientId", draft.ClientId)
        ?? Key.Check("keyId", draft.KeyId, required: false)
        ?? Credential(draft)
        ?? Scopes(draft.Scopes)
        ?? Lists(draft, platform)
        ?? Names(draft, platform)
        ?? Subjects(draft, platform);

    private static Refusal? Authority(ConnectionDraft draft, bool platform)
    {
        if (
            draft.Authority.Length > Key.MaxLength
            || !Key.IsText(draft.Authority)
            || !Uri.TryCreate(draft.Authority, UriKind.Absolute, out var uri)
            || uri.UserInfo.Length > 0
            || uri.Query.Length > 0
            || uri.Fragment.Length > 0
            || draft.Authority.AsSpan().ContainsAny(" ?#\\")
        )
        {
            return Refusal.Invalid("authority", "This is no issuer: it is an https address without a query, a fragment or a user.");
        }

        if (uri.Scheme != Uri.UriSchemeHttps && !(platform && uri.Scheme == Uri.UriSchemeHttp))
        {
            return Refusal.Invalid("authority", "An issuer begins with https.");
        }

        return draft.Kind switch
        {
            ConnectionKind.Google when !platform && draft.Authority != Google => Refusal.Invalid(
                "authority",
                $"Google's issuer is {Google}."
            ),
            ConnectionKind.Entra when !(platform || EntraHosts.Contains(uri.Host)) || !IsEntraPath(uri.AbsolutePath) => Refusal.Invalid(
                "authority",
                $"Entra's issuer is https://{EntraHosts[0]}/<tenant id>/v2.0, or with common or organizations in the place of "
                    + $"the tenant's id."
            ),
            _ => null,
        };
    }

    private static bool IsEntraPath(string path) =>
        path.Split('/') is ["", var tenant, "v2.0"] && (tenant is "common" or "organizations" or "consumers" || IsTenant(tenant));

    private static bool IsTenant(string text) => Guid.TryParseExact(text, "D", out _);

    private static Refusal? Credential(ConnectionDraft draft) =>
        draft.Credential switch
        {
            null => null,
            { Length: 0 or > 20_000 } => Refusal.Invalid("credential", "The client's secret or key is missing or too long."),
            var key when draft.ClientAuthentication == ClientAuthentication.PrivateKeyJwt => ConnectionDraft.IsPrivateKey(key)
                ? null
                : Refusal.Invalid("credential", "This is no private key as PEM: RSA of at least 2048 bits, or P-256."),
            var secret => secret.Length <= 2048 && Key.IsText(secret)
                ? null
                : Refusal.Invalid("credential", "The client's secret holds a character that none can hold, or is too long."),
        };

    private static Refusal? Scopes(string? scopes)
    {
        var some = (scopes ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return
            some.Length == 0
            || (
                some.Length <= 20
                && some.Contains("openid")
                && scopes!.Length <= 500
                && scopes.All(c => c is >= ' ' and <= '~' and not ('"' or '\\'))
            )
            ? null
            : Refusal.Invalid("scopes", "Scopes are up to 20 words between blanks, openid among them.");
    }

    private static Refusal? Lists(ConnectionDraft draft, bool platform)
    {
        if (
            draft.Tenants.Count > MostListed
            || !draft.Tenants.All(IsTenant)
            || (draft.Tenants.Count > 0 && draft.Kind != ConnectionKind.Entra)
        )
        {
            return Refusal.Invalid("tenants", $"Tenants are up to {MostListed} ids of Entra tenants.");
        }

        if (
            draft.Domains.Count > MostListed
            || draft.Domains.Any(d => d.Contains('@', StringComparison.Ordinal) || EmailAddress.Domain("@" + d) is null)
            || (draft.Domains.Count > 0 && draft.Kind != ConnectionKind.Google)
        )
        {
            return Refusal.Invalid("domains", $"Domains are up to {MostListed} domains of Google organisations.");
        }

        return
            draft.UnknownMayJoin
            && !platform
            && (
                (draft.Kind == ConnectionKind.Entra && draft.Tenants.Count == 0)
                || (draft.Kind == ConnectionKind.Google && draft.Domains.Count == 0)
            )
            ? Refusal.Invalid("unknownMayJoin", "Whom should it admit? Name the tenants or domains first.")
            : null;
    }

    private static Refusal? Subjects(ConnectionDraft draft, bool platform) =>
        !draft.SubjectIsExternalId ? null
        : platform
            ? Refusal.Invalid(
                "subjectIsExternalId",
                "Only a workspace can say of its own connection that its directory sends the provider's sub as externalId."
            )
        : draft.Kind != ConnectionKind.Oidc
            ? Refusal.Invalid(
                "subjectIsExternalId",
                "Google's and Entra's people are known by their ids without it: it is for other OpenID providers."
            )
        : null;

    private static Refusal? Names(ConnectionDraft draft, bool platform) =>
        !draft.TrustsUserNames ? null
        : platform
            ? Refusal.Invalid(
                "trustsUserNames",
                "Only a workspace can say of its own connection that people cannot choose their user names there."
            )
        : draft.Kind == ConnectionKind.Google
            ? Refusal.Invalid("trustsUserNames", "Google's people are known by their domain and address: list the domain instead.")
        : draft.Kind == ConnectionKind.Entra
        && (draft.Tenants is not [var only] || Guid.Parse(only) == Guid.Parse(RedeemInvitation.ConsumerTenant))
            ? Refusal.Invalid(
                "trustsUserNames",
                "User names are one directory's only where one tenant of an organisation is listed: name it first."
            )
        : null;
}
