using System.Net;
using Microsoft.EntityFrameworkCore;
using UserManagement.Api.Tests.Rig;
using UserManagement.Membership;
using UserManagement.Membership.Access;
using UserManagement.Membership.Accounts;
using UserManagement.Membership.Members;
using UserManagement.Membership.Roles;
using UserManagement.Membership.Workspaces;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Api.Tests.Http;

/// <summary>Who is let in: keys with their role, end and maker; cookies with their antiforgery token.</summary>
public class CallerTests
{
    [Theory, EachDatabase]
    public async Task A_key_acts_as_its_role_until_it_ends_is_revoked_or_its_maker_is_gone(Database kind)
    {
        var clock = new HandClock();
        await using var site = await ApiSite.StartAsync(kind, time: clock);
        var (session, maker) = await site.JoinAsync("grace@example.com", "admin");
        var actor = (await site.Server.Service<ReadSession>().RunAsync(session, "acme", default))!.Actor!;
        var create = site.Server.Service<CreateApiKey>();

        async Task<(ApiClient Client, ApiKey Row)> MakeAsync(string role, int days)
        {
            var made = (await create.RunAsync(actor, site.Workspace.Id, "HR", role, TimeSpan.FromDays(days), default)).Value;
            return (new(site.Server, made.Key), made.Row);
        }

        var (brief, _) = await MakeAsync("admin", 1);
        var (revoked, row) = await MakeAsync("admin", 90);
        var (viewer, _) = await MakeAsync("viewer", 90);
        var (left, _) = await MakeAsync("member", 90);
        Assert.Equal(HttpStatusCode.OK, (await brief.GetAsync("acme/members")).Status);
        Assert.Equal("forbidden", (await viewer.GetAsync("acme/members")).Code);

        Assert.Equal(HttpStatusCode.OK, (await revoked.GetAsync("me")).Status);
        Assert.True((await site.Server.Service<RevokeApiKey>().RunAsync(actor, site.Workspace.Id, row.Id, default)).Done);
        var gone = await revoked.GetAsync("me");
        Assert.Equal((HttpStatusCode.Unauthorized, "credentialInvalid"), (gone.Status, gone.Code));
        Assert.Contains("invalid_token", gone.Headers["WWW-Authenticate"], StringComparison.Ordinal);

        // a key in the address opens nothing (RFC 9700 section 4.3.2) and is written nowhere
        var key = (await create.RunAsync(actor, site.Workspace.Id, "In the address", "viewer", TimeSpan.FromDays(1), default)).Value.Key;
        Assert.Equal(HttpStatusCode.OK, (await new ApiClient(site.Server, key).GetAsync("me")).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await new ApiClient(site.Server, null).GetAsync("me?access_token=" + key)).Status);
        Assert.DoesNotContain(key, site.Server.Log, StringComparison.Ordinal);

        clock.Advance(TimeSpan.FromDays(1));
        Assert.Equal(HttpStatusCode.Unauthorized, (await brief.GetAsync("me")).Status);

