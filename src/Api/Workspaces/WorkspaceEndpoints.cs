using UserManagement.Api.Http;
using UserManagement.Membership;
using UserManagement.Membership.Access;
using UserManagement.Membership.Accounts;
using UserManagement.Membership.Licensing;
using UserManagement.Membership.Plans;
using UserManagement.Membership.Roles;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Api.Workspaces;

/// <summary>Who asks, which workspaces there are for them, and what one of them is like.</summary>
internal static class WorkspaceEndpoints
{
    private const string One = "/workspaces/{slug}";

    public static void Map(ApiTable api)
    {
        api.Get("/me", Me).Says("Who sends this?").Gives<MeJson>();
        api.Get("/workspaces", ListAsync).Says("List my workspaces", "For a key the one that it opens.").Gives<ListJson<MyWorkspaceJson>>();
        api.Get(One, ReadAsync).Says("Read a workspace").Gives<WorkspaceJson>().Versioned();
        api.Get(One + "/configuration", ConfigurationAsync)
            .Says("Read the configuration")
            .Needs(Permission.ConfigureWorkspace)
            .Gives<WorkspaceConfiguration>()
            .Versioned();
        api.Put(One + "/configuration", ConfigureAsync)
            .Says(
                "Change the configuration",
                "The whole of it. Limits belong to the plan: one that differs is refused (planLimit). It asks for If-Match: the ETag that was read, or * to take the place of "
                    + "whatever is there."
            )
            .Needs(Permission.ConfigureWorkspace)
            .Reads<WorkspaceConfiguration>()
            .Gives<WorkspaceConfiguration>()
            .Versioned()
            .IfMatchOnly();
        api.Get(One + "/ai-coordinator", CoordinatorAsync)
            .Says("Read the AI Coordinator", "Whom members ask about AI; null where nobody is named.")
            .Gives<CoordinatorJson>()
            .Versioned();
        api.Put(One + "/ai-coordinator", CoordinateAsync)
            .Says("Name the AI Coordinator", "All members see it. A null coordinator names nobody.")
            .Needs(Permission.ConfigureWorkspace)
            .Reads<CoordinatorJson>()
            .Gives<CoordinatorJson>()
            .Versioned()
            .IfMatch();
        api.Patch(One + "/configuration", PatchAsync)
            .Says(
                "Change a part of the configuration",
                "JSON Merge Patch (RFC 7396): what is not named stays, null takes the default, a list is replaced whole. It rests on the version "
                    + "of If-Match, or on the one that it finds."
            )
            .Needs(Permission.ConfigureWorkspace)
            .Reads<ConfigurationPatch>()
            .Gives<WorkspaceConfiguration>()
            .Versioned()
            .IfMatch();
        SettingsEndpoints.Map(api);
        PresetEndpoints.Map(api);
        api.Get(One + "/plan", PlanAsync)
            .Says(
                "Read the plan",
                "The limits and what is used of them. They belong to whoever runs the server, and are changed by no call of a workspace's "
                    + "(403 planLimit): an operator key sets them under /operator."
            )
            .Needs(Permission.ReadMembers)
            .Gives<PlanJson>();
        api.Get(One + "/me", MyPartAsync)
            .Says("What may I do here?", "Role, permissions, license, seat and entitlements of whoever asks.")
            .Gives<MyPartJson>();
        api.Get(One + "/roles", RolesAsync).Says("List the roles").Gives<ListJson<CatalogueRoleJson>>();
        api.Get(One + "/licenses", LicensesAsync)
            .Says("List the license types")
            .Needs(Permission.ReadMembers)
            .Gives<ListJson<LicenseJson>>();
        api.Get(One + "/seats", SeatsAsync)
            .Says("Read the counts", "Seats, member slots, people by state and role.")
            .Needs(Permission.ReadMembers)
            .Gives<SeatsJson>();
    }

    private static Task<ApiAnswer> CoordinatorAsync(ApiCall call) =>
        Task.FromResult(ApiAnswer.Ok(CoordinatorJson.Of(call.Workspace.Row), call.Workspace.Row.Version));

    private static Task<ApiAnswer> CoordinateAsync(ApiCall call) =>
        call.WithAsync<CoordinatorJson>(async wanted =>
        {
            var coordinator = wanted.Coordinator is { } some ? new AiCoordinator(some.Name, some.Email, some.Phone, some.Notes) : null;
            return (await call.Act<SetAiCoordinator>().RunAsync(call.Actor, call.Workspace.Id, call.Seen, coordinator, call.Ct)).Is(
                out var row,
                out var refusal
            )
                ? ApiAnswer.Ok(CoordinatorJson.Of(row), row.Version)
                : refusal;
        });

    private static Task<ApiAnswer> Me(ApiCall call) =>
        Task.FromResult(
            ApiAnswer.Ok(
                call.Caller is { Person: { } person }
                    ? new MeJson
                    {
                        Kind = CallerKind.Person,
                        Id = person.Account.Id.Value,
                        Name = person.Account.DisplayName,
                    }
                    : new MeJson
                    {
                        Kind = CallerKind.ApiKey,
                        Id = call.Caller.Id,
                        Name = call.Actor.Name,
                        Workspace = call.Workspace.Row.Slug,
                        Role = call.Actor.Role,
                    }
            )
        );

