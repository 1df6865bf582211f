using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using UserManagement.Membership;
using UserManagement.Membership.Accounts;
using UserManagement.Membership.Connections;
using UserManagement.Membership.Workspaces;
using Secret = UserManagement.Membership.Secret;

namespace UserManagement.Identity;

/// <summary>
/// Signs people in at OpenID providers (authorization code with PKCE, OpenID Connect Core section 3.1), by ASP.NET Core's
/// OpenIdConnect handler. It reads its connection from the database at each call and keeps nothing about people; who may
/// come in is the core's to decide. Refusals of an answer have kind Forbidden and the name of the check that did not hold
/// as code.
/// </summary>
public sealed class RelyingParty
{
    private readonly FindConnection _find;
    private readonly ConnectionRows _rows;
    private readonly IDataProtectionProvider _protection;
    private readonly TimeProvider _time;
    private readonly ILogger<RelyingParty> _log;

    internal RelyingParty(
        FindConnection find,
        ConnectionRows rows,
        IDataProtectionProvider protection,
        TimeProvider time,
        ILogger<RelyingParty> log
    ) => (_find, _rows, _protection, _time, _log) = (find, rows, protection, time, log);

    /// <summary>The cookie that belongs to an answer's <c>state</c>; any text may be given.</summary>
    public static string CookieName(string? state) => "__Host-signin-" + Convert.ToHexStringLower(Secret.Hash(state ?? "").AsSpan(0, 6));

    /// <summary>
    /// Begins a sign-in. Refusals: <c>connectionGone</c>, <c>providerUnreachable</c>, <c>issuerMismatch</c>, <c>addressNotAllowed</c>,
    /// <c>documentMoved</c>, <c>providerUnsupported</c>.
    /// </summary>
    /// <param name="http">The request.</param>
    /// <param name="id">The connection.</param>
    /// <param name="start">What it begins with.</param>
    public async Task<Outcome<AuthorizationRequest>> StartAsync(HttpContext http, Id<IdentityConnection> id, SignInStart start)
    {
        if (!(await FindAsync(id, http.RequestAborted)).Is(out var connection, out var refusal))
        {
            return refusal;
        }

        var hand = new SignInInHand(
            connection,
            new()
            {
                Connection = id.Value,
                Authority = connection.Row.Authority,
                ClientId = connection.Row.ClientId,
                RedirectUri = start.RedirectUri.OriginalString,
                State = Secret.New(),
                Nonce = Secret.New(),
                Verifier = "",
                StartedAt = _time.Now(),
                Workspace = start.Workspace?.Value,
                InvitationSecret = start.InvitationSecret,
                ReturnPath = start.ReturnPath,
                Purpose = start.Purpose,
                ProveAnew = start.ProveAnew,
                OtherWay = start.OtherWay,
                Session = start.Session?.Value,
            }
        )
        {
            Start = start,
        };
        var properties = new AuthenticationProperties();
        properties.SetParameter(ConnectionOptions.KeptState.InHand, hand);
        http.Features.Set(hand);
        try
        {
            await http.ChallengeAsync(_rows.Keep(connection), properties);
        }
        catch (Exception e) when (e is OpenIdConnectProtocolException or SignInRefusedException { Check: not null } && !start.NotPushed)
        {
            // Pushing is an offer: where this client may not, or a parameter is refused, the browser brings the request and the provider's
            // word on it.
            Refuse(hand, new SignInRefusedException("pushedRequest"), e.Data["error"] as string);
            return await StartAsync(http, id, start with { NotPushed = true });
        }
        catch (SignInRefusedException e)
        {
            return Refuse(hand, e, null);
        }

        var url = new Uri(http.Response.Headers.Location.ToString());
        http.Response.Headers.Location = default;
        return new AuthorizationRequest(url, CookieName(hand.Saved.State), hand.Saved.Seal(_protection));
    }

    /// <summary>
    /// Completes a sign-in with the provider's answer. Nothing is made: the caller hands the result to
    /// <see cref="SignInWithProvider"/>, which also uses the state up.
    /// </summary>
    /// <param name="http">The request, whose query is the answer.</param>
    /// <param name="id">The connection of the address that was called.</param>
    /// <param name="savedState">What the cookie of this answer's state holds; null when there is none.</param>
    public async Task<Outcome<CompletedSignIn>> CompleteAsync(HttpContext http, Id<IdentityConnection> id, string? savedState)
    {
        if (!(await FindAsync(id, http.RequestAborted)).Is(out var connection, out var refusal))
        {
            return refusal;
        }

        if (SignInState.Open(_protection, savedState) is not { } saved)
        {
            return Refuse(connection.Row, "answerWithoutStart", null);
        }

        var hand = new SignInInHand(connection, saved);
        http.Features.Set(hand);
        var scheme = _rows.Keep(connection);
        if (
            await http.RequestServices.GetRequiredService<IAuthenticationHandlerProvider>().GetHandlerAsync(http, scheme)
                is not IAuthenticationRequestHandler handler
            || !await handler.HandleRequestAsync()
        )
        {
            throw new InvalidOperationException($"The handler of {scheme} did not answer.");
        }

        http.RequestAborted.ThrowIfCancellationRequested();
        return hand.Failure is { } failure
            ? Refuse(hand, failure, failure.Data["error"] as string ?? http.Request.Query["error"].FirstOrDefault())
            : new CompletedSignIn(ProviderRules.Identity(hand.Token!, hand.UserInfo, saved), saved.Aim, saved.ReturnPath)
            {
                Purpose = saved.Purpose,
                ProveAnew = saved.ProveAnew,
                Session = saved.Session is { } session ? new Id<Session>(session) : null,
            };
    }

