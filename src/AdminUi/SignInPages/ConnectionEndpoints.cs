using System.Globalization;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using UserManagement.AdminUi.Http;
using UserManagement.Membership;
using UserManagement.Membership.Access;
using UserManagement.Membership.Connections;
using UserManagement.Membership.Data;
using UserManagement.Ui;

namespace UserManagement.AdminUi.SignInPages;

/// <summary>A connection of the workspace's own: made, changed, checked, switched off and on, removed.</summary>
internal static class ConnectionEndpoints
{
    private const string All = "/sign-in/connections";
    private const string One = All + "/{id}";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(
            All + "/new",
            Gate.Page(
                Permission.ConfigureWorkspace,
                Gate.RecentlyAuthenticated(NewPath, visit => BeginAsync(Draft.Restore(visit, NewPath(visit))))
            )
        );
        routes.MapPost(
            All,
            Gate.Act(
                Gate.FreshForm(
                    NewPath,
                    (visit, old) => ShowNewAsync(visit, ConnectionForm.Read(visit, KindOf(visit.Field("kind"))), old),
                    CreateAsync
                )
            )
        );
        routes.MapPost(All + "/check", Gate.Act(CheckNewAsync));
        routes.MapGet(One, Gate.Page(Permission.ConfigureWorkspace, ShowOneAsync));
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
        routes.MapPost(One + "/check", Gate.Act(CheckAsync));
        routes.MapGet(
            One + "/switch",
            Gate.Page(
                Permission.ConfigureWorkspace,
                Gate.RecentlyAuthenticated(visit => OnePath(visit, "/switch"), visit => ConfirmAsync(visit, remove: false))
            )
        );
        routes.MapPost(
            One + "/switch",
            Gate.Act(Gate.RecentlyAuthenticated(visit => OnePath(visit, visit.Field("to") == "on" ? "" : "/switch"), SwitchAsync))
        );
        routes.MapGet(
            One + "/remove",
            Gate.Page(
                Permission.ConfigureWorkspace,
                Gate.RecentlyAuthenticated(visit => OnePath(visit, "/remove"), visit => ConfirmAsync(visit, remove: true))
            )
        );
        routes.MapPost(One + "/remove", Gate.Act(Gate.RecentlyAuthenticated(visit => OnePath(visit, "/remove"), RemoveAsync)));
    }

    // Where one comes back to after a new proof; the kind of a new connection stays chosen.
    private static string NewPath(Visit visit) => $"{All}/new?kind={Uri.EscapeDataString(visit.Query("kind") ?? visit.Field("kind"))}";

    private static string OnePath(Visit visit, string below = "") => $"{All}/{visit.RouteId<IdentityConnection>()}{below}";

    private static Task<IResult> BeginAsync(Visit visit) =>
        ShowNewAsync(
            visit,
            visit.IsRestored
                ? ConnectionForm.Read(visit, KindOf(visit.Field("kind")))
                : ConnectionForm.New(KindOf(visit.Query("kind")), Reserve(visit))
        );

    private static async Task<IResult> ShowOneAsync(Visit visit)
    {
        visit = Draft.Restore(visit, OnePath(visit));
        return await ShowAsync(visit, visit.IsRestored ? await TypedAsync(visit) : null);
    }

    private static async Task<ConnectionForm> TypedAsync(Visit visit) =>
        ConnectionForm.Read(visit, (await FindAsync(visit))?.Kind ?? ConnectionKind.Oidc);

    private static async Task<IResult> ShowNewAsync(Visit visit, ConnectionForm form, Refusal? refusal = null, bool good = false)
    {
        var frame = await Frame.ReadAsync(visit, Place.SignIn, refusal);
        return frame.Show<ConnectionScreen>(
            new()
            {
                ["Form"] = form,
                ["Id"] = Reserved(visit, form.Reserved) ?? default,
                ["Good"] = good,
            }
        );
    }

    private static async Task<IResult> CreateAsync(Visit visit)
    {
        var form = ConnectionForm.Read(visit, KindOf(visit.Field("kind")));

        // The id was made with the form, so that the redirect address could be registered first; sealed, it is this page's own.
        if (Reserved(visit, form.Reserved) is not { } id)
        {
            var old = Refusal.Invalid("reserved", "This form is too old, and its redirect address with it. Register the one shown now.");
            return await SignInEndpoints.RefusedAsync(
                visit,
                visit.Actor.Demand(visit.Workspace.Id, Permission.ConfigureWorkspace) ?? old,
                () => ShowNewAsync(visit, form with { Reserved = Reserve(visit) }, old)
            );
        }

        var outcome = await visit
            .Act<CreateConnection>()
            .RunAsync(visit.Actor, visit.Workspace.Id, form.Draft(), visit.Act<ConnectionProbe>(), visit.Ct, id);
        if (outcome.Is(out var made, out var refusal))
        {
            visit.Leave(new(Tone.Success, $"{Note.Cut(made.Name)} is connected. Try it before you rely on it."));
            return Visit.SeeOther(visit.Path("/sign-in"));
        }

        return await SignInEndpoints.RefusedAsync(visit, refusal, () => ShowNewAsync(visit, form, refusal));
    }

    private static async Task<IResult> CheckNewAsync(Visit visit)
    {
        var form = ConnectionForm.Read(visit, KindOf(visit.Field("kind")));
        form = Reserved(visit, form.Reserved) is null ? form with { Reserved = Reserve(visit) } : form;
        var refusal = (
            await visit
                .Act<CheckConnection>()
                .RunAsync(visit.Actor, visit.Workspace.Id, null, form.Draft(), visit.Act<ConnectionProbe>(), visit.Ct)
        ).Refusal;
        return refusal is null
            ? await ShowNewAsync(visit, form, good: true)
            : await SignInEndpoints.RefusedAsync(visit, refusal, () => ShowNewAsync(visit, form, refusal));
    }

    private static async Task<IResult> ShowAsync(Visit visit, ConnectionForm? form, Refusal? refusal = null, bool good = false)
    {
        if (await FindAsync(visit) is not { } row)
        {
            return Gone(visit);
        }

        var failed = (await visit.Act<ReadFailedSignIns>().RunAsync(visit.Actor, visit.Workspace.Id, row.Id, visit.Ct)).Is(
            out var some,
            out _
        )
            ? some
            : null;
        var frame = await Frame.ReadAsync(visit, Place.SignIn, refusal);
        return frame.Show<ConnectionScreen>(
            new()
            {
                ["Form"] = form ?? ConnectionForm.Of(row),
                ["Id"] = row.Id,
                ["Row"] = row,
                ["Good"] = good,
                ["Failed"] = failed,
            }
        );
    }

    private static async Task<IResult> ChangeAsync(Visit visit)
    {
        var row = await FindAsync(visit);
        var form = ConnectionForm.Read(visit, row?.Kind ?? ConnectionKind.Oidc);
        var outcome = await visit
            .Act<ChangeConnection>()
            .RunAsync(
                visit.Actor,
                visit.Workspace.Id,
                visit.RouteId<IdentityConnection>(),
                form.Seen,
                form.Draft() with
                {
                    Enabled = row?.Enabled ?? false,
                },
                visit.Act<ConnectionProbe>(),
                visit.Ct
            );
        if (outcome.Is(out var changed, out var refusal))
        {
            visit.Leave(new(Tone.Success, $"{Note.Cut(changed.Name)} is saved. It holds from the next sign-in on."));
            return Visit.SeeOther(visit.Path("/sign-in"));
        }

        return await SignInEndpoints.RefusedAsync(visit, refusal, () => ShowAsync(visit, form, refusal));
    }

    private static async Task<IResult> CheckAsync(Visit visit)
    {
        var row = await FindAsync(visit);
        var form = ConnectionForm.Read(visit, row?.Kind ?? ConnectionKind.Oidc);
        var refusal = (
            await visit
                .Act<CheckConnection>()
                .RunAsync(
                    visit.Actor,
                    visit.Workspace.Id,
                    visit.RouteId<IdentityConnection>(),
                    form.Draft(),
                    visit.Act<ConnectionProbe>(),
                    visit.Ct
                )
        ).Refusal;
        return refusal is null
            ? await ShowAsync(visit, form, good: true)
            : await SignInEndpoints.RefusedAsync(visit, refusal, () => ShowAsync(visit, form, refusal));
    }

    private static async Task<IResult> ConfirmAsync(Visit visit, bool remove, Refusal? refusal = null)
    {
        var users = await visit
            .Act<ConnectionPage>()
            .UsersAsync(visit.Actor, visit.Workspace.Id, visit.RouteId<IdentityConnection>(), visit.Ct);
        if (!users.Is(out var count, out _) || await FindAsync(visit) is not { } row)
        {
            return Gone(visit);
        }

        var frame = await Frame.ReadAsync(visit, Place.SignIn, refusal);
        return frame.Show<EndConnectionScreen>(
            new()
            {
                ["Row"] = row,
                ["Users"] = count,
                ["Remove"] = remove,
            }
        );
    }

    private static async Task<IResult> SwitchAsync(Visit visit)
    {
        var on = visit.Field("to") == "on";
        _ = long.TryParse(visit.Field("version"), NumberStyles.None, CultureInfo.InvariantCulture, out var seen);
        var row = await FindAsync(visit);
        var draft = row is null ? ConnectionForm.New(ConnectionKind.Oidc, "").Draft() : ConnectionDraft.Of(row);
        var outcome = await visit
            .Act<ChangeConnection>()
            .RunAsync(
                visit.Actor,
                visit.Workspace.Id,
                visit.RouteId<IdentityConnection>(),
                seen,
                draft with
                {
                    Enabled = on,
                },
                visit.Act<ConnectionProbe>(),
                visit.Ct
            );
        if (outcome.Is(out var changed, out var refusal))
        {
            visit.Leave(
                new(
                    Tone.Success,
                    on
                        ? $"{Note.Cut(changed.Name)} lets people in again."
                        : $"{Note.Cut(changed.Name)} is off: it lets nobody in, and who is in by it is out."
                )
            );
            return Visit.SeeOther(visit.Path("/sign-in"));
        }

        return await SignInEndpoints.RefusedAsync(
            visit,
            refusal,
            () => on ? ShowAsync(visit, null, refusal) : ConfirmAsync(visit, false, refusal)
        );
    }

    private static async Task<IResult> RemoveAsync(Visit visit)
    {
        var row = await FindAsync(visit);
        var outcome = await visit
            .Act<RemoveConnection>()
            .RunAsync(visit.Actor, visit.Workspace.Id, visit.RouteId<IdentityConnection>(), visit.Ct);
        if (outcome.Done)
        {
            visit.Leave(new(Tone.Success, $"{Note.Cut(row?.Name ?? "The connection")} is removed. Who is in by it is out."));
            return Visit.SeeOther(visit.Path("/sign-in"));
        }

        return await SignInEndpoints.RefusedAsync(visit, outcome.Refusal!, () => ConfirmAsync(visit, true, outcome.Refusal));
    }

    private static async Task<IdentityConnection?> FindAsync(Visit visit)
    {
        var id = visit.RouteId<IdentityConnection>();
        var read = await visit.Act<ListConnections>().RunAsync(visit.Actor, visit.Workspace.Id, visit.Ct);
        return read.Is(out var rows, out _) ? rows.FirstOrDefault(r => r.Id == id) : null;
    }

    private static IResult Gone(Visit visit) => Visit.Error(404, Refusal.NotFound("connection").Message, visit.Path("/sign-in"));

    private static ConnectionKind KindOf(string? word) =>
        word switch
        {
            "google" => ConnectionKind.Google,
            "entra" => ConnectionKind.Entra,
            _ => ConnectionKind.Oidc,
        };

    private static string Reserve(Visit visit) =>
        Protector(visit).Protect(Id<IdentityConnection>.New(visit.Act<Store>().Time).ToString(), TimeSpan.FromDays(1));

    private static Id<IdentityConnection>? Reserved(Visit visit, string text)
    {
        try
        {
            return text.Length is > 0 and < 1000 && Id<IdentityConnection>.TryParse(Protector(visit).Unprotect(text), out var id)
                ? id
                : null;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    private static ITimeLimitedDataProtector Protector(Visit visit) =>
        visit
            .Act<IDataProtectionProvider>()
            .CreateProtector("UserManagement.AdminUi.NewConnection", visit.Workspace.Id.ToString())
            .ToTimeLimitedDataProtector();
}
