using System.Net;
using Microsoft.EntityFrameworkCore;
using UserManagement.Api.Tests.Rig;
using UserManagement.Membership.Access;
using UserManagement.Membership.Accounts;
using UserManagement.Membership.Accounts.Factors;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Api.Tests.Sessions;

/// <summary>Where people are signed in, over REST.</summary>
public class SessionEndpointsTests
{
    [Theory, EachDatabase]
    public async Task A_person_sees_and_ends_their_sessions_and_a_key_has_none(Database kind)
    {
        await using var site = await ApiSite.StartAsync(kind);
        var (phone, _) = await site.JoinAsync("grace@example.com", "member");
        var (laptop, desk) = (await SignInAsync(site), await SignInAsync(site));
        using var page = await site.PageAsync(desk);
        var mine = (await page.GetAsync("sessions")).Json.GetProperty("items").EnumerateArray().ToList();
        Assert.Equal([true, false, false], mine.Select(s => s.GetProperty("isThis").GetBoolean()));
        Assert.All(mine, s => Assert.Equal("Password", s.GetProperty("signedInBy").GetString()));

        var ended = $"sessions/{mine[1].GetProperty("id").GetGuid()}"; // the laptop's: newest after the one that asks
        using var other = await site.PageAsync(site.AdaSession);
        Assert.Equal("notFound", (await other.SendAsync("DELETE", ended)).Code); // another person's is not there
        Assert.Equal(HttpStatusCode.NoContent, (await page.SendAsync("DELETE", ended)).Status);
        Assert.Equal("notFound", (await page.SendAsync("DELETE", ended)).Code);
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(site, laptop));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(site, phone));

        Assert.Equal(1, (await page.SendAsync("POST", "sessions/end-others")).At("ended").GetInt32());
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(site, phone));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(site, desk));
        await using var db = site.Server.Store.Read();
        Assert.All(
            await db.AuditEntries.AsNoTracking().Where(a => a.Act == "session.ended" || a.Act == "sessions.ended").ToListAsync(),
            a => Assert.Equal(Membership.Access.Door.Rest, a.Door)
        );

        using var program = await site.ProgramAsync();
        var refused = await program.GetAsync("sessions");
        Assert.Equal((HttpStatusCode.Forbidden, "peopleOnly"), (refused.Status, refused.Code));
    }

    [Theory, EachDatabase]
    public async Task An_admin_sees_and_ends_the_sessions_of_a_member_here(Database kind)
    {
        await using var site = await ApiSite.StartAsync(kind);
        var (session, grace) = await site.JoinAsync("grace@example.com", "admin");
        using var program = await site.ProgramAsync();
        var path = $"acme/members/{grace.Id}/sessions";
        var seen = await program.GetAsync(path);
        var only = Assert.Single(seen.Json.GetProperty("items").EnumerateArray());
        // from where is the person's own
        Assert.False(only.TryGetProperty("address", out _) || only.TryGetProperty("id", out _), seen.Text);
        using var hers = new ApiClient(site.Server, null, session);
        Assert.Equal(HttpStatusCode.OK, (await hers.GetAsync("acme/members")).Status);

        Assert.Equal(HttpStatusCode.NoContent, (await program.SendAsync("DELETE", path)).Status);
        Assert.Empty((await program.GetAsync(path)).Json.GetProperty("items").EnumerateArray());
        Assert.Equal("signInAgain", (await hers.GetAsync("acme/members")).Code);
        Assert.Equal(HttpStatusCode.OK, (await hers.GetAsync("me")).Status); // the session lives on elsewhere
        Assert.Equal("notFound", (await program.GetAsync($"acme/members/{Guid.CreateVersion7()}/sessions")).Code);
    }

    [Theory, EachDatabase]
    public async Task An_admin_resets_a_second_factor_and_it_asks_anew_who_they_are(Database kind)
    {
        var clock = new HandClock();
        await using var site = await ApiSite.StartAsync(kind, time: clock);
        var (session, grace) = await site.JoinAsync("grace@example.com", "member");
        var who = (await site.Server.Service<ReadSession>().RunAsync(session, "acme", default))!;
        var setUp = site.Server.Service<SetUpTotp>();
        Assert.True((await setUp.BeginAsync(who, default)).Done);
        var key = (await setUp.ReadAsync(who, default)).Value!;
        var renewed = (await setUp.ConfirmAsync(who, Totp.Code(key, Totp.StepAt(clock.Now)), default)).Value.Session.Secret;
        var path = $"acme/members/{grace.Id}/mfa-reset";

        using var page = await site.PageAsync(site.AdaSession);
        clock.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal("signInAgain", (await page.SendAsync("POST", path)).Code); // an old proof is not enough for a person
        using var program = await site.ProgramAsync();
        Assert.Equal(HttpStatusCode.NoContent, (await program.SendAsync("POST", path)).Status);
        Assert.Equal("noSecondFactor", (await program.SendAsync("POST", path)).Code);
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(site, renewed));
        var line = (await program.GetAsync("acme/audit?act=mfa.reset"))
            .At("items")
            .EnumerateArray()
            .Single(l => !l.TryGetProperty("refused", out var refused) || !refused.GetBoolean());
        Assert.Equal("rest", line.GetProperty("door").GetString());
    }

    [Theory, EachDatabase]
    public async Task A_person_whose_proof_is_old_makes_no_key(Database kind)
    {
        var clock = new HandClock();
        await using var site = await ApiSite.StartAsync(kind, time: clock);
        using var page = await site.PageAsync(site.AdaSession);
        var body = new
        {
            name = "HR",
            role = "admin",
            days = 1,
        };
        Assert.Equal(HttpStatusCode.Created, (await page.SendAsync("POST", "acme/api-keys", body)).Status);
        clock.Advance(RecentAuthentication.Lifetime);
        Assert.Equal("signInAgain", (await page.SendAsync("POST", "acme/api-keys", body)).Code);
    }

    private static async Task<string> SignInAsync(ApiSite site) =>
        (
            await site
                .Server.Service<SignInLocally>()
                .RunAsync("grace@example.com", "correct horse battery staple 9", Browser.Unknown, default)
        )
            .Value
            .Secret;

    private static async Task<HttpStatusCode> StatusAsync(ApiSite site, string session)
    {
        using var client = new ApiClient(site.Server, null, session);
        return (await client.GetAsync("me")).Status;
    }
}
