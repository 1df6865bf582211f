using System.Net;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using UserManagement.Api.Tests.Rig;
using UserManagement.Membership.Access;
using UserManagement.Membership.Operators;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Api.Tests.Operators;

/// <summary>Whoever runs the server sets plans by REST: with a key of theirs, or signed in; and nobody else finds anything there.</summary>
public sealed class OperatorApiTests
{
    private const string Plan = "operator/workspaces/acme/plan";

    [Theory, EachDatabase]
    [Shows("S4-12")]
    public async Task A_program_of_the_operator_sets_a_plan_and_the_admin_sees_it_and_cannot_change_it(Database kind)
    {
        await using var site = await ApiSite.StartAsync(kind);
        using var billing = new ApiClient(site.Server, await site.OperatorKeyAsync());
        using var admin = await site.ProgramAsync();
        var read = await billing.GetAsync(Plan);
        Assert.Equal((HttpStatusCode.OK, 25, 2000), (read.Status, read.At("seats").GetInt32(), read.At("mailsPerDay").GetInt32()));
        var set = await billing.SendAsync("PUT", Plan, Whole(), ("If-Match", read.Headers["ETag"]));
        Assert.Equal(HttpStatusCode.OK, set.Status);
        Assert.Equal(JsonSerializer.Serialize(Whole()), set.Text);
        Assert.Contains("RateLimit", set.Headers.Keys);
        read = await billing.GetAsync(Plan);
        Assert.Equal((set.Text, set.Headers["ETag"]), (read.Text, read.Headers["ETag"]));
        Assert.Equal(HttpStatusCode.NotModified, (await billing.GetAsync(Plan, ("If-None-Match", set.Headers["ETag"]))).Status);

        var seen = await admin.GetAsync("acme/plan");
        Assert.Equal(
            ("business", 40, 1, 100, 500, "Ada Byron, ada@example.com"),
            (
                seen.At("tier").GetString(),
                seen.At("seats.limit").GetInt32(),
                seen.At("seats.used").GetInt32(),
                seen.At("memberSlots.limit").GetInt32(),
                seen.At("mailsPerDay").GetInt32(),
                seen.At("contact").GetString()
            )
        );
        Assert.Equal("planLimit", (await admin.SendAsync("PATCH", "acme/configuration", new { capacity = new { seats = 99 } })).Code);

        var less = await billing.SendAsync("PATCH", Plan, """{ "seats": 0 }""", ("Content-Type", "application/merge-patch+json"));
        Assert.Equal((HttpStatusCode.OK, 0, 100), (less.Status, less.At("seats").GetInt32(), less.At("memberSlots").GetInt32()));
        seen = await admin.GetAsync("acme/plan");
        Assert.Equal((0, 1, 100), (Number(seen, "seats.limit"), Number(seen, "seats.used"), Number(seen, "memberSlots.limit")));
        Assert.Equal("stale", (await billing.SendAsync("PATCH", Plan, new { seats = 9 }, ("If-Match", set.Headers["ETag"]))).Code);
        Assert.Equal("stale", (await billing.SendAsync("PUT", Plan, Whole(), ("If-Match", set.Headers["ETag"]))).Code);
        less = await billing.SendAsync("PATCH", Plan, """{ "seats": null, "mailsPerDay": null, "mailsInAll": 20, "tier": "trial" }""");
        Assert.Equal((JsonValueKind.Null, 20), (less.At("seats").ValueKind, less.At("mailsInAll").GetInt32()));
        seen = await admin.GetAsync("acme/plan");
        Assert.Equal(("trial", 20, 20), (seen.At("tier").GetString(), Number(seen, "mailsInAll"), Number(seen, "mailsLeft")));

        await using var db = site.Server.Store.Read();
        var lines = await db.AuditEntries.AsNoTracking().Where(a => a.Act == "plan.set").ToListAsync();
        Assert.Equal(3, lines.Count);
        var line = Assert.Single(lines.Select(a => (a.ActorKind, a.Door, a.ActorName, a.ActorId)).Distinct());
        Assert.Equal((ActorKind.Operator, Membership.Access.Door.Rest, "Billing"), (line.ActorKind, line.Door, line.ActorName));
        Assert.NotNull(line.ActorId);
    }

