using UserManagement.Membership.Connections;

namespace UserManagement.Identity;

/// <summary>
/// Microsoft Entra ID: the issuer is the document's with the token's own tenant in it, the person is <c>oid</c> in that
/// tenant, the user name is <c>preferred_username</c>. The address proves nothing unless <c>xms_edov</c> says that the
/// tenant owns its domain.
/// </summary>
internal static class EntraRules
{
    /// <summary>The tenant of personal accounts.</summary>
    public const string PersonalTenant = "9188040d-6c67-4c5b-b112-36a304b66dad";

    /// <summary>The checks beside the common ones.</summary>
    public static IReadOnlyList<Check<IdToken>> Checks { get; } =
    [
        new("entraTenant", t => Tenant(t.Payload) is not null),
        new(
            "entraTenantAllowed",
            t => t.Connection.TenantList is [] || t.Connection.TenantList.Contains(Tenant(t.Payload)!, StringComparer.Ordinal)
        ),
        new(
            "entraAuthority",
            t =>
                t.Connection.Authority.Split('/') switch
                {
                    [_, _, _, "organizations", _] => Tenant(t.Payload) != PersonalTenant,
                    [_, _, _, "consumers", _] => Tenant(t.Payload) == PersonalTenant,
                    [_, _, _, var named, _] when Guid.TryParse(named, out var id) => Tenant(t.Payload) == id.ToString("D"),
                    _ => true,
                }
        ),
        new("entraObject", t => Guid.TryParseExact(t.Payload.Text("oid"), "D", out _)),
        new("entraVersion", t => t.Payload.Text("ver") is null or "2.0"),
    ];

    /// <summary>
    /// The tenant that an issuer names where the document's issuer has its mark, in lower case; null when it is not of that form.
    /// </summary>
    /// <param name="documented">The document's issuer, with or without the mark.</param>
    /// <param name="issuer">The issuer that came.</param>
    public static string? TenantOf(string documented, string issuer)
    {
        var parts = issuer.Split('/');
        return
            parts.Length == 5
            && Guid.TryParseExact(parts[3], "D", out var tenant)
            && parts[3] == tenant.ToString("D")
            && issuer == documented.Replace(ProviderDocument.TenantMark, parts[3], StringComparison.Ordinal)
            ? parts[3]
            : null;
    }

    /// <summary>The claim tid in lower case; null when it is no tenant's id.</summary>
    public static string? Tenant(Claims claims) =>
        Guid.TryParseExact(claims.Text("tid"), "D", out var tenant) ? tenant.ToString("D") : null;

    /// <summary>Who it is.</summary>
    public static ProvenIdentity Identity(IdToken token, Claims claims)
    {
        var tenant = Tenant(token.Payload)!;
        var userName = token.Payload.Name("preferred_username");

        // the proof is the ID token's and belongs to the address beside it: one of the UserInfo endpoint is never proven
        var source = token.Payload.Has("email") ? token.Payload : claims;
        var email = source.Name("email");
        return ProviderRules.Described(token, claims) with
        {
            Issuer = token.Issuer,
            Subject = Guid.Parse(token.Payload.Text("oid")!).ToString("D"),
            UserName = userName,
            PrincipalName = token.Payload.Name("upn"),
            Email = email,
            EmailProven = email is not null && source == token.Payload && source.IsLooselyTrue("xms_edov"),
            TenantId = tenant,
            IsPersonal = tenant == PersonalTenant,
            IsGuest = IsGuest(token, tenant, userName),
        };
    }

    // acct and idp are optional claims; the mark in the user name is there when they are not
    private static bool IsGuest(IdToken token, string tenant, string? userName) =>
        token.Payload.IsLooselyTrue("acct")
        || (token.Payload.Text("idp") is { } home && home != token.Issuer && !home.Contains(tenant, StringComparison.OrdinalIgnoreCase))
        || userName?.Contains("#EXT#", StringComparison.OrdinalIgnoreCase) == true;
}
