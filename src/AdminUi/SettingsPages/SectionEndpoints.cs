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

/// <summary>
/// The pages of settings: a form that is sent to a preview, which tells what the change would do, and is confirmed from there. The preview
/// is an address of its own, so that it can be loaded again and gone back from.
/// </summary>
internal static class SectionEndpoints
{
    private const string Review = "/review";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/settings/name", Gate.Act(RenameAsync));
        routes.MapGet("/settings/roles", Gate.Page(Permission.ConfigureWorkspace, visit => RolesAsync(visit)));
        foreach (var path in SettingsSections.Paths)
        {
            routes.MapGet(path, Gate.Page(Permission.ConfigureWorkspace, visit => FormAsync(visit, path)));
            routes.MapGet(path + Review, Gate.Page(Permission.ConfigureWorkspace, visit => ReviewAsync(visit, path)));
            routes.MapPost(path, Gate.Act(visit => SaveAsync(visit, path)));
        }
    }

    /// <summary>The page of the workspace's name, logo and words, with what was refused there.</summary>
    public static Task<IResult> WorkspaceAsync(Visit visit, Refusal refusal) =>
        ShowAsync(visit, SettingsSections.Of(visit, SettingsSections.WorkspacePath, "")!, null, refusal, Text(visit.Workspace.Row.Version));

    private static async Task<IResult> RolesAsync(Visit visit) => (await Frame.ReadAsync(visit, Place.Settings)).Show<CatalogueScreen>([]);

    private static async Task<IResult> RenameAsync(Visit visit)
    {
        var name = visit.Field("name");
        var outcome = await visit.Act<RenameWorkspace>().RunAsync(visit.Actor, visit.Workspace.Id, Seen(visit), name, visit.Ct);
        if (!outcome.Is(out var row, out var refusal))
        {
            return await Gate.RefusedAsync(
                visit,
                Permission.ConfigureWorkspace,
                refusal,
                () => ShowAsync(visit, SettingsSections.Of(visit, SettingsSections.WorkspacePath, "")!, null, refusal)
            );
        }

        if (row.Name != visit.Workspace.Row.Name)
        {
            visit.Leave(
                new(
                    Tone.Success,
                    $"It is called {Note.Cut(row.Name)} from now on. Its address stays.",
                    new(
                        visit.Path("/settings/name"),
                        new Dictionary<string, string> { ["name"] = visit.Workspace.Row.Name, ["version"] = Text(row.Version) }
                    )
                )
            );
        }

        return Visit.SeeOther(visit.Path(SettingsSections.WorkspacePath));
    }

    private static Task<IResult> FormAsync(Visit visit, string path) =>
        SettingsSections.Of(visit, path, visit.Query("key") ?? "") is { } section
            ? ShowAsync(visit, section, visit.Query("sent") is null ? null : section.Typed(Values(visit.Http.Request.Query)), null)
            : Task.FromResult(Visit.Error(404, homeHref: visit.Path("/settings/roles")));

    private static async Task<IResult> ShowAsync(
        Visit visit,
        SettingsSection section,
        Dictionary<string, string>? typed,
        Refusal? refusal,
        string? version = null
    ) =>
        (await Frame.ReadAsync(visit, Place.Settings, refusal)).Show<SectionScreen>(
            new()
            {
                ["Section"] = section,
                ["Typed"] = typed ?? section.Stored(visit.Configuration),
                ["Version"] = version ?? visit.Query("version") ?? Text(visit.Workspace.Row.Version),
            }
        );

    private static async Task<IResult> ReviewAsync(Visit visit, string path)
    {
        if (SettingsSections.Of(visit, path, visit.Query("key") ?? "") is not { } section)
        {
            return Visit.Error(404, homeHref: visit.Path("/settings/roles"));
        }

        if (visit.Query("version") is not { } version)
        {
            return await FormAsync(visit, path); // nothing was sent
        }

        var typed = section.Typed(Values(visit.Http.Request.Query));
        if (version != Text(visit.Workspace.Row.Version))
        {
            // what was typed stays; it is based on what holds now from here on
            return await ShowAsync(visit, section, typed, Refusal.Stale(), Text(visit.Workspace.Row.Version));
        }

        if (!section.Over(visit.Configuration, typed).Is(out var wanted, out var wrong))
        {
            return await ShowAsync(visit, section, typed, wrong);
        }

        var outcome = await visit.Act<PreviewConfiguration>().RunAsync(visit.Actor, visit.Workspace.Id, wanted, visit.Ct);
        if (!outcome.Is(out var preview, out var refusal))
        {
            return Visit.Error(Refusals.Status(refusal.Kind), refusal.Message, visit.Path());
        }

        return preview.Refusal is { Kind: RefusalKind.Invalid } invalid
            ? await ShowAsync(visit, section, typed, invalid)
            : (await Frame.ReadAsync(visit, Place.Settings)).Show<SectionReviewScreen>(
                new()
                {
                    ["Section"] = section,
                    ["Typed"] = typed,
                    ["Version"] = version,
                    ["Preview"] = preview,
                }
            );
    }

    private static async Task<IResult> SaveAsync(Visit visit, string path)
    {
        if (SettingsSections.Of(visit, path, visit.Field("key")) is not { } section)
        {
            return Visit.Error(404, homeHref: visit.Path("/settings/roles"));
        }

        var typed = section.Typed(name => visit.Form[name]);
        var before = section.Stored(visit.Configuration);
        // who may not change anything is told that, by the act, before what is wrong with what they sent
        var over = visit.Actor.May(Permission.ConfigureWorkspace) ? section.Over(visit.Configuration, typed) : visit.Configuration;
        var refusal = over.Is(out var wanted, out var wrong) ? null : wrong;
        if (refusal is null)
        {
            var outcome = await visit.Act<ChangeConfiguration>().RunAsync(visit.Actor, visit.Workspace.Id, Seen(visit), wanted!, visit.Ct);
            if (outcome.Is(out var saved, out refusal))
            {
                var back = section.List is null ? section.Path : "/settings/roles";
                visit.Leave(new(Tone.Success, "Saved. It holds from now on.", UndoOf(visit, section, before, typed, saved)));
                return Visit.SeeOther(visit.Path(back));
            }
        }

        return await Gate.RefusedAsync(
            visit,
            Permission.ConfigureWorkspace,
            refusal!,
            () => ShowAsync(visit, section, typed, refusal, Text(visit.Workspace.Row.Version))
        );
    }

    /// <summary>The settings as they were, to be sent again; null where the thing itself is new or gone.</summary>
    private static Undo? UndoOf(
        Visit visit,
        SettingsSection section,
        Dictionary<string, string> before,
        Dictionary<string, string> typed,
        WorkspaceContext saved
    )
    {
        if (section.Make is not null || typed.GetValueOrDefault(SettingsSection.Remove) == "true")
        {
            return null;
        }

        var fields = new Dictionary<string, string> { ["version"] = Text(saved.Row.Version), ["key"] = section.Key ?? "" };
        foreach (var (name, value) in SettingsSection.Sent(section, before))
        {
            fields[name] = fields.TryGetValue(name, out var more) ? more + "\n" + value : value;
        }

        return new(visit.Path(section.Path), fields);
    }

    private static Func<string, IReadOnlyList<string?>> Values(IQueryCollection query) => name => query[name];

    private static long? Seen(Visit visit) =>
        long.TryParse(visit.Field("version"), NumberStyles.None, CultureInfo.InvariantCulture, out var seen) ? seen : 0;

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
