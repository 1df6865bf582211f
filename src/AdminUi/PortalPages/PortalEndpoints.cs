using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using UserManagement.AdminUi.Http;
using UserManagement.Membership;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Domains;
using UserManagement.Membership.Portals;
using UserManagement.Membership.Provisioning;
using UserManagement.Membership.Workspaces;
using UserManagement.Ui;

namespace UserManagement.AdminUi.PortalPages;

/// <summary>
/// The set-up portal for the customer's IT staff, who have a link and no account: the list of steps, the directory, the domain, the log.
/// </summary>
internal static class PortalEndpoints
{
    private const int PageSize = 50;
    private const int MostFormBytes = 64 * 1024;
    private const string Token = "/directory/tokens/{id}/revoke";

    public static void Map(IEndpointRouteBuilder endpoints)
    {
        var routes = endpoints.MapGroup("/portal");
        routes.MapGet("", PortalGate.Page(PortalScopes.None, visit => PortalFrame.ShowAsync<PortalScreen>(visit, _ => [])));
        routes.MapGet("/directory", PortalGate.Page(PortalScopes.Directory, visit => DirectoryAsync(visit)));
        routes.MapPost("/directory/tokens", PortalGate.Act(MakeTokenAsync));
        routes.MapGet(Token, PortalGate.Page(PortalScopes.Directory, ConfirmRevokeAsync));
        routes.MapPost(Token, PortalGate.Act(RevokeAsync));
        routes.MapGet("/domain", PortalGate.Page(PortalScopes.Domain, visit => DomainAsync(visit)));
        routes.MapPost("/domain", PortalGate.Act(ClaimAsync));
        routes.MapPost("/domain/{id}/check", PortalGate.Act(CheckAsync));
        routes.MapGet("/log", PortalGate.Page(PortalScopes.Directory, LogAsync));
        routes.MapGet("/log/{id}", PortalGate.Page(PortalScopes.Directory, LineAsync));
        PortalSignInEndpoints.Map(routes);
        routes.ExcludeFromDescription().WithMetadata(new RequestSizeLimitAttribute(MostFormBytes));
    }

    private static async Task<IResult> DirectoryAsync(PortalVisit visit, Refusal? refusal = null, IssuedScimToken? issued = null)
    {
        var read = await visit.Act<DirectoryPage>().RunAsync(visit.Actor, visit.Workspace.Id, visit.Ct);
        return read.Is(out var tokens, out var refused)
            ? await PortalFrame.ShowAsync<PortalDirectoryScreen>(
                visit,
                progress =>
                    new()
                    {
                        ["Guide"] = PortalGuide.Of(visit.Query("provider") ?? visit.Field("provider")) ?? Met(progress),
                        ["Tokens"] = tokens,
                        ["Issued"] = issued,
                    },
                refusal,
                issued is null ? StatusCodes.Status200OK : StatusCodes.Status201Created
            )
            : PortalGate.Failed(refused);
    }

    /// <summary>The guide of the directory that has come already; null while none did.</summary>
    private static PortalGuide? Met(PortalProgress progress) =>
        progress.Directory?.Client is { } client ? PortalGuide.All.FirstOrDefault(g => g.Name == client.Name) : null;

    private static async Task<IResult> MakeTokenAsync(PortalVisit visit)
    {
        TimeSpan? lifetime =
            int.TryParse(visit.Field("days"), NumberStyles.None, CultureInfo.InvariantCulture, out var days) ? TimeSpan.FromDays(days)
            : visit.Field("days") == "never" ? null
            : TimeSpan.Zero;
        var guide = PortalGuide.Of(visit.Field("provider"));
        var name = guide is null or { Key: "other" } ? "Directory" : guide.Name;

        // The token is a secret: it stands in this answer and nowhere else.
        if (FormNumber.Read(visit) is not { } number)
        {
            var old = new Refusal(
                RefusalKind.Stale,
                "formOld",
                "This page was open for too long. Look at what stands here and send it again."
            );
            return await PortalGate.RefusedAsync(visit, PortalScopes.Directory, old, () => DirectoryAsync(visit, old));
        }

        var outcome = await visit
            .Act<SubmitOnce>()
            .RunAsync(
                visit.Workspace.Id,
                visit.Link.Id.Value,
                number,
                visit.Http.Request.Path,
                () => visit.Act<CreateScimCredential>().RunAsync(visit.Actor, visit.Workspace.Id, name, lifetime, visit.Ct),
                visit.Ct
            );
        return outcome.Is(out var issued, out var refusal)
            ? await DirectoryAsync(visit, issued: issued)
            : await PortalGate.RefusedAsync(visit, PortalScopes.Directory, refusal, () => DirectoryAsync(visit, refusal));
    }

