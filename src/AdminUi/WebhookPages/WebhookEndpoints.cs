using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using UserManagement.AdminUi.Http;
using UserManagement.Membership;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Webhooks;
using UserManagement.Ui;

namespace UserManagement.AdminUi.WebhookPages;

/// <summary>Endpoints of apps that are told what happens, and what was sent to them.</summary>
internal static class WebhookEndpoints
{
    private const string One = "/webhooks/{id}";
    private static readonly JsonSerializerOptions Readable = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/webhooks", Gate.Page(Permission.ConfigureWorkspace, visit => ListAsync(Draft.Restore(visit, "/webhooks"), null)));
        routes.MapPost("/webhooks", Gate.Act(Gate.FreshForm(_ => "/webhooks", (visit, refusal) => ListAsync(visit, refusal), CreateAsync)));
        routes.MapGet(One, Gate.Page(Permission.ConfigureWorkspace, visit => ShowAsync(Draft.Restore(visit, Below(visit)))));
        routes.MapPost(One, Gate.Act(SaveAsync));
        routes.MapPost(One + "/switch", Gate.Act(SwitchAsync));
        routes.MapPost(One + "/test", Gate.Act(TestAsync));
        routes.MapPost(One + "/again", Gate.Act(AgainAsync));
        routes.MapPost(One + "/replay", Gate.Act(ReplayAsync));
        routes.MapPost(One + "/secrets", Gate.Act(Gate.RecentlyAuthenticated(Below, AddSecretAsync)));
        routes.MapPost(One + "/secrets/remove", Gate.Act(Gate.RecentlyAuthenticated(Below, RemoveSecretAsync)));
        routes.MapGet(One + "/remove", Gate.Page(Permission.ConfigureWorkspace, ConfirmRemoveAsync));
        routes.MapPost(One + "/remove", Gate.Act(RemoveAsync));
    }

    /// <summary>A payload for people.</summary>
    public static string Indented(string json) => JsonNode.Parse(json)!.ToJsonString(Readable);

    private static string Below(Visit visit) => $"/webhooks/{visit.RouteId<Webhook>()}";

    private static async Task<IResult> ListAsync(Visit visit, Refusal? refusal)
    {
        var read = await visit.Act<ListWebhooks>().RunAsync(visit.Actor, visit.Workspace.Id, visit.Ct);
        return !read.Is(out var found, out var refused)
            ? Visit.Error(Refusals.Status(refused.Kind), refused.Message, visit.Path())
            : (await Frame.ReadAsync(visit, Place.Webhooks, refusal)).Show<WebhooksScreen>(
                new() { ["Webhooks"] = found, ["Form"] = Typed(visit, refusal) ? WebhookForm.Read(visit) : WebhookForm.Empty }
            );
    }

    private static bool Typed(Visit visit, Refusal? refusal) => refusal is not null || visit.IsRestored;

    private static async Task<IResult> ShowAsync(Visit visit, Refusal? refusal = null, string? secret = null, bool isForm = false)
    {
        var id = visit.RouteId<Webhook>();
        var state = visit.Query("state");
        if (
            !(await visit.Act<ListWebhooks>().OneAsync(visit.Actor, visit.Workspace.Id, id, visit.Ct)).Is(out var found, out var refused)
            || !(
                await visit
                    .Act<ListDeliveries>()
                    .RunAsync(visit.Actor, visit.Workspace.Id, id, State(state), PageCursor.Read(visit.Query("after")), 25, visit.Ct)
            ).Is(out var page, out refused)
        )
        {
            return Visit.Error(Refusals.Status(refused!.Kind), refused.Message, visit.Path());
        }

        DeliveryView? shown = null;
        if (Id<WebhookDelivery>.TryParse(visit.Query("delivery"), out var delivery))
        {
            _ = (await visit.Act<ListDeliveries>().OneAsync(visit.Actor, visit.Workspace.Id, id, delivery, visit.Ct)).Is(out shown, out _);
        }

        var frame = await Frame.ReadAsync(visit, Place.Webhooks, refusal);
        return frame.Show<WebhookScreen>(
            new()
            {
                ["Row"] = found.Row,
                ["Form"] = isForm || visit.IsRestored ? WebhookForm.Read(visit) : WebhookForm.Of(found.Row),
                ["Page"] = page,
                ["Shown"] = shown,
                ["Secret"] = secret,
                ["State"] = State(state) is null ? null : state,
                ["After"] = Id<WorkspaceEvent>.TryParse(visit.Query("replay"), out var going) ? going.ToString() : null,
            },
            secret is null ? StatusCodes.Status200OK : StatusCodes.Status201Created
        );
    }

    private static DeliveryState? State(string? word) =>
        word switch
        {
            "waiting" => DeliveryState.Waiting,
            "delivered" => DeliveryState.Delivered,
            "givenUp" => DeliveryState.GivenUp,
            "dropped" => DeliveryState.Dropped,
            _ => null,
        };

    private static async Task<IResult> CreateAsync(Visit visit)
    {
        var form = WebhookForm.Read(visit);
        return await Once.RunAsync(
            visit,
            Permission.ConfigureWorkspace,
            "/webhooks",
            () => visit.Act<CreateWebhook>().RunAsync(visit.Actor, visit.Workspace.Id, form.Draft(true), visit.Ct),
            issued =>
            {
                // The secret is shown in this answer and nowhere else.
                visit.Http.Request.RouteValues["id"] = issued.Row.Id.ToString();
                return ShowAsync(visit, secret: issued.Secret);
            },
            refusal => RefusedAsync(visit, refusal, () => ListAsync(visit, refusal))
        );
    }

    private static async Task<IResult> SaveAsync(Visit visit)
    {
        _ = long.TryParse(visit.Field("version"), NumberStyles.None, CultureInfo.InvariantCulture, out var seen);
        var form = WebhookForm.Read(visit);
        var outcome = await visit
            .Act<ChangeWebhook>()
            .RunAsync(visit.Actor, visit.Workspace.Id, visit.RouteId<Webhook>(), seen, now => form.Draft(now.Enabled), visit.Ct);
        if (outcome.Refusal is { Code: "signInAgain" } old)
        {
            return await Gate.AgainAsync(visit, Below(visit), old, (again, refusal) => ShowAsync(again, refusal, isForm: true));
        }

        return outcome.Refusal is { } refusal
            ? await RefusedAsync(visit, refusal, () => ShowAsync(visit, refusal, isForm: true))
            : Done(visit, "Saved. It holds from the next event on.");
    }

    private static async Task<IResult> SwitchAsync(Visit visit)
    {
        var on = visit.Ticked("on");
        var outcome = await visit
            .Act<ChangeWebhook>()
            .RunAsync(visit.Actor, visit.Workspace.Id, visit.RouteId<Webhook>(), null, now => now with { Enabled = on }, visit.Ct);
        return outcome.Refusal is { } refusal
            ? await RefusedAsync(visit, refusal, () => ShowAsync(visit, refusal))
            : Done(visit, on ? "On. Replay what happened meanwhile, if the app missed it." : "Off. What happens meanwhile is kept.");
    }

    private static async Task<IResult> TestAsync(Visit visit)
    {
        var outcome = await visit.Act<TestWebhook>().RunAsync(visit.Actor, visit.Workspace.Id, visit.RouteId<Webhook>(), visit.Ct);
        return outcome.Is(out var delivery, out var refusal)
            ? Sent(visit, "A test is on its way. Load this page again to see what came of it.", delivery)
            : await RefusedAsync(visit, refusal, () => ShowAsync(visit, refusal));
    }

    private static async Task<IResult> AgainAsync(Visit visit)
    {
        _ = Id<WebhookDelivery>.TryParse(visit.Field("delivery"), out var delivery);
        var outcome = await visit
            .Act<ReplayEvents>()
            .OneAsync(visit.Actor, visit.Workspace.Id, visit.RouteId<Webhook>(), delivery, visit.Ct);
        return outcome.Is(out var again, out var refusal)
            ? Sent(visit, "The event is on its way once more.", again)
            : await RefusedAsync(visit, refusal, () => ShowAsync(visit, refusal));
    }

    private static async Task<IResult> ReplayAsync(Visit visit)
    {
        if (Time(visit.Field("from")) is not { } from || (visit.Field("until").Length > 0 && Time(visit.Field("until")) is null))
        {
            var wrong = new Refusal(RefusalKind.Invalid, "invalidSpan", "This is no time. Write it as 2026-01-31T12:00.", "from");
            return await RefusedAsync(visit, wrong, () => ShowAsync(visit, wrong));
        }

        var until = Time(visit.Field("until")) ?? visit.Now;
        var after = Id<WorkspaceEvent>.TryParse(visit.Field("after"), out var last) ? last : (Id<WorkspaceEvent>?)null;
        var outcome = await visit
            .Act<ReplayEvents>()
            .SpanAsync(visit.Actor, visit.Workspace.Id, visit.RouteId<Webhook>(), (from, until), after, visit.Ct);
        if (!outcome.Is(out var replayed, out var refusal))
        {
            return await RefusedAsync(visit, refusal, () => ShowAsync(visit, refusal));
        }

        if (replayed.Next is { } next)
        {
            // an answer that is loaded again sends nothing again: where it goes on stands in the address
            visit.Leave(new(Tone.Info, $"{replayed.Count} events are on their way once more, and there are further ones. Go on below."));
            return Visit.SeeOther(
                visit.Path(Below(visit))
                    + QueryString.Create(
                        new Dictionary<string, string?>
                        {
                            ["replay"] = next.ToString(),
                            ["from"] = Note.Cut(visit.Field("from")),
                            ["until"] = Note.Cut(visit.Field("until")),
                        }
                    )
            );
        }

        return Done(
            visit,
            replayed.Count switch
            {
                0 => "Nothing happened in that time that it wants to know.",
                1 => "One event is on its way once more.",
                var count => $"{count} events are on their way once more.",
            }
        );
    }

    private static Task<IResult> AddSecretAsync(Visit visit) =>
        Once.RunAsync(
            visit,
            Permission.ConfigureWorkspace,
            Below(visit),
            () => visit.Act<AddWebhookSecret>().RunAsync(visit.Actor, visit.Workspace.Id, visit.RouteId<Webhook>(), visit.Ct),
            issued => ShowAsync(visit, secret: issued.Secret),
            refusal => RefusedAsync(visit, refusal, () => ShowAsync(visit, refusal))
        );

    private static async Task<IResult> RemoveSecretAsync(Visit visit)
    {
        _ = Guid.TryParse(visit.Field("secret"), out var secret);
        var outcome = await visit
            .Act<RemoveWebhookSecret>()
            .RunAsync(visit.Actor, visit.Workspace.Id, visit.RouteId<Webhook>(), secret, visit.Ct);
        return outcome.Refusal is { } refusal
            ? await RefusedAsync(visit, refusal, () => ShowAsync(visit, refusal))
            : Done(visit, "The secret signs nothing any more.");
    }

    private static async Task<IResult> ConfirmRemoveAsync(Visit visit)
    {
        var read = await visit.Act<ListWebhooks>().OneAsync(visit.Actor, visit.Workspace.Id, visit.RouteId<Webhook>(), visit.Ct);
        return read.Is(out var found, out var refused)
            ? (await Frame.ReadAsync(visit, Place.Webhooks)).Show<RemoveWebhookScreen>(new() { ["Row"] = found.Row })
            : Visit.Error(Refusals.Status(refused.Kind), refused.Message, visit.Path());
    }

    private static async Task<IResult> RemoveAsync(Visit visit)
    {
        var outcome = await visit.Act<RemoveWebhook>().RunAsync(visit.Actor, visit.Workspace.Id, visit.RouteId<Webhook>(), visit.Ct);
        if (!outcome.Is(out var gone, out var refusal))
        {
            return await RefusedAsync(visit, refusal, () => ListAsync(visit, refusal));
        }

        visit.Leave(new(Tone.Success, $"{Note.Cut(gone.Name)} is told nothing more."));
        return Visit.SeeOther(visit.Path("/webhooks"));
    }

    private static IResult Done(Visit visit, string sentence)
    {
        visit.Leave(new(Tone.Success, sentence));
        return Visit.SeeOther(visit.Path(Below(visit)));
    }

    private static IResult Sent(Visit visit, string sentence, Id<WebhookDelivery> delivery)
    {
        visit.Leave(new(Tone.Success, sentence));
        return Visit.SeeOther(visit.Path($"{Below(visit)}?delivery={delivery}"));
    }

    private static Task<IResult> RefusedAsync(Visit visit, Refusal refusal, Func<Task<IResult>> page) =>
        Gate.RefusedAsync(visit, Permission.ConfigureWorkspace, refusal, page);

    private static DateTimeOffset? Time(string text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? at : null;
}
