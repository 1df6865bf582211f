using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Logging;
using UserManagement.Membership;
using UserManagement.Membership.Accounts;
using UserManagement.Membership.Connections;
using UserManagement.Membership.Workspaces;
using Secret = UserManagement.Membership.Secret;

namespace UserManagement.Identity;

/// <summary>What a sign-in begins with.</summary>
/// <param name="RedirectUri">Where the provider sends the browser back: the public address of this connection's callback.</param>
/// <param name="Workspace">The workspace whose sign-in page it begins on; null for none.</param>
/// <param name="InvitationSecret">The invitation that it is to redeem; null for none.</param>
/// <param name="ReturnPath">A local path to go to afterwards, checked by the caller.</param>
/// <param name="LoginHint">The address that the person typed; null for none.</param>
/// <param name="ChooseAccount">Whether the provider is to ask which account ("use another account").</param>
public sealed record SignInStart(Uri RedirectUri, Id<Workspace>? Workspace = null, string? InvitationSecret = null, string ReturnPath = "/", string? LoginHint = null, bool ChooseAccount = false)
{
    /// <summary>What the proof is for.</summary>
    public SignInPurpose Purpose { get; init; }

    /// <summary>Whether the person is to prove anew who they are, although the provider knows them (<c>prompt=login</c>, <c>max_age=0</c>).</summary>
    public bool ProveAnew { get; init; }

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
/// <param name="CookieName">The cookie in which to keep <paramref name="SavedState"/>: <c>__Host-</c>, HttpOnly, Secure, SameSite=Lax, for fifteen minutes. One for each sign-in, so that two tabs do not disturb each other.</param>
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

/// <summary>
/// Signs people in at OpenID providers (authorization code with PKCE, OpenID Connect Core section 3.1). It reads its
/// connection from the database at each call and keeps nothing about people; who may come in is the core's to decide.
/// Refusals of an answer have kind Forbidden and the name of the check that did not hold as code.
/// </summary>
public sealed class RelyingParty : IDisposable
{
    private readonly FindConnection _find;
    private readonly IDataProtectionProvider _protection;
    private readonly TimeProvider _time;
    private readonly ILogger<RelyingParty> _log;
    private readonly Outbound _outbound;
    private readonly ProviderCache _cache;

    /// <summary>Makes the one relying party of the server.</summary>
    public RelyingParty(FindConnection find, OutboundRules rules, IDataProtectionProvider protection, TimeProvider time, ILogger<RelyingParty> log)
    {
        (_find, _protection, _time, _log) = (find, protection, time, log);
        _outbound = new(rules);
        _cache = new(_outbound, time);
    }

    /// <summary>The cookie that belongs to an answer's <c>state</c>; any text may be given.</summary>
    public static string CookieName(string? state) => "__Host-signin-" + Convert.ToHexStringLower(Secret.Hash(state ?? "").AsSpan(0, 6));