        Assert.Equal(HttpStatusCode.OK, (await left.GetAsync("me")).Status);
        Assert.True(
            (await site.Server.Service<AssignRole>().RunAsync(Actor.Operator, site.Workspace.Id, maker.Id, "member", default)).Done
        );
        Assert.Equal(HttpStatusCode.Unauthorized, (await left.GetAsync("me")).Status); // a member may hand out no role
        Assert.True((await site.Server.Service<AssignRole>().RunAsync(Actor.Operator, site.Workspace.Id, maker.Id, "admin", default)).Done);
        Assert.Equal(HttpStatusCode.OK, (await left.GetAsync("me")).Status);
        Assert.True((await site.Server.Service<SuspendMember>().RunAsync(Actor.Operator, site.Workspace.Id, maker.Id, default)).Done);
        Assert.Equal(HttpStatusCode.Unauthorized, (await left.GetAsync("me")).Status);
    }

    [Theory, EachDatabase]
    public async Task A_key_of_another_workspace_a_made_up_one_and_none_see_nothing(Database kind)
    {
        await using var site = await ApiSite.StartAsync(kind);
        var (other, _) = await ApiSite.NewWorkspaceAsync(site.Server, "other", "seats", "mallory@example.com");
        using var foreign = new ApiClient(site.Server, (await site.KeyAsync("admin", other)).Key);
        var theirs = await foreign.GetAsync("acme/members");
        var nowhere = await foreign.GetAsync("workspaces/nowhere/members");
        Assert.Equal((HttpStatusCode.NotFound, theirs.Text), (theirs.Status, nowhere.Text));
        using var made = new ApiClient(site.Server, CreateApiKey.Prefix + new string('A', 43));
        Assert.Equal("credentialInvalid", (await made.GetAsync("acme/members")).Code);
        using var nobody = new ApiClient(site.Server, null);
        Assert.Equal("credentialMissing", (await nobody.GetAsync("acme/members")).Code);
        using var both = new ApiClient(site.Server, "umapi_wrong", site.AdaSession);
        Assert.Equal("credentialInvalid", (await both.GetAsync("acme/members")).Code); // a wrong key is not made good by a cookie
    }

    [Theory, EachDatabase]
    public async Task Last_use_is_noted_once_a_minute_and_moves_no_version(Database kind)
    {
        var clock = new HandClock();
        await using var site = await ApiSite.StartAsync(kind, time: clock);
        var key = await site.KeyAsync();
        using var program = new ApiClient(site.Server, key.Key);
        await program.GetAsync("me", ("User-Agent", "hr/1.0"));
        var first = await UseAsync();
        clock.Advance(TimeSpan.FromSeconds(30));
        await program.GetAsync("me");
        Assert.Equal(first, await UseAsync());
        clock.Advance(TimeSpan.FromSeconds(31));
        await program.GetAsync("me");
        Assert.Equal(first.AddSeconds(61), await UseAsync());

        async Task<DateTimeOffset> UseAsync()
        {
            await using var db = site.Server.Store.Read();
            return (await db.ApiKeyUses.AsNoTracking().SingleAsync(u => u.KeyId == key.Row.Id)).LastUsedAt;
        }
    }

    [Theory, EachDatabase]
    public async Task A_person_makes_keys_and_a_key_makes_none(Database kind)
    {
        await using var site = await ApiSite.StartAsync(kind, "ranked");
        var strong = await site.KeyAsync("admin", days: 10);
        using var program = new ApiClient(site.Server, strong.Key);
        foreach (var path in (string[])["acme/api-keys", "acme/scim-tokens"])
        {
            // what a key made would outlive its revocation
            Assert.Equal(
                "peopleOnly",
                (
                    await program.SendAsync(
                        "POST",
                        path,
                        new
                        {
                            name = "child",
                            role = "editor",
                            days = 1,
                        }
                    )
                ).Code
            );
        }

        var actor = (await site.Server.Service<RecognizeApiKey>().RunAsync(strong.Key, null, default))!.Actor;
        Assert.Equal(
            "peopleOnly",
            (await site.Server.Service<CreateApiKey>().RunAsync(actor, site.Workspace.Id, "child", "editor", TimeSpan.FromDays(1), default))
                .Refusal
                ?.Code
        );
        Assert.Equal(
            "peopleOnly",
            (await site.Server.Service<CreateScimCredential>().RunAsync(actor, site.Workspace.Id, "child", null, default)).Refusal?.Code
        );

        using var admin = await site.PageAsync(site.AdaSession);
        var made = await admin.SendAsync(
            "POST",
            "acme/api-keys",
            new
            {
                name = "HR",
                role = "editor",
                days = 366,
            }
        );
        Assert.Equal(HttpStatusCode.Created, made.Status);
        Assert.StartsWith("umapi_", made.At("key").GetString(), StringComparison.Ordinal);
        var listed = await admin.GetAsync("acme/api-keys");
        Assert.DoesNotContain(made.At("key").GetString()!, listed.Text, StringComparison.Ordinal);
        foreach (
            var (body, code) in new (object, string)[]
            {
                (
                    new
                    {
                        name = "x",
                        role = "admin",
                        days = 367,
                    },
                    "invalidLifetime"
                ),
                (
                    new
                    {
                        name = "x",
                        role = "admin",
                        days = 0,
                    },
                    "invalidLifetime"
                ),
                (
                    new
                    {
                        name = "",
                        role = "admin",
                        days = 1,
                    },
                    "invalidName"
                ),
                (
                    new
                    {
                        name = "x",
                        role = "king",
                        days = 1,
                    },
                    "unknownRole"
                ),
                (new { name = "x", role = "admin" }, "missingField"),
            }
        )
        {
            Assert.Equal(code, (await admin.SendAsync("POST", "acme/api-keys", body)).Code);
        }
    }

    [Theory, EachDatabase]
    public async Task Unknown_keys_of_one_address_are_limited_and_known_ones_are_not(Database kind)
    {
        await using var site = await ApiSite.StartAsync(kind, set: [("Api:UnknownKeysPerMinute", "3")]);
        using var guesser = new ApiClient(site.Server, "umapi_" + new string('x', 43));
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(HttpStatusCode.Unauthorized, (await guesser.GetAsync("me")).Status);
        }

        var refused = await guesser.GetAsync("me");
        Assert.Equal((HttpStatusCode.TooManyRequests, "rateLimited"), (refused.Status, refused.Code));
        Assert.InRange(int.Parse(refused.Headers["Retry-After"], System.Globalization.CultureInfo.InvariantCulture), 1, 60);
        using var known = await site.ProgramAsync();
        Assert.Equal(HttpStatusCode.OK, (await known.GetAsync("me")).Status);
    }

    [Theory, EachDatabase]
    public async Task A_workspace_has_so_many_live_keys_and_no_more(Database kind)
    {
        await using var site = await ApiSite.StartAsync(kind);
        for (var i = 0; i < CreateApiKey.MostLive; i++)
        {
            await site.KeyAsync();
        }

        Assert.Equal(
            "tooManyKeys",
            (
                await site
                    .Server.Service<CreateApiKey>()
                    .RunAsync(Actor.Operator, site.Workspace.Id, "x", "admin", TimeSpan.FromDays(1), default)
            )
                .Refusal
                ?.Code
        );
    }

    [Theory, EachDatabase]
    public async Task A_cookie_reads_and_changes_only_with_the_pages_antiforgery_token(Database kind)
    {
        await using var site = await ApiSite.StartAsync(kind);
        using var bare = new ApiClient(site.Server, null, site.AdaSession);
        Assert.Equal(HttpStatusCode.OK, (await bare.GetAsync("acme/members")).Status);
        Assert.Equal("antiforgery", (await bare.SendAsync("POST", "acme/groups", new { displayName = "Forged" })).Code);

        using var meant = await site.PageAsync(site.AdaSession);
        var made = await meant.SendAsync("POST", "acme/groups", new { displayName = "Meant" });
        Assert.Equal(HttpStatusCode.Created, made.Status);
        await using var db = site.Server.Store.Read();
        var line = await db.AuditEntries.AsNoTracking().SingleAsync(a => a.Act == "group.created");
        Assert.Equal((ActorKind.Member, Membership.Access.Door.Rest), (line.ActorKind, line.Door));
    }

    [Theory, EachDatabase]
    [Shows("S1-38")]
    public async Task The_audit_log_says_which_key_acted(Database kind)
    {
        await using var site = await ApiSite.StartAsync(kind);
        var key = await site.KeyAsync();
        using var program = new ApiClient(site.Server, key.Key);
        await program.SendAsync("POST", "acme/groups", new { displayName = "Engineering" });
        var line = (await program.GetAsync("acme/audit?act=group.")).At("items.0");
        Assert.Equal(
            ("apiKey", key.Row.Id.ToString(), "Key of admin", "rest"),
            (
                line.GetProperty("actorKind").GetString(),
                line.GetProperty("actorId").GetString(),
                line.GetProperty("actorName").GetString(),
                line.GetProperty("door").GetString()
            )
        );
    }
}
