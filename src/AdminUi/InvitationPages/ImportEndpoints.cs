using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using UserManagement.AdminUi.Http;
using UserManagement.Membership;
using UserManagement.Membership.Access;
using UserManagement.Membership.Invitations.Imports;

namespace UserManagement.AdminUi.InvitationPages;

/// <summary>
/// Inviting people from a CSV file: the template, the upload, the preview in which rows are corrected, and the job that sends.
/// </summary>
internal static class ImportEndpoints
{
    /// <summary>How many rows a page shows.</summary>
    public const int Most = 100;

    private const int MostFormBytes = 5 * InvitationCsv.MostBytes; // whoever takes another file than meant is told so, and not cut off
    private const string RefreshEvery = "2";
    private const string New = "/invite/import";
    private const string One = "/invite/imports/{id}";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(New, Gate.Page(Permission.InviteMembers, visit => FormAsync(visit)));
        routes.MapGet(
            New + "/template",
            Gate.Page(
                Permission.InviteMembers,
                _ => Task.FromResult(Results.File(InvitationCsv.Template(), "text/csv; charset=utf-8; header=present", "invitations.csv"))
            )
        );
        routes.MapPost(New, Gate.Act(UploadAsync)).WithMetadata(new RequestSizeLimitAttribute(MostFormBytes));
        routes.MapGet(One, Gate.Page(Permission.InviteMembers, visit => ShowAsync(visit)));
        routes.MapPost(One + "/rows", Gate.Act(CorrectAsync));
        routes.MapPost(One + "/send", Gate.Act(SendAsync));
    }

    private static async Task<IResult> FormAsync(Visit visit, Refusal? refusal = null) =>
        (await Frame.ReadAsync(visit, Place.Invitations, refusal)).Show<ImportScreen>(new() { ["Pasted"] = visit.Field("pasted") });

    private static async Task<IResult> UploadAsync(Visit visit)
    {
        var read = await ReadAsync(visit);
        var started = read.Is(out var rows, out var refusal)
            ? await visit.Act<StartInvitationImport>().RunAsync(visit.Actor, visit.Workspace.Id, rows, visit.Ct)
            : refusal;
        return started.Is(out var import, out refusal)
            ? Visit.SeeOther(PathOf(visit, import.Id))
            : await Gate.RefusedAsync(visit, Permission.InviteMembers, refusal, () => FormAsync(visit, refusal));
    }

    private static async Task<Outcome<IReadOnlyList<InvitationCsvRow>>> ReadAsync(Visit visit)
    {
        if (visit.Form.Files.GetFile("file") is not { Length: > 0 } file)
        {
            return InvitationCsv.Read(Encoding.UTF8.GetBytes(visit.Field("pasted")));
        }

        if (file.Length > InvitationCsv.MostBytes)
        {
            return InvitationCsv.TooLarge();
        }

        using var bytes = new MemoryStream((int)file.Length);
        await file.CopyToAsync(bytes, visit.Ct);
        return InvitationCsv.Read(bytes.GetBuffer().AsSpan(0, (int)bytes.Length));
    }

    private static async Task<IResult> ShowAsync(Visit visit, Refusal? refusal = null)
    {
        var onlyFaulty = visit.Query("rows") == "faulty";
        var page = int.TryParse(visit.Query("page"), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? Math.Clamp(number, 1, InvitationCsv.MostRows)
            : 1;
        var read = await visit
            .Act<ReadInvitationImport>()
            .RunAsync(visit.Actor, visit.Workspace.Id, visit.RouteId<InvitationImport>(), onlyFaulty, (page - 1) * Most, Most, visit.Ct);
        if (!read.Is(out var view, out var refused))
        {
            return Visit.Error(Refusals.Status(refused.Kind), refused.Message, visit.Path("/invite/import"));
        }

        if (view.Import.State == ImportState.Sending)
        {
            visit.Http.Response.Headers["Refresh"] = RefreshEvery; // no script is needed, and none may fail
        }

        var frame = await Frame.ReadAsync(visit, Place.Invitations, refusal);
        return view.Import.State == ImportState.Draft
            ? frame.Show<ImportPreviewScreen>(
                new()
                {
                    ["View"] = view,
                    ["OnlyFaulty"] = onlyFaulty,
                    ["Page"] = page,
                }
            )
            : frame.Show<ImportJobScreen>(
                new()
                {
                    ["View"] = view,
                    ["OnlyFaulty"] = onlyFaulty,
                    ["Page"] = page,
                }
            );
    }

    private static async Task<IResult> CorrectAsync(Visit visit)
    {
        var corrected = await CorrectedAsync(visit);
        return corrected.Is(out var import, out var refusal)
            ? Visit.SeeOther(PathOf(visit, import.Id) + visit.Http.Request.QueryString)
            : await RefusedAsync(visit, refusal);
    }

    private static async Task<IResult> SendAsync(Visit visit)
    {
        // What was typed and not checked yet is not lost: it counts, and where it changes how many can be sent, it is shown first.
        if (
            visit.Form.Keys.Any(k => k.StartsWith("email-", StringComparison.Ordinal))
            && (await CorrectedAsync(visit)).Refusal is { Code: not "importStarted" } wrong
        )
        {
            return await RefusedAsync(visit, wrong);
        }

        int? confirmed = int.TryParse(visit.Field("confirmed"), NumberStyles.None, CultureInfo.InvariantCulture, out var seen) ? seen : 0;
        var sent = await visit
            .Act<SendInvitationImport>()
            .RunAsync(
                visit.Actor,
                visit.Workspace.Id,
                visit.RouteId<InvitationImport>(),
                confirmed,
                visit.Field("mode") == "all",
                visit.Ct
            );
        return sent.Is(out var import, out var refusal) ? Visit.SeeOther(PathOf(visit, import.Id)) : await RefusedAsync(visit, refusal);
    }

    private static Task<Outcome<InvitationImport>> CorrectedAsync(Visit visit) =>
        visit
            .Act<CorrectInvitationImport>()
            .RunAsync(visit.Actor, visit.Workspace.Id, visit.RouteId<InvitationImport>(), [.. Typed(visit)], visit.Ct);

    private static IEnumerable<InvitationCsvRow> Typed(Visit visit)
    {
        foreach (var key in visit.Form.Keys.Where(k => k.StartsWith("email-", StringComparison.Ordinal)))
        {
            if (int.TryParse(key.AsSpan("email-".Length), NumberStyles.None, CultureInfo.InvariantCulture, out var line))
            {
                var day = $"day-{line}";
                yield return new(
                    line,
                    visit.Field(key),
                    visit.Field($"role-{line}"),
                    LastDay: visit.Form.ContainsKey(day) ? visit.Field(day) : null
                );
            }
        }
    }

    private static Task<IResult> RefusedAsync(Visit visit, Refusal refusal) =>
        Gate.RefusedAsync(visit, Permission.InviteMembers, refusal, () => ShowAsync(visit, refusal));

    private static string PathOf(Visit visit, Id<InvitationImport> id) => visit.Path($"/invite/imports/{id}");
}
