using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OAuth;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using UserManagement.Membership;
using UserManagement.Membership.Connections;

namespace UserManagement.Identity;

/// <summary>Where our own checks stand in the OpenIdConnect handler's course, and what a start adds to its request.</summary>
internal sealed class ConnectionEvents(TimeProvider time) : OpenIdConnectEvents
{
    /// <inheritdoc/>
    public override async Task RedirectToIdentityProvider(RedirectContext context)
    {
        var hand = SignInInHand.Of(context.HttpContext);
        var (row, start, message) = (hand.Connection.Row, hand.Start!, context.ProtocolMessage);
        var document = await context.Options.ConfigurationManager!.GetConfigurationAsync(context.HttpContext.RequestAborted);
        message.RedirectUri = start.RedirectUri.OriginalString;
        message.Nonce = hand.Saved.Nonce;
        message.LoginHint = start.LoginHint is { Length: <= Key.MaxLength } hint ? hint : null;
        message.Prompt = start.ChooseAccount || start.ProveAnew ? "select_account" : null;
        if (start.ProveAnew && row.Kind != ConnectionKind.Google)
        {
            // One of the two, for some providers refuse both together. With max_age the token says when (section 3.1.2.1); Entra knows
            // prompt alone.
            var byPrompt = row.Kind == ConnectionKind.Entra != start.OtherWay;
            (message.Prompt, message.MaxAge) = byPrompt ? ("login", (string?)null) : (null, "0");
        }

        if (row is { Kind: ConnectionKind.Google, DomainList: [var domain] })
        {
            message.SetParameter("hd", domain); // a hint; the claim is what counts
        }

        if (
            document.ResponseModesSupported.Count > 0
            && !document.ResponseModesSupported.Contains(OpenIdConnectResponseMode.Query)
            && document.ResponseModesSupported.Contains(OpenIdConnectResponseMode.FormPost)
        )
        {
            message.ResponseMode = OpenIdConnectResponseMode.FormPost;
        }
    }

    /// <inheritdoc/>
    public override Task PushAuthorization(PushedAuthorizationContext context)
    {
        if (SignInInHand.Of(context.HttpContext).Start!.NotPushed)
        {
            context.SkipPush();
        }
        else
        {
            context.HandleClientAuthentication(); // the backchannel's
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public override async Task MessageReceived(MessageReceivedContext context)
    {
        var hand = SignInInHand.Of(context.HttpContext);
        var parameters = context.Request.Query.SelectMany(q => q.Value.Select(v => KeyValuePair.Create(q.Key, v ?? ""))).ToList();
        var answer = new Answer(hand.Connection.Row, hand.Saved, parameters, time.GetUtcNow());
        await RefuseAsync(AnswerChecks.Belonging, answer);
        hand.IsAnswered = true;
        var document = await context.Options.ConfigurationManager!.GetConfigurationAsync(context.HttpContext.RequestAborted);
        await RefuseAsync(AnswerChecks.All, new OwnAnswer(answer, document));
        context.Properties = new AuthenticationProperties(
            new Dictionary<string, string?>
            {
                [OAuthConstants.CodeVerifierKey] = hand.Saved.Verifier,
                [OpenIdConnectDefaults.RedirectUriForCodePropertiesKey] = hand.Saved.RedirectUri,
            }
        );
    }

    /// <inheritdoc/>
    public override Task TokenResponseReceived(TokenResponseReceivedContext context)
    {
        var answer = context.TokenEndpointResponse;
        return answer.Error is not null || string.IsNullOrEmpty(answer.IdToken)
                ? throw new SignInRefusedException("tokenEndpoint") { Data = { ["error"] = answer.Error } }
            : answer.AccessToken is not null && !string.Equals(answer.TokenType, "Bearer", StringComparison.OrdinalIgnoreCase)
                ? throw new SignInRefusedException("tokenType")
            : Task.CompletedTask;
    }

    /// <inheritdoc/>
    public override async Task TokenValidated(TokenValidatedContext context)
    {
        var hand = SignInInHand.Of(context.HttpContext);
        var document = await context.Options.ConfigurationManager!.GetConfigurationAsync(context.HttpContext.RequestAborted);
        hand.Token =
            IdToken.Read(context.TokenEndpointResponse!.IdToken, hand.Connection.Row, document.Issuer, time.GetUtcNow())
            ?? throw new SignInRefusedException("idTokenForm");
        await RefuseAsync(
            IdTokenChecks.Belonging,
            new(hand.Token, hand.Saved, context.ProtocolMessage.Iss, context.TokenEndpointResponse.AccessToken)
        );
        context.Nonce = hand.Saved.Nonce;
    }

    /// <summary>All of it held: who it is is in hand, and the handler signs nobody in.</summary>
    public override Task TicketReceived(TicketReceivedContext context)
    {
        context.HandleResponse();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public override Task RemoteFailure(RemoteFailureContext context)
    {
        SignInInHand.Of(context.HttpContext).Failure = context.Failure;
        context.HandleResponse();
        return Task.CompletedTask;
    }

    private static async Task RefuseAsync<T>(IEnumerable<Check<T>> checks, T what)
    {
        if (await Check.FirstBrokenAsync(checks, what) is { } broken)
        {
            throw new SignInRefusedException(broken);
        }
    }
}
