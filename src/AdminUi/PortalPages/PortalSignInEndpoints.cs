using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using UserManagement.AdminUi.Http;
using UserManagement.AdminUi.SignInPages;
using UserManagement.Membership;
using UserManagement.Membership.Connections;
using UserManagement.Membership.Data;
using UserManagement.Membership.Portals;
using UserManagement.Ui;

namespace UserManagement.AdminUi.PortalPages;

/// <summary>
/// The OpenID connection in the set-up portal: made, changed, checked and tried by the same acts as on the admins' pages.
/// </summary>
internal static class PortalSignInEndpoints
{
    private const string All = "/sign-in";
    private const string One = All + "/{id:guid}";
    private const string Test = All + "/tests/{id:guid}";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(All, PortalGate.Page(PortalScopes.SignIn, BeginAsync));
        routes.MapPost(All, PortalGate.Act(CreateAsync));
        routes.MapPost(All + "/check", PortalGate.Act(CheckNewAsync));
        routes.MapGet(One, PortalGate.Page(PortalScopes.SignIn, visit => ShowOneAsync(visit)));
        routes.MapPost(One, PortalGate.Act(ChangeAsync));
        routes.MapPost(One + "/check", PortalGate.Act(CheckAsync));
        routes.MapPost(One + "/test", PortalGate.Act(TryAsync));
        routes.MapGet(Test, PortalGate.Page(PortalScopes.SignIn, ShowTestAsync));
    }

    private static Task<IResult> BeginAsync(PortalVisit visit)
    {
        var guide = PortalGuide.Of(visit.Query("provider"));
        var form = guide is null
            ? null
            : ConnectionForm.New(guide.Kind, Reserve(visit)) with
            {
                Name = guide.Key == "other" ? "" : guide.Name,
            };
        return ShowNewAsync(visit, guide, form);
    }

    private static Task<IResult> ShowNewAsync(
        PortalVisit visit,
        PortalGuide? guide,
        ConnectionForm? form,
        Refusal? refusal = null,
        bool good = false
    ) =>
        PortalFrame.ShowAsync<PortalSignInScreen>(
            visit,
            _ =>
                new()
                {
                    ["Guide"] = guide,
                    ["Form"] = form,
                    ["Id"] = Reserved(visit, form?.Reserved) ?? default,
                    ["Good"] = good,
                },
            refusal
        );

    private static async Task<IResult> CreateAsync(PortalVisit visit)
    {
        var (guide, form) = Typed(visit);
        if (Reserved(visit, form.Reserved) is not { } id)
        {
            var old = Refusal.Invalid("reserved", "This form is too old, and its redirect address with it. Register the one shown now.");
            return await RefusedAsync(visit, old, () => ShowNewAsync(visit, guide, form with { Reserved = Reserve(visit) }, old));
        }

        var outcome = await visit
            .Act<CreateConnection>()
            .RunAsync(visit.Actor, visit.Workspace.Id, form.Draft(), visit.Act<ConnectionProbe>(), visit.Ct, id);
        if (outcome.Is(out var made, out var refusal))
        {
            visit.Leave(new(Tone.Success, $"{Note.Cut(made.Name)} is connected. Try it now."));
            return PageRequest.SeeOther(PortalVisit.Path(All));
        }

        return await RefusedAsync(visit, refusal, () => ShowNewAsync(visit, guide, form, refusal));
    }

    private static async Task<IResult> CheckNewAsync(PortalVisit visit)
    {
        var (guide, form) = Typed(visit);
        form = Reserved(visit, form.Reserved) is null ? form with { Reserved = Reserve(visit) } : form;
        var refusal = await CheckedAsync(visit, null, form);
        return refusal is null
            ? await ShowNewAsync(visit, guide, form, good: true)
            : await RefusedAsync(visit, refusal, () => ShowNewAsync(visit, guide, form, refusal));
    }

    private static async Task<IResult> ShowOneAsync(
        PortalVisit visit,
        ConnectionForm? form = null,
        Refusal? refusal = null,
        bool good = false
    ) =>
        await FindAsync(visit) is not { } row
            ? PortalGate.Failed(Refusal.NotFound("connection"))
            : await PortalFrame.ShowAsync<PortalSignInScreen>(
                visit,
                _ =>
                    new()
                    {
                        ["Guide"] = PortalGuide.Of(row),
                        ["Form"] = form ?? ConnectionForm.Of(row),
                        ["Id"] = row.Id,
                        ["Row"] = row,
                        ["Good"] = good,
                    },
                refusal
            );

    private static async Task<IResult> ChangeAsync(PortalVisit visit)
    {
        var row = await FindAsync(visit);
        var form = TypedOver(visit, row);
        var outcome = await visit
            .Act<ChangeConnection>()
            .RunAsync(
                visit.Actor,
                visit.Workspace.Id,
                visit.RouteId<IdentityConnection>(),
                form.Seen,
                form.Draft() with
                {
                    Enabled = row?.Enabled ?? true,
                },
                visit.Act<ConnectionProbe>(),
                visit.Ct
            );
        if (outcome.Is(out var changed, out var refusal))
        {
            visit.Leave(new(Tone.Success, $"{Note.Cut(changed.Name)} is saved. Try it now."));
            return PageRequest.SeeOther(PortalVisit.Path(All));
        }

        return await RefusedAsync(visit, refusal, () => ShowOneAsync(visit, form, refusal));
    }

    private static async Task<IResult> CheckAsync(PortalVisit visit)
    {
        var row = await FindAsync(visit);
        var form = TypedOver(visit, row);
        var refusal = row is null ? Refusal.NotFound("connection") : await CheckedAsync(visit, row.Id, form);
        return refusal is null
            ? await ShowOneAsync(visit, form, good: true)
            : await RefusedAsync(visit, refusal, () => ShowOneAsync(visit, form, refusal));
    }

    private static async Task<IResult> TryAsync(PortalVisit visit)
    {
        var outcome = await visit
            .Act<BeginSignInTest>()
            .RunAsync(visit.Actor, visit.Workspace.Id, visit.RouteId<IdentityConnection>(), null, visit.Ct);
        return outcome.Is(out var test, out var refusal)
            ? PageRequest.SeeOther(PortalVisit.Path($"{All}/tests/{test.Id}"))
            : await RefusedAsync(visit, refusal, () => ShowNewAsync(visit, null, null, refusal));
    }

    private static async Task<IResult> ShowTestAsync(PortalVisit visit)
    {
        var read = await visit
            .Act<ReadSignInTest>()
            .ForLinkAsync(visit.Actor, visit.Workspace.Id, visit.RouteId<SignInTest>(), false, visit.Ct);
        return read.Is(out var test, out var refused)
            ? await PortalFrame.ShowAsync<PortalTestScreen>(visit, _ => new() { ["Test"] = test })
            : PortalGate.Failed(refused);
    }

    private static (PortalGuide Guide, ConnectionForm Form) Typed(PortalVisit visit)
    {
        var guide = PortalGuide.Of(visit.Field("provider")) ?? PortalGuide.All[^1];
        return (guide, ConnectionForm.Read(visit, guide.Kind) with { Scopes = IdentityConnection.DefaultScopes });
    }

    /// <summary>What was typed over a connection: whom it lets in stays as it is.</summary>
    private static ConnectionForm TypedOver(PortalVisit visit, IdentityConnection? row)
    {
        var form = ConnectionForm.Read(visit, row?.Kind ?? ConnectionKind.Oidc);
        return row is null
            ? form
            : form with
            {
                Scopes = row.Scopes,
                UnknownMayJoin = row.UnknownMayJoin,
                AllowGuests = row.AllowGuests,
                AllowPersonalAccounts = row.AllowPersonalAccounts,
                TrustsUserNames = row.TrustsUserNames,
                SubjectIsExternalId = row.SubjectIsExternalId,
                ReadUserInfo = row.ReadUserInfo,
            };
    }

    private static async Task<Refusal?> CheckedAsync(PortalVisit visit, Id<IdentityConnection>? id, ConnectionForm form) =>
        (
            await visit
                .Act<CheckConnection>()
                .RunAsync(visit.Actor, visit.Workspace.Id, id, form.Draft(), visit.Act<ConnectionProbe>(), visit.Ct)
        ).Refusal;

    private static async Task<IdentityConnection?> FindAsync(PortalVisit visit)
    {
        var id = visit.RouteId<IdentityConnection>();
        var read = await visit.Act<ListConnections>().RunAsync(visit.Actor, visit.Workspace.Id, visit.Ct);
        return read.Is(out var rows, out _) ? rows.FirstOrDefault(r => r.Id == id) : null;
    }

    private static Task<IResult> RefusedAsync(PortalVisit visit, Refusal refusal, Func<Task<IResult>> page) =>
        PortalGate.RefusedAsync(visit, PortalScopes.SignIn, refusal, page);

    private static string Reserve(PortalVisit visit) =>
        Protector(visit).Protect(Id<IdentityConnection>.New(visit.Act<Store>().Time).ToString(), TimeSpan.FromDays(1));

    private static Id<IdentityConnection>? Reserved(PortalVisit visit, string? text)
    {
        try
        {
            return text is { Length: > 0 and < 1000 } && Id<IdentityConnection>.TryParse(Protector(visit).Unprotect(text), out var id)
                ? id
                : null;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    private static ITimeLimitedDataProtector Protector(PortalVisit visit) =>
        visit
            .Act<IDataProtectionProvider>()
            .CreateProtector("UserManagement.AdminUi.PortalConnection", visit.Link.Id.ToString())
            .ToTimeLimitedDataProtector();
}
