using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using UserManagement.Membership.Access;
using UserManagement.Membership.Plans;
using UserManagement.Membership.Workspaces;
using UserManagement.Testing;
using WireMock.Server;

namespace UserManagement.Integrations.Tests.Billing;

/// <summary>The real host with a workspace <c>acme</c> that the customer <c>cus_acme</c> pays for, and a server that stands in for Stripe.</summary>
internal sealed class StripeRig : IAsyncDisposable
{
    public const string StandInKey = "sk_test_standin51H9xKq0000";
    public const string Customer = "cus_acme";

    private const string WebhookSecret = "whsec_5f0c6a1e9b2d4c7f8a3e";
    private readonly TestDatabase _database;

    private StripeRig(TestDatabase database, TestServer server, WireMockServer stripe, WorkspaceContext workspace) =>
        (_database, Server, Stripe, Workspace) = (database, server, stripe, workspace);

    public TestServer Server { get; }

    public WireMockServer Stripe { get; }

    public WorkspaceContext Workspace { get; }

    public static async Task<StripeRig> StartAsync(Database kind, string preset = "seats", bool isPaid = true, string? prices = null)
    {
        var database = await TestDatabase.NewAsync(kind);
        var stripe = WireMockServer.Start();
        var server = await TestServer.StartAsync(
            database,
            set:
            [
                ("Stripe:ApiKey", StandInKey),
                ("Stripe:WebhookSecret", WebhookSecret),
                ("Stripe:ApiBase", stripe.Url!),
                ("Stripe:SeatPrices", prices ?? ""),
            ]
        );
        var workspace = (await new CreateWorkspace(server.Store).RunAsync(Actor.Operator, new("acme", "Acme", preset), default)).Value;
        var rig = new StripeRig(database, server, stripe, workspace);
        if (isPaid)
        {
            await rig.PayAsync();
        }

        return rig;
    }

    /// <summary>The operator names who pays.</summary>
    public Task PayAsync() =>
        Server
            .Service<SetPlan>()
            .RunAsync(Actor.Operator, Workspace.Id, t => t with { Tier = PlanTier.Business, Customer = Customer }, default);

    /// <summary>An event about a subscription, as Stripe writes it.</summary>
    public static string Event(
        string id,
        int second,
        int quantity,
        string type = "updated",
        string subscription = "sub_1",
        string status = "active",
        object? customer = null,
        object[]? items = null
    ) =>
        JsonSerializer.Serialize(
            new
            {
                id,
                @object = "event",
                api_version = "2026-10-29.clover",
                created = 1_790_000_000 + second,
                livemode = false,
                type = "customer.subscription." + type,
                data = new { @object = Subscription(quantity, subscription, status, customer, items) },
            }
        );

    public static object Subscription(
        int quantity,
        string subscription = "sub_1",
        string status = "active",
        object? customer = null,
        object[]? items = null
    ) =>
        new
        {
            id = subscription,
            @object = "subscription",
            customer = customer ?? Customer,
            status,
            items = new
            {
                @object = "list",
                has_more = false,
                data = items ?? [Item(quantity)],
            },
        };

    public static object Item(int quantity, string price = "price_seat") =>
        new
        {
            id = "si_1",
            @object = "subscription_item",
            quantity,
            price = new { id = price, @object = "price" },
        };

    public static string Sign(string body, string secret = WebhookSecret, long? at = null)
    {
        var time = (at ?? TimeProvider.System.GetUtcNow().ToUnixTimeSeconds()).ToString(CultureInfo.InvariantCulture);
        var mac = HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes($"{time}.{body}"));
        return $"t={time},v1={Convert.ToHexStringLower(mac)}";
    }

    /// <summary>Posts an event; null for no signature.</summary>
    public async Task<HttpStatusCode> PostAsync(string body, string? signature)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/billing/stripe")
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
        };
        if (signature is not null)
        {
            request.Headers.TryAddWithoutValidation("Stripe-Signature", signature);
        }

        using var answer = await Server.Client.SendAsync(request);
        return answer.StatusCode;
    }

    public Task<HttpStatusCode> SendAsync(string body) => PostAsync(body, Sign(body));

    public async Task<PlanTerms> TermsAsync() =>
        (await Server.Service<ReadPlan>().RunAsync(Actor.Operator, Workspace.Id, default)).Value.Terms;

    public async Task<int?> SeatsAsync() => (await TermsAsync()).Seats;

    public async ValueTask DisposeAsync()
    {
        Stripe.Dispose();
        await Server.DisposeAsync();
        await _database.DisposeAsync();
    }
}
