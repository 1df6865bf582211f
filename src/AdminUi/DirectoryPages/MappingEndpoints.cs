using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using UserManagement.AdminUi.Http;
using UserManagement.Membership;
using UserManagement.Membership.Access;
using UserManagement.Membership.Mappings;
using UserManagement.Membership.Workspaces;
using UserManagement.Ui;

namespace UserManagement.AdminUi.DirectoryPages;

/// <summary>
/// From which attributes people get their user name and address, for all directories or one: typed, tried on the last people of the log,
/// saved. And the attributes that the workspace defines itself, onto which a directory maps.
/// </summary>
internal static class MappingEndpoints
{
    private const string Page = "/directory/mapping";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(Page, Gate.Page(Permission.ManageDirectory, visit => ShowAsync(visit, Saved(visit))));
        routes.MapPost(Page + "/try", Gate.Act(TryAsync));
        routes.MapPost(Page, Gate.Act(SaveAsync));
        routes.MapPost(Page + "/attributes", Gate.Act(DefineAsync));
        routes.MapPost(Page + "/attributes/remove", Gate.Act(TakeAwayAsync));
    }

    private static async Task<IResult> ShowAsync(
        Visit visit,
        DirectoryMapping mapping,
        Refusal? refusal = null,
        IReadOnlyList<MappingTrial>? trials = null
    )
    {
        var tokens = await visit.Act<DirectoryPage>().RunAsync(visit.Actor, visit.Workspace.Id, visit.Ct);
        var programs = await visit.Act<DirectoryPage>().ProgramsAsync(visit.Actor, visit.Workspace.Id, visit.Ct);
        List<(Guid Id, string Name)> directories =
            !tokens.Done || !programs.Done
                ? []
                :
                [
                    .. tokens.Value.Where(t => t.IsLive).Select(t => (t.Credential.Id.Value, t.Credential.Name)),
                    .. programs.Value.Select(p => (p.App.Id, p.App.DisplayName ?? p.App.ClientId ?? "")),
                ];
        var frame = await Frame.ReadAsync(visit, Place.Directory, refusal);
        return mapping.Directory is { } one && directories.TrueForAll(d => d.Id != one)
            ? Visit.Error(404, null, visit.Path(Page))
            : frame.Show<MappingScreen>(
                new()
                {
                    ["Mapping"] = mapping,
                    ["Trials"] = trials,
                    ["Directories"] = directories,
                }
            );
    }

    private static async Task<IResult> TryAsync(Visit visit)
    {
        var typed = Typed(visit);
        var tried = await visit.Act<TryMapping>().RunAsync(visit.Actor, visit.Workspace.Id, WithTyped(visit, typed), visit.Ct);
        return tried.Is(out var trials, out var refusal)
            ? await ShowAsync(visit, typed, trials: trials)
            : await RefusedAsync(visit, typed, refusal);
    }

    private static async Task<IResult> SaveAsync(Visit visit)
    {
        var typed = Typed(visit);
        var wanted = visit.Configuration with { Scim = visit.Configuration.Scim with { Mappings = WithTyped(visit, typed) } };
        return await ChangeAsync(
            visit,
            wanted,
            typed,
            "Saved. It holds for whatever the directory sends next about somebody; a full cycle brings everybody."
        );
    }

    private static Task<IResult> DefineAsync(Visit visit)
    {
        var scim = visit.Configuration.Scim;
        var made = new CustomAttribute
        {
            Name = visit.Field("name"),
            Type = Enum.TryParse<CustomType>(visit.Field("type"), out var type) && Enum.IsDefined(type) ? type : CustomType.Text,
            Several = visit.Ticked("several"),
            Description = Attribute(visit, "description"),
        };
        var wanted = visit.Configuration with { Scim = scim with { Attributes = [.. scim.Attributes ?? [], made] } };
        return ChangeAsync(visit, wanted, Saved(visit), $"{Note.Cut(made.Name)} is kept from now on, as soon as the directory sends it.");
    }

    private static Task<IResult> TakeAwayAsync(Visit visit)
    {
        var (scim, name) = (visit.Configuration.Scim, visit.Field("name"));
        List<CustomAttribute> left = [.. (scim.Attributes ?? []).Where(a => a.Name != name)];
        var wanted = visit.Configuration with { Scim = scim with { Attributes = left.Count == 0 ? null : left } };
        return ChangeAsync(visit, wanted, Saved(visit), $"{Note.Cut(name)} is not shown and not taken any more.");
    }

    private static async Task<IResult> ChangeAsync(Visit visit, WorkspaceConfiguration wanted, DirectoryMapping shown, string did)
    {
        _ = long.TryParse(visit.Field("version"), NumberStyles.None, CultureInfo.InvariantCulture, out var seen);
        var outcome = await visit.Act<ChangeConfiguration>().RunAsync(visit.Actor, visit.Workspace.Id, seen, wanted, visit.Ct);
        if (outcome.Refusal is { } refusal)
        {
            return await RefusedAsync(visit, shown, refusal);
        }

        visit.Leave(new(Tone.Success, did));
        return Visit.SeeOther(visit.Path(Href(shown.Directory)));
    }

    /// <summary>The page for one directory; null for all.</summary>
    internal static string Href(Guid? directory) => directory is { } one ? $"{Page}?directory={one:D}" : Page;

    private static Task<IResult> RefusedAsync(Visit visit, DirectoryMapping typed, Refusal refusal) =>
        Gate.RefusedAsync(visit, Permission.ManageDirectory, refusal, () => ShowAsync(visit, typed, refusal));

    private static DirectoryMapping Saved(Visit visit)
    {
        var directory = Directory(visit);
        return visit.Configuration.Scim.Mappings?.FirstOrDefault(m => m.Directory == directory) ?? new() { Directory = directory };
    }

    private static DirectoryMapping Typed(Visit visit) =>
        new()
        {
            Directory = Directory(visit),
            UserNameFrom = Attribute(visit, "userNameFrom"),
            EmailFrom = Attribute(visit, "emailFrom"),
        };

    /// <summary>The directory that the page is about; null for all.</summary>
    private static Guid? Directory(Visit visit) =>
        Guid.TryParseExact(visit.Query("directory") ?? visit.Field("directory"), "D", out var one) ? one : null;

    private static string? Attribute(Visit visit, string field) => visit.Field(field) is { Length: > 0 } name ? name : null;

    /// <summary>
    /// The mappings with the typed one in place of the one before; an empty one stands only where a directory is to follow none although
    /// all others do.
    /// </summary>
    private static List<DirectoryMapping> WithTyped(Visit visit, DirectoryMapping typed)
    {
        List<DirectoryMapping> others = [.. (visit.Configuration.Scim.Mappings ?? []).Where(m => m.Directory != typed.Directory)];
        var isEmpty = typed is { UserNameFrom: null, EmailFrom: null };
        var isNone = isEmpty && (typed.Directory is null || !others.Exists(m => m.Directory is null));
        return isNone || visit.Field("follow").Length > 0 ? others : [.. others, typed];
    }
}
