using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using UserManagement.AdminUi.Http;
using UserManagement.Membership;
using UserManagement.Membership.Access;
using UserManagement.Membership.Workspaces;
using UserManagement.Ui;

namespace UserManagement.AdminUi.SettingsPages;

/// <summary>The settings of a workspace that have a field here; the rest of its configuration is left as it is.</summary>
internal static class SettingsEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/settings", Gate.Page(Permission.ConfigureWorkspace, visit => ShowAsync(visit, SettingsForm.Of(visit.Workspace))));
        routes.MapGet("/settings/review", Gate.Page(Permission.ConfigureWorkspace, ReviewAsync));
        routes.MapPost("/settings", Gate.Act(SaveAsync));
        routes.MapPost("/settings/coordinator", Gate.Act(CoordinateAsync));
        SectionEndpoints.Map(routes);
        PresetEndpoints.Map(routes);
        FindEndpoints.Map(routes);
        LogoEndpoints.Map(routes);
        routes.MapPost("/settings/set-up", Gate.Act(PutAwayAsync));
        HealthEndpoints.Map(routes);
        MailEndpoints.Map(routes);
    }

    private static async Task<IResult> ShowAsync(Visit visit, SettingsForm form, Refusal? refusal = null)
    {
        var frame = await Frame.ReadAsync(visit, Place.Settings, refusal);
        return frame.Show<SettingsScreen>(new() { ["Form"] = form });
    }

    /// <summary>What the change would do: the form leads here first, and is saved from here.</summary>
    private static async Task<IResult> ReviewAsync(Visit visit)
    {
        if (visit.Query("version") is not { } version)
        {
            return await ShowAsync(visit, SettingsForm.Of(visit.Workspace)); // nothing was sent
        }

        var form = SettingsForm.ReadQuery(visit);
        var now = visit.Workspace.Row.Version.ToString(CultureInfo.InvariantCulture);
        if (version != now)
        {
            // what was typed stays; it is based on what holds now from here on
            return await ShowAsync(visit, form with { Version = now }, Refusal.Stale());
        }

        if (!form.Over(visit.Configuration).Is(out var wanted, out var wrong))
        {
            return await ShowAsync(visit, form, wrong);
        }

        var outcome = await visit.Act<PreviewConfiguration>().RunAsync(visit.Actor, visit.Workspace.Id, wanted, visit.Ct);
        return !outcome.Is(out var preview, out var refusal) ? Visit.Error(Refusals.Status(refusal.Kind), refusal.Message, visit.Path())
            : preview.Refusal is { Kind: RefusalKind.Invalid } invalid ? await ShowAsync(visit, form, invalid)
            : (await Frame.ReadAsync(visit, Place.Settings)).Show<GeneralReviewScreen>(new() { ["Form"] = form, ["Preview"] = preview });
    }

    private static async Task<IResult> CoordinateAsync(Visit visit)
    {
        var wanted = visit.Ticked("nobody")
            ? null
            : new AiCoordinator(visit.Field("name"), visit.Field("email"), visit.Field("phone"), visit.Field("notes"));
        var outcome = await visit.Act<SetAiCoordinator>().RunAsync(visit.Actor, visit.Workspace.Id, visit.Seen, wanted, visit.Ct);
        if (outcome.Refusal is { } refusal)
        {
            return await Gate.RefusedAsync(
                visit,
                Permission.ConfigureWorkspace,
                refusal,
                () => ShowAsync(visit, SettingsForm.Of(visit.Workspace), refusal)
            );
        }

        visit.Leave(new(Tone.Success, wanted is null ? "Saved. Nobody is named." : "Saved. All members see it on their start page."));
        return Visit.SeeOther(visit.Path("/settings"));
    }

    private static async Task<IResult> PutAwayAsync(Visit visit)
    {
        var isBack = visit.Field("back") == "true";
        var wanted = visit.Configuration with { Advice = visit.Configuration.Advice with { SetUpDone = !isBack } };
        _ = long.TryParse(visit.Field("version"), NumberStyles.None, CultureInfo.InvariantCulture, out var seen);
        var outcome = await visit.Act<ChangeConfiguration>().RunAsync(visit.Actor, visit.Workspace.Id, seen, wanted, visit.Ct);
        if (!outcome.Is(out var saved, out var refusal))
        {
            return await Gate.RefusedAsync(
                visit,
                Permission.ConfigureWorkspace,
                refusal,
                () => ShowAsync(visit, SettingsForm.Of(visit.Workspace), refusal)
            );
        }

        if (!isBack)
        {
            var version = saved.Row.Version.ToString(CultureInfo.InvariantCulture);
            visit.Leave(
                new(
                    Tone.Success,
                    "The list of first steps is put away.",
                    new(visit.Path("/settings/set-up"), new Dictionary<string, string> { ["version"] = version, ["back"] = "true" })
                )
            );
        }

        return Visit.SeeOther(visit.Path("/members"));
    }

    private static async Task<IResult> SaveAsync(Visit visit)
    {
        var form = SettingsForm.Read(visit);
        if (visit.Field("look") == "true" && visit.Actor.May(Permission.ConfigureWorkspace))
        {
            return Visit.SeeOther(
                visit.Path("/settings/review")
                    + QueryString.Create(form.Sent().Select(f => KeyValuePair.Create(f.Name, (string?)Note.Cut(f.Value))))
            );
        }

        var wanted = form.Over(visit.Configuration);
        var refusal = wanted.Refusal;
        if (refusal is null)
        {
            _ = long.TryParse(visit.Field("version"), NumberStyles.None, CultureInfo.InvariantCulture, out var seen);
            refusal = (
                await visit.Act<ChangeConfiguration>().RunAsync(visit.Actor, visit.Workspace.Id, seen, wanted.Value, visit.Ct)
            ).Refusal;
        }

        if (refusal is null)
        {
            visit.Leave(new(Tone.Success, "Saved. The settings hold from now on."));
            return Visit.SeeOther(visit.Path("/settings"));
        }

        return await Gate.RefusedAsync(visit, Permission.ConfigureWorkspace, refusal, () => ShowAsync(visit, form, refusal));
    }
}
