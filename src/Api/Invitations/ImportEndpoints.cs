using System.Globalization;
using Microsoft.AspNetCore.Http;
using UserManagement.Api.Http;
using UserManagement.Membership;
using UserManagement.Membership.Access;
using UserManagement.Membership.Invitations.Imports;

namespace UserManagement.Api.Invitations;

/// <summary>Inviting many people at once: from CSV or JSON, looked at first or sent as one job, and what becomes of the job.</summary>
internal static class ImportEndpoints
{
    private const string All = "/workspaces/{slug}/invitations/import";
    private const string One = "/workspaces/{slug}/invitations/imports/{id}";
    private const string Csv = "text/csv";

    public static void Map(ApiTable api)
    {
        api.Post(All, ImportAsync)
            .Says(
                "Invite people from a list",
                "As text/csv with the header email,role or email,role,lastDay (comma, semicolon or tab; up to 10,000 rows, 5 MB), or as "
                    + "JSON (up to 1,000 rows). With dryRun=true each row is checked and nothing is kept (200). Otherwise the answer is a "
                    + "job (202, Location), which is worked off whoever waits for it; a row can still be refused then."
            )
            .Needs(Permission.InviteMembers)
            .Takes(
                new("dryRun", "Whether the rows are only checked. Default: false.") { Choices = ["true", "false"] },
                new("mode", "Whether one faulty row keeps all from being sent (all), or the others are sent (valid). Default: all.")
                {
                    Choices = ["all", "valid"],
                }
            )
            .Reads<NewImport>()
            .OrReads(Csv, InvitationCsv.MostBytes + (64 * 1024))
            .Gives<ImportJson>(StatusCodes.Status202Accepted);
        api.Get(One, ReadAsync)
            .Says("Read a job of invitations", "How far it is, and its rows: those that were refused first.")
            .Needs(Permission.InviteMembers)
            .Takes(
                new("rows", "Only rows that were refused. Without it all.") { Choices = ["refused"] },
                new("skip", "How many rows to pass over. Default: 0.") { Range = (0, InvitationCsv.MostRows) },
                ApiParameter.Limit
            )
            .Gives<ImportJson>();
    }

    private static async Task<ApiAnswer> ImportAsync(ApiCall call)
    {
        if (!IsCsv(call.Http.Request.ContentType))
        {
            return await call.WithAsync<NewImport>(wanted =>
                RunAsync(call, [.. wanted.Rows.Select((r, i) => new InvitationCsvRow(i + 1, r.Email, r.Role, LastDay: r.LastDay))])
            );
        }

        var (bytes, tooLarge) = await call.BytesAsync();
        return tooLarge is not null ? tooLarge
            : InvitationCsv.Read(bytes).Is(out var rows, out var refusal) ? await RunAsync(call, rows)
            : refusal;
    }

    private static async Task<ApiAnswer> RunAsync(ApiCall call, IReadOnlyList<InvitationCsvRow> rows)
    {
        var start = call.Act<StartInvitationImport>();
        if (call.Query("dryRun") == "true")
        {
            return (await start.PreviewAsync(call.Actor, call.Workspace.Id, rows, call.Ct)).Is(out var found, out var no)
                ? ApiAnswer.Ok(ImportJson.Of(found))
                : no;
        }

        var started = await start.RunAsync(call.Actor, call.Workspace.Id, rows, call.Ct);
        var sent = started.Is(out var draft, out var refusal)
            ? await call.Act<SendInvitationImport>()
                .RunAsync(call.Actor, call.Workspace.Id, draft.Id, null, call.Query("mode") != "valid", call.Ct)
            : refusal;
        if (!sent.Is(out var import, out refusal))
        {
            return refusal;
        }

        var read = await call.Act<ReadInvitationImport>().RunAsync(call.Actor, call.Workspace.Id, import.Id, false, 0, 50, call.Ct);
        return !read.Is(out var view, out refusal)
            ? refusal
            : ApiAnswer.Created(ImportJson.Of(view), call.Path($"/invitations/imports/{import.Id}")) with
            {
                Status = StatusCodes.Status202Accepted,
            };
    }

    private static async Task<ApiAnswer> ReadAsync(ApiCall call)
    {
        var skip = call.Query("skip") is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : 0;
        var read = await call.Act<ReadInvitationImport>()
            .RunAsync(
                call.Actor,
                call.Workspace.Id,
                call.RouteId<InvitationImport>(),
                call.Query("rows") is not null,
                skip,
                call.Limit,
                call.Ct
            );
        return read.Is(out var view, out var refusal) ? ApiAnswer.Ok(ImportJson.Of(view)) : refusal;
    }

    private static bool IsCsv(string? type) => string.Equals(type?.Split(';')[0].Trim(), Csv, StringComparison.OrdinalIgnoreCase);
}
