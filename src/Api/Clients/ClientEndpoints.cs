using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using UserManagement.Api.Http;
using UserManagement.Membership;
using UserManagement.Membership.Access;
using UserManagement.Membership.Apps;

namespace UserManagement.Api.Clients;

/// <summary>The apps of a workspace that sign its people in, and those that act for themselves. {id} is the client_id.</summary>
internal static class ClientEndpoints
{
    private const string All = "/workspaces/{slug}/clients";
    private const string One = All + "/{id}";

    public static void Map(ApiTable api)
    {
        api.Get(All, ListAsync)
            .Says("List apps", "The workspace's own, by name, with their last use.")
            .Needs(Permission.ConfigureWorkspace)
            .Gives<ListJson<ClientJson>>();
        api.Post(All, CreateAsync)
            .Says("Register an app", "Its secret is shown this once. No program registers another: what it made would outlive it.")
            .PeopleOnly()
            .Needs(Permission.ConfigureWorkspace)
            .Reads<NewClient>()
            .Gives<IssuedClientJson>(StatusCodes.Status201Created)
            .Versioned();
        api.Get(One, ReadAsync).Says("Read an app").Needs(Permission.ConfigureWorkspace).Gives<ClientJson>().Versioned();
        api.Put(One, ChangeAsync)
            .Says("Change an app", "The whole of its settings; the secrets stay. What is taken away holds from its next request on.")
            .PeopleOnly()
            .Needs(Permission.ConfigureWorkspace)
            .Reads<ClientSettings>()
            .Gives<ClientJson>()
            .Versioned()
            .IfMatch();
        api.Delete(One, RemoveAsync)
            .Says("Remove an app", "With its secrets, and with every token, session and consent that it was given.")
            .Needs(Permission.ConfigureWorkspace);
        api.Post(One + "/secrets", AddSecretAsync)
            .Says("Make another secret", "It is shown this once. Two may live: make one, give it to the app, take the old one away.")
            .PeopleOnly()
            .Needs(Permission.ConfigureWorkspace)
            .Gives<IssuedClientJson>(StatusCodes.Status201Created)
            .Versioned();
        api.Delete(One + "/secrets/{secret}", RemoveSecretAsync)
            .Says("Take a secret away", "At once, with the tokens of programs that proved themselves by it.")
            .Needs(Permission.ConfigureWorkspace)
            .Gives<ClientJson>()
            .Versioned();
    }

    private static async Task<ApiAnswer> ListAsync(ApiCall call) =>
        (await call.Act<ClientPage>().RunAsync(call.Actor, call.Workspace.Id, call.Ct)).Is(out var found, out var refusal)
            ? ApiAnswer.Ok(
                new ListJson<ClientJson> { Items = [.. found.Select(c => ClientJson.Of(c.Row, c.LastUsedAt, c.LastUsedBy?.ShownName))] }
            )
            : refusal;

    private static async Task<ApiAnswer> ReadAsync(ApiCall call) =>
        (await call.Act<ClientPage>().OneAsync(call.Actor, call.Workspace.Id, Named(call), call.Ct)).Is(out var found, out var refusal)
            ? Show(found.Row)
            : refusal;

    private static Task<ApiAnswer> CreateAsync(ApiCall call) =>
        call.WithAsync<NewClient>(async wanted =>
            Issued(call, await call.Act<CreateClient>().RunAsync(call.Actor, call.Workspace.Id, wanted.ClientId, wanted, call.Ct))
        );

    private static Task<ApiAnswer> ChangeAsync(ApiCall call) =>
        call.WithAsync<ClientSettings>(async settings =>
            (await call.Act<ChangeClient>().RunAsync(call.Actor, call.Workspace.Id, Named(call), call.Seen, settings, call.Ct)).Is(
                out var changed,
                out var refusal
            )
                ? Show(changed)
                : refusal
        );

    private static async Task<ApiAnswer> RemoveAsync(ApiCall call) =>
        (await call.Act<RemoveClient>().RunAsync(call.Actor, call.Workspace.Id, Named(call), call.Ct)).Refusal is { } refusal
            ? refusal
            : ApiAnswer.NoContent;

    private static async Task<ApiAnswer> AddSecretAsync(ApiCall call) =>
        Issued(call, await call.Act<AddClientSecret>().RunAsync(call.Actor, call.Workspace.Id, Named(call), call.Ct));

    private static async Task<ApiAnswer> RemoveSecretAsync(ApiCall call) =>
        (
            await call.Act<RemoveClientSecret>()
                .RunAsync(
                    call.Actor,
                    call.Workspace.Id,
                    Named(call),
                    Guid.TryParse(call.Http.GetRouteValue("secret") as string, out var secret) ? secret : default,
                    call.Ct
                )
        ).Is(out var left, out var refusal)
            ? Show(left)
            : refusal;

    private static string Named(ApiCall call) => call.Http.GetRouteValue("id") as string ?? "";

    private static ApiAnswer Issued(ApiCall call, Outcome<IssuedClient> outcome) =>
        outcome.Is(out var made, out var refusal)
            ? ApiAnswer.Created(
                new IssuedClientJson { Client = ClientJson.Of(made.Row), Secret = made.Secret },
                call.Path($"/clients/{made.Row.ClientId}"),
                made.Row.Version
            )
            : refusal;

    private static ApiAnswer Show(Client row) => ApiAnswer.Ok(ClientJson.Of(row), row.Version);
}
