using System.Net;
using UserManagement.Api.Tests.Rig;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Api.Tests.Reviews;

public sealed class ReviewEndpointsTests
{
    [Theory, EachDatabase]
    [Shows("S1-35")]
    public async Task A_program_runs_a_review_and_takes_its_record(Database kind)
    {
        await using var site = await ApiSite.StartAsync(kind);
        using var program = await site.ProgramAsync();
        var grace = await site.ProvisionAsync("grace@example.com", "Grace", "Hopper");
        var alan = await site.ProvisionAsync("alan@example.com", "Alan", "Turing");
        var made = await program.SendAsync("POST", "acme/access-reviews", new { });
        Assert.Equal(HttpStatusCode.Created, made.Status);
        var at = "acme/access-reviews/" + made.At("id").GetString();
        Assert.Equal("reviewOpen", (await program.SendAsync("POST", "acme/access-reviews", new { })).Code);

        var first = await program.GetAsync(at + "/members?limit=1");
        Assert.Equal(1, first.At("items").GetArrayLength());
        var all = await program.GetAsync($"{at}/members?show=marked&cursor={first.At("nextCursor").GetString()}");
        Assert.Contains("neverSignedIn", all.Text, StringComparison.Ordinal);
        Assert.Equal("invalidParameter", (await program.GetAsync(at + "/members?show=nosuch")).Code);

        object[] wanted =
        [
            new { member = grace.Id.Value, decision = "keep" },
            new { member = alan.Id.Value, decision = "suspend" },
            new { member = Guid.CreateVersion7(), decision = "remove" },
        ];
        var key = ("Idempotency-Key", "review-1");
        var decided = await program.SendAsync("POST", at + "/decisions", new { decisions = wanted }, key);
        Assert.Equal(HttpStatusCode.OK, decided.Status);
        Assert.Equal((1, 1), (decided.At("review.kept").GetInt32(), decided.At("review.suspended").GetInt32()));
        Assert.Equal("notFound", decided.At("items.2.problem.code").GetString());
        Assert.Equal(decided.Text, (await program.SendAsync("POST", at + "/decisions", new { decisions = wanted }, key)).Text);
        Assert.Equal("suspended", (await program.GetAsync($"acme/members/{alan.Id}")).At("status").GetString());
        var twice = new { decisions = new[] { wanted[0], wanted[0] } };
        Assert.Equal("invalidDecisions", (await program.SendAsync("POST", at + "/decisions", twice)).Code);
        var unknown = new { decisions = new object[] { new { member = grace.Id.Value, decision = "promote" } } };
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await program.SendAsync("POST", at + "/decisions", unknown)).Status);

        var finished = await program.SendAsync("POST", at + "/finish", null);
        Assert.Equal(HttpStatusCode.OK, finished.Status);
        Assert.Equal("reviewFinished", (await program.SendAsync("POST", at + "/finish", null)).Code);
        Assert.Equal(finished.Text, (await program.GetAsync(at)).Text);
        Assert.Equal(0, (await program.GetAsync(at + "/members")).At("items").GetArrayLength());
        Assert.Equal(1, (await program.GetAsync("acme/access-reviews")).At("items").GetArrayLength());
        var record = await program.GetAsync(at + "/record.csv");
        Assert.Equal(HttpStatusCode.OK, record.Status);
        Assert.Contains("\"alan@example.com\"", record.Text, StringComparison.Ordinal);
    }
}