    /// <summary>
    /// Begins a sign-in. Refusals: <c>connectionGone</c>, <c>providerUnreachable</c>, <c>issuerMismatch</c>, <c>addressNotAllowed</c>.
    /// </summary>
    public async Task<Outcome<AuthorizationRequest>> StartAsync(Id<IdentityConnection> id, SignInStart start, CancellationToken ct)
    {
        if (!(await _find.RunAsync(id, ct)).Is(out var connection, out var refusal)
            || !(await _cache.DocumentAsync(connection.Row, ct)).Is(out var document, out refusal))
        {
            return refusal;
        }

        var row = connection.Row;
        var state = new SignInState
        {
            Connection = id.Value,
            Authority = row.Authority,
            ClientId = row.ClientId,
            RedirectUri = start.RedirectUri.OriginalString,
            State = Secret.New(),
            Nonce = Secret.New(),
            Verifier = Secret.New(),
            StartedAt = _time.Now(),
            Workspace = start.Workspace?.Value,
            InvitationSecret = start.InvitationSecret,
            ReturnPath = start.ReturnPath,
            Purpose = start.Purpose,
            ProveAnew = start.ProveAnew,
            Session = start.Session?.Value,
        };
        var parameters = new Dictionary<string, string?>
        {
            ["response_type"] = "code",
            ["client_id"] = row.ClientId,
            ["redirect_uri"] = state.RedirectUri,
            ["scope"] = row.Scopes,
            ["state"] = state.State,
            ["nonce"] = state.Nonce,
            ["code_challenge"] = Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(state.Verifier))),
            ["code_challenge_method"] = "S256",
            ["login_hint"] = start.LoginHint is { Length: <= Key.MaxLength } hint ? hint : null,
            ["prompt"] = start.ProveAnew && row.Kind != ConnectionKind.Google ? "login" : start.ChooseAccount || start.ProveAnew ? "select_account" : null, // Google knows no "login"
            ["max_age"] = start.ProveAnew && row.Kind != ConnectionKind.Google ? "0" : null,
            ["hd"] = row is { Kind: ConnectionKind.Google, DomainList: [var domain] } ? domain : null, // a hint; the claim is what counts
        };
        var url = QueryHelpers.AddQueryString(document.AuthorizationEndpoint.OriginalString, parameters.Where(p => p.Value is not null));
        return new AuthorizationRequest(new(url), CookieName(state.State), state.Seal(_protection));
    }

    /// <summary>
    /// Completes a sign-in with the provider's answer. Nothing is made: the caller hands the result to
    /// <see cref="SignInWithProvider"/>, which also uses the state up.
    /// </summary>
    /// <param name="id">The connection of the address that was called.</param>
    /// <param name="parameters">The query as sent, one pair for each value.</param>
    /// <param name="savedState">What the cookie of this answer's state holds; null when there is none.</param>
    /// <param name="ct">Stops it.</param>
    public async Task<Outcome<CompletedSignIn>> CompleteAsync(Id<IdentityConnection> id, IReadOnlyList<KeyValuePair<string, string>> parameters, string? savedState, CancellationToken ct)
    {
        if (!(await _find.RunAsync(id, ct)).Is(out var connection, out var refusal))
        {
            return refusal;
        }

        if (SignInState.Open(_protection, savedState) is not { } saved)
        {
            return Refuse(connection.Row, "answerWithoutStart");
        }

        if (!(await _cache.DocumentAsync(connection.Row, ct)).Is(out var document, out refusal))
        {
            return refusal;
        }

        var answer = new Answer(connection.Row, document, saved, parameters, _time.GetUtcNow());
        if (await Check.FirstBrokenAsync(AnswerChecks.All, answer) is { } brokenAnswer)
        {
            return Refuse(connection.Row, brokenAnswer);
        }

        if (!(await RedeemAsync(connection, answer, ct)).Is(out var token, out refusal))
        {
            return refusal;
        }

        if (await Check.FirstBrokenAsync(IdTokenChecks.For(connection.Row.Kind), token) is { } brokenToken)
        {
            return Refuse(connection.Row, brokenToken);
        }

        return (await UserInfoAsync(token, ct)).Is(out var more, out refusal)
            ? new CompletedSignIn(ProviderRules.Identity(token, more.Claims), saved.Aim, saved.ReturnPath)
            {
                Purpose = saved.Purpose,
                ProveAnew = saved.ProveAnew,
                Session = saved.Session is { } session ? new Id<Session>(session) : null,
            }
            : refusal;
    }

    /// <summary>What a sign-in was begun for; null when the cookie holds none of ours. Proves nothing but that this browser began it.</summary>
    /// <param name="savedState">What the cookie holds; anything may be in it.</param>
    public BegunSignIn? Recall(string? savedState) =>
        SignInState.Open(_protection, savedState) is { } saved ? new(saved.Aim, saved.ReturnPath, saved.Purpose, saved.ProveAnew) : null;

    /// <summary>
    /// Asks a provider whether it is what a connection says, before the connection is stored: a <see cref="ConnectionProbe"/>.
    /// Refusals: <c>providerUnreachable</c>, <c>issuerMismatch</c>, <c>addressNotAllowed</c>.
    /// </summary>
    public Task<Refusal?> ProbeAsync(IdentityConnection connection, CancellationToken ct) => _cache.ProbeAsync(connection, ct);

    /// <inheritdoc/>
    public void Dispose() => _outbound.Dispose();

    private async Task<Outcome<IdToken>> RedeemAsync(OpenConnection connection, Answer answer, CancellationToken ct)
    {
        var (row, document) = (connection.Row, answer.Document);
        var form = new Dictionary<string, string>
        {
            ["grant_type"] = "authorization_code",
            ["code"] = answer["code"]!,
            ["redirect_uri"] = answer.Saved.RedirectUri,
            ["code_verifier"] = answer.Saved.Verifier,
        };
        using var request = new HttpRequestMessage(HttpMethod.Post, document.TokenEndpoint);
        ClientProof.Add(request, form, connection, document.TokenEndpoint, _time);
        request.Content = new FormUrlEncodedContent(form);
        if (!(await _outbound.SendAsync(row, request, ct)).Is(out var response, out var refusal))
        {
            return refusal;
        }

        // The provider's own words go no further: they may hold anything.
        if (response.Status != HttpStatusCode.OK || Claims.Read(response.Body) is not { } tokens || tokens.Has("error") || tokens.Text("id_token") is not { } compact)
        {
            return Refuse(row, "tokenEndpoint");
        }

        var access = tokens.Text("access_token");
        if (access is not null && !string.Equals(tokens.Text("token_type"), "Bearer", StringComparison.OrdinalIgnoreCase))
        {
            return Refuse(row, "tokenType");
        }

        return IdToken.Read(compact, answer, access, t => IsSignedAsync(t, ct)) is { } token ? token : Refuse(row, "idTokenForm");
    }

    /// <summary>With the keys that are known; if none fits, once more with newer ones: keys may have rolled over just now.</summary>
    private async Task<bool> IsSignedAsync(IdToken token, CancellationToken ct)
    {
        if (!(await _cache.KeysAsync(token.Connection, token.Document, ct)).Is(out var keys, out _))
        {
            return false;
        }

        var keyId = token.Header.Text("kid");
        if (await keys.SignedAsync(token.Compact, token.Algorithm, keyId, token.Issuer))
        {
            return true;
        }

        var newer = await _cache.NewerKeysAsync(token.Connection, token.Document, keys, ct);
        return !ReferenceEquals(newer, keys) && await newer.SignedAsync(token.Compact, token.Algorithm, keyId, token.Issuer);
    }

    private async Task<Outcome<(Claims? Claims, bool Asked)>> UserInfoAsync(IdToken token, CancellationToken ct)
    {
        if (!token.Connection.ReadUserInfo || token.Document.UserInfoEndpoint is not { } endpoint || token.AccessToken is not { } access)
        {
            return (null, false);
        }

        using var request = new HttpRequestMessage(HttpMethod.Get, endpoint);
        request.Headers.Authorization = new("Bearer", access);
        if (!(await _outbound.SendAsync(token.Connection, request, ct)).Is(out var response, out var refusal))
        {
            return refusal;
        }

        // section 5.3.2: the same subject, or nothing of it is used
        return response.Status == HttpStatusCode.OK && Claims.Read(response.Body) is { } claims
            ? claims.Text("sub") == token.Payload.Text("sub") ? (claims, true) : Refuse(token.Connection, "userInfoSubject")
            : Refuse(token.Connection, "userInfo");
    }

    private Refusal Refuse(IdentityConnection connection, string check)
    {
        _log.LogInformation("A sign-in through connection {Connection} was refused: {Check}", connection.Id, check);
        return new(RefusalKind.Forbidden, check, check switch
        {
            "accessDenied" => $"{connection.Name} did not let you in, or you cancelled. Try again, or use another way.",
            "answerWithoutStart" or "answerAge" or "answerState" => "This sign-in was begun in another browser, was used already, or took longer than fifteen minutes. Start again.",
            _ => $"The answer of {connection.Name} could not be accepted ({check}). Start again; if it happens again, tell whoever runs this server.",
        });
    }
}
