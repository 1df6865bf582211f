using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using UserManagement.AdminUi.Http;
using UserManagement.Membership;
using UserManagement.Membership.Access;
using UserManagement.Membership.Workspaces;
using UserManagement.Membership.Workspaces.Switching;
using UserManagement.Ui;
using UserManagement.Ui.Parts;

namespace UserManagement.AdminUi.SettingsPages;

/// <summary>Choosing another preset: which there are, what it would do to everybody, and doing it.</summary>
internal static class PresetEndpoints
{
    /// <summary>Before the key of a role, in the field that says what becomes of it.</summary>
    public const string RolePrefix = "role.";

    /// <summary>Before the key of a license.</summary>
    public const string LicensePrefix = "license.";

    private const string Presets = "/settings/preset";

    /// <summary>The presets, with a sentence about each.</summary>
    public static IReadOnlyList<Choice> Known { get; } =
    [
        new("seats", "Seats", "Admins and members take a seat of the plan, viewers none."),
        new("licensed", "Licensed", "Two roles, and a license for everybody that says what they may use."),
        new("ranked", "Ranked", "Five roles, each with all that those below it may; access is reviewed."),
        new("csv", "CSV", "Two roles; people are invited from a spreadsheet."),
        new("provider", "Provider", "Two roles and member slots; invitations are bound to a provider."),
    ];

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(Presets, Gate.Page(Permission.ConfigureWorkspace, ChooseAsync));
        routes.MapGet(
            Presets + "/review",
            Gate.Page(
                Permission.ConfigureWorkspace,
                visit => ReviewAsync(visit, visit.Http.Request.Query.Select(q => (q.Key, (string?)q.Value)))
            )
        );
        routes.MapPost(Presets, Gate.Act(Gate.RecentlyAuthenticated(BackTo, SwitchAsync)));
    }

    private static async Task<IResult> ChooseAsync(Visit visit) => (await Frame.ReadAsync(visit, Place.Settings)).Show<PresetScreen>([]);

    private static async Task<IResult> ReviewAsync(Visit visit, IEnumerable<(string, string?)> sent, Refusal? refusal = null)
    {
        var wanted = Asked([.. sent]);
        if (wanted.Preset.Length == 0)
        {
            return await ChooseAsync(visit);
        }

        var outcome = await visit.Act<PreviewPresetSwitch>().RunAsync(visit.Actor, visit.Workspace.Id, wanted, visit.Ct);
        if (!outcome.Is(out var preview, out var no))
        {
            // of a map that cannot be, what is closest is shown beside what was wrong with it
            outcome = await visit
                .Act<PreviewPresetSwitch>()
                .RunAsync(visit.Actor, visit.Workspace.Id, wanted with { Roles = Empty, Licenses = Empty }, visit.Ct);
            if (no.Kind is RefusalKind.NotFound or RefusalKind.Forbidden || !outcome.Is(out preview, out _))
            {
                return no.Kind == RefusalKind.Invalid
                    ? Visit.Error(404, homeHref: visit.Path(Presets))
                    : Visit.Error(Refusals.Status(no.Kind), no.Message, visit.Path(Presets));
            }
        }

        return (await Frame.ReadAsync(visit, Place.Settings, refusal ?? no)).Show<PresetReviewScreen>(
            new() { ["Preset"] = wanted.Preset, ["Preview"] = preview }
        );
    }

    private static async Task<IResult> SwitchAsync(Visit visit)
    {
        var wanted = Asked(Form(visit));
        _ = long.TryParse(visit.Field("version"), NumberStyles.None, CultureInfo.InvariantCulture, out var seen);
        var outcome = await visit.Act<SwitchPreset>().RunAsync(visit.Actor, visit.Workspace.Id, seen, wanted, visit.Ct);
        if (outcome.Refusal is { } refusal)
        {
            return await Gate.RefusedAsync(visit, Permission.ConfigureWorkspace, refusal, () => ReviewAsync(visit, Form(visit), refusal));
        }

        visit.Leave(new(Tone.Success, "Done. Everybody is moved, and the preset holds from now on."));
        return Visit.SeeOther(visit.Path(Presets));
    }

    /// <summary>The preview with the same map: from there it is sent again once the proof is new.</summary>
    private static string BackTo(Visit visit) =>
        Presets
        + "/review"
        + QueryString.Create(
            Form(visit).Where(f => f.Item1 == "preset" || IsMap(f.Item1)).Select(f => KeyValuePair.Create(f.Item1, f.Item2))
        );

    private static bool IsMap(string name) =>
        name.StartsWith(RolePrefix, StringComparison.Ordinal) || name.StartsWith(LicensePrefix, StringComparison.Ordinal);

    private static readonly Dictionary<string, string> Empty = [];

    private static List<(string, string?)> Form(Visit visit) => [.. visit.Form.Take(300).Select(f => (f.Key, (string?)f.Value))];

    private static PresetSwitch Asked(List<(string Name, string? Value)> sent)
    {
        Dictionary<string, string> Map(string prefix) =>
            sent.Where(s => s.Name.StartsWith(prefix, StringComparison.Ordinal))
                .Take(100)
                .ToDictionary(s => s.Name[prefix.Length..], s => s.Value ?? "", StringComparer.Ordinal);
        return new(sent.FirstOrDefault(s => s.Name == "preset").Value ?? "", Map(RolePrefix), Map(LicensePrefix));
    }
}