    [Theory, EachDatabase]
    public async Task All_workspaces_are_listed_in_pages_with_what_they_use(Database kind)
    {
        await using var site = await ApiSite.StartAsync(kind);
        await ApiSite.NewWorkspaceAsync(site.Server, "other", "provider", "mallory@example.com");
        using var billing = new ApiClient(site.Server, await site.OperatorKeyAsync());
        await billing.SendAsync("PATCH", Plan, new { tier = "pilot", seats = 7 });
        var first = await billing.GetAsync("operator/workspaces?limit=1");
        var acme = first.At("items.0");
        Assert.Equal(1, first.At("items").GetArrayLength());
        Assert.Equal(
            ("acme", "acme", "seats", "pilot", 2),
            (
                acme.GetProperty("slug").GetString(),
                acme.GetProperty("name").GetString(),
                acme.GetProperty("preset").GetString(),
                acme.GetProperty("tier").GetString(),
                Number(first, "total")
            )
        );
        Assert.Equal(
            (1, 7, 1, 1),
            (
                Number(first, "items.0.seats.used"),
                Number(first, "items.0.seats.limit"),
                Number(first, "items.0.memberSlots.used"),
                Number(first, "items.0.people")
            )
        );
        Assert.Equal(JsonValueKind.Null, acme.GetProperty("directoryAt").ValueKind);
        Assert.Equal(JsonValueKind.String, acme.GetProperty("createdAt").ValueKind);
        var second = await billing.GetAsync("operator/workspaces?limit=1&cursor=" + first.At("nextCursor").GetString());
        Assert.Equal(("other", 10), (second.At("items.0.slug").GetString(), Number(second, "items.0.memberSlots.limit")));
        Assert.Equal(JsonValueKind.Null, second.At("nextCursor").ValueKind);
        Assert.Equal(2, (await billing.GetAsync("operator/workspaces")).At("items").GetArrayLength());
        Assert.Equal("invalidParameter", (await billing.GetAsync("operator/workspaces?cursor=x")).Code);
        Assert.Equal("invalidParameter", (await billing.GetAsync("operator/workspaces?limit=201")).Code);
    }

    [Theory, EachDatabase]
    public async Task An_operator_who_is_signed_in_does_the_same_with_the_pages_token(Database kind)
    {
        await using var site = await ApiSite.StartAsync(kind);
        var (_, session) = await ApiSite.NewWorkspaceAsync(site.Server, "other", "seats", "ops@example.com");
        using (var stranger = await site.PageAsync(session))
        {
            Assert.Equal("notFound", (await stranger.GetAsync(Plan)).Code);
            await site.Server.Service<AllowOperator>().RunAsync(Actor.Operator, "ops@example.com", true, default);
            Assert.Equal("secondFactorMissing", (await stranger.GetAsync(Plan)).Code);
            Assert.Equal("secondFactorMissing", (await stranger.SendAsync("PATCH", Plan, new { seats = 3 })).Code);
        }

        await site.MakeOperatorAsync("ops@example.com", session);
        using var bare = new ApiClient(site.Server, null, session);
        Assert.Equal(25, (await bare.GetAsync(Plan)).At("seats").GetInt32());
        Assert.Equal("antiforgery", (await bare.SendAsync("PATCH", Plan, new { seats = 3 })).Code);
        Assert.Equal(HttpStatusCode.OK, (await bare.GetAsync("operator/workspaces")).Status);
        using var page = await site.PageAsync(session);
        Assert.Equal(3, (await page.SendAsync("PATCH", Plan, new { seats = 3 })).At("seats").GetInt32());
        Assert.Equal("notFound", (await page.GetAsync("acme/plan")).Code); // an operator is no member by it
        await using (var db = site.Server.Store.Read())
        {
            var line = await db.AuditEntries.AsNoTracking().SingleAsync(a => a.Act == "plan.set");
            var hash = Membership.Secret.Hash(session);
            var account = (await db.Sessions.AsNoTracking().SingleAsync(s => s.SecretHash == hash)).AccountId.Value;
            Assert.Equal((ActorKind.Operator, Membership.Access.Door.Rest, account), (line.ActorKind, line.Door, line.ActorId!.Value));
        }

        await site.Server.Service<AllowOperator>().RunAsync(Actor.Operator, "ops@example.com", false, default);
        Assert.Equal("notFound", (await page.SendAsync("PATCH", Plan, new { seats = 4 })).Code);
        using var admin = await site.ProgramAsync();
        Assert.Equal(3, Number(await admin.GetAsync("acme/plan"), "seats.limit"));
    }