    /// <summary>
    /// Whether the request that was completed answers what was begun in this browser: only then what came of it is worth a note to admins.
    /// </summary>
    public static bool IsAnswered(HttpContext http) => http.Features.Get<SignInInHand>() is { IsAnswered: true };

    /// <summary>
    /// Begins anew in the other way where somebody was to prove anew who they are and the provider did not take the way in
    /// which that was asked: it refused, or gave an old proof. Null where there is no other way. Refusals as of <see cref="StartAsync"/>.
    /// </summary>
    public async Task<Outcome<AuthorizationRequest>?> OtherWayAsync(
        HttpContext http,
        Id<IdentityConnection> id,
        string? savedState,
        Refusal refusal
    ) =>
        refusal.Code is "answerError" or "idTokenNotAnew"
        && SignInState.Open(_protection, savedState) is { ProveAnew: true, OtherWay: false } saved
        && SignInInHand.Of(http).Connection.Row.Kind != ConnectionKind.Google
            ? await StartAsync(http, id, saved.Start with { OtherWay = true })
            : default(Outcome<AuthorizationRequest>?);

    /// <summary>
    /// What a sign-in was begun for; null when the cookie holds none of ours. Proves nothing but that this browser began it.
    /// </summary>
    /// <param name="savedState">What the cookie holds; anything may be in it.</param>
    public BegunSignIn? Recall(string? savedState) =>
        SignInState.Open(_protection, savedState) is { } saved ? new(saved.Aim, saved.ReturnPath, saved.Purpose, saved.ProveAnew) : null;

    private async Task<Outcome<ConnectionWithSecret>> FindAsync(Id<IdentityConnection> id, CancellationToken ct)
    {
        var found = await _find.RunAsync(id, ct);
        if (!found.Done)
        {
            _rows.Forget(id);
        }

        return found;
    }

    private Refusal Refuse(SignInInHand hand, Exception failure, string? said)
    {
        var row = hand.Connection.Row;
        switch (failure)
        {
            case SignInRefusedException { Refusal: { } refusal }:
                _log.LogInformation("A sign-in through connection {Connection} was refused: {Check}", row.Id, refusal.Code);
                return refusal;
            case SignInRefusedException { Check: { } check }:
                return Refuse(row, check, said);
            case OpenIdConnectProtocolInvalidAtHashException:
                return Refuse(row, "idTokenAccessTokenHash", null);
            case OpenIdConnectProtocolInvalidNonceException:
                return Refuse(row, "idTokenNonce", null);
            case OpenIdConnectProtocolException when hand.Token is null:
                return Refuse(row, "tokenEndpoint", said);
            default:
                _log.LogWarning(
                    "The answer of the provider of connection {Connection} was not understood: {Kind}",
                    row.Id,
                    failure.GetType().Name
                );
                return Refuse(row, hand.Token is null ? "answerForm" : "idTokenForm", null);
        }
    }

    private Refusal Refuse(IdentityConnection connection, string check, string? said)
    {
        // a code of RFC 6749 and nothing that a provider could write instead
        var error = said is null
            ? ""
            : "; the provider says "
                + (said.Length <= 64 && said.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.') ? said : "(no code)");
        _log.LogInformation("A sign-in through connection {Connection} was refused: {Check}{Error}", connection.Id, check, error);
        return new(
            RefusalKind.Forbidden,
            check,
            check switch
            {
                "accessDenied" => $"{connection.Name} did not let you in, or you cancelled. Try again, or use another way.",
                "answerWithoutStart" or "answerAge" or "answerState" =>
                    "This sign-in was begun in another browser, was used already, or took longer than fifteen minutes. Start again.",
                _ => $"The answer of {connection.Name} could not be accepted ({check}). Start again; if it happens again, tell "
                    + $"whoever runs this server.",
            }
        )
        {
            ForAdmins = $"The provider's answer was refused: {check}{error}.",
        };
    }
}
