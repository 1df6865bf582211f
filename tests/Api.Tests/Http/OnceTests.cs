using System.Net;
using Microsoft.EntityFrameworkCore;
using UserManagement.Api.Tests.Rig;
using UserManagement.Membership.Access;
using UserManagement.Membership.Retention;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Api.Tests.Http;

/// <summary>A POST with an Idempotency-Key runs once.</summary>
public class OnceTests
{
    private const string Key = "Idempotency-Key";

    [Theory, EachDatabase]
    public async Task The_same_request_gets_the_same_answer_and_another_one_is_refused(Database kind)
    {
        var clock = new HandClock();
        await using var site = await ApiSite.StartAsync(kind, time: clock);
        using var program = await site.ProgramAsync();
        var body = new { userName = "payroll@example.com", sendMail = false };
        var first = await program.SendAsync("POST", "acme/invitations", body, (Key, "\"8e03978e-40d5\""));
        var second = await program.SendAsync("POST", "acme/invitations", body, (Key, "8e03978e-40d5"));
        Assert.Equal(
            (HttpStatusCode.Created, first.Text, first.Headers["Location"], "true"),
            (second.Status, second.Text, second.Headers["Location"], second.Headers["Idempotency-Replayed"])
        );
        Assert.False(first.Headers.ContainsKey("Idempotency-Replayed"));
        Assert.Equal(
            "idempotencyKeyReused",
            (
                await program.SendAsync(
                    "POST",
                    "acme/invitations",
                    new { userName = "other@example.com", sendMail = false },
                    (Key, "8e03978e-40d5")
                )
            ).Code
        );
        Assert.Equal("idempotencyKeyInvalid", (await program.SendAsync("POST", "acme/invitations", body, (Key, "a b"))).Code);
        using var other = await site.ProgramAsync();
        // keys are each client's own
        Assert.NotEqual(first.Text, (await other.SendAsync("POST", "acme/invitations", body, (Key, "8e03978e-40d5"))).Text);

        clock.Advance(RunOnce.Kept + TimeSpan.FromHours(1.1));
        await site.Server.Service<SweepOver>().RunAsync(new(), default);
        await using var db = site.Server.Store.Read();
        Assert.Equal(0, await db.OnceCalls.CountAsync());
    }

    [Theory, EachDatabase]
    public async Task Of_many_at_once_one_is_done_and_the_others_see_its_answer(Database kind)
    {
        await using var site = await ApiSite.StartAsync(kind);
        using var program = await site.ProgramAsync();
        var answers = await Task.WhenAll(
            Enumerable
                .Range(0, 8)
                .Select(_ =>
                    program.SendAsync("POST", "acme/invitations", new { userName = "new@example.com", sendMail = false }, (Key, "once"))
                )
        );
        Assert.All(answers, a => Assert.True(a.Status == HttpStatusCode.Created, a.Text));
        Assert.Single(answers.Select(a => a.Text).Distinct());
        Assert.Single(answers, a => a.Status == HttpStatusCode.Created && !a.Headers.ContainsKey("Idempotency-Replayed"));
        Assert.Equal(
            answers.First(a => a.Status == HttpStatusCode.Created).Text,
            (
                await program.SendAsync("POST", "acme/invitations", new { userName = "new@example.com", sendMail = false }, (Key, "once"))
            ).Text
        );
        Assert.Equal(1, (await program.GetAsync("acme/invitations")).At("items").GetArrayLength());
    }

