using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using StandardWebhooks;
using UserManagement.Integrations.Webhooks;
using UserManagement.Membership;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Members;
using UserManagement.Membership.Outbox;
using UserManagement.Membership.Webhooks;
using UserManagement.Membership.Workspaces;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Integrations.Tests.Webhooks;

public sealed class SendWebhookTests
{
    private static readonly WebhookRules Rules = new() { GiveUpAfter = TimeSpan.FromHours(2), DisableAfter = TimeSpan.FromDays(1) };

    [Theory, EachDatabase]
    public async Task An_event_is_signed_as_Standard_Webhooks_says_by_both_secrets_and_logged(Database kind)
    {
        await using var scene = await Scene.NewAsync(kind, TimeProvider.System); // the library's own clock judges the time
        var made = await scene.AddAsync();
        var second = (await new AddWebhookSecret(scene.Store).RunAsync(Actor.Operator, scene.Id, made.Row.Id, default)).Value;
        scene.Answer = _ => new WebhookAnswer(202, "taken");
        var jo = await scene.ProvisionAsync("jo@acme.test");
        await scene.PumpAsync();

        var request = scene.Sent[0];
        var body = Encoding.UTF8.GetString(request.Body);
        Assert.Equal(("application/json", "https://app.example/hook"), (request.MediaType, request.Address.ToString()));
        foreach (var secret in new[] { made.Secret, second.Secret })
        {
            var headers = new HeaderDictionary();
            foreach (var (name, value) in request.Headers)
            {
                headers[name] = value;
            }

            new StandardWebhook(secret).Verify(body, headers); // throws when it is not so
            headers["webhook-signature"] = headers["webhook-signature"].ToString().Replace("v1,", "v1,A", StringComparison.Ordinal);
            Assert.ThrowsAny<Exception>(() => new StandardWebhook(secret).Verify(body, headers));
        }

        var told = JsonElement.Parse(body);
        Assert.Equal(
            ("member.joined", request.Headers["webhook-id"]),
            (told.GetProperty("type").GetString(), told.GetProperty("id").GetString())
        );
        var log = new ListDeliveries(scene.Store);
        var page = (await log.RunAsync(Actor.Operator, scene.Id, made.Row.Id, DeliveryState.Delivered, null, 50, default)).Value;
        var delivery = page.Deliveries[^1];
        Assert.Equal((jo.Id, 1, 202), (delivery.MemberId!.Value, delivery.Attempts, delivery.LastStatus!.Value));
        var view = (await log.OneAsync(Actor.Operator, scene.Id, made.Row.Id, delivery.Id, default)).Value;
        Assert.Equal(body, view.Payload);
        Assert.Equal(
            (1, 202, "taken", null),
            (view.Attempts[0].Number, view.Attempts[0].Status, view.Attempts[0].Answer, view.Attempts[0].Error)
        );

        // once more, under the id that it had
        _ = (await new ReplayEvents(scene.Store).OneAsync(Actor.Operator, scene.Id, made.Row.Id, delivery.Id, default)).Value;
        var before = scene.Sent.Count;
        await scene.PumpAsync();
        Assert.Equal(request.Headers["webhook-id"], Assert.Single(scene.Sent.Skip(before)).Headers["webhook-id"]);
    }

    [Theory, EachDatabase]
    public async Task A_persons_events_keep_their_order_while_an_endpoint_fails_and_nobody_elses_wait(Database kind)
    {
        var clock = new HandClock();
        await using var scene = await Scene.NewAsync(kind, clock);
        var made = await scene.AddAsync(EventType.Joined, EventType.Suspended, EventType.Restored);
        var (jo, kim) = (await scene.ProvisionAsync("jo@acme.test"), await scene.ProvisionAsync("kim@acme.test"));
        await new SuspendMember(scene.Store).RunAsync(Actor.Operator, scene.Id, jo.Id, default);
        await new RestoreMember(scene.Store).RunAsync(Actor.Operator, scene.Id, jo.Id, null, default);
        var isWell = false;
        scene.Answer = r => Of(r) == (jo.Id, EventType.Joined) && !isWell ? new WebhookAnswer(503, "not now") : new WebhookAnswer(204, "");
        await scene.PumpAsync();
        Assert.Equal([(jo.Id, EventType.Joined), (kim.Id, EventType.Joined)], scene.Sent.Select(Of).OrderBy(s => s.Item1 == jo.Id ? 0 : 1));

        // growing pauses
        var waits = new List<TimeSpan>();
        for (var i = 0; i < 6; i++)
        {
            var (at, sent) = (clock.Now, scene.Sent.Count);
            while (scene.Sent.Count == sent)
            {
                clock.Advance(TimeSpan.FromMilliseconds(500));
                await scene.PumpAsync();
            }

            waits.Add(clock.Now - at);
        }

        Assert.True(waits[^1] > waits[0] * 5, string.Join(", ", waits));
        Assert.All(scene.Sent.Skip(2), s => Assert.Equal((jo.Id, EventType.Joined), Of(s)));

        isWell = true;
        clock.Advance(TimeSpan.FromMinutes(2));
        await scene.PumpAsync();
        Assert.Equal([EventType.Joined, EventType.Suspended, EventType.Restored], scene.Sent.Skip(8).Select(s => Of(s).Item2));
        await using var db = scene.Store.Read();
        Assert.Equal(4, await db.WebhookDeliveries.CountAsync(d => d.State == DeliveryState.Delivered));
        Assert.Null((await db.Webhooks.SingleAsync(w => w.Id == made.Row.Id)).FailingSince);
    }

