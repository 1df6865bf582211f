using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Groups;
using UserManagement.Membership.Licensing;
using UserManagement.Membership.Members;
using UserManagement.Membership.Outbox;
using UserManagement.Membership.Retention;
using UserManagement.Membership.Webhooks;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Membership.Tests.Webhooks;

/// <summary>Which events an act leaves: derived from what it writes, in its own transaction.</summary>
public sealed class WorkspaceEventsTests
{
    private static readonly WebhookRules Rules = new();

    [Theory, EachDatabase]
    public async Task Every_change_of_a_person_is_told_in_its_order_with_how_they_are_then(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind, "licensed");
        var hook = await AddAsync(acme);
        var boss = acme.As(await acme.JoinAsync("boss@acme.test", "admin"));
        var store = acme.Store;
        var jo = await acme.JoinAsync("jo@acme.test");
        var group = (await new CreateGroup(store).RunAsync(boss, acme.Id, new() { DisplayName = "G" }, [jo.Id], default)).Value.Group;
        await acme.AssignAsync(boss, jo.Id, "admin");
        await new AssignLicense(store).RunAsync(boss, acme.Id, jo.Id, "business", null, default);
        await new EditMember(store).RunAsync(boss, acme.Id, jo.Id, new() { Names = new(true, "Jo", false, null) }, default);
        await new SuspendMember(store).RunAsync(boss, acme.Id, jo.Id, default);
        await new RestoreMember(store).RunAsync(boss, acme.Id, jo.Id, null, default);
        await new DeleteGroup(store).RunAsync(boss, acme.Id, group.Id, null, default);
        await new RemoveMember(store).RunAsync(boss, acme.Id, jo.Id, null, default);

        var told = await EventsAsync(acme, jo.Id);
        string[] wanted =
        [
            "member.joined",
            "invitation.accepted",
            "member.groupsChanged",
            "member.roleChanged",
            "member.licenseChanged",
            "member.changed",
            "member.suspended",
            "member.restored",
            "member.removed",
        ];
        Assert.Equal(wanted, told.Select(e => e.Type).Where(t => t != EventType.SeatChanged));
        Assert.Equal(told.Select(e => e.Id).Order(), told.Select(e => e.Id));
        var role = Payload(told.Single(e => e.Type == EventType.RoleChanged));
        var data = role.GetProperty("data");
        Assert.Equal(
            ("admin", jo.Role, "boss@acme.test", "page", "acme"),
            (
                data.GetProperty("member").GetProperty("role").GetString(),
                data.GetProperty("previous").GetProperty("role").GetString(),
                role.GetProperty("actor").GetProperty("name").GetString(),
                role.GetProperty("actor").GetProperty("door").GetString(),
                role.GetProperty("workspace").GetProperty("slug").GetString()
            )
        );
        Assert.Equal(
            "Jo",
            Payload(told.Single(e => e.Type == EventType.Changed))
                .GetProperty("data")
                .GetProperty("member")
                .GetProperty("givenName")
                .GetString()
        );
        var gone = Payload(told[^1]).GetProperty("data");
        Assert.Equal(
            ("removed", false),
            (gone.GetProperty("member").GetProperty("status").GetString(), gone.GetProperty("deleted").GetBoolean())
        );

