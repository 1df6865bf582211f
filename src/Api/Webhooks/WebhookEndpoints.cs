using Microsoft.AspNetCore.Http;
using UserManagement.Api.Http;
using UserManagement.Membership;
using UserManagement.Membership.Access;
using UserManagement.Membership.Webhooks;

namespace UserManagement.Api.Webhooks;

/// <summary>Endpoints of apps that are told what happens to people, and what was sent to them.</summary>
internal static class WebhookEndpoints
{
    private const string All = "/workspaces/{slug}/webhooks";
    private const string One = All + "/{id}";
    private const string Deliveries = One + "/deliveries";

    public static void Map(ApiTable api)
    {
        api.Get("/workspaces/{slug}/event-types", TypesAsync).Says("List the kinds of events").Gives<ListJson<EventTypeJson>>();
        api.Get(All, ListAsync).Says("List webhooks").Needs(Permission.ConfigureWorkspace).Gives<ListJson<WebhookJson>>();
        api.Post(All, CreateAsync)
            .Says(
                "Make a webhook",
                "The secret stands in this answer and nowhere else. Whether the address may be dialled is asked when it is dialled: private "
                    + "networks only where the operator allows them."
            )
            .Needs(Permission.ConfigureWorkspace)
            .Reads<NewWebhook>()
            .Gives<IssuedWebhookJson>(StatusCodes.Status201Created)
            .Versioned();
        api.Get(One, ReadAsync).Says("Read a webhook").Needs(Permission.ConfigureWorkspace).Gives<WebhookJson>().Versioned();
        api.Patch(One, ChangeAsync)
            .Says("Change a webhook, or turn it on or off")
            .Needs(Permission.ConfigureWorkspace)
            .Reads<WebhookChange>()
            .Gives<WebhookJson>()
            .Versioned()
            .IfMatch();
        api.Delete(One, RemoveAsync)
            .Says("Remove a webhook", "Nothing is sent to it any more, also not what waits.")
            .Needs(Permission.ConfigureWorkspace);
        api.Post(One + "/secrets", AddSecretAsync)
            .Says("Add a second secret to a webhook", "Each delivery is signed by both until one is removed.")
            .Needs(Permission.ConfigureWorkspace)
            .Gives<IssuedWebhookJson>(StatusCodes.Status201Created)
            .Versioned();
        api.Delete(One + "/secrets/{secretId}", RemoveSecretAsync)
            .Says("Remove a secret of a webhook", "The last one stays.")
            .Needs(Permission.ConfigureWorkspace)
            .Gives<WebhookJson>()
            .Versioned();
        api.Post(One + "/test", TestAsync)
            .Says("Send a test to a webhook", "An event of the kind webhook.test, signed, logged and tried again like every other.")
            .Needs(Permission.ConfigureWorkspace)
            .Gives<OrderedDeliveryJson>(StatusCodes.Status202Accepted);
        api.Post(One + "/replay", ReplayAsync)
            .Says(
                "Send the events of a span of time once more",
                $"Those that the webhook wants, oldest first, at most {ReplayEvents.Most} in a call; go on with next. Each bears the id that it had."
            )
            .Needs(Permission.ConfigureWorkspace)
            .Reads<ReplaySpan>()
            .Gives<ReplayedJson>(StatusCodes.Status202Accepted);
        api.Get(Deliveries, LogAsync)
            .Says("List deliveries", "Newest first.")
            .Needs(Permission.ConfigureWorkspace)
            .Takes(
                new("state", "Only those that stand so.") { Choices = ["waiting", "delivered", "givenUp", "dropped"] },
                ApiParameter.Limit,
                ApiParameter.Cursor
            )
            .Gives<ListJson<DeliveryJson>>();
        api.Get(Deliveries + "/{deliveryId}", DeliveryAsync)
            .Says("Read a delivery", "With what was sent, each try, and the beginning of each answer.")
            .Needs(Permission.ConfigureWorkspace)
            .Gives<DeliveryLogJson>();
        api.Post(Deliveries + "/{deliveryId}/replay", AgainAsync)
            .Says("Send a delivery once more", "Under the id that it had.")
            .Needs(Permission.ConfigureWorkspace)
            .Gives<OrderedDeliveryJson>(StatusCodes.Status202Accepted);
    }

    private static Task<ApiAnswer> TypesAsync(ApiCall call) =>
        Task.FromResult(
            ApiAnswer.Ok(
                new ListJson<EventTypeJson>
                {
                    Items = [.. EventType.All.Select(t => new EventTypeJson { Type = t.Type, Meaning = t.Meaning })],
                }
            )
        );

    private static async Task<ApiAnswer> ListAsync(ApiCall call) =>
        (await call.Act<ListWebhooks>().RunAsync(call.Actor, call.Workspace.Id, call.Ct)).Is(out var found, out var refusal)
            ? ApiAnswer.Ok(new ListJson<WebhookJson> { Items = [.. found.Select(w => WebhookJson.Of(w.Row))] })
            : refusal;

    private static async Task<ApiAnswer> ReadAsync(ApiCall call) =>
        (await call.Act<ListWebhooks>().OneAsync(call.Actor, call.Workspace.Id, call.RouteId<Webhook>(), call.Ct)).Is(
            out var found,
            out var refusal
        )
            ? ApiAnswer.Ok(WebhookJson.Of(found.Row), found.Row.Version)
            : refusal;

