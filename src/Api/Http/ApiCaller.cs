using Microsoft.AspNetCore.Http;
using UserManagement.Membership;
using UserManagement.Membership.Access;
using UserManagement.Membership.Accounts;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Api.Http;

/// <summary>Who sends a request: a program with a key, or a person in a browser.</summary>
/// <param name="Id">The key's or the account's id: limits and Idempotency-Keys are counted by it.</param>
/// <param name="Actor">As what it acts in the workspace of the address; null where the address names none and a person asks.</param>
/// <param name="Workspace">That workspace; for a key always its own. Null exactly when <paramref name="Actor"/> is.</param>
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
        if (http.Request.Headers.Authorization is { Count: > 0 } header)
        {
            var token =
                header is [{ } only] && only.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? only[Scheme.Length..].Trim() : "";
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

    private static Problem NoWorkspace() => Problem.Of(new(RefusalKind.NotFound, "notFound", "There is no such workspace."));
}
