using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using UserManagement.AdminUi.Http;
using UserManagement.Membership;
using UserManagement.Membership.Access;
using UserManagement.Membership.Workspaces;
using UserManagement.Ui;

namespace UserManagement.AdminUi.SettingsPages;

/// <summary>The logo of a workspace: uploaded by an admin, served to whoever asks under an address that never means another one.</summary>
internal static class LogoEndpoints
{
    private const int MostFormBytes = 4 * WorkspaceLogo.MostBytes; // whoever takes another file than meant is told so, and not cut off

    /// <summary>Below the workspace.</summary>
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/settings/logo", Gate.Act(SetAsync)).WithMetadata(new RequestSizeLimitAttribute(MostFormBytes));

    /// <summary>For everybody.</summary>
    public static void MapPublic(IEndpointRouteBuilder endpoints) =>
        endpoints.MapMethods("/logos/{slug}/{name}", ["GET", "HEAD"], GetAsync).ExcludeFromDescription();

    private static async Task<IResult> GetAsync(string slug, string name, ReadLogo read, HttpContext http)
    {
        if (await read.RunAsync(slug, name, http.RequestAborted) is not { } logo)
        {
            return Results.NotFound();
        }

        http.Response.Headers.CacheControl = "public, max-age=31536000, immutable";
        http.Response.Headers.ContentSecurityPolicy = "default-src 'none'; sandbox"; // opened by itself it is a picture and no page
        return Results.Bytes(logo.Content, logo.MediaType);
    }

    private static async Task<IResult> SetAsync(Visit visit)
    {
        byte[]? content = null;
        if (!visit.Ticked("none"))
        {
            var file = visit.Form.Files.GetFile("logo");
            using var bytes = new MemoryStream();
            if (file is { Length: > 0 and <= WorkspaceLogo.MostBytes })
            {
                await file.CopyToAsync(bytes, visit.Ct);
            }

            content = file?.Length > WorkspaceLogo.MostBytes ? new byte[WorkspaceLogo.MostBytes + 1] : bytes.ToArray();
        }

        _ = long.TryParse(visit.Field("version"), NumberStyles.None, CultureInfo.InvariantCulture, out var seen);
        var outcome = await visit.Act<SetLogo>().RunAsync(visit.Actor, visit.Workspace.Id, seen, content, visit.Ct);
        if (outcome.Refusal is { } refusal)
        {
            return await Gate.RefusedAsync(
                visit,
                Permission.ConfigureWorkspace,
                refusal,
                () => SectionEndpoints.WorkspaceAsync(visit, refusal)
            );
        }

        visit.Leave(
            new(Tone.Success, content is null ? "There is no logo any more." : "The logo is shown from now on, also where people sign in.")
        );
        return Visit.SeeOther(visit.Path(SettingsSections.WorkspacePath));
    }
}