    private static Task<ApiAnswer> CreateAsync(ApiCall call) =>
        call.WithAsync<NewWebhook>(async wanted =>
        {
            var draft = new WebhookDraft
            {
                Name = wanted.Name,
                Url = wanted.Url,
                Types = wanted.Types,
                Format = wanted.Format,
                Audience = wanted.Audience,
            };
            return (await call.Act<CreateWebhook>().RunAsync(call.Actor, call.Workspace.Id, draft, call.Ct)).Is(
                out var made,
                out var refusal
            )
                ? ApiAnswer.Created(Issued(made), call.Path($"/webhooks/{made.Row.Id}"), made.Row.Version)
                : refusal;
        });

    private static Task<ApiAnswer> ChangeAsync(ApiCall call) =>
        call.WithAsync<WebhookChange>(async change =>
            Show(
                await call.Act<ChangeWebhook>()
                    .RunAsync(
                        call.Actor,
                        call.Workspace.Id,
                        call.RouteId<Webhook>(),
                        call.Seen,
                        now =>
                            now with
                            {
                                Name = change.Name ?? now.Name,
                                Url = change.Url ?? now.Url,
                                Types = change.Types ?? now.Types,
                                Format = change.Format ?? now.Format,
                                Audience = call.Sent("audience") ? change.Audience : now.Audience,
                                Enabled = change.Enabled ?? now.Enabled,
                            },
                        call.Ct
                    )
            )
        );

    private static async Task<ApiAnswer> RemoveAsync(ApiCall call) =>
        (await call.Act<RemoveWebhook>().RunAsync(call.Actor, call.Workspace.Id, call.RouteId<Webhook>(), call.Ct)).Refusal is { } refusal
            ? refusal
            : ApiAnswer.NoContent;

    private static async Task<ApiAnswer> AddSecretAsync(ApiCall call) =>
        (await call.Act<AddWebhookSecret>().RunAsync(call.Actor, call.Workspace.Id, call.RouteId<Webhook>(), call.Ct)).Is(
            out var made,
            out var refusal
        )
            ? ApiAnswer.Created(Issued(made), call.Path($"/webhooks/{made.Row.Id}"), made.Row.Version)
            : refusal;

    private static async Task<ApiAnswer> RemoveSecretAsync(ApiCall call) =>
        Show(
            await call.Act<RemoveWebhookSecret>()
                .RunAsync(call.Actor, call.Workspace.Id, call.RouteId<Webhook>(), call.RouteId<Webhook>("secretId").Value, call.Ct)
        );

    private static async Task<ApiAnswer> TestAsync(ApiCall call) =>
        Ordered(await call.Act<TestWebhook>().RunAsync(call.Actor, call.Workspace.Id, call.RouteId<Webhook>(), call.Ct));

    private static async Task<ApiAnswer> AgainAsync(ApiCall call) =>
        Ordered(
            await call.Act<ReplayEvents>()
                .OneAsync(call.Actor, call.Workspace.Id, call.RouteId<Webhook>(), call.RouteId<WebhookDelivery>("deliveryId"), call.Ct)
        );

    private static Task<ApiAnswer> ReplayAsync(ApiCall call) =>
        call.WithAsync<ReplaySpan>(async span =>
            (
                await call.Act<ReplayEvents>()
                    .SpanAsync(
                        call.Actor,
                        call.Workspace.Id,
                        call.RouteId<Webhook>(),
                        (span.From, span.Until ?? call.Now),
                        span.After is { } after ? new(after) : null,
                        call.Ct
                    )
            ).Is(out var replayed, out var refusal)
                ? Accepted(new ReplayedJson { Count = replayed.Count, Next = replayed.Next?.Value })
                : refusal
        );

    private static async Task<ApiAnswer> LogAsync(ApiCall call) =>
        (
            await call.Act<ListDeliveries>()
                .RunAsync(
                    call.Actor,
                    call.Workspace.Id,
                    call.RouteId<Webhook>(),
                    call.Word<DeliveryState>("state"),
                    call.Cursor,
                    call.Limit,
                    call.Ct
                )
        ).Is(out var page, out var refusal)
            ? ApiAnswer.Ok(
                new ListJson<DeliveryJson> { Items = [.. page.Deliveries.Select(DeliveryJson.Of)], NextCursor = ApiCall.Next(page.Next) }
            )
            : refusal;

    private static async Task<ApiAnswer> DeliveryAsync(ApiCall call) =>
        (
            await call.Act<ListDeliveries>()
                .OneAsync(call.Actor, call.Workspace.Id, call.RouteId<Webhook>(), call.RouteId<WebhookDelivery>("deliveryId"), call.Ct)
        ).Is(out var view, out var refusal)
            ? ApiAnswer.Ok(DeliveryLogJson.Of(view))
            : refusal;

    private static IssuedWebhookJson Issued(IssuedWebhook made) => new() { Webhook = WebhookJson.Of(made.Row), Secret = made.Secret };

    private static ApiAnswer Show(Outcome<Webhook> outcome) =>
        outcome.Is(out var row, out var refusal) ? ApiAnswer.Ok(WebhookJson.Of(row), row.Version) : refusal;

    private static ApiAnswer Ordered(Outcome<Id<WebhookDelivery>> outcome) =>
        outcome.Is(out var id, out var refusal) ? Accepted(new OrderedDeliveryJson { DeliveryId = id.Value }) : refusal;

    private static ApiAnswer Accepted(object body) => new() { Status = StatusCodes.Status202Accepted, Body = body };
}
