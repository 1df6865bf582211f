using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Licensing;
using UserManagement.Membership.Members;
using UserManagement.Membership.Plans;
using UserManagement.Testing;
using WireMock.RequestBuilders;
using WireMock.ResponseBuilders;
using Xunit;
using static UserManagement.Integrations.Tests.Billing.StripeRig;

namespace UserManagement.Integrations.Tests.Billing;

/// <summary>What Stripe posts: proven, once, in any order.</summary>
public class StripeWebhookTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory, EachDatabase]
    [Shows("S4-21")]
    public async Task Seats_follow_what_is_paid_for_in_whatever_order_it_is_told(Database kind)
    {
        await using var rig = await StartAsync(kind);
        Assert.Equal(25, await rig.SeatsAsync());
        await SentAsync(rig, Event("evt_1", 10, 30, "created"), 30);
        await SentAsync(rig, Event("evt_3", 30, 50), 50);
        await SentAsync(rig, Event("evt_2", 20, 40), 50); // older: passed over
        await SentAsync(rig, Event("evt_3", 30, 50), 50); // came again
        await SentAsync(rig, Event("evt_4", 40, 60, customer: new { id = Customer, @object = "customer" }), 60);

        // What the operator sets holds until what is paid for changes.
        await rig.Server.Service<SetPlan>().RunAsync(Actor.Operator, rig.Workspace.Id, t => t with { Seats = 61 }, Ct);
        await SentAsync(rig, Event("evt_5", 50, 60), 61);
        await SentAsync(rig, Event("evt_6", 60, 5, subscription: "sub_2"), 65);
        await SentAsync(rig, Event("evt_7", 70, 60, status: "past_due"), 65);
        await SentAsync(rig, Event("evt_8", 80, 60, status: "unpaid"), 5);
        await SentAsync(rig, Event("evt_9", 90, 60, status: "active"), 65);
        await SentAsync(rig, Event("evt_10", 85, 60, "deleted", status: "canceled"), 5); // over for good, however late it is told
        await SentAsync(rig, Event("evt_11", 100, 60), 5);
        await SentAsync(rig, Event("evt_12", 110, 9, "created", "sub_3", "incomplete"), 5); // not paid for yet
        await SentAsync(rig, Event("evt_13", 110, 9, subscription: "sub_3"), 14); // of the same second

        await using var db = rig.Server.Store.Read();
        var lines = await db.AuditEntries.Where(a => a.Act == "plan.set" && a.ActorName == "Billing").ToListAsync(Ct);
        Assert.Equal(8, lines.Count);
        Assert.Empty(await rig.Server.Service<VerifyCounters>().RunAsync(Ct));
    }

    [Theory, EachDatabase]
    [Shows("S4-23")]
    public async Task Fewer_seats_than_are_in_use_are_taken_and_throw_nobody_out(Database kind)
    {
        await using var rig = await StartAsync(kind);
        for (var i = 0; i < 4; i++)
        {
            var made = await rig
                .Server.Service<ProvisionMember>()
                .RunAsync(Actor.Operator, rig.Workspace.Id, new() { UserName = $"p{i}@acme.test", Active = true }, Ct);
            Assert.True(made.Value.HasSeat);
        }

        await SentAsync(rig, Event("evt_1", 10, 2), 2);
        var use = (await rig.Server.Service<ReadPlan>().RunAsync(Actor.Operator, rig.Workspace.Id, Ct)).Value;
        Assert.Equal((4, true), (use.Counts.Seats.Used, use.Counts.Seats.IsOver));
        var late = await rig
            .Server.Service<ProvisionMember>()
            .RunAsync(Actor.Operator, rig.Workspace.Id, new() { UserName = "late@acme.test", Active = true }, Ct);
        Assert.Equal("viewer", late.Value.Role);
    }

    [Theory, EachDatabase]
    public async Task What_is_told_before_the_customer_is_known_counts_once_they_are(Database kind)
    {
        await using var rig = await StartAsync(kind, isPaid: false);
        await SentAsync(rig, Event("evt_1", 10, 30), 25);
        await rig.PayAsync();
        Assert.Equal(30, await rig.SeatsAsync());

        await using var slots = await StartAsync(kind, "provider", prices: "price_seat, price_extra");
        Assert.Equal(
            HttpStatusCode.OK,
            await slots.SendAsync(
                Event("evt_1", 10, 0, items: [Item(1, "price_base"), Item(12), Item(3, "price_extra"), new { id = "si_4" }])
            )
        );
        var terms = await slots.TermsAsync();
        Assert.Equal((null, 15), (terms.Seats, terms.MemberSlots)); // no role takes a seat there
        await slots.SendAsync(Event("evt_2", 20, 0, items: [Item(100, "price_base")]));
        Assert.Equal(15, (await slots.TermsAsync()).MemberSlots); // nothing of it is about seats
    }

    [Theory, EachDatabase]
    public async Task One_event_at_once_from_everywhere_counts_once_and_rivals_end_at_the_newest(Database kind)
    {
        await using var rig = await StartAsync(kind);
        var same = Event("evt_1", 10, 30);
        Assert.All(await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => rig.SendAsync(same))), s => Assert.Equal(HttpStatusCode.OK, s));
        var many = Enumerable.Range(2, 16).Select(i => Event($"evt_{i}", 10 + i, 100 + i)).OrderBy(_ => Random.Shared.Next());
        Assert.All(await Task.WhenAll(many.Select(rig.SendAsync)), s => Assert.Equal(HttpStatusCode.OK, s));
        Assert.Equal(117, await rig.SeatsAsync());
        await using var db = rig.Server.Store.Read();
        Assert.Equal(17, await db.BillingEvents.CountAsync(Ct));
        Assert.Single(await db.BillingSubscriptions.ToListAsync(Ct));
        Assert.Empty(await rig.Server.Service<VerifyCounters>().RunAsync(Ct));
    }

    [Theory, EachDatabase]
    public async Task Of_two_events_of_one_second_stripe_says_which_holds(Database kind)
    {
        await using var rig = await StartAsync(kind);
        await SentAsync(rig, Event("evt_1", 10, 30), 30);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await rig.SendAsync(Event("evt_2", 10, 31))); // nobody there to ask: it comes again
        rig.Stripe.Given(
                Request.Create().WithPath("/v1/subscriptions/sub_1").WithHeader("Authorization", "Bearer " + StandInKey).UsingGet()
            )
            .RespondWith(Response.Create().WithStatusCode(200).WithBody(JsonSerializer.Serialize(Subscription(33))));
        await SentAsync(rig, Event("evt_2", 10, 31), 33);
        await SentAsync(rig, Event("evt_3", 9, 7), 33);
        Assert.DoesNotContain(StandInKey, rig.Server.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_forged_old_or_unreadable_changes_nothing()
    {
        await using var rig = await StartAsync(Database.Sqlite);
        var body = Event("evt_1", 10, 999);
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        foreach (
            var signature in (string?[])
                [
                    null,
                    "",
                    "t=,v1=",
                    "v1=00",
                    $"t={now}",
                    "t=99999999999999999999999,v1=00",
                    Sign(body, "whsec_other"),
                    Sign(body + " "),
                    Sign(body, at: now - 400),
                    Sign(body, at: now + 400),
                    Sign(body).Replace("v1=", "v0=", StringComparison.Ordinal),
                ]
        )
        {
            Assert.True(await rig.PostAsync(body, signature) == HttpStatusCode.BadRequest, signature);
        }

        foreach (
            var unreadable in (string[])
                [
                    "",
                    "{",
                    "[]",
                    "null",
                    "{}",
                    """{"id":"evt_1"}""",
                    """{"id":7,"type":"customer.subscription.updated"}""",
                    """{"id":"evt_1","type":"customer.subscription.updated","created":1,"data":{"object":{"object":"invoice"}}}""",
                    body.Replace("\"evt_1\"", "\"" + new string('e', 101) + "\"", StringComparison.Ordinal),
                    body.Replace("\"quantity\":999", "\"quantity\":1e99", StringComparison.Ordinal),
                    body.Replace("\"created\":1790000010", "\"created\":\"now\"", StringComparison.Ordinal),
                ]
        )
        {
            Assert.True(await rig.SendAsync(unreadable) == HttpStatusCode.BadRequest, unreadable);
        }

        // Others than about subscriptions are none of ours, and a second signature of a rolled secret is no harm.
        Assert.Equal(HttpStatusCode.OK, await rig.SendAsync("""{"id":"evt_9","type":"invoice.paid"}"""));
        Assert.Equal(HttpStatusCode.OK, await rig.PostAsync(body, Sign(body) + ",v1=" + new string('0', 64)));
        Assert.Equal(999, await rig.SeatsAsync());

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, await rig.SendAsync(new string(' ', 300_000)));
        using var chunked = new HttpRequestMessage(HttpMethod.Post, "/billing/stripe")
        {
            Content = new StreamContent(new MemoryStream(Encoding.UTF8.GetBytes(new string(' ', 400_000)))),
        };
        chunked.Headers.TransferEncodingChunked = true;
        using var answer = await rig.Server.Client.SendAsync(chunked, Ct);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
        Assert.DoesNotContain("whsec_", rig.Server.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_billing_there_is_no_such_address()
    {
        await using var database = await TestDatabase.NewAsync(Database.Sqlite);
        await using var server = await TestServer.StartAsync(database);
        using var answer = await server.Client.PostAsync("/billing/stripe", new StringContent("{}"), Ct);
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Fact]
    public async Task The_portal_opens_for_whoever_may_and_is_away_when_stripe_is()
    {
        await using var rig = await StartAsync(Database.Sqlite);
        var act = rig.Server.Service<OpenBillingPortal>();
        var back = new Uri("https://people.example/w/acme/subscription");
        Assert.Equal("billingAway", (await act.RunAsync(Actor.Operator, rig.Workspace.Id, back, Ct)).Refusal?.Code); // 404 of the stand-in
        var asked = Request
            .Create()
            .WithPath("/v1/billing_portal/sessions")
            .UsingPost()
            .WithHeader("Authorization", "Bearer " + StandInKey);
        foreach (
            var (status, body) in ((int, string)[])
                [
                    (
                        400,
                        """{"error":{"code":"resource_missing","message":"No such customer: 'cus_acme'","type":"invalid_request_error"}}"""
                    ),
                    (401, """{"error":{"message":"Invalid API Key provided: sk_test_****0000"}}"""),
                    (500, "<html>"),
                    (200, "not json"),
                    (200, """{"object":"billing_portal.session","url":"javascript:alert(1)"}"""),
                    (200, """{"object":"billing_portal.session"}"""),
                ]
        )
        {
            rig.Stripe.Reset();
            rig.Stripe.Given(asked).RespondWith(Response.Create().WithStatusCode(status).WithBody(body));
            var refused = await act.RunAsync(Actor.Operator, rig.Workspace.Id, back, Ct);
            Assert.True(refused.Refusal?.Code == "billingAway", $"{status} {body}: {refused.Refusal?.Code}");
        }

        rig.Stripe.Reset();
        rig.Stripe.Given(
                asked.WithBody(
                    "customer=cus_acme&return_url=" + Uri.EscapeDataString(back.AbsoluteUri).Replace("%20", "+", StringComparison.Ordinal)
                )
            )
            .RespondWith(
                Response
                    .Create()
                    .WithStatusCode(200)
                    .WithBody("""{"object":"billing_portal.session","url":"https://billing.stripe.com/p/1"}""")
            );
        Assert.Equal("https://billing.stripe.com/p/1", (await act.RunAsync(Actor.Operator, rig.Workspace.Id, back, Ct)).Value.AbsoluteUri);

        var nobody = Actor.Operator with { Kind = ActorKind.Member, Workspace = rig.Workspace.Id };
        Assert.Equal("forbidden", (await act.RunAsync(nobody, rig.Workspace.Id, back, Ct)).Refusal?.Code);
        await rig.Server.Service<SetPlan>().RunAsync(Actor.Operator, rig.Workspace.Id, t => t with { Customer = null }, Ct);
        Assert.Equal("noCustomer", (await act.RunAsync(Actor.Operator, rig.Workspace.Id, back, Ct)).Refusal?.Code);
        Assert.DoesNotContain("sk_test", rig.Server.Log, StringComparison.Ordinal);
        Assert.Contains("Stripe refused with 401", rig.Server.Log, StringComparison.Ordinal);
    }

    private static async Task SentAsync(StripeRig rig, string body, int seats)
    {
        Assert.Equal(HttpStatusCode.OK, await rig.SendAsync(body));
        Assert.True(await rig.SeatsAsync() == seats, $"{await rig.SeatsAsync()} seats, not {seats}, after {body}");
    }
}
