using Microsoft.AspNetCore.Http;
using UserManagement.Membership;
using UserManagement.Membership.Access;
using UserManagement.Membership.Accounts;
using UserManagement.Membership.Operators;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Api.Http;

/// <summary>Who sends a request: a program with a key, or a person in a browser.</summary>
/// <param name="Id">The key's or the account's id: limits and Idempotency-Keys are counted by it.</param>
/// <param name="Actor">
/// As what it acts in the workspace of the address, or for the whole installation at an operator's call; null where the address names
/// neither and a person asks.
/// </param>
/// <param name="Workspace">That workspace; for a key always its own. Null where nobody acts in one: at an operator's call, too.</param>
/// <param name="Person">The person; null for a key.</param>
internal sealed record ApiCaller(Guid Id, Actor? Actor, WorkspaceContext? Workspace, SignedIn? Person)
{
    private const string Scheme = "Bearer ";

    /// <summary>
    /// Finds out who sends a request. An Authorization header outweighs a cookie. A workspace that is not the caller's is
    /// not there, whether or not it exists.
    /// </summary>
    public static async Task<(ApiCaller? Caller, Problem? TurnedAway)> OfAsync(HttpContext http, RecognizeApiKey recognize)
    {
        var slug = http.Request.RouteValues["slug"] as string;
        if (Bearer(http) is { } token)
        {
            return await recognize.RunAsync(token, http.Request.Headers.UserAgent, http.RequestAborted) is not { } key
                    ? (null, Problem.Unauthorized(false))
                : slug is not null && slug != key.Workspace.Row.Slug ? (null, NoWorkspace())
                : (new(key.Actor.Id!.Value, key.Actor, key.Workspace, null), null);
        }

        return http.Features.Get<SignedIn>() switch
        {
            null => (null, Problem.Unauthorized(true)),
            { Barred: { } barred } => (null, Problem.Of(barred)),
            { Demand: var demand } when Membership.Accounts.Factors.SignInDemands.Refuse(demand) is { } owed => (null, Problem.Of(owed)),
            { } who when slug is null => (new(who.Account.Id.Value, null, null, who), null),
            { Actor: { } actor, Workspace: { } workspace } who => (
                new(who.Account.Id.Value, actor with { Door = Membership.Access.Door.Rest }, workspace, who),
                null
            ),
            _ => (null, NoWorkspace()),
        };
    }

    /// <summary>
    /// The same at an operator's call, and nowhere else: whom it gives back may do all. A key of a workspace and a person who is no
    /// operator find nothing there.
    /// </summary>
    public static async Task<(ApiCaller? Caller, Problem? TurnedAway)> OperatorOfAsync(
        HttpContext http,
        RecognizeOperatorKey keys,
        RecognizeOperator people,
        RecognizeApiKey others
    )
    {
        var ct = http.RequestAborted;
        if (Bearer(http) is { } token)
        {
            return await keys.RunAsync(token, ct) is { } program ? (new(program.Id!.Value, program, null, null), null)
                : await others.RunAsync(token, http.Request.Headers.UserAgent, ct) is null
                    ? (null, Problem.Unauthorized(false, forOperators: true))
                : (null, NotThere());
        }

        if (http.Features.Get<SignedIn>() is not { } who)
        {
            return (null, Problem.Unauthorized(true, forOperators: true));
        }

        return (await people.RunAsync(who, ct)).Is(out var actor, out var refusal)
            ? (new(who.Account.Id.Value, actor with { Door = Membership.Access.Door.Rest }, null, who), null)
            : (null, refusal.Kind == RefusalKind.NotFound ? NotThere() : Problem.Of(refusal));
    }

    /// <summary>What an Authorization header holds, which may be no token; null where there is no such header.</summary>
    private static string? Bearer(HttpContext http) =>
        http.Request.Headers.Authorization is not { Count: > 0 } header ? null
        : header is [{ } only] && only.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? only[Scheme.Length..].Trim()
        : "";

    private static Problem NotThere() =>
        Problem.Of(new(RefusalKind.NotFound, "notFound", "This call is for whoever runs the server; for anybody else there is none."));

    private static Problem NoWorkspace() => Problem.Of(new(RefusalKind.NotFound, "notFound", "There is no such workspace."));
}