    private static async Task<IResult> ConfirmRevokeAsync(PortalVisit visit)
    {
        var read = await visit.Act<DirectoryPage>().RunAsync(visit.Actor, visit.Workspace.Id, visit.Ct);
        return !read.Is(out var tokens, out var refused) ? PortalGate.Failed(refused)
            : tokens.FirstOrDefault(t => t.Credential.Id == visit.RouteId<ScimCredential>()) is { Credential.PortalLinkId: not null } token
                ? await PortalFrame.ShowAsync<PortalRevokeScreen>(visit, _ => new() { ["Token"] = token })
            : PortalGate.Failed(Refusal.NotFound("token"));
    }

    private static async Task<IResult> RevokeAsync(PortalVisit visit)
    {
        var outcome = await visit
            .Act<RevokeScimCredential>()
            .RunAsync(visit.Actor, visit.Workspace.Id, visit.RouteId<ScimCredential>(), visit.Ct);
        if (!outcome.Is(out var revoked, out var refusal))
        {
            return await PortalGate.RefusedAsync(visit, PortalScopes.Directory, refusal, () => DirectoryAsync(visit, refusal));
        }

        visit.Leave(new(Tone.Success, $"The token {Note.Cut(revoked.Name)} opens nothing any more."));
        return PageRequest.SeeOther(PortalVisit.Path("/directory"));
    }

    private static Task<IResult> DomainAsync(PortalVisit visit, Refusal? refusal = null) =>
        PortalFrame.ShowAsync<PortalDomainScreen>(visit, _ => new() { ["Typed"] = visit.Field("domain") }, refusal);

    private static async Task<IResult> ClaimAsync(PortalVisit visit) =>
        await DomainDoneAsync(
            visit,
            await visit.Act<ClaimEmailDomain>().RunAsync(visit.Actor, visit.Workspace.Id, visit.Field("domain"), visit.Ct),
            domain => $"Now add the record of {domain.Name}, and press Check now."
        );

    private static async Task<IResult> CheckAsync(PortalVisit visit) =>
        await DomainDoneAsync(
            visit,
            await visit.Act<CheckEmailDomain>().RunAsync(visit.Actor, visit.Workspace.Id, visit.RouteId<EmailDomain>(), visit.Ct),
            domain => $"The record is there: {domain.Name} is proven to be yours."
        );

    private static async Task<IResult> DomainDoneAsync(PortalVisit visit, Outcome<EmailDomain> outcome, Func<EmailDomain, string> say)
    {
        if (!outcome.Is(out var domain, out var refusal))
        {
            return await PortalGate.RefusedAsync(visit, PortalScopes.Domain, refusal, () => DomainAsync(visit, refusal));
        }

        visit.Leave(new(Tone.Success, say(domain)));
        return PageRequest.SeeOther(PortalVisit.Path("/domain"));
    }

    private static async Task<IResult> LogAsync(PortalVisit visit)
    {
        var failed = visit.Query("failed") == "true";
        var read = await visit
            .Act<ListProvisioning>()
            .RunAsync(
                visit.Actor,
                visit.Workspace.Id,
                new() { Failed = failed },
                PageCursor.Read(visit.Query("after")),
                PageSize,
                visit.Ct
            );
        return read.Is(out var page, out var refused)
            ? await PortalFrame.ShowAsync<PortalLogScreen>(visit, _ => new() { ["Page"] = page, ["Failed"] = failed })
            : PortalGate.Failed(refused);
    }

    private static async Task<IResult> LineAsync(PortalVisit visit)
    {
        var read = await visit
            .Act<ListProvisioning>()
            .FindAsync(visit.Actor, visit.Workspace.Id, visit.RouteId<ProvisioningLine>(), visit.Ct);
        return !read.Is(out var line, out var refused) ? PortalGate.Failed(refused)
            : line is null ? PortalGate.Failed(Refusal.NotFound("line"))
            : await PortalFrame.ShowAsync<PortalLineScreen>(visit, _ => new() { ["Line"] = line });
    }
}
