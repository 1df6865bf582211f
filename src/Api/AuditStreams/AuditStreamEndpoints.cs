using Microsoft.AspNetCore.Http;
using UserManagement.Api.Http;
using UserManagement.Membership;
using UserManagement.Membership.Access;
using UserManagement.Membership.AuditStreams;

namespace UserManagement.Api.AuditStreams;

/// <summary>Where the audit log goes as it is written: receivers of a SIEM.</summary>
internal static class AuditStreamEndpoints
{
    private const string All = "/workspaces/{slug}/audit-streams";
    private const string One = All + "/{id}";

    public static void Map(ApiTable api)
    {
        api.Get(All, ListAsync)
            .Says("List audit streams", "With how far each is, and why it does not get on.")
            .Needs(Permission.ConfigureWorkspace)
            .Gives<ListJson<AuditStreamJson>>();
        api.Post(All, CreateAsync)
            .Says(
                "Make an audit stream",
                "Lines of the audit log are sent as they are sealed, in their order, at least once. Whether the address may be dialled is asked "
                    + "when it is dialled: private networks only where the operator allows them."
            )
            .Needs(Permission.ConfigureWorkspace)
            .Reads<NewAuditStream>()
            .Gives<AuditStreamJson>(StatusCodes.Status201Created)
            .Versioned();
        api.Get(One, ReadAsync).Says("Read an audit stream").Needs(Permission.ConfigureWorkspace).Gives<AuditStreamJson>().Versioned();
        api.Patch(One, ChangeAsync)
            .Says("Change an audit stream, or turn it on or off", "What failed is tried at once.")
            .Needs(Permission.ConfigureWorkspace)
            .Reads<AuditStreamChange>()
            .Gives<AuditStreamJson>()
            .Versioned()
            .IfMatch();
        api.Delete(One, RemoveAsync).Says("Remove an audit stream").Needs(Permission.ConfigureWorkspace);
    }

    private static async Task<ApiAnswer> ListAsync(ApiCall call) =>
        (await call.Act<ListAuditStreams>().RunAsync(call.Actor, call.Workspace.Id, call.Ct)).Is(out var found, out var refusal)
            ? ApiAnswer.Ok(new ListJson<AuditStreamJson> { Items = [.. found.Select(AuditStreamJson.Of)] })
            : refusal;

    private static Task<ApiAnswer> ReadAsync(ApiCall call) => ShowAsync(call, call.RouteId<AuditStream>());

    private static Task<ApiAnswer> CreateAsync(ApiCall call) =>
        call.WithAsync<NewAuditStream>(async wanted =>
        {
            var made = await call.Act<CreateAuditStream>()
                .RunAsync(
                    call.Actor,
                    call.Workspace.Id,
                    new()
                    {
                        Name = wanted.Name,
                        Kind = wanted.Kind,
                        Address = wanted.Address,
                        Authorities = wanted.Authorities,
                        Token = wanted.Token,
                        FromStart = wanted.FromStart,
                    },
                    call.Ct
                );
            return made.Is(out var row, out var refusal)
                ? await ShowAsync(call, row.Id) is { Body: { } body }
                    ? ApiAnswer.Created(body, call.Path($"/audit-streams/{row.Id}"), row.Version)
                    : ApiAnswer.NoContent
                : refusal;
        });

    private static Task<ApiAnswer> ChangeAsync(ApiCall call) =>
        call.WithAsync<AuditStreamChange>(async change =>
        {
            var changed = await call.Act<ChangeAuditStream>()
                .RunAsync(
                    call.Actor,
                    call.Workspace.Id,
                    call.RouteId<AuditStream>(),
                    call.Seen,
                    now =>
                        now with
                        {
                            Name = change.Name ?? now.Name,
                            Address = change.Address ?? now.Address,
                            Authorities = call.Sent("authorities") ? change.Authorities : now.Authorities,
                            Token = call.Sent("token") ? change.Token ?? "" : null,
                            Enabled = change.Enabled ?? now.Enabled,
                        },
                    call.Ct
                );
            return changed.Refusal is { } refusal ? refusal : await ShowAsync(call, call.RouteId<AuditStream>());
        });

    private static async Task<ApiAnswer> RemoveAsync(ApiCall call) =>
        (await call.Act<RemoveAuditStream>().RunAsync(call.Actor, call.Workspace.Id, call.RouteId<AuditStream>(), call.Ct)).Refusal
            is { } refusal
            ? refusal
            : ApiAnswer.NoContent;

    private static async Task<ApiAnswer> ShowAsync(ApiCall call, Id<AuditStream> id) =>
        (await call.Act<ListAuditStreams>().OneAsync(call.Actor, call.Workspace.Id, id, call.Ct)).Is(out var found, out var refusal)
            ? ApiAnswer.Ok(AuditStreamJson.Of(found), found.Row.Version)
            : refusal;
}
