using System.Net;
using UserManagement.Api.Tests.Rig;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Api.Tests.Members;

public class BulkTests
{
    [Theory, EachDatabase]
    public async Task A_program_changes_several_looks_first_and_takes_it_back(Database kind)
    {
        await using var site = await ApiSite.StartAsync(kind);
        using var program = await site.ProgramAsync();
        using var other = await site.ProgramAsync();
        var (grace, alan) = (await site.ProvisionAsync("grace@example.com"), await site.ProvisionAsync("alan@example.com"));
        var stranger = Membership.Id<Membership.Members.Member>.New(TimeProvider.System);
        const string All = "/workspaces/acme/members/changes";
        Guid[] members = [grace.Id.Value, alan.Id.Value, stranger.Value, grace.Id.Value];

        var looked = await program.SendAsync(
            "POST",
            All,
            new
            {
                kind = "suspend",
                members,
                dryRun = true,
            }
        );
        Assert.Equal(HttpStatusCode.OK, looked.Status);
        Assert.Equal(["changed", "changed", "refused"], Outcomes(looked));
        Assert.Equal("active", await StatusAsync(grace.Id.Value));

        var done = await program.SendAsync("POST", All, new { kind = "suspend", members });
        Assert.Equal(["changed", "changed", "refused"], Outcomes(done));
        Assert.Equal("notFound", done.Json.GetProperty("items")[2].GetProperty("code").GetString());
        Assert.Equal("suspended", await StatusAsync(alan.Id.Value));
        Assert.Equal(
            ["unchanged", "unchanged", "refused"],
            Outcomes(await program.SendAsync("POST", All, new { kind = "suspend", members }))
        );

        var run = $"{All}/{done.Json.GetProperty("id").GetString()}";
        Assert.Equal(HttpStatusCode.NotFound, (await other.GetAsync(run)).Status);
        Assert.Equal(2, (await program.GetAsync(run)).Json.GetProperty("standing").GetInt32());
        Assert.Equal(HttpStatusCode.NotFound, (await other.SendAsync("POST", run + "/undo")).Status);
        Assert.Equal(2, (await program.SendAsync("POST", run + "/undo")).Json.GetProperty("undone").GetInt32());
        Assert.Equal("active", await StatusAsync(grace.Id.Value));
        Assert.Equal(HttpStatusCode.NotFound, (await program.SendAsync("POST", run + "/undo")).Status);

        foreach (
            var (body, code) in new (object, string)[]
            {
                (new { kind = "suspend", members = Array.Empty<Guid>() }, "invalidMembers"),
                (
                    new
                    {
                        kind = "role",
                        value = "nobody",
                        members,
                    },
                    "unknownRole"
                ),
                (
                    new
                    {
                        kind = "license",
                        value = "nothing",
                        members,
                    },
                    "unknownLicense"
                ),
                (
                    new
                    {
                        kind = "group",
                        value = "x",
                        members,
                    },
                    "unknownGroup"
                ),
            }
        )
        {
            var refused = await program.SendAsync("POST", All, body);
            Assert.Equal((code, HttpStatusCode.UnprocessableEntity), (refused.Code, refused.Status));
        }

        // the same key twice is one change, however its answer got lost
        var again = ("Idempotency-Key", "one");
        var first = await program.SendAsync("POST", All, new { kind = "remove", members }, again);
        var second = await program.SendAsync("POST", All, new { kind = "remove", members }, again);
        Assert.Equal(first.Text, second.Text);
        Assert.Equal(["changed", "changed", "refused"], Outcomes(second));

        // all that match, as a job
        var matched = await program.SendAsync(
            "POST",
            All + "/matching",
            new { kind = "suspend", match = new { q = "grace", status = "active" } }
        );
        Assert.Equal((HttpStatusCode.Accepted, 0), (matched.Status, matched.Json.GetProperty("total").GetInt32())); // she was removed
        await site.ProvisionAsync("graham@example.com");
        matched = await program.SendAsync("POST", All + "/matching", new { kind = "suspend", match = new { q = "gra" } });
        var place = matched.Headers["Location"]["/api/v1".Length..];
        Assert.Equal(All + "/" + matched.Json.GetProperty("id").GetString(), place);
        var finished = await StateAsync("done");
        Assert.Equal((1, 1), (finished.Json.GetProperty("changed").GetInt32(), finished.Json.GetProperty("standing").GetInt32()));
        Assert.True((await program.SendAsync("POST", place + "/undo")).Json.GetProperty("running").GetBoolean());
        Assert.Equal(1, (await StateAsync("undone")).Json.GetProperty("undone").GetInt32());
        Assert.Equal(
            "unknownRole",
            (
                await program.SendAsync(
                    "POST",
                    All + "/matching",
                    new
                    {
                        kind = "role",
                        value = "nobody",
                        match = new { },
                    }
                )
            ).Code
        );

        Task<Answer> StateAsync(string state) =>
            Until.FoundAsync(async () =>
                await program.GetAsync(place) is { } answer && answer.Json.GetProperty("state").GetString() == state ? answer : null
            );

        static IEnumerable<string?> Outcomes(Answer answer) =>
            answer.Json.GetProperty("items").EnumerateArray().Select(i => i.GetProperty("outcome").GetString());

        async Task<string?> StatusAsync(Guid id) =>
            (await program.GetAsync($"/workspaces/acme/members/{id}")).Json.GetProperty("status").GetString();
    }
}
