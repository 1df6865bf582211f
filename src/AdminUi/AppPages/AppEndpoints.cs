using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using UserManagement.AdminUi.Http;
using UserManagement.Membership;
using UserManagement.Membership.Access;
using UserManagement.Membership.Apps;
using UserManagement.Ui;

namespace UserManagement.AdminUi.AppPages;

/// <summary>The apps of a workspace: made, changed, given secrets, removed. {id} is the client id.</summary>
internal static class AppEndpoints
{
    private const string All = "/apps";
    private const string One = All + "/{id}";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(All, Gate.Page(Permission.ConfigureWorkspace, ListAsync));
        routes.MapGet(
            All + "/new",
            Gate.Page(
                Permission.ConfigureWorkspace,
                Gate.RecentlyAuthenticated(NewPath, visit => BeginAsync(Draft.Restore(visit, NewPath(visit))))
            )
        );
        routes.MapPost(
            All,
            Gate.Act(Gate.FreshForm(NewPath, (visit, old) => ShowNewAsync(visit, AppForm.Read(visit, null), old), CreateAsync))
        );
        routes.MapGet(One, Gate.Page(Permission.ConfigureWorkspace, visit => ShowOneAsync(Draft.Restore(visit, OnePath(visit)))));
        routes.MapPost(
            One,
            Gate.Act(
                Gate.FreshForm(
                    visit => OnePath(visit),
                    async (visit, old) => await ShowAsync(visit, await TypedAsync(visit), old),
                    ChangeAsync
                )
            )
        );
        routes.MapPost(One + "/secrets", Gate.Act(Gate.RecentlyAuthenticated(visit => OnePath(visit), AddSecretAsync)));
        routes.MapGet(
            One + "/secrets/remove",
            Gate.Page(Permission.ConfigureWorkspace, Gate.RecentlyAuthenticated(SecretPath, visit => ConfirmSecretAsync(visit)))
        );
        routes.MapPost(One + "/secrets/remove", Gate.Act(Gate.RecentlyAuthenticated(visit => OnePath(visit), RemoveSecretAsync)));
        routes.MapGet(
            One + "/remove",
            Gate.Page(
                Permission.ConfigureWorkspace,
                Gate.RecentlyAuthenticated(visit => OnePath(visit, "/remove"), visit => ConfirmRemoveAsync(visit))
            )
        );
        routes.MapPost(One + "/remove", Gate.Act(Gate.RecentlyAuthenticated(visit => OnePath(visit, "/remove"), RemoveAsync)));
    }

    private static string NewPath(Visit visit) => $"{All}/new?kind={Uri.EscapeDataString(visit.Query("kind") ?? visit.Field("kind"))}";

    private static string OnePath(Visit visit, string below = "") => $"{All}/{Uri.EscapeDataString(Named(visit))}{below}";

    private static string SecretPath(Visit visit) =>
        OnePath(visit, "/secrets/remove?secret=" + Uri.EscapeDataString(visit.Query("secret") ?? ""));

    private static string Named(Visit visit) => visit.Http.GetRouteValue("id") as string ?? "";

    private static async Task<IResult> ListAsync(Visit visit)
    {
        var read = await visit.Act<ClientPage>().RunAsync(visit.Actor, visit.Workspace.Id, visit.Ct);
        if (!read.Is(out var apps, out var refusal))
        {
            return Visit.Error(Refusals.Status(refusal.Kind), refusal.Message, visit.Path());
        }

        var others = (await visit.Act<ClientPage>().OfInstallationAsync(visit.Actor, visit.Workspace.Id, visit.Ct)).Value;
        return (await Frame.ReadAsync(visit, Place.Apps)).Show<AppsScreen>(new() { ["Apps"] = apps, ["OfInstallation"] = others });
    }

    private static Task<IResult> BeginAsync(Visit visit) =>
        ShowNewAsync(visit, visit.IsRestored ? AppForm.Read(visit, null) : AppForm.New(AppForm.KindOf(visit.Query("kind"))));

    private static async Task<IResult> ShowNewAsync(Visit visit, AppForm form, Refusal? refusal = null) =>
        (await Frame.ReadAsync(visit, Place.Apps, refusal)).Show<AppScreen>(new() { ["Form"] = form });

    private static async Task<IResult> CreateAsync(Visit visit)
    {
        var form = AppForm.Read(visit, null);

        // The secret stands in this answer and nowhere else.
        return await Once.RunAsync(
            visit,
            Permission.ConfigureWorkspace,
            All,
            () => visit.Act<CreateClient>().RunAsync(visit.Actor, visit.Workspace.Id, null, form.Settings, visit.Ct),
            made => ShowIssuedAsync(visit, made),
            refusal => RefusedAsync(visit, refusal, () => ShowNewAsync(visit, form, refusal))
        );
    }

    private static async Task<IResult> ShowOneAsync(Visit visit) =>
        await ShowAsync(visit, visit.IsRestored ? await TypedAsync(visit) : null);

    private static async Task<AppForm?> TypedAsync(Visit visit) =>
        await FindAsync(visit) is { } found ? AppForm.Read(visit, found.Row) : null;

    private static async Task<IResult> ShowAsync(Visit visit, AppForm? form, Refusal? refusal = null)
    {
        if (await FindAsync(visit) is not { } found)
        {
            return Gone(visit);
        }

        var frame = await Frame.ReadAsync(visit, Place.Apps, refusal);
        return frame.Show<AppScreen>(new() { ["Form"] = form ?? AppForm.Of(found.Row), ["View"] = found });
    }

    private static async Task<IResult> ShowIssuedAsync(Visit visit, IssuedClient issued)
    {
        var frame = await Frame.ReadAsync(visit, Place.Apps);
        return frame.Show<AppScreen>(
            new()
            {
                ["Form"] = AppForm.Of(issued.Row),
                ["View"] = new ClientView(issued.Row, null, null, true),
                ["Issued"] = issued,
            },
            StatusCodes.Status201Created
        );
    }

    private static async Task<IResult> ChangeAsync(Visit visit)
    {
        var form = await TypedAsync(visit);
        var outcome = await visit
            .Act<ChangeClient>()
            .RunAsync(visit.Actor, visit.Workspace.Id, Named(visit), form?.Seen, form?.Settings ?? new() { ClientName = "" }, visit.Ct);
        if (outcome.Is(out var changed, out var refusal))
        {
            visit.Leave(new(Tone.Success, $"{Note.Cut(changed.DisplayName!)} is saved. It holds from its next request on."));
            return Visit.SeeOther(visit.Path(All));
        }

        return await RefusedAsync(visit, refusal, () => ShowAsync(visit, form, refusal));
    }

    private static Task<IResult> AddSecretAsync(Visit visit) =>
        Once.RunAsync(
            visit,
            Permission.ConfigureWorkspace,
            OnePath(visit),
            () => visit.Act<AddClientSecret>().RunAsync(visit.Actor, visit.Workspace.Id, Named(visit), visit.Ct),
            issued => ShowIssuedAsync(visit, issued),
            refusal => RefusedAsync(visit, refusal, () => ShowAsync(visit, null, refusal))
        );

    private static async Task<IResult> ConfirmSecretAsync(Visit visit, Refusal? refusal = null)
    {
        if (await FindAsync(visit) is not { } found || Chosen(found.Row, visit.Query("secret")) is not { } secret)
        {
            return Gone(visit);
        }

        var frame = await Frame.ReadAsync(visit, Place.Apps, refusal);
        return frame.Show<RemoveSecretScreen>(new() { ["View"] = found, ["Secret"] = secret });
    }

    /// <summary>The secret that is named; the older one where none is.</summary>
    private static ClientSecret? Chosen(Client row, string? id) =>
        ClientSecrets.Of(row).FirstOrDefault(s => string.IsNullOrEmpty(id) || s.Id.ToString() == id);

    private static async Task<IResult> RemoveSecretAsync(Visit visit)
    {
        var id = Guid.TryParse(visit.Field("secret"), out var given) ? given : default;
        var outcome = await visit.Act<RemoveClientSecret>().RunAsync(visit.Actor, visit.Workspace.Id, Named(visit), id, visit.Ct);
        if (outcome.Is(out var left, out var refusal))
        {
            visit.Leave(new(Tone.Success, $"That secret of {Note.Cut(left.DisplayName!)} opens nothing any more."));
            return Visit.SeeOther(visit.Path(OnePath(visit)));
        }

        return await RefusedAsync(visit, refusal, () => ShowAsync(visit, null, refusal));
    }

    private static async Task<IResult> ConfirmRemoveAsync(Visit visit, Refusal? refusal = null)
    {
        var users = await visit.Act<ClientPage>().UsersAsync(visit.Actor, visit.Workspace.Id, Named(visit), visit.Ct);
        if (!users.Is(out var count, out _) || await FindAsync(visit) is not { } found)
        {
            return Gone(visit);
        }

        var frame = await Frame.ReadAsync(visit, Place.Apps, refusal);
        return frame.Show<RemoveAppScreen>(new() { ["View"] = found, ["Users"] = count });
    }

    private static async Task<IResult> RemoveAsync(Visit visit)
    {
        var outcome = await visit.Act<RemoveClient>().RunAsync(visit.Actor, visit.Workspace.Id, Named(visit), visit.Ct);
        if (outcome.Is(out var removed, out var refusal))
        {
            visit.Leave(new(Tone.Success, $"{Note.Cut(removed.DisplayName!)} is removed. What it was given opens nothing any more."));
            return Visit.SeeOther(visit.Path(All));
        }

        return await RefusedAsync(visit, refusal, () => ConfirmRemoveAsync(visit, refusal));
    }

    private static async Task<ClientView?> FindAsync(Visit visit) =>
        (await visit.Act<ClientPage>().OneAsync(visit.Actor, visit.Workspace.Id, Named(visit), visit.Ct)).Is(out var found, out _)
            ? found
            : null;

    private static IResult Gone(Visit visit) => Visit.Error(404, Refusal.NotFound("app").Message, visit.Path(All));

    private static Task<IResult> RefusedAsync(Visit visit, Refusal refusal, Func<Task<IResult>> page) =>
        Gate.RefusedAsync(visit, Permission.ConfigureWorkspace, refusal, page);
}
