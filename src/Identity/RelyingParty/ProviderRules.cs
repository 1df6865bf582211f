using UserManagement.Membership;
using UserManagement.Membership.Connections;

namespace UserManagement.Identity;

/// <summary>What a believed ID token says of a person, by the rules of its kind of provider.</summary>
internal static class ProviderRules
{
    /// <summary>Who it is.</summary>
    /// <param name="token">The token, every check of it passed.</param>
    /// <param name="userInfo">What the UserInfo endpoint said of the same subject; null when it was not asked.</param>
    /// <param name="saved">The sign-in, whose state is used up with the session.</param>
    public static ProvenIdentity Identity(IdToken token, Claims? userInfo, SignInState saved) =>
        (
            token.Connection.Kind switch
            {
                ConnectionKind.Google => GoogleRules.Identity(token, userInfo ?? token.Payload),
                ConnectionKind.Entra => EntraRules.Identity(token, userInfo ?? token.Payload),
                _ => Other(token, userInfo ?? token.Payload),
            }
        ) with
        {
            StateHash = Secret.Hash(saved.State),
            StateExpiresAt = Moment.Cut(saved.StartedAt + SignInState.Lifetime),
        };

    /// <summary>What is the same at all: names, how and when the person proved who they are.</summary>
    public static ProvenIdentity Described(IdToken token, Claims claims) =>
        new()
        {
            ConnectionId = token.Connection.Id,
            Kind = token.Connection.Kind,
            Issuer = token.Documented,
            Subject = token.Payload.Text("sub")!,
            DisplayName = EitherShown(token, claims, "name"),
            GivenName = EitherShown(token, claims, "given_name"),
            FamilyName = EitherShown(token, claims, "family_name"),
            AuthenticationMethods = token.Payload.Texts("amr") ?? [],
            AuthenticatedAt = token.Payload.Date("auth_time"),
            StateHash = [],
            StateExpiresAt = default,
        };

    /// <summary>
    /// The user name that claims of any other provider bear: the name claim, or an address that is verified by a boolean. Null for none.
    /// </summary>
    public static string? UserName(Claims claims) => claims.Name("preferred_username") ?? (IsProven(claims) ? claims.Name("email") : null);

    private static ProvenIdentity Other(IdToken token, Claims claims)
    {
        // the flag belongs to the address beside it, so both are taken from one place
        var source = token.Payload.Has("email") ? token.Payload : claims;
        return Described(token, claims) with
        {
            UserName = Either(token, claims, "preferred_username") ?? UserName(source),
            Email = source.Name("email"),
            EmailProven = IsProven(source),
        };
    }

    // "true" as a text is nobody's to interpret: it says nothing
    private static bool IsProven(Claims claims) =>
        claims.Name("email") is { } email && EmailAddress.IsValid(email) && claims.Flag("email_verified") == true;

    private static string? EitherShown(IdToken token, Claims claims, string name) =>
        token.Payload.ShownName(name) ?? claims.ShownName(name);

    private static string? Either(IdToken token, Claims claims, string name) => token.Payload.Name(name) ?? claims.Name(name);
}
