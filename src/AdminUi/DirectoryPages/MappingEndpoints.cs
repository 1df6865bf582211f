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

/// <summary>From which attributes people get their user name and address: typed, tried on the last people of the log, saved.</summary>
internal static class MappingEndpoints
{
    private const string Page = "/directory/mapping";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(Page, Gate.Page(Permission.ManageDirectory, visit => ShowAsync(visit, Saved(visit))));
        routes.MapPost(Page + "/try", Gate.Act(TryAsync));
        routes.MapPost(Page, Gate.Act(SaveAsync));
    }

    private static async Task<IResult> ShowAsync(
        Visit visit,
        DirectoryMapping mapping,
        Refusal? refusal = null,
        IReadOnlyList<MappingTrial>? trials = null
    ) => (await Frame.ReadAsync(visit, Place.Directory, refusal)).Show<MappingScreen>(new() { ["Mapping"] = mapping, ["Trials"] = trials });

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
        _ = long.TryParse(visit.Field("version"), NumberStyles.None, CultureInfo.InvariantCulture, out var seen);
        var typed = Typed(visit);
        var wanted = visit.Configuration with { Scim = visit.Configuration.Scim with { Mappings = WithTyped(visit, typed) } };
        var outcome = await visit.Act<ChangeConfiguration>().RunAsync(visit.Actor, visit.Workspace.Id, seen, wanted, visit.Ct);
        if (outcome.Refusal is { } refusal)
        {
            return await RefusedAsync(visit, typed, refusal);
        }

        visit.Leave(
            new(Tone.Success, "Saved. It holds for whatever the directory sends next about somebody; a full cycle brings everybody.")
        );
        return Visit.SeeOther(visit.Path(Page));
    }

    private static Task<IResult> RefusedAsync(Visit visit, DirectoryMapping typed, Refusal refusal) =>
        Gate.RefusedAsync(visit, Permission.ManageDirectory, refusal, () => ShowAsync(visit, typed, refusal));

    private static DirectoryMapping Saved(Visit visit) =>
        visit.Configuration.Scim.Mappings?.FirstOrDefault(m => m.Directory is null) ?? new();

    private static DirectoryMapping Typed(Visit visit) =>
        new() { UserNameFrom = Attribute(visit, "userNameFrom"), EmailFrom = Attribute(visit, "emailFrom") };

    private static string? Attribute(Visit visit, string field) => visit.Field(field) is { Length: > 0 } name ? name : null;

    /// <summary>The mappings with the one for all replaced; those of single directories stay.</summary>
    private static List<DirectoryMapping> WithTyped(Visit visit, DirectoryMapping typed) =>
        [
            .. (visit.Configuration.Scim.Mappings ?? []).Where(m => m.Directory is not null),
            .. typed is { UserNameFrom: null, EmailFrom: null } ? Array.Empty<DirectoryMapping>() : [typed],
        ];
}
