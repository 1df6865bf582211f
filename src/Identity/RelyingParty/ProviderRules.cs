using UserManagement.Membership;
using UserManagement.Membership.Connections;

namespace UserManagement.Identity;

/// <summary>What a believed ID token says of a person, by the rules of its kind of provider.</summary>
internal static class ProviderRules
{
    /// <summary>Who it is.</summary>
    /// <param name="token">The token, every check of it passed.</param>
    /// <param name="userInfo">What the UserInfo endpoint said of the same subject; null when it was not asked.</param>
    public static ProvenIdentity Identity(IdToken token, Claims? userInfo) => token.Connection.Kind switch
    {
        ConnectionKind.Google => GoogleRules.Identity(token, userInfo ?? token.Payload),
        ConnectionKind.Entra => EntraRules.Identity(token, userInfo ?? token.Payload),
        _ => Other(token, userInfo ?? token.Payload),
    };

    /// <summary>What is the same at all: names, how and when the person proved who they are.</summary>
    public static ProvenIdentity Described(IdToken token, Claims claims) => new()
    {
        ConnectionId = token.Connection.Id,
        Kind = token.Connection.Kind,
        Issuer = token.Document.Issuer,
        Subject = token.Payload.Text("sub")!,
        DisplayName = EitherShown(token, claims, "name"),
        GivenName = EitherShown(token, claims, "given_name"),
        FamilyName = EitherShown(token, claims, "family_name"),
        AuthenticationMethods = token.Payload.Texts("amr") ?? [],
        AuthenticatedAt = token.Payload.Date("auth_time"),
        StateHash = Secret.Hash(token.Saved.State),
        StateExpiresAt = Moment.Cut(token.Saved.StartedAt + SignInState.Lifetime),
    };

    private static ProvenIdentity Other(IdToken token, Claims claims)
    {
        // the flag belongs to the address beside it, so both are taken from one place
        var source = token.Payload.Has("email") ? token.Payload : claims;
        var email = source.Name("email");
        var proven = email is not null && EmailAddress.IsValid(email) && source.Flag("email_verified") == true;
        return Described(token, claims) with
        {
            UserName = Either(token, claims, "preferred_username") ?? (proven ? email : null),
            Email = email,
            EmailProven = proven,
        };
    }

    private static string? EitherShown(IdToken token, Claims claims, string name) => token.Payload.ShownName(name) ?? claims.ShownName(name);

    private static string? Either(IdToken token, Claims claims, string name) => token.Payload.Name(name) ?? claims.Name(name);
}