        // one delivery for each, and each person's one after the other
        await using var db = store.Read();
        var deliveries = await db.WebhookDeliveries.Where(d => d.MemberId == jo.Id).OrderBy(d => d.Id).ToListAsync();
        Assert.Equal(told.Select(e => e.Id), deliveries.Select(d => d.EventId));
        Assert.All(deliveries, d => Assert.Equal((hook.Id, DeliveryState.Waiting), (d.WebhookId, d.State)));
        var orders = await db.OutboxMessages.Where(m => m.Kind == OutboxKind.Webhook).OrderBy(m => m.Id).ToListAsync();
        var mine = orders.Where(m => m.Subject == $"webhook:{hook.Id}:{jo.Id}").Select(m => m.About);
        Assert.Equal(deliveries.Select(d => d.Id.Value), mine);
        var groups = (await EventsAsync(acme, null)).Select(e => e.Type);
        Assert.Equal(["group.created", "group.deleted"], groups);
    }

    [Theory, EachDatabase]
    public async Task A_directorys_word_is_told_like_an_admins_and_who_has_not_joined_is_told_nobody(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind);
        await AddAsync(acme);
        var dora = (await acme.ProvisionAsync("dora@acme.test")).Value;
        await acme.SayAsync(dora.Id, false);
        await acme.SayAsync(dora.Id, true);
        await new EndMember(acme.Store).RunAsync(acme.Directory, acme.Id, dora.Id, null, default);
        var waiting = (await acme.ProvisionAsync("waiting@acme.test", active: false)).Value;
        var invited = await acme.InviteAsync("invited@acme.test");
        await new EndMember(acme.Store).RunAsync(acme.Directory, acme.Id, waiting.Id, null, default);
        await new RemoveMember(acme.Store).RunAsync(Actor.Operator, acme.Id, invited.Invitation.MemberId, null, default);

        var told = (await EventsAsync(acme, dora.Id)).Where(e => e.Type != EventType.SeatChanged).ToList();
        Assert.Equal(["member.joined", "member.suspended", "member.restored", "member.removed"], told.Select(e => e.Type));
        Assert.True(Payload(told[^1]).GetProperty("data").GetProperty("deleted").GetBoolean());
        Assert.Equal(
            ("directory", "scim"),
            (
                Payload(told[1]).GetProperty("actor").GetProperty("kind").GetString(),
                Payload(told[1]).GetProperty("actor").GetProperty("door").GetString()
            )
        );
        Assert.Empty(await EventsAsync(acme, waiting.Id));
        Assert.Empty(await EventsAsync(acme, invited.Invitation.MemberId));
    }

    [Theory, EachDatabase]
    public async Task An_endpoint_is_told_what_it_asked_for_and_while_it_is_off_what_happens_is_kept(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind);
        await acme.JoinAsync("boss@acme.test", "admin");
        var roles = await AddAsync(acme, EventType.RoleChanged);
        var off = await AddAsync(acme, EventType.Suspended);
        await new ChangeWebhook(acme.Store, Rules).RunAsync(
            Actor.Operator,
            acme.Id,
            off.Id,
            null,
            now => now with { Enabled = false },
            default
        );
        var jo = await acme.JoinAsync("jo@acme.test");
        await acme.AssignAsync(Actor.Operator, jo.Id, "admin");
        await acme.AssignAsync(Actor.Operator, jo.Id, jo.Role);
        await new SuspendMember(acme.Store).RunAsync(Actor.Operator, acme.Id, jo.Id, default);
        await new RemoveWebhook(acme.Store).RunAsync(Actor.Operator, acme.Id, roles.Id, default);
        await new RestoreMember(acme.Store).RunAsync(Actor.Operator, acme.Id, jo.Id, null, default);
        await acme.AssignAsync(Actor.Operator, jo.Id, "admin");

        Assert.Equal(
            ["member.roleChanged", "member.roleChanged", "member.suspended"],
            (await EventsAsync(acme, jo.Id)).Select(e => e.Type)
        );
        await using var db = acme.Store.Read();
        Assert.Equal(2, await db.WebhookDeliveries.CountAsync());
        Assert.All(await db.WebhookDeliveries.ToListAsync(), d => Assert.Equal(roles.Id, d.WebhookId));

        // turned on again, what was kept is sent when somebody asks for it
        var replay = new ReplayEvents(acme.Store);
        var span = (acme.Clock.Now.AddHours(-1), acme.Clock.Now.AddHours(1));
        Assert.Equal("webhookOff", (await replay.SpanAsync(Actor.Operator, acme.Id, off.Id, span, null, default)).Refusal!.Code);
        await new ChangeWebhook(acme.Store, Rules).RunAsync(
            Actor.Operator,
            acme.Id,
            off.Id,
            null,
            now => now with { Enabled = true },
            default
        );
        Assert.Equal(new Replayed(1, null), (await replay.SpanAsync(Actor.Operator, acme.Id, off.Id, span, null, default)).Value);
        Assert.True((await db.WebhookDeliveries.SingleAsync(d => d.WebhookId == off.Id)).IsReplay);
    }

    [Theory, EachDatabase]
    public async Task A_workspace_without_endpoints_pays_nothing(Database kind)
    {
        using var log = StatementLog.Start();
        await using var acme = await TestWorkspace.NewAsync(kind);
        var jo = await acme.JoinAsync("jo@acme.test");
        log.Clear();
        await new SuspendMember(acme.Store).RunAsync(Actor.Operator, acme.Id, jo.Id, default);
        var before = log.Statements.Count;
        Assert.DoesNotContain(
            log.Statements,
            s => s.Contains("webhook", StringComparison.Ordinal) && s.Contains("INSERT", StringComparison.Ordinal)
        );
        Assert.Empty(await EventsAsync(acme, jo.Id));

        // where there is one for something else neither
        await AddAsync(acme, EventType.GroupDeleted);
        var kim = await acme.JoinAsync("kim@acme.test");
        log.Clear();
        await new SuspendMember(acme.Store).RunAsync(Actor.Operator, acme.Id, kim.Id, default);
        Assert.Equal(before, log.Statements.Count);
        Assert.Empty(await EventsAsync(acme, kim.Id));
    }

    [Theory, EachDatabase]
    public async Task An_act_that_was_planned_before_an_endpoint_was_made_tells_it_all_the_same(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind);
        var jo = await acme.JoinAsync("jo@acme.test");
        var made = false;
        await MemberAct.RunAsync(
            acme.Store,
            Actor.Operator,
            acme.Id,
            jo.Id,
            "member.suspended",
            null,
            null,
            (_, _, file) => file with { Member = file.Member with { LocalBlock = LocalBlock.Suspended } },
            async (_, _) =>
            {
                if (!made)
                {
                    made = true;
                    await AddAsync(acme); // between the plan's reads and its commit
                }
            },
            default
        );
        Assert.Contains(EventType.Suspended, (await EventsAsync(acme, jo.Id)).Select(e => e.Type));
    }

    [Theory, EachDatabase]
    public async Task Of_somebody_who_is_erased_an_app_learns_no_more_than_that_they_are_gone(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind);
        await AddAsync(acme);
        var jo = await acme.JoinAsync("jo.secret@acme.test");
        await new RemoveMember(acme.Store).RunAsync(Actor.Operator, acme.Id, jo.Id, null, default);
        Assert.True((await new ErasePerson(acme.Store).RunAsync(Actor.Operator, acme.Id, jo.Id, default)).Done);
        var left = Assert.Single(await EventsAsync(acme, jo.Id));
        Assert.Equal(EventType.Removed, left.Type);
        Assert.DoesNotContain("jo.secret", Payload(left).GetProperty("data").GetRawText(), StringComparison.Ordinal);
        Assert.Equal(jo.Id.Value, Payload(left).GetProperty("data").GetProperty("member").GetProperty("id").GetGuid());
    }

    [Theory, EachDatabase]
    public async Task Who_may_not_and_what_is_no_endpoint_is_refused_and_two_secrets_live_at_once(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind);
        var boss = acme.As(await acme.JoinAsync("boss@acme.test", "admin"));
        var create = new CreateWebhook(acme.Store, Rules);
        var draft = new WebhookDraft { Name = "App", Url = "https://app.example/hook" };
        foreach (
            var (wrong, code) in new[]
            {
                (draft with { Name = " " }, "invalidName"),
                (draft with { Url = "http://app.example/hook" }, "invalidUrl"),
                (draft with { Url = "https://user@app.example/hook" }, "invalidUrl"),
                (draft with { Url = "/hook" }, "invalidUrl"),
                (draft with { Url = "https://app.example/#x" }, "invalidUrl"),
                (draft with { Types = ["member.exploded"] }, "unknownEventType"),
                (draft with { Audience = "x" }, "invalidAudience"),
            }
        )
        {
            Assert.Equal(code, (await create.RunAsync(boss, acme.Id, wrong, default)).Refusal!.Code);
        }

        Assert.Equal("signInAgain", (await create.RunAsync(boss with { FreshUntil = null }, acme.Id, draft, default)).Refusal!.Code);
        Assert.Equal("forbidden", (await create.RunAsync(acme.Directory, acme.Id, draft, default)).Refusal!.Code);
        var made = (await create.RunAsync(boss, acme.Id, draft, default)).Value;
        Assert.StartsWith("whsec_", made.Secret, StringComparison.Ordinal);
        var add = new AddWebhookSecret(acme.Store);
        var second = (await add.RunAsync(boss, acme.Id, made.Row.Id, default)).Value;
        Assert.Equal("tooManySecrets", (await add.RunAsync(boss, acme.Id, made.Row.Id, default)).Refusal!.Code);
        Assert.Equal(
            new[] { made.Secret, second.Secret }.Select(s => s["whsec_".Length..]),
            WebhookSecrets.KeysOf(second.Row, acme.Store.Box).Select(k => Convert.ToBase64String(k))
        );
        var first = WebhookSecrets.Of(second.Row)[0].Id;
        var remove = new RemoveWebhookSecret(acme.Store);
        Assert.Single(WebhookSecrets.Of((await remove.RunAsync(boss, acme.Id, made.Row.Id, first, default)).Value));
        var last = WebhookSecrets.Of(second.Row)[1].Id;
        Assert.Equal("lastSecret", (await remove.RunAsync(boss, acme.Id, made.Row.Id, last, default)).Refusal!.Code);
        var other = await acme.OtherAsync(); // on the same database, which goes with acme
        Assert.Equal("notFound", (await remove.RunAsync(Actor.Operator, other.Id, made.Row.Id, last, default)).Refusal!.Code);
    }

    private static async Task<Webhook> AddAsync(TestWorkspace acme, params string[] types) => (
            await new CreateWebhook(acme.Store, Rules).RunAsync(
                Actor.Operator,
                acme.Id,
                new()
                {
                    Name = "App",
                    Url = "https://app.example/hook",
                    Types = types,
                },
                default
            )
        ).Value.Row;

    private static async Task<List<WorkspaceEvent>> EventsAsync(TestWorkspace acme, Id<Member>? member)
    {
        await using var db = acme.Store.Read();
        return await db.WorkspaceEvents.Where(e => e.WorkspaceId == acme.Id && e.MemberId == member).OrderBy(e => e.Id).ToListAsync();
    }

    private static JsonElement Payload(WorkspaceEvent told) => JsonElement.Parse(told.Payload);
}
