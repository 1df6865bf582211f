using UserManagement.Membership;
using UserManagement.Membership.Connections;
using UserManagement.Membership.Workspaces;
using UserManagement.Ui.Parts;

namespace UserManagement.AdminUi.SignInPages;

/// <summary>The words of these pages.</summary>
internal static class SignInWords
{
    /// <summary>The name of a kind.</summary>
    public static string Kind(ConnectionKind kind) =>
        kind switch
        {
            ConnectionKind.Google => "Google",
            ConnectionKind.Entra => "Microsoft Entra ID",
            ConnectionKind.Oidc => "OpenID Connect",
            _ => "Unknown",
        };

    /// <summary>Whom a connection lets in, in one line.</summary>
    public static string Whom(IdentityConnection connection) =>
        connection.Kind switch
        {
            ConnectionKind.Google => connection.DomainList.Count == 0 ? "Any Google account" : string.Join(", ", connection.DomainList),
            ConnectionKind.Entra => connection.TenantList.Count == 0 ? "Any tenant"
            : connection.TenantList.Count == 1 ? "Tenant " + connection.TenantList[0]
            : $"{connection.TenantList.Count} tenants",
            _ => connection.Authority,
        };

    /// <summary>What to look at when a provider does not answer as it should.</summary>
    public static string? Advice(Refusal refusal, ConnectionDraft draft) =>
        refusal.Code switch
        {
            "providerUnreachable" =>
                $"Nothing of use was found at {draft.Authority.TrimEnd('/')}/.well-known/openid-configuration. Is the issuer "
                    + $"written letter by letter as the provider gives it, and can this server reach it?",
            "issuerMismatch" => "Enter the issuer exactly as the provider says it, a slash at its end included.",
            "addressNotAllowed" =>
                "Is the issuer written right? A provider inside your own network must be connected by whoever runs this server.",
            _ => null,
        };

    /// <summary>The choices of the second factor's policy.</summary>
    public static Choice[] Mfa { get; } =
    [
        new("off", "Off", "A second factor is not offered."),
        new("optional", "Optional", "Each person decides. Who has one is asked for it."),
        new("required", "Required", "Nobody gets in without one. Who has none yet sets one up at the next sign-in."),
    ];

    /// <summary>The words of a policy, one sentence for each rule.</summary>
    public static IEnumerable<(string Term, string Text)> Sentences(
        SignInRules rules,
        IReadOnlyList<ConnectionView> connections,
        string newcomers
    )
    {
        yield return ("Passwords", rules.LocalPassword ? "Enabled" : "Not enabled");
        var offered = connections
            .Where(c => c.Row.IsPlatform && c.Row.Enabled && (rules.Connections is null || rules.Connections.Contains(c.Row.Id.Value)))
            .Select(c => c.Row.Name)
            .ToList();
        yield return (
            "Providers of the installation",
            rules.Connections is null
                ? offered.Count == 0
                    ? "All, also those to come"
                    : $"All ({string.Join(", ", offered)})"
                : offered.Count == 0
                    ? "None"
                    : string.Join(", ", offered)
        );
        yield return ("Entra tenants", rules.Tenants.Count == 0 ? "Any" : string.Join(", ", rules.Tenants));
        yield return ("Google domains", rules.Domains.Count == 0 ? "Any account" : string.Join(", ", rules.Domains));
        yield return (
            "People without an invitation",
            rules.UnknownMayJoin ? $"Join as {newcomers} if they belong to these tenants and domains" : "Cannot join"
        );
        yield return (
            "Second factor",
            rules.Mfa switch
            {
                MfaPolicy.Off => "Off",
                MfaPolicy.Optional => "Optional",
                _ => "Required",
            } + (rules.MfaCountsProvider && rules.Mfa != MfaPolicy.Off ? ", the provider's is accepted" : "")
        );
    }
}
