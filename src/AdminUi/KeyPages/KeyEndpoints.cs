using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using UserManagement.AdminUi.Http;
using UserManagement.Membership;
using UserManagement.Membership.Access;
using UserManagement.Ui;

namespace UserManagement.AdminUi.KeyPages;

/// <summary>The keys with which programs speak REST.</summary>
internal static class KeyEndpoints
{
    private const string One = "/api-keys/{id}";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api-keys", Gate.Page(Permission.ConfigureWorkspace, visit => ShowAsync(visit)));
        routes.MapPost("/api-keys", Gate.Act(Gate.RecentlyAuthenticated(_ => "/api-keys", CreateAsync)));
        routes.MapGet(One + "/revoke", Gate.Page(Permission.ConfigureWorkspace, ConfirmRevokeAsync));
        routes.MapPost(One + "/revoke", Gate.Act(RevokeAsync));
    }

    private static async Task<IResult> ShowAsync(Visit visit, Refusal? refusal = null, IssuedApiKey? issued = null)
    {
        var read = await visit.Act<ListApiKeys>().RunAsync(visit.Actor, visit.Workspace.Id, visit.Ct);
        if (!read.Is(out var keys, out var refused))
        {
            return Visit.Error(Refusals.Status(refused.Kind), refused.Message, visit.Path());
        }

        var frame = await Frame.ReadAsync(visit, Place.Keys, refusal);
        return frame.Show<KeysScreen>(
            new() { ["Keys"] = keys, ["Issued"] = issued },
            issued is null ? StatusCodes.Status200OK : StatusCodes.Status201Created
        );
    }

    private static async Task<IResult> CreateAsync(Visit visit)
    {
        var lifetime =
            int.TryParse(visit.Field("days"), NumberStyles.None, CultureInfo.InvariantCulture, out var days) && days <= 10_000
                ? TimeSpan.FromDays(days)
                : TimeSpan.Zero;

        // The key is a secret: it stands in this answer and nowhere else.
        return await Once.RunAsync(
            visit,
            Permission.ConfigureWorkspace,
            "/api-keys",
            () =>
                visit
                    .Act<CreateApiKey>()
                    .RunAsync(visit.Actor, visit.Workspace.Id, visit.Field("name"), visit.Field("role"), lifetime, visit.Ct),
            issued => ShowAsync(visit, issued: issued),
            refusal => RefusedAsync(visit, refusal)
        );
    }

    private static async Task<IResult> ConfirmRevokeAsync(Visit visit)
    {
        var read = await visit.Act<ListApiKeys>().RunAsync(visit.Actor, visit.Workspace.Id, visit.Ct);
        if (!read.Is(out var keys, out var refused) || keys.FirstOrDefault(k => k.Row.Id == visit.RouteId<ApiKey>()) is not { } key)
        {
            return Visit.Error(refused is null ? 404 : Refusals.Status(refused.Kind), refused?.Message, visit.Path());
        }

        var frame = await Frame.ReadAsync(visit, Place.Keys);
        return frame.Show<RevokeKeyScreen>(new() { ["Key"] = key });
    }

    private static async Task<IResult> RevokeAsync(Visit visit)
    {
        var outcome = await visit.Act<RevokeApiKey>().RunAsync(visit.Actor, visit.Workspace.Id, visit.RouteId<ApiKey>(), visit.Ct);
        if (!outcome.Is(out var revoked, out var refusal))
        {
            return await RefusedAsync(visit, refusal);
        }

        visit.Leave(new(Tone.Success, $"The key {Note.Cut(revoked.Name)} opens nothing any more."));
        return Visit.SeeOther(visit.Path("/api-keys"));
    }

    private static Task<IResult> RefusedAsync(Visit visit, Refusal refusal) =>
        Gate.RefusedAsync(visit, Permission.ConfigureWorkspace, refusal, () => ShowAsync(visit, refusal));
}
