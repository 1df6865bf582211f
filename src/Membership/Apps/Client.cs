using OpenIddict.EntityFrameworkCore.Models;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Apps;

/// <summary>
/// An app that signs its people in here (a client in the words of OAuth 2.0, RFC 6749 section 2). What the protocol needs of it
/// stands in the base type, in the form in which OpenIddict's stores read it; read and written through <see cref="ClientSettings"/>.
/// </summary>
public class Client : OpenIddictEntityFrameworkCoreApplication<Guid, AppGrant, AppToken>
{
    /// <summary>The workspace whose people alone it serves; null for an app of the whole installation.</summary>
    public Id<Workspace>? WorkspaceId { get; set; }

    /// <summary>Whether it is of use only with a seat: who holds none is turned away.</summary>
    public bool NeedsSeat { get; set; }

    /// <summary>
    /// Whether it gets a subject of its own for each person (OpenID Connect Core section 8.1), so that apps cannot match people up.
    /// </summary>
    public bool Pairwise { get; set; }

    /// <summary>Where it is told that a session ended (OpenID Connect Back-Channel Logout 1.0); null for nowhere.</summary>
    public string? BackchannelLogoutUri { get; set; }

    /// <summary>
    /// Where people begin to use it (OpenID Connect Dynamic Client Registration section 2, <c>client_uri</c>); null where it has no page.
    /// </summary>
    public string? ClientUri { get; set; }

    /// <summary>The key of the role as which it speaks REST for itself; null where it does not.</summary>
    public string? Role { get; set; }

    /// <summary>The member who stands behind that role, as behind an API key; null for the operator, who needs nobody.</summary>
    public Id<Members.Member>? RoleGivenById { get; set; }

    /// <summary>When it was made.</summary>
    public DateTimeOffset CreatedAt { get; set; }

    /// <summary>Counts the changes.</summary>
    public long Version { get; set; }

    /// <summary>A copy, to be changed beside the row as it was read.</summary>
    internal Client Copy() => (Client)MemberwiseClone();

    /// <summary>A copy under the next version.</summary>
    internal Client Next()
    {
        var next = Copy();
        next.ConcurrencyToken = ClientSettings.NewVersion();
        next.Version++;
        return next;
    }
}

/// <summary>
/// What one sign-in gave one app: all codes and tokens of it hang on this row, and are worth nothing once it is no longer
/// <c>valid</c>. A row of the type <c>permanent</c> is a remembered consent and holds no session.
/// </summary>
public class AppGrant : OpenIddictEntityFrameworkCoreAuthorization<Guid, Client, AppToken>
{
    /// <summary>The app.</summary>
    public Guid? ApplicationId { get; set; }

    /// <summary>The person.</summary>
    public Id<Accounts.Account>? AccountId { get; set; }

    /// <summary>The workspace for which the person signed in; null for a program that signs in for itself.</summary>
    public Id<Workspace>? WorkspaceId { get; set; }

    /// <summary>The session of the browser; null for a consent and for a program.</summary>
    public Id<Accounts.Session>? SessionId { get; set; }

    /// <summary>When the access ended and the app is to be told; null while it stands, and once the app was told.</summary>
    public DateTimeOffset? EndedAt { get; set; }

    /// <summary>
    /// The act with which the access ended, and its door; null while it stands, or where a server of an older version ended it.
    /// </summary>
    public string? EndCause { get; set; }
}

/// <summary>A scope that an operator adds to those of OpenID Connect; none is needed.</summary>
public class AppScope : OpenIddictEntityFrameworkCoreScope<Guid> { }

/// <summary>A code or token that was issued: found by a hash of its reference, or by its id; what is in it is sealed.</summary>
public class AppToken : OpenIddictEntityFrameworkCoreToken<Guid, Client, AppGrant>
{
    /// <summary>The app.</summary>
    public Guid? ApplicationId { get; set; }

    /// <summary>What it hangs on; null for a pushed request, and for a token of a program's own.</summary>
    public Guid? AuthorizationId { get; set; }
}

/// <summary>
/// A pair of keys of the OpenID Provider: one that signs what it issues, one that seals what only it reads. Kept while anything
/// lives that they protect.
/// </summary>
public sealed record AppKey
{
    /// <summary>Counts up; two servers that make the next one at once make the same number, and one of them gives way.</summary>
    public required int Number { get; init; }

    /// <summary>The name under which it is published.</summary>
    public required string KeyId { get; init; }

    /// <summary>The RSA key (PKCS #8) and behind it 32 bytes for sealing, under the master key.</summary>
    public required byte[] Sealed { get; init; }

    /// <summary>When it was made and is published.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>From when on it signs: later than it is published, so that every server and app knows it by then.</summary>
    public required DateTimeOffset SignsFrom { get; init; }
}