    [Fact]
    public void A_person_whose_id_is_another_now_is_named_by_both_in_a_token()
    {
        var (now, formerly) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        var token = new SecurityEventToken(claims => JsonSerializer.Serialize(claims), new(new Uri("https://people.example")));
        string Told(string previous) =>
            token.Write(
                new(
                    null!,
                    new()
                    {
                        WorkspaceId = default,
                        Id = default,
                        Name = "App",
                        Url = "https://app.example/hook",
                        Secrets = "",
                        CreatedAt = default,
                        MadeBy = "",
                        Types = "",
                        Version = 1,
                    },
                    new()
                    {
                        WorkspaceId = default,
                        Id = default,
                        Type = EventType.Changed,
                        At = DateTimeOffset.UnixEpoch,
                        Payload = "",
                    },
                    $$$"""
                    {"id":"1","actor":{"kind":"member"},
                     "data":{"member":{"id":"{{{now}}}","externalId":"e1","version":7},"previous":{{{previous}}}}}
                    """,
                    []
                )
            );

        var both = JsonElement.Parse(Told($$"""{"id":"{{formerly}}","userName":"ada@acme.test"}""")).GetProperty("sub_id");
        Assert.Equal("aliases", both.GetProperty("format").GetString());
        Assert.Equal(
            [$"/Users/{now}", $"/Users/{formerly}"],
            both.GetProperty("identifiers").EnumerateArray().Select(i => i.GetProperty("uri").GetString())
        );
        Assert.Equal("e1", both.GetProperty("identifiers")[0].GetProperty("externalId").GetString());
        var one = JsonElement.Parse(Told("""{"userName":"ada@acme.test"}""")).GetProperty("sub_id");
        Assert.Equal($"/Users/{now}", one.GetProperty("uri").GetString());
    }

    [Theory, EachDatabase]
    public async Task What_fails_is_given_up_after_a_while_the_next_passes_and_an_endpoint_that_fails_for_days_is_turned_off(Database kind)
    {
        var clock = new HandClock();
        await using var scene = await Scene.NewAsync(kind, clock);
        var made = await scene.AddAsync(EventType.Joined, EventType.Suspended);
        scene.Answer = _ => new Refusal(RefusalKind.Unavailable, "unreachable", "The endpoint cannot be reached.");
        var jo = await scene.ProvisionAsync("jo@acme.test");
        await new SuspendMember(scene.Store).RunAsync(Actor.Operator, scene.Id, jo.Id, default);
        await scene.PumpAsync();
        var since = clock.Now;
        await using (var db = scene.Store.Read())
        {
            Assert.Equal(since, (await db.Webhooks.SingleAsync()).FailingSince);
        }

        while (clock.Now < since.AddHours(12))
        {
            clock.Advance(TimeSpan.FromMinutes(10));
            await scene.PumpAsync();
        }

        await using (var db = scene.Store.Read())
        {
            Assert.All(await db.WebhookDeliveries.ToListAsync(), d => Assert.Equal(DeliveryState.GivenUp, d.State));
            var tries = scene.Sent.Select(Of).Select(s => s.Item2).ToList();
            Assert.Equal(tries.Order(), tries); // joined until it was given up, then suspended
            Assert.Equal(2, tries.Distinct().Count());
            Assert.Null((await db.Webhooks.SingleAsync()).DisabledAt);
        }

        clock.Advance(TimeSpan.FromDays(1));
        await scene.ProvisionAsync("kim@acme.test");
        await scene.PumpAsync();
        var off = (await new ListWebhooks(scene.Store).OneAsync(Actor.Operator, scene.Id, made.Row.Id, default)).Value.Row;
        Assert.Equal(clock.Now, off.DisabledAt);
        Assert.Contains("The endpoint cannot be reached.", off.DisabledReason, StringComparison.Ordinal);
        var count = scene.Sent.Count;
        await scene.ProvisionAsync("lee@acme.test");
        clock.Advance(TimeSpan.FromHours(3));
        await scene.PumpAsync();
        Assert.Equal(count, scene.Sent.Count); // nothing more is sent, also not what waited
        await using (var db = scene.Store.Read())
        {
            Assert.Contains(await db.AuditEntries.ToListAsync(), a => a.Act == "webhook.disabled" && a.TargetId == made.Row.Id.Value);
            Assert.Equal(3, await db.WorkspaceEvents.CountAsync(e => e.Type == EventType.Joined)); // and what happens is kept
        }

        // a test goes through all the same; on again it starts anew
        scene.Answer = _ => new WebhookAnswer(200, "");
        _ = (await new TestWebhook(scene.Store).RunAsync(Actor.Operator, scene.Id, made.Row.Id, default)).Value;
        await scene.PumpAsync();
        Assert.Equal(EventType.Test, JsonElement.Parse(scene.Sent[^1].Body).GetProperty("type").GetString());
        var on = (
            await new ChangeWebhook(scene.Store, Rules).RunAsync(
                Actor.Operator,
                scene.Id,
                made.Row.Id,
                null,
                now => now with { Enabled = true },
                default
            )
        ).Value;
        Assert.Equal((null, null, null), (on.DisabledAt, on.DisabledReason, on.FailingSince));
    }

