using UserManagement.Membership;
using UserManagement.Membership.Accounts;
using UserManagement.Membership.Connections;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Identity;

/// <summary>What a sign-in begins with.</summary>
/// <param name="RedirectUri">Where the provider sends the browser back: the public address of this connection's callback.</param>
/// <param name="Workspace">The workspace whose sign-in page it begins on; null for none.</param>
/// <param name="InvitationSecret">The invitation that it is to redeem; null for none.</param>
/// <param name="ReturnPath">A local path to go to afterwards, checked by the caller.</param>
/// <param name="LoginHint">The address that the person typed; null for none.</param>
/// <param name="ChooseAccount">Whether the provider is to ask which account ("use another account").</param>
public sealed record SignInStart(
    Uri RedirectUri,
    Id<Workspace>? Workspace = null,
    string? InvitationSecret = null,
    string ReturnPath = "/",
    string? LoginHint = null,
    bool ChooseAccount = false
)
{
    /// <summary>What the proof is for.</summary>
    public SignInPurpose Purpose { get; init; }

    /// <summary>
    /// Whether the person is to prove anew who they are, although the provider knows them (<c>max_age=0</c> or <c>prompt=login</c>).
    /// </summary>
    public bool ProveAnew { get; init; }

    /// <summary>Whether to ask for that in the other of the two ways: some providers refuse the one, and some the other.</summary>
    public bool OtherWay { get; init; }

    /// <summary>
    /// Whether to leave it to the browser to bring the request, though the provider offers to be sent it (RFC 9126): it refused that a
    /// moment ago.
    /// </summary>
    internal bool NotPushed { get; init; }

    /// <summary>The session in which it begins, where the purpose needs one: the answer counts in no other. Null for none.</summary>
    public Id<Session>? Session { get; init; }
}

/// <summary>What a provider's proof is for. Only <see cref="SignIn"/> opens a session.</summary>
public enum SignInPurpose
{
    /// <summary>To sign in.</summary>
    SignIn,

    /// <summary>To add the login to the account of the session in which it began.</summary>
    Link,

    /// <summary>To see what the provider says, and nothing else: nothing is made and nobody is signed in.</summary>
    Test,
}

/// <summary>What a sign-in in hand was begun for, as the browser's own cookie says: for a way back when it fails.</summary>
/// <param name="Aim">Where it leads.</param>
/// <param name="ReturnPath">The path to go to afterwards.</param>
/// <param name="Purpose">What the proof is for.</param>
/// <param name="ProveAnew">Whether the person is to prove anew who they are.</param>
public sealed record BegunSignIn(SignInAim Aim, string ReturnPath, SignInPurpose Purpose, bool ProveAnew = false);

/// <summary>A sign-in that began.</summary>
/// <param name="Url">Where to send the browser.</param>
/// <param name="CookieName">The cookie in which to keep <paramref name="SavedState"/>: <c>__Host-</c>, HttpOnly, Secure, SameSite=Lax, for
/// fifteen minutes. One for each sign-in, so that two tabs do not disturb each other.</param>
/// <param name="SavedState">What the cookie holds, sealed.</param>
public sealed record AuthorizationRequest(Uri Url, string CookieName, string SavedState);

/// <summary>A provider's answer that passed every check.</summary>
/// <param name="Identity">Who it is.</param>
/// <param name="Aim">Where the sign-in leads, as it was said at the start.</param>
/// <param name="ReturnPath">The path to go to afterwards.</param>
public sealed record CompletedSignIn(ProvenIdentity Identity, SignInAim Aim, string ReturnPath)
{
    /// <summary>What the proof is for; a caller that knows only signing in must look.</summary>
    public SignInPurpose Purpose { get; init; }

    /// <summary>Whether the person was to prove anew who they are.</summary>
    public bool ProveAnew { get; init; }

    /// <summary>The session in which it began; null for none.</summary>
    public Id<Session>? Session { get; init; }
}
