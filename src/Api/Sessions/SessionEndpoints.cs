using UserManagement.Api.Http;
using UserManagement.Membership;
using UserManagement.Membership.Accounts;

namespace UserManagement.Api.Sessions;

/// <summary>Where one is signed in, and ending it. A key is no person and has no sessions; a member's are with the members.</summary>
internal static class SessionEndpoints
{
    private const string Mine = "/sessions";

    public static void Map(ApiTable api)
    {
        api.Get(Mine, ListAsync)
            .Says("List my sessions", "The one that asks first, then newest first, at most a hundred.")
            .PeopleOnly()
            .Gives<ListJson<SessionJson>>();
        api.Delete(Mine + "/{id}", EndAsync).Says("End a session of mine", "Its next request is refused.").PeopleOnly();
        api.Post(Mine + "/end-others", EndOthersAsync).Says("End all my other sessions").PeopleOnly().Gives<EndedJson>();
    }

    private static async Task<ApiAnswer> ListAsync(ApiCall call) =>
        ApiAnswer.Ok(
            new ListJson<SessionJson>
            {
                Items = [.. (await call.Act<ListSessions>().RunAsync(call.Caller.Person!, call.Ct)).Select(SessionJson.Of)],
            }
        );

    private static async Task<ApiAnswer> EndAsync(ApiCall call) =>
        (await call.Act<EndSession>().RunAsync(call.Caller.Person!, call.RouteId<Session>(), call.Ct, Membership.Access.Door.Rest)).Refusal
            is { } refusal
            ? refusal
            : ApiAnswer.NoContent;

    private static async Task<ApiAnswer> EndOthersAsync(ApiCall call)
    {
        var outcome = await call.Act<EndSessions>().OthersAsync(call.Caller.Person!, Membership.Access.Door.Rest, call.Ct);
        return outcome.Is(out var ended, out var refusal) ? ApiAnswer.Ok(new EndedJson { Ended = ended }) : refusal;
    }
}