    [Theory, EachDatabase]
    public async Task Other_credentials_find_nothing_there_and_an_operator_key_opens_nothing_else(Database kind)
    {
        var clock = new HandClock();
        await using var site = await ApiSite.StartAsync(kind, time: clock);
        using var key = await site.ProgramAsync();
        using var page = await site.PageAsync(site.AdaSession);
        foreach (var known in (ApiClient[])[key, page])
        {
            foreach (var path in (string[])[Plan, "operator/workspaces", "operator/workspaces/nowhere/plan"])
            {
                var answer = await known.GetAsync(path);
                Assert.Equal((HttpStatusCode.NotFound, "notFound"), (answer.Status, answer.Code));
            }

            Assert.Equal("notFound", (await known.SendAsync("PUT", Plan, Whole())).Code);
            Assert.Equal("notFound", (await known.SendAsync("PATCH", Plan, new { seats = 99 })).Code);
        }

        using var nobody = new ApiClient(site.Server, null);
        var missing = await nobody.GetAsync(Plan);
        Assert.Equal((HttpStatusCode.Unauthorized, "credentialMissing"), (missing.Status, missing.Code));
        Assert.Contains("umop_", missing.At("detail").GetString(), StringComparison.Ordinal);
        Assert.StartsWith("Bearer", missing.Headers["WWW-Authenticate"], StringComparison.Ordinal);

        var secret = await site.OperatorKeyAsync(days: 2);
        using var billing = new ApiClient(site.Server, secret);
        foreach (var path in (string[])["me", "workspaces", "acme", "acme/plan", "acme/members", "acme/audit", "sessions"])
        {
            var answer = await billing.GetAsync(path);
            Assert.Equal((HttpStatusCode.Unauthorized, "credentialInvalid"), (answer.Status, answer.Code));
        }

        Assert.Equal("credentialInvalid", (await billing.SendAsync("POST", "acme/groups", new { displayName = "Forged" })).Code);
        using var beside = new ApiClient(site.Server, "umop_" + new string('A', 43), site.AdaSession);
        Assert.Equal("credentialInvalid", (await beside.GetAsync(Plan)).Code);
        Assert.Equal(HttpStatusCode.OK, (await billing.GetAsync(Plan)).Status);
        Assert.DoesNotContain(secret, site.Server.Log, StringComparison.Ordinal);
        using var brief = new ApiClient(site.Server, await site.OperatorKeyAsync("Brief", 1));
        Assert.Equal(HttpStatusCode.OK, (await brief.GetAsync(Plan)).Status);
        clock.Advance(TimeSpan.FromDays(1));
        Assert.Equal("credentialInvalid", (await brief.GetAsync(Plan)).Code);
        Assert.Equal(HttpStatusCode.OK, (await billing.GetAsync(Plan)).Status);
        await site.Server.Service<RevokeOperatorKey>().RunAsync(Actor.Operator, "Billing", default);
        Assert.Equal("credentialInvalid", (await billing.GetAsync(Plan)).Code);
    }

