using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using UserManagement.AdminUi.Http;
using UserManagement.Membership;
using UserManagement.Membership.Access;
using UserManagement.Membership.Holds;
using UserManagement.Membership.Provisioning;
using UserManagement.Membership.Recovery;
using UserManagement.Membership.Workspaces;
using UserManagement.Ui;

namespace UserManagement.AdminUi.DirectoryPages;

/// <summary>How directories connect: the SCIM address, the tokens, and the apps that get tokens of their own.</summary>
internal static class DirectoryEndpoints
{
    private const string One = "/directory/tokens/{id}";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/directory", Gate.Page(Permission.ManageDirectory, visit => ShowAsync(visit)));
        routes.MapPost("/directory/tokens", Gate.Act(Gate.RecentlyAuthenticated(_ => "/directory", CreateAsync)));
        routes.MapPost("/directory/strict", Gate.Act(SetStrictAsync));
        routes.MapPost("/directory/confirmed", Gate.Act(ConfirmAsync));
        routes.MapGet(One + "/revoke", Gate.Page(Permission.ManageDirectory, ConfirmRevokeAsync));
        routes.MapPost(One + "/revoke", Gate.Act(RevokeAsync));
    }

    private static async Task<IResult> ShowAsync(Visit visit, Refusal? refusal = null, IssuedScimToken? issued = null)
    {
        var read = await visit.Act<DirectoryPage>().RunAsync(visit.Actor, visit.Workspace.Id, visit.Ct);
        if (!read.Is(out var tokens, out var refused))
        {
            return Visit.Error(Refusals.Status(refused.Kind), refused.Message, visit.Path());
        }

        var programs = (await visit.Act<DirectoryPage>().ProgramsAsync(visit.Actor, visit.Workspace.Id, visit.Ct)).Value;
        var concerns = (await visit.Act<ListDirectoryConcerns>().RunAsync(visit.Actor, visit.Workspace.Id, visit.Ct)).Value;
        var held = (await visit.Act<ListHeld>().SummaryAsync(visit.Actor, visit.Workspace.Id, visit.Ct)).Value;
        var frame = await Frame.ReadAsync(visit, Place.Directory, refusal);
        return frame.Show<DirectoryScreen>(
            new()
            {
                ["Tokens"] = tokens,
                ["Programs"] = programs,
                ["Concerns"] = concerns,
                ["Held"] = held.People + held.Groups.Count(g => g.DecideUntil is not null),
                ["Issued"] = issued,
                ["Restore"] = await visit.Act<ConfirmDirectory>().OfAsync(visit.Workspace, visit.Ct),
            },
            issued is null ? StatusCodes.Status200OK : StatusCodes.Status201Created
        );
    }

    private static async Task<IResult> CreateAsync(Visit visit)
    {
        TimeSpan? lifetime =
            int.TryParse(visit.Field("days"), NumberStyles.None, CultureInfo.InvariantCulture, out var days) ? TimeSpan.FromDays(days)
            : visit.Field("days") == "never" ? null
            : TimeSpan.Zero;

        // The token is a secret: it stands in this answer and nowhere else.
        return await Once.RunAsync(
            visit,
            Permission.ManageDirectory,
            "/directory",
            () => visit.Act<CreateScimCredential>().RunAsync(visit.Actor, visit.Workspace.Id, visit.Field("name"), lifetime, visit.Ct),
            issued => ShowAsync(visit, issued: issued),
            refusal => RefusedAsync(visit, refusal)
        );
    }

    private static async Task<IResult> SetStrictAsync(Visit visit)
    {
        _ = long.TryParse(visit.Field("version"), NumberStyles.None, CultureInfo.InvariantCulture, out var seen);
        var isStrict = visit.Ticked("strict");
        var wanted = visit.Configuration with { Scim = visit.Configuration.Scim with { Strict = isStrict } };
        var outcome = await visit.Act<ChangeConfiguration>().RunAsync(visit.Actor, visit.Workspace.Id, seen, wanted, visit.Ct);
        if (outcome.Refusal is { } refusal)
        {
            return await RefusedAsync(visit, refusal);
        }

        visit.Leave(
            new(Tone.Success, isStrict ? "SCIM now follows the RFC to the letter." : "SCIM now understands what directories really send.")
        );
        return Visit.SeeOther(visit.Path("/directory"));
    }

    private static async Task<IResult> ConfirmAsync(Visit visit)
    {
        var outcome = await visit.Act<ConfirmDirectory>().RunAsync(visit.Actor, visit.Workspace.Id, visit.Ct);
        if (outcome.Refusal is { } refusal)
        {
            return await RefusedAsync(visit, refusal);
        }

        visit.Leave(new(Tone.Success, "The directory is confirmed."));
        return Visit.SeeOther(visit.Path("/directory"));
    }

    private static async Task<IResult> ConfirmRevokeAsync(Visit visit)
    {
        var read = await visit.Act<DirectoryPage>().RunAsync(visit.Actor, visit.Workspace.Id, visit.Ct);
        if (
            !read.Is(out var tokens, out var refused)
            || tokens.FirstOrDefault(t => t.Credential.Id == visit.RouteId<ScimCredential>()) is not { } token
        )
        {
            return Visit.Error(refused is null ? 404 : Refusals.Status(refused.Kind), refused?.Message, visit.Path());
        }

        var frame = await Frame.ReadAsync(visit, Place.Directory);
        return frame.Show<RevokeTokenScreen>(new() { ["Token"] = token });
    }

    private static async Task<IResult> RevokeAsync(Visit visit)
    {
        var outcome = await visit
            .Act<RevokeScimCredential>()
            .RunAsync(visit.Actor, visit.Workspace.Id, visit.RouteId<ScimCredential>(), visit.Ct);
        if (!outcome.Is(out var revoked, out var refusal))
        {
            return await RefusedAsync(visit, refusal);
        }

        visit.Leave(new(Tone.Success, $"The token {Note.Cut(revoked.Name)} opens nothing any more."));
        return Visit.SeeOther(visit.Path("/directory"));
    }

    private static Task<IResult> RefusedAsync(Visit visit, Refusal refusal) =>
        Gate.RefusedAsync(visit, Permission.ManageDirectory, refusal, () => ShowAsync(visit, refusal));
}