    [Theory, EachDatabase]
    public async Task A_refused_request_leaves_its_key_free_and_one_that_never_ended_is_not_run_again(Database kind)
    {
        var clock = new HandClock();
        await using var site = await ApiSite.StartAsync(kind, time: clock);
        using var program = await site.ProgramAsync();
        var taken = await program.SendAsync("POST", "acme/groups", new { displayName = "Sales" });
        Assert.Equal("groupNameTaken", (await program.SendAsync("POST", "acme/groups", new { displayName = "Sales" }, (Key, "k"))).Code);
        await program.SendAsync("DELETE", taken.Headers["Location"]["/api/v1/workspaces/".Length..]);
        Assert.Equal(
            HttpStatusCode.Created,
            (await program.SendAsync("POST", "acme/groups", new { displayName = "Sales" }, (Key, "k"))).Status
        );

        // a server that dies before anything is written leaves nothing either
        var once = site.Server.Service<RunOnce>();
        var credential = Guid.CreateVersion7();
        await Assert.ThrowsAsync<InvalidOperationException>(() =>
            once.RunAsync(site.Workspace.Id, credential, "k", [1], () => throw new InvalidOperationException(), default)
        );
        Assert.False(
            (await once.RunAsync(site.Workspace.Id, credential, "k", [1], () => Task.FromResult<byte[]?>([2]), default)).Value.Replayed
        );
        Assert.True(
            (await once.RunAsync(site.Workspace.Id, credential, "k", [1], () => Task.FromResult<byte[]?>([3]), default)).Value
                is { Replayed: true, Answer: [2] }
        );
        clock.Advance(RunOnce.Kept);
        Assert.False(
            (await once.RunAsync(site.Workspace.Id, credential, "k", [4], () => Task.FromResult<byte[]?>([5]), default)).Value.Replayed
        );
    }

    [Theory, EachDatabase]
    public async Task What_is_written_in_parts_and_never_told_how_it_ended_is_not_run_again(Database kind)
    {
        var clock = new HandClock();
        await using var site = await ApiSite.StartAsync(kind, time: clock);
        using var program = await site.ProgramAsync();
        var body = new { userNames = new[] { "a@example.com", "b@example.com" }, sendMail = false };
        var first = await program.SendAsync("POST", "acme/invitations/batch", body, (Key, "several"));
        var second = await program.SendAsync("POST", "acme/invitations/batch", body, (Key, "several"));
        Assert.Equal((HttpStatusCode.OK, first.Text, "true"), (second.Status, second.Text, second.Headers["Idempotency-Replayed"]));

        var (once, invite, credential) = (
            site.Server.Service<RunOnce>(),
            site.Server.Service<Membership.Invitations.InvitePeople>(),
            Guid.CreateVersion7()
        );
        async Task<byte[]?> DieAsync()
        {
            Assert.True(
                (
                    await invite.RunAsync(
                        Actor.Operator,
                        site.Workspace.Id,
                        new() { UserNames = ["c@example.com", "d@example.com"], SendMail = false },
                        default
                    )
                ).Done
            );
            throw new InvalidOperationException("a server that dies in the middle");
        }

        await Assert.ThrowsAsync<InvalidOperationException>(() =>
            once.RunAsync(site.Workspace.Id, credential, "k", [1], DieAsync, default)
        );
        Assert.Equal(
            "idempotencyInProgress",
            (await once.RunAsync(site.Workspace.Id, credential, "k", [1], () => Task.FromResult<byte[]?>([2]), default)).Refusal?.Code
        );
        clock.Advance(TimeSpan.FromMinutes(3));
        Assert.Equal(
            "idempotencyUnknown",
            (await once.RunAsync(site.Workspace.Id, credential, "k", [1], () => Task.FromResult<byte[]?>([2]), default)).Refusal?.Code
        );
    }

    [Theory, EachDatabase]
    public async Task A_credential_that_asks_too_often_is_told_when_to_come_again(Database kind)
    {
        await using var site = await ApiSite.StartAsync(kind, set: ("Api:RequestsPerMinute", "3"));
        using var busy = await site.ProgramAsync();
        using var calm = await site.ProgramAsync();
        for (var left = 2; left >= 0; left--)
        {
            var answer = await busy.GetAsync("me");
            Assert.Equal(
                (HttpStatusCode.OK, $"\"credential\";r={left}", "\"credential\";q=3;w=60"),
                (answer.Status, answer.Headers["RateLimit"], answer.Headers["RateLimit-Policy"])
            );
        }

        var refused = await busy.GetAsync("me");
        Assert.Equal((HttpStatusCode.TooManyRequests, "rateLimited"), (refused.Status, refused.Code));
        Assert.InRange(int.Parse(refused.Headers["Retry-After"], System.Globalization.CultureInfo.InvariantCulture), 1, 60);
        Assert.Equal(HttpStatusCode.OK, (await calm.GetAsync("me")).Status);
    }
}
