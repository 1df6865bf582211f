using UserManagement.Api.Http;
using UserManagement.Membership;
using UserManagement.Membership.Access;
using UserManagement.Membership.Provisioning;

namespace UserManagement.Api.Provisioning;

/// <summary>The provisioning log.</summary>
internal static class ProvisioningEndpoints
{
    private const string Log = "/workspaces/{slug}/provisioning-log";

    private static readonly ApiParameter[] Filters =
    [
        new("failed", "Only what was refused, met a fault or was done in part.") { Choices = ["true", "false"] },
        new("client", "Only by the token or app with this id.") { IsId = true },
        new("cycle", "Only of the cycle with this id.") { IsId = true },
        new("method", "Only by this HTTP method.") { Choices = ["GET", "POST", "PUT", "PATCH", "DELETE"] },
        new("outcome", "Only with this outcome.")
        {
            Choices =
            [
                "created",
                "changed",
                "unchanged",
                "activated",
                "deactivated",
                "deleted",
                "held",
                "read",
                "absent",
                "refused",
                "fault",
                "lost",
            ],
        },
        new("target", "Only about the person or group with this id.") { IsId = true },
        new("person", "Only about whom this names: a user name, address or the directory's id in full, or a part of the name shown."),
        new("since", "From this time on.") { IsTime = true },
        new("until", "Before this time.") { IsTime = true },
    ];

    public static void Map(ApiTable api)
    {
        api.Get(Log, ListAsync)
            .Says(
                "Read the provisioning log",
                $"Every request of a directory, newest first. At most {ListProvisioning.MostLookedAt} lines are looked at for a page: "
                    + "one that finds few of them, or none, leads on by nextCursor. Reads of one kind within a minute stand in one line; "
                    + "times says how many."
            )
            .Needs(Permission.ManageDirectory)
            .Takes([.. Filters, ApiParameter.Limit, ApiParameter.Cursor])
            .Gives<ListJson<ProvisioningLineJson>>();
        api.Get(Log + "/{id}", ReadAsync)
            .Says("Read a line of the provisioning log")
            .Needs(Permission.ManageDirectory)
            .Gives<ProvisioningLineJson>();
        api.Get(Log + "/export", ExportAsync)
            .Says("Export the provisioning log", "JSON lines, newest first; the export itself is a line of the audit log.")
            .Needs(Permission.ManageDirectory)
            .Takes(Filters)
            .Gives<string>(mediaType: ProvisioningFiles.JsonLines);
        api.Get("/workspaces/{slug}/directory-concerns", ConcernsAsync)
            .Says(
                "List what is amiss with the directories",
                "What is urgent first; empty when all is well. Looked at every quarter of an hour."
            )
            .Needs(Permission.ManageDirectory)
            .Gives<ListJson<DirectoryConcernJson>>();
        api.Get("/workspaces/{slug}/provisioning-cycles", CyclesAsync)
            .Says(
                "List the cycles of directories",
                "Newest first: the requests that a directory sent without a pause of five minutes, and their counts."
            )
            .Needs(Permission.ManageDirectory)
            .Takes(ApiParameter.Limit, ApiParameter.Cursor)
            .Gives<ListJson<ProvisioningCycleJson>>();
    }

    private static async Task<ApiAnswer> ListAsync(ApiCall call)
    {
        var read = await call.Act<ListProvisioning>()
            .RunAsync(call.Actor, call.Workspace.Id, QueryOf(call), call.Cursor, call.Limit, call.Ct);
        return read.Is(out var page, out var refusal)
            ? ApiAnswer.Ok(
                new ListJson<ProvisioningLineJson>
                {
                    Items = [.. page.Lines.Select(l => ProvisioningLineJson.Of(l, call.Workspace.Configuration))],
                    NextCursor = ApiCall.Next(page.Next),
                }
            )
            : refusal;
    }

    private static async Task<ApiAnswer> ReadAsync(ApiCall call)
    {
        var read = await call.Act<ListProvisioning>().FindAsync(call.Actor, call.Workspace.Id, call.RouteId<ProvisioningLine>(), call.Ct);
        return !read.Is(out var line, out var refusal) && refusal is not null ? refusal
            : line is null ? Refusal.NotFound("line")
            : ApiAnswer.Ok(ProvisioningLineJson.Of(line, call.Workspace.Configuration));
    }

    private static async Task<ApiAnswer> ExportAsync(ApiCall call)
    {
        var begun = await call.Act<ExportProvisioning>().RunAsync(call.Actor, call.Workspace.Id, QueryOf(call), call.Ct);
        return begun.Is(out var export, out var refusal)
            ? new ApiAnswer
            {
                Status = 200,
                MediaType = ProvisioningFiles.JsonLines,
                Headers = [("Content-Disposition", $"attachment; filename=\"{call.Workspace.Row.Slug}-provisioning-log.jsonl\"")],
                Write = (stream, ct) => ProvisioningFiles.WriteJsonAsync(stream, export, ct),
            }
            : refusal;
    }

    private static async Task<ApiAnswer> CyclesAsync(ApiCall call) =>
        (await call.Act<ListCycles>().RunAsync(call.Actor, call.Workspace.Id, call.Cursor, call.Limit, call.Ct)).Is(
            out var page,
            out var no
        )
            ? ApiAnswer.Ok(
                new ListJson<ProvisioningCycleJson>
                {
                    Items = [.. page.Cycles.Select(ProvisioningCycleJson.Of)],
                    NextCursor = ApiCall.Next(page.Next),
                }
            )
            : no;

    private static async Task<ApiAnswer> ConcernsAsync(ApiCall call) =>
        (await call.Act<ListDirectoryConcerns>().RunAsync(call.Actor, call.Workspace.Id, call.Ct)).Is(out var concerns, out var no)
            ? ApiAnswer.Ok(new ListJson<DirectoryConcernJson> { Items = [.. concerns.Select(DirectoryConcernJson.Of)] })
            : no;

    private static ProvisioningQuery QueryOf(ApiCall call)
    {
        Guid? Id(string name) => call.Query(name) is { } text ? Guid.Parse(text) : null;
        return new()
        {
            Failed = call.Query("failed") is { } failed ? failed == "true" : null,
            Client = Id("client"),
            Cycle = Id("cycle") is { } cycle ? new Id<ProvisioningCycle>(cycle) : null,
            Method = call.Query("method"),
            Outcome = call.Word<ProvisioningOutcome>("outcome"),
            Target = Id("target"),
            Person = call.Query("person"),
            Since = call.Time("since"),
            Until = call.Time("until"),
        };
    }
}
