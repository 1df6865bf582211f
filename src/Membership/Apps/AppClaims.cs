using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using UserManagement.Membership.Accounts;
using UserManagement.Membership.Members;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Apps;

/// <summary>What an app may learn of a person at this moment; which of it it is told, its scopes say.</summary>
public sealed record AppClaims
{
    /// <summary>The person for this app: the same at each sign-in, never used again (OpenID Connect Core section 2, <c>sub</c>).</summary>
    public required string Subject { get; init; }

    /// <summary>The workspace.</summary>
    public required Workspace Workspace { get; init; }

    /// <summary>The member.</summary>
    public required Member Member { get; init; }

    /// <summary>The session, whose id is <c>sid</c>.</summary>
    public required Session Session { get; init; }

    /// <summary>What the role permits and the license opens, by name, in order.</summary>
    public required IReadOnlyList<string> Entitlements { get; init; }

    /// <summary>The names of the member's groups, in order; at most <see cref="ReadAppClaims.MostGroups"/>.</summary>
    public required IReadOnlyList<string> Groups { get; init; }

    /// <summary>Whether there are more groups than a token should hold.</summary>
    public bool GroupsOverflow { get; init; }

    /// <summary>Their address: the member's, else the account's; null for none.</summary>
    public string? Email => Member.Email ?? AccountEmail;

    /// <summary>The address of the account; null for none.</summary>
    internal string? AccountEmail { get; init; }

    /// <summary>Whether its owner has proven that address here.</summary>
    public required bool EmailVerified { get; init; }

    /// <summary>
    /// The names of the workspace's own attributes that the app's settings ask for and the workspace has, whether the person has a value or
    /// not.
    /// </summary>
    public IReadOnlyList<string> AttributeNames { get; init; } = [];

    /// <summary>What the person has of them, each under its name; null for nothing.</summary>
    public JsonElement? Attributes { get; init; }

    /// <summary>How the person proved who they are (<c>amr</c>, RFC 8176).</summary>
    public IReadOnlyList<string> Methods { get; init; } = [];

    /// <summary>Whether that was by two factors: <c>2</c>, else <c>1</c> (<c>acr</c>).</summary>
    public string Level => Methods.Contains("mfa") ? "2" : "1";

    /// <summary>The subject of a person for an app.</summary>
    /// <param name="box">Holds the secret from which pairwise ones are made, so that nobody can tell whose they are.</param>
    /// <param name="client">The app.</param>
    /// <param name="account">The person.</param>
    internal static string SubjectOf(SecretBox box, Client client, Id<Account> account) =>
        !client.Pairwise
            ? account.ToString()
            : new Guid(
                HMACSHA256.HashData(box.EnduringKeyOf("app-subject"), Encoding.UTF8.GetBytes($"{client.Id:D} {account}")).AsSpan(0, 16)
            ).ToString("D");

    /// <summary>The methods of a session in the words of RFC 8176, as far as it has some.</summary>
    internal static IReadOnlyList<string> MethodsOf(Session session)
    {
        var methods = new List<string>();
        if (session.ProviderMethods is { Length: > 0 } told)
        {
            methods.AddRange(told.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        }
        else
        {
            methods.Add(
                session.SignedInBy switch
                {
                    "password" => "pwd",
                    "passkey" => "hwk",
                    "link" => "otp",
                    _ => "fed",
                }
            );
        }

        if (session.SecondProvenBy is { } second)
        {
            methods.Add(second == "passkey" ? "hwk" : "otp");
            methods.Add("mfa");
        }

        return [.. methods.Distinct(StringComparer.Ordinal).Take(10)];
    }
}