    [Theory, EachDatabase]
    public async Task An_endpoint_that_says_it_is_gone_is_turned_off_at_once(Database kind)
    {
        await using var scene = await Scene.NewAsync(kind, new HandClock());
        var made = await scene.AddAsync(EventType.Joined);
        scene.Answer = _ => new WebhookAnswer(410, "gone");
        await scene.ProvisionAsync("jo@acme.test");
        await scene.PumpAsync();
        var off = (await new ListWebhooks(scene.Store).OneAsync(Actor.Operator, scene.Id, made.Row.Id, default)).Value;
        Assert.NotNull(off.Row.DisabledAt);
        Assert.Equal(DeliveryState.GivenUp, off.Last!.State);
    }

    private static (Id<Member>, string) Of(WebhookRequest request)
    {
        var told = JsonElement.Parse(request.Body);
        return (new(told.GetProperty("data").GetProperty("member").GetProperty("id").GetGuid()), told.GetProperty("type").GetString()!);
    }

    /// <summary>A workspace, the sender, and the app that it sends to.</summary>
    private sealed class Scene : IAsyncDisposable
    {
        private readonly TestDatabase _database;
        private readonly OutboxPump _pump;
        private readonly WorkspaceContext _workspace;

        private Scene(TestDatabase database, Store store, WorkspaceContext workspace)
        {
            (_database, Store, _workspace) = (database, store, workspace);
            _pump = new(
                store,
                [
                    new SendWebhook(
                        store,
                        new OpenDelivery(store),
                        new SettleDelivery(store, Rules),
                        (request, _) =>
                        {
                            lock (Sent)
                            {
                                Sent.Add(request);
                            }

                            return Task.FromResult(Answer(request));
                        },
                        new SecurityEventToken(claims => JsonSerializer.Serialize(claims), new(new Uri("https://people.example")))
                    ),
                ]
            );
        }

        public Store Store { get; }

        public Id<Workspace> Id => _workspace.Id;

        public List<WebhookRequest> Sent { get; } = [];

        public Func<WebhookRequest, Membership.Outcome<WebhookAnswer>> Answer { get; set; } = _ => new WebhookAnswer(200, "");

        public static async Task<Scene> NewAsync(Database kind, TimeProvider time)
        {
            var database = await TestDatabase.NewAsync(kind);
            var store = database.Store(time);
            return new(
                database,
                store,
                (await new CreateWorkspace(store).RunAsync(Actor.Operator, new("acme", "Acme", "seats"), default)).Value
            );
        }

        public async Task<IssuedWebhook> AddAsync(params string[] types) =>
            (
                await new CreateWebhook(Store, Rules).RunAsync(
                    Actor.Operator,
                    Id,
                    new()
                    {
                        Name = "App",
                        Url = "https://app.example/hook",
                        Types = types,
                    },
                    default
                )
            ).Value;

        public async Task<Member> ProvisionAsync(string userName) =>
            (
                await new ProvisionMember(Store).RunAsync(
                    new()
                    {
                        Kind = ActorKind.Directory,
                        Door = Door.Scim,
                        Name = "Entra",
                        Workspace = Id,
                        Permissions = Actor.DirectoryPermissions,
                    },
                    Id,
                    new() { UserName = userName },
                    default
                )
            ).Value;

        public async Task PumpAsync()
        {
            while ((await _pump.RunAsync(default)).Count > 0) { }
        }

        public ValueTask DisposeAsync() => _database.DisposeAsync();
    }
}