    [Theory, EachDatabase]
    public async Task What_is_no_plan_is_said_at_its_field_and_changes_nothing(Database kind)
    {
        await using var site = await ApiSite.StartAsync(kind);
        await ApiSite.NewWorkspaceAsync(site.Server, "other", "seats", "mallory@example.com");
        using var billing = new ApiClient(site.Server, await site.OperatorKeyAsync());
        var other = await billing.SendAsync("PATCH", "operator/workspaces/other/plan", new { customer = "cus_other" });
        Assert.Equal(HttpStatusCode.OK, other.Status);
        var before = await billing.GetAsync(Plan);
        foreach (
            var (body, code, field) in ((string, string, string?)[])
                [
                    ("""{"seats":-1}""", "invalidPlan", "seats"),
                    ("""{"seats":10000001}""", "invalidPlan", "seats"),
                    ("""{"seats":"many"}""", "wrongType", "seats"),
                    ("""{"seats":1.5}""", "wrongType", "seats"),
                    ("""{"memberSlots":-1}""", "invalidPlan", "memberSlots"),
                    ("""{"mailsInAll":-1,"mailsPerDay":null}""", "invalidPlan", "mailsInAll"),
                    ("""{"mailsPerDay":-1}""", "invalidPlan", "mailsPerDay"),
                    ("""{"mailsInAll":1}""", "invalidMails", "mails"),
                    ("""{"gracePercent":10}""", "invalidPlan", "gracePercent"),
                    ("""{"gracePercent":101,"graceDays":1}""", "invalidPlan", "gracePercent"),
                    ("""{"gracePercent":1,"graceDays":366}""", "invalidPlan", "gracePercent"),
                    ("""{"pools":{"gold":1}}""", "unknownLicense", "pools"),
                    ("""{"pools":{"gold":-1}}""", "invalidPlan", "pools"),
                    ("""{"pools":{"gold":"x"}}""", "wrongType", "pools.gold"),
                    ("""{"pools":[1]}""", "wrongType", "pools"),
                    ("""{"tier":"gold"}""", "wrongType", "tier"),
                    ("""{"tier":1}""", "wrongType", "tier"),
                    ("""{"trialEnds":"31.1.2027"}""", "wrongType", "trialEnds"),
                    ("""{"trialEnds":"2027-02-30"}""", "wrongType", "trialEnds"),
                    ("""{"trialEnds":20270131}""", "wrongType", "trialEnds"),
                    ("""{"contact":"Ada\nByron"}""", "invalidContact", "contact"),
                    ("""{"contact":""}""", "invalidContact", "contact"),
                    ($$"""{"contact":"{{new string('x', 201)}}"}""", "invalidContact", "contact"),
                    ("""{"customer":"cus 1"}""", "invalidCustomer", "customer"),
                    ("""{"customer":""}""", "invalidCustomer", "customer"),
                    ("""{"customer":"cus_other"}""", "customerTaken", "customer"),
                    ("""{"seats":3,"price":1}""", "unknownField", "price"),
                    ("""{"seats":3,"seats":4}""", "malformedJson", null),
                    ("""[]""", "wrongType", null),
                    ("""{""", "malformedJson", null),
                ]
        )
        {
            var refused = await billing.SendAsync("PATCH", Plan, body);
            Assert.True(refused.Code == code, $"{body}: {refused.Text}");
            Assert.InRange((int)refused.Status, 400, 499);
            Assert.Equal(field, refused.Json.TryGetProperty("field", out var named) ? named.GetString() : null);
        }

        var part = Whole();
        part.Remove("seats");
        var lacking = await billing.SendAsync("PUT", Plan, part);
        Assert.Equal(("missingField", "seats"), (lacking.Code, lacking.At("field").GetString()));
        Assert.Equal(
            "wrongType",
            (await billing.SendAsync("PUT", Plan, new Dictionary<string, object?>(Whole()) { ["pools"] = null })).Code
        );
        Assert.Equal("notFound", (await billing.SendAsync("PUT", "operator/workspaces/nowhere/plan", Whole())).Code);
        Assert.Equal("notFound", (await billing.GetAsync("operator/workspaces/nowhere/plan")).Code);
        Assert.Equal("unknownParameter", (await billing.GetAsync(Plan + "?x=1")).Code);
        Assert.Equal("mediaType", (await billing.SendAsync("PUT", Plan, Whole(), ("Content-Type", "text/plain"))).Code);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await billing.SendAsync("PUT", Plan, new string(' ', 300_000))).Status);
        Assert.Equal("stale", (await billing.SendAsync("PUT", Plan, Whole(), ("If-Match", "\"999\""))).Code);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, (await billing.SendAsync("POST", Plan, Whole())).Status);
        var after = await billing.GetAsync(Plan);
        Assert.Equal((before.Text, before.Headers["ETag"]), (after.Text, after.Headers["ETag"]));
    }

    [Theory, EachDatabase]
    public async Task A_license_type_is_never_without_a_limit_because_nobody_named_it(Database kind)
    {
        await using var site = await ApiSite.StartAsync(kind, "licensed");
        using var billing = new ApiClient(site.Server, await site.OperatorKeyAsync());
        var pools = new Dictionary<string, int?> { ["business"] = 1, ["pro"] = 2 };
        var whole = new Dictionary<string, object?>(Whole()) { ["pools"] = pools };
        var lacking = await billing.SendAsync("PUT", Plan, whole);
        Assert.Equal(("missingField", "pools.knowledge-only"), (lacking.Code, lacking.At("field").GetString()));
        pools["knowledge-only"] = 3;
        Assert.Equal(HttpStatusCode.OK, (await billing.SendAsync("PUT", Plan, whole)).Status);
        var patched = await billing.SendAsync("PATCH", Plan, """{ "pools": { "pro": 5, "business": null } }""");
        Assert.Equal("""{"business":null,"pro":5,"knowledge-only":3}""", patched.At("pools").GetRawText());
        using var admin = await site.ProgramAsync();
        Assert.Equal(5, Number(await admin.GetAsync("acme/plan"), "licenses.pro.limit"));
        patched = await billing.SendAsync("PATCH", Plan, """{ "pools": null }""");
        Assert.Equal("""{"business":null,"pro":null,"knowledge-only":null}""", patched.At("pools").GetRawText());
    }

    /// <summary>A plan for a workspace without licenses, in the order of the answers.</summary>
    private static Dictionary<string, object?> Whole() =>
        new()
        {
            ["tier"] = "business",
            ["seats"] = 40,
            ["gracePercent"] = 10,
            ["graceDays"] = 30,
            ["memberSlots"] = 100,
            ["pools"] = new Dictionary<string, int?>(),
            ["mailsInAll"] = null,
            ["mailsPerDay"] = 500,
            ["trialEnds"] = null,
            ["contact"] = "Ada Byron, ada@example.com",
            ["customer"] = null,
        };

    private static int Number(Answer answer, string path) => answer.At(path).GetInt32();
}
