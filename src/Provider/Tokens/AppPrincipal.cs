using System.Collections.Immutable;
using System.Security.Claims;
using System.Text.Json;
using Microsoft.IdentityModel.JsonWebTokens;
using OpenIddict.Abstractions;
using UserManagement.Membership.Apps;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace UserManagement.Provider.Tokens;

/// <summary>
/// What the core says of a person in the claims of tokens and of UserInfo: one table of names, scopes and places for both.
/// </summary>
internal static class AppPrincipal
{
    private static readonly string[] Both = [Destinations.AccessToken, Destinations.IdentityToken];
    private static readonly string[] IdentityOnly = [Destinations.IdentityToken];

    /// <summary>The names, for the discovery document.</summary>
    public static IReadOnlyList<string> Supported { get; } =
    [
        Claims.Subject,
        Claims.AuthenticationTime,
        Claims.AuthenticationMethodReference,
        Claims.AuthenticationContextReference,
        "sid",
        Claims.Name,
        Claims.GivenName,
        Claims.FamilyName,
        Claims.PreferredUsername,
        Claims.Email,
        Claims.EmailVerified,
        "workspace",
        "workspace_id",
        "workspace_name",
        Claims.Role,
        "license",
        "seat",
        "entitlements",
        "groups",
        "attributes",
    ];

    /// <summary>Those of them that are lists, also where they have one item.</summary>
    public static IReadOnlyList<string> Lists { get; } = [Claims.AuthenticationMethodReference, "entitlements", "groups"];

    /// <summary>The principal of a person.</summary>
    /// <param name="claims">As just read.</param>
    /// <param name="client">The app, which is the audience of its access tokens.</param>
    /// <param name="grant">The grant on which the tokens hang.</param>
    /// <param name="scopes">What the app may learn.</param>
    /// <param name="userInfo">Where it learns of more groups than a token holds.</param>
    public static ClaimsPrincipal Of(AppClaims claims, Client client, Guid grant, ImmutableArray<string> scopes, string userInfo)
    {
        var identity = new ClaimsIdentity("app", Claims.Name, Claims.Role);
        foreach (var (name, value, _) in Facts(claims, scopes, userInfo))
        {
            switch (value)
            {
                case string text:
                    identity.SetClaim(name, text);
                    break;
                case bool flag:
                    identity.SetClaim(name, flag);
                    break;
                case long number:
                    identity.SetClaim(name, number);
                    break;
                case IReadOnlyList<string> list when name == Claims.AuthenticationMethodReference:
                    identity.SetClaims(name, [.. list]); // which OpenIddict knows for a list
                    break;
                case IReadOnlyList<string> list:
                    // as JSON: a list of one would become a text, and a program that goes through it would go through its letters
                    identity.AddClaim(new(name, JsonSerializer.Serialize(list), JsonClaimValueTypes.JsonArray));
                    break;
                case JsonElement json:
                    identity.SetClaim(name, json);
                    break;
            }
        }

        identity.SetScopes(scopes).SetResources(client.ClientId!).SetAuthorizationId(grant.ToString("D"));
        var places = Facts(claims, scopes, userInfo).ToDictionary(f => f.Name, f => f.Everywhere ? Both : IdentityOnly);
        identity.SetDestinations(claim => places.GetValueOrDefault(claim.Type) ?? []);
        return new(identity);
    }

    /// <summary>The principal of an app that acts for itself.</summary>
    public static ClaimsPrincipal Of(Client client, ImmutableArray<string> scopes)
    {
        var identity = new ClaimsIdentity("app", Claims.Name, Claims.Role);
        identity.SetClaim(Claims.Subject, client.ClientId).SetScopes(scopes).SetResources(client.ClientId!);
        if (client.WorkspaceId is { } workspace)
        {
            identity.SetClaim("workspace_id", workspace.ToString());
        }

        identity.SetDestinations(static _ => [Destinations.AccessToken]);
        return new(identity);
    }

    /// <summary>The claims, and whether each stands in the access token too.</summary>
    public static IEnumerable<(string Name, object Value, bool Everywhere)> Facts(
        AppClaims claims,
        ImmutableArray<string> scopes,
        string? userInfo
    )
    {
        yield return (Claims.Subject, claims.Subject, true);
        if (userInfo is not null)
        {
            yield return (Claims.AuthenticationTime, claims.Session.AuthenticatedAt.ToUnixTimeSeconds(), false);
            yield return (Claims.AuthenticationMethodReference, claims.Methods, false);
            yield return (Claims.AuthenticationContextReference, claims.Level, false);
            yield return ("sid", claims.Session.Id.ToString(), false);
        }

        var member = claims.Member;
        if (scopes.Contains(Scopes.Profile))
        {
            yield return (Claims.Name, member.ShownName, false);
            yield return (Claims.PreferredUsername, member.UserName, false);
            if (member.GivenName is { Length: > 0 } given)
            {
                yield return (Claims.GivenName, given, false);
            }

            if (member.FamilyName is { Length: > 0 } family)
            {
                yield return (Claims.FamilyName, family, false);
            }

            if (claims.Attributes is { } attributes)
            {
                yield return ("attributes", attributes, false);
            }
        }

        if (scopes.Contains(Scopes.Email) && claims.Email is { } email)
        {
            yield return (Claims.Email, email, false);
            yield return (Claims.EmailVerified, claims.EmailVerified, false);
        }

        if (scopes.Contains(AppScopeNames.Workspace))
        {
            yield return ("workspace", claims.Workspace.Slug, true);
            yield return ("workspace_id", claims.Workspace.Id.ToString(), true);
            yield return ("workspace_name", claims.Workspace.Name, false);
            yield return (Claims.Role, member.Role, true);
            yield return ("seat", member.HasSeat, true);
            yield return ("entitlements", claims.Entitlements, true);
            if (member.License is { } license)
            {
                yield return ("license", license, true);
            }
        }

        if (scopes.Contains(AppScopeNames.Groups))
        {
            if (!claims.GroupsOverflow)
            {
                yield return ("groups", claims.Groups, true);
            }
            else
            {
                // OpenID Connect Core section 5.6.2: where the claim is to be had
                yield return ("_claim_names", JsonSerializer.SerializeToElement(new { groups = "userinfo" }), true);
                yield return ("_claim_sources", JsonSerializer.SerializeToElement(new { userinfo = new { endpoint = userInfo } }), true);
            }
        }
    }
}
