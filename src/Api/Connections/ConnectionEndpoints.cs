using Microsoft.AspNetCore.Http;
using UserManagement.Api.Http;
using UserManagement.Membership;
using UserManagement.Membership.Access;
using UserManagement.Membership.Connections;

namespace UserManagement.Api.Connections;

/// <summary>The OpenID providers of a workspace. Its sign-in policy is part of the configuration.</summary>
internal static class ConnectionEndpoints
{
    private const string All = "/workspaces/{slug}/connections";
    private const string One = All + "/{id}";

    public static void Map(ApiTable api)
    {
        api.Get(All, ListAsync)
            .Says("List connections", "The workspace's own and the installation's that could open it.")
            .Needs(Permission.ConfigureWorkspace)
            .Gives<ListJson<ConnectionJson>>();
        api.Post(All, CreateAsync)
            .Says("Connect a provider", "The provider is asked whether it is what is said before anything is stored. credential is needed.")
            .Needs(Permission.ConfigureWorkspace)
            .Reads<ConnectionDraft>()
            .Gives<ConnectionJson>(StatusCodes.Status201Created)
            .Versioned();
        api.Post(All + "/check", CheckAsync)
            .Says("Look at a connection as saving would", "Nothing is stored.")
            .Needs(Permission.ConfigureWorkspace)
            .Reads<ConnectionDraft>();
        api.Get(One, ReadAsync).Says("Read a connection").Needs(Permission.ConfigureWorkspace).Gives<ConnectionJson>().Versioned();
        api.Put(One, ChangeAsync)
            .Says("Change a connection", "The whole of it; without credential the one that is there stays, unless it points elsewhere.")
            .Needs(Permission.ConfigureWorkspace)
            .Reads<ConnectionDraft>()
            .Gives<ConnectionJson>()
            .Versioned()
            .IfMatch();
        api.Post(One + "/check", CheckAsync)
            .Says("Look at a change of a connection as saving would", "Nothing is stored.")
            .Needs(Permission.ConfigureWorkspace)
            .Reads<ConnectionDraft>();
        api.Get(One + "/failures", FailuresAsync)
            .Says("Read the last failures", "Sign-ins through it towards this workspace that led nowhere, and why.")
            .Needs(Permission.ConfigureWorkspace)
            .Gives<FailedSignInsJson>();
        api.Delete(One, RemoveAsync)
            .Says("Remove a connection", "With the logins of it; the accounts stay.")
            .Needs(Permission.ConfigureWorkspace);
    }

    private static async Task<ApiAnswer> ListAsync(ApiCall call) =>
        (await call.Act<ConnectionPage>().RunAsync(call.Actor, call.Workspace.Id, call.Ct)).Is(out var found, out var refusal)
            ? ApiAnswer.Ok(new ListJson<ConnectionJson> { Items = [.. found.Select(c => ConnectionJson.Of(c.Row, c.LastUsedAt))] })
            : refusal;

    private static async Task<ApiAnswer> ReadAsync(ApiCall call) =>
        (await FindAsync(call)).Is(out var found, out var refusal) ? Show(found) : refusal;

    private static Task<ApiAnswer> CreateAsync(ApiCall call) =>
        call.WithAsync<ConnectionDraft>(async draft =>
            (await call.Act<CreateConnection>().RunAsync(call.Actor, call.Workspace.Id, draft, call.Act<ConnectionProbe>(), call.Ct)).Is(
                out var made,
                out var refusal
            )
                ? ApiAnswer.Created(ConnectionJson.Of(made), call.Path($"/connections/{made.Id}"), made.Version)
                : refusal
        );

    private static Task<ApiAnswer> CheckAsync(ApiCall call) =>
        call.WithAsync<ConnectionDraft>(async draft =>
            (
                await call.Act<CheckConnection>()
                    .RunAsync(
                        call.Actor,
                        call.Workspace.Id,
                        call.Http.Request.RouteValues.ContainsKey("id") ? call.RouteId<IdentityConnection>() : null,
                        draft,
                        call.Act<ConnectionProbe>(),
                        call.Ct
                    )
            ).Refusal
                is { } refusal
                ? refusal
                : ApiAnswer.NoContent
        );

    private static Task<ApiAnswer> ChangeAsync(ApiCall call) =>
        call.WithAsync<ConnectionDraft>(async draft =>
        {
            var outcome = await call.Act<ChangeConnection>()
                .RunAsync(
                    call.Actor,
                    call.Workspace.Id,
                    call.RouteId<IdentityConnection>(),
                    call.Seen,
                    draft,
                    call.Act<ConnectionProbe>(),
                    call.Ct
                );
            return outcome.Is(out var changed, out var refusal) ? Show(changed) : refusal;
        });

    private static async Task<ApiAnswer> RemoveAsync(ApiCall call) =>
        (await call.Act<RemoveConnection>().RunAsync(call.Actor, call.Workspace.Id, call.RouteId<IdentityConnection>(), call.Ct)).Refusal
            is { } refusal
            ? refusal
            : ApiAnswer.NoContent;

    private static async Task<ApiAnswer> FailuresAsync(ApiCall call) =>
        !(await FindAsync(call)).Is(out var found, out var refusal) ? refusal
        : (await call.Act<ReadFailedSignIns>().RunAsync(call.Actor, call.Workspace.Id, found.Id, call.Ct)).Is(out var failed, out refusal)
            ? ApiAnswer.Ok(FailedSignInsJson.Of(failed))
        : refusal;

    /// <summary>A workspace has at most fifty of them: the one is found among all.</summary>
    private static async Task<Outcome<IdentityConnection>> FindAsync(ApiCall call)
    {
        var read = await call.Act<ConnectionPage>().RunAsync(call.Actor, call.Workspace.Id, call.Ct);
        var id = call.RouteId<IdentityConnection>();
        return !read.Is(out var all, out var refusal) ? refusal
            : all.FirstOrDefault(c => c.Row.Id == id) is { } found ? found.Row
            : Refusal.NotFound("connection");
    }

    private static ApiAnswer Show(IdentityConnection row) => ApiAnswer.Ok(ConnectionJson.Of(row), row.Version);
}
