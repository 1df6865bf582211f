using UserManagement.Membership;
using UserManagement.Membership.Connections;

namespace UserManagement.Identity;

/// <summary>
/// Google: the issuer comes in two forms and is one; the address must be verified, by a boolean; the hosted domain is
/// believed as a claim and never as a parameter. A work address without the domain's claim proves nothing: whoever left
/// the organisation keeps such an account.
/// </summary>
internal static class GoogleRules
{
    /// <summary>The checks beside the common ones.</summary>
    public static IReadOnlyList<Check<IdToken>> Checks { get; } =
    [
        new("googleEmail", t => t.Payload.Name("email") is { } email && EmailAddress.IsValid(email)),
        new("googleEmailVerified", t => t.Payload.Flag("email_verified") == true),
        new(
            "googleDomain",
            t =>
                t.Connection.DomainList is []
                || (Domain(t.Payload) is { } domain && t.Connection.DomainList.Contains(domain, StringComparer.Ordinal))
        ),
    ];

    /// <summary>The issuer with https, whichever form came.</summary>
    public static string OneForm(string issuer) => issuer.Contains("://", StringComparison.Ordinal) ? issuer : "https://" + issuer;

    /// <summary>Who it is.</summary>
    public static ProvenIdentity Identity(IdToken token, Claims claims)
    {
        var (email, domain) = (token.Payload.Name("email")!, Domain(token.Payload));
        var own = EmailAddress.Domain(email);
        return ProviderRules.Described(token, claims) with
        {
            Issuer = OneForm(token.Documented),
            UserName = email,
            Email = email,
            EmailProven = own is "gmail.com" or "googlemail.com" || (own is not null && own == domain),
            HostedDomain = domain,
        };
    }

    private static string? Domain(Claims claims) => claims.Text("hd") is { } hosted ? EmailAddress.Domain("@" + hosted) : null;
}