    private static async Task<ApiAnswer> ListAsync(ApiCall call)
    {
        var mine = call.Caller.Person is { } person
            ? await call.Act<ListWorkspaces>().RunAsync(person, call.Ct)
            : [new(call.Workspace.Row.Slug, call.Workspace.Row.Name, call.Workspace.Configuration.Role(call.Actor.Role)?.Label ?? "")];
        return ApiAnswer.Ok(
            new ListJson<MyWorkspaceJson>
            {
                Items =
                [
                    .. mine.Select(w => new MyWorkspaceJson
                    {
                        Slug = w.Slug,
                        Name = w.Name,
                        RoleLabel = w.Role,
                    }),
                ],
            }
        );
    }

    private static async Task<ApiAnswer> ReadAsync(ApiCall call) =>
        (await call.Act<ReadWorkspace>().RunAsync(call.Actor, call.Workspace.Id, call.Ct)).Is(out var workspace, out var refusal)
            ? ApiAnswer.Ok(WorkspaceJson.Of(workspace), workspace.Row.Version)
            : refusal;

    private static async Task<ApiAnswer> ConfigurationAsync(ApiCall call) =>
        (await call.Act<ReadWorkspace>().ConfigurationAsync(call.Actor, call.Workspace.Id, call.Ct)).Is(out var workspace, out var refusal)
            ? ApiAnswer.Ok(workspace.Configuration, workspace.Row.Version)
            : refusal;

    private static Task<ApiAnswer> ConfigureAsync(ApiCall call) =>
        call.WithAsync<WorkspaceConfiguration>(async wanted =>
        {
            var outcome = await call.Act<ChangeConfiguration>().RunAsync(call.Actor, call.Workspace.Id, call.Seen, wanted, call.Ct);
            return outcome.Is(out var workspace, out var refusal) ? ApiAnswer.Ok(workspace.Configuration, workspace.Row.Version) : refusal;
        });

    private static Task<ApiAnswer> PatchAsync(ApiCall call) =>
        call.WithAsync<ConfigurationPatch>(async _ =>
        {
            var read = await call.Act<ReadWorkspace>().ConfigurationAsync(call.Actor, call.Workspace.Id, call.Ct);
            if (!read.Is(out var now, out var refusal))
            {
                return refusal;
            }

            var (wanted, wrong) = ConfigurationPatch.Over(now.Configuration, (await call.BytesAsync()).Bytes);
            if (wanted is null)
            {
                return wrong!;
            }

            // what is patched is what was read: somebody else's change in between is stale, not lost
            var changed = await call.Act<ChangeConfiguration>()
                .RunAsync(call.Actor, call.Workspace.Id, call.Seen ?? now.Row.Version, wanted, call.Ct);
            return changed.Is(out var workspace, out refusal) ? ApiAnswer.Ok(workspace.Configuration, workspace.Row.Version) : refusal;
        });

    private static async Task<ApiAnswer> MyPartAsync(ApiCall call)
    {
        var me = call.Caller.Person?.Member;
        var place = me is null ? null : await call.Act<ReadSeatLine>().PlaceAsync(me, call.Ct);
        return ApiAnswer.Ok(MyPartJson.Of(call.Workspace.Configuration, call.Actor, me, place));
    }

    private static async Task<ApiAnswer> RolesAsync(ApiCall call) =>
        (await call.Act<ReadWorkspace>().RunAsync(call.Actor, call.Workspace.Id, call.Ct)).Is(out var workspace, out var refusal)
            ? ApiAnswer.Ok(
                new ListJson<CatalogueRoleJson>
                {
                    Items = [.. workspace.Configuration.Roles.Select(r => CatalogueRoleJson.Of(workspace.Configuration, r))],
                }
            )
            : refusal;

    private static async Task<ApiAnswer> LicensesAsync(ApiCall call) =>
        (await call.Act<ReadWorkspace>().CountsAsync(call.Actor, call.Workspace.Id, call.Ct)).Is(out var counts, out var refusal)
            ? ApiAnswer.Ok(
                new ListJson<LicenseJson> { Items = [.. call.Workspace.Configuration.Licenses.Select(l => LicenseJson.Of(l, counts))] }
            )
            : refusal;

    private static async Task<ApiAnswer> PlanAsync(ApiCall call) =>
        (await call.Act<ReadPlan>().RunAsync(call.Actor, call.Workspace.Id, call.Ct)).Is(out var plan, out var refusal)
            ? ApiAnswer.Ok(PlanJson.Of(plan))
            : refusal;

    private static async Task<ApiAnswer> SeatsAsync(ApiCall call) =>
        (await call.Act<ReadWorkspace>().CountsAsync(call.Actor, call.Workspace.Id, call.Ct)).Is(out var counts, out var refusal)
            ? ApiAnswer.Ok(SeatsJson.Of(call.Workspace.Configuration, counts))
            : refusal;
}
