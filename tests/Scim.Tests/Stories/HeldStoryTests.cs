using UserManagement.Membership.Access;
using UserManagement.Membership.Holds;
using UserManagement.Membership.Members;
using UserManagement.Membership.Provisioning;
using UserManagement.Membership.Workspaces;
using UserManagement.Scim.Tests.Rig;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Scim.Tests.Stories;

/// <summary>What a directory is answered, and what the log says, where its word is held.</summary>
public sealed class HeldStoryTests
{
    [Theory, EachDatabase]
    public async Task A_directory_sees_its_own_write_and_the_log_says_that_it_is_held(Database kind)
    {
        await using var server = await DoorServer.StartAsync(kind, c => c with { Scim = c.Scim with { Hold = new() { People = 1 } } });
        List<string> people = [];
        for (var i = 0; i < 7; i++)
        {
            people.Add(await server.UserAsync($"p{i}@acme.test"));
        }

        var group = await server.GroupAsync("All", [.. people]);
        const string off = """{"op":"Replace","path":"active","value":"False"}""";
        Assert.Equal(200, (await server.PatchAsync($"/Users/{people[0]}", off)).Status);
        var held = await server.PatchAsync($"/Users/{people[1]}", off);
        Assert.Equal((200, false), (held.Status, (bool)held.Json["active"]!));
        Assert.False((bool)(await server.SendAsync("GET", $"/Users/{people[1]}")).Json["active"]!);
        Assert.Equal(204, (await server.SendAsync("DELETE", $"/Users/{people[2]}")).Status);
        Assert.Equal(404, (await server.SendAsync("GET", $"/Users/{people[2]}")).Status);
        Assert.Equal(404, (await server.SendAsync("DELETE", $"/Users/{people[2]}")).Status);
        Assert.Equal(6, (int)(await server.SendAsync("GET", "/Users")).Json["totalResults"]!);

        var emptied = await server.PatchAsync($"/Groups/{group}", """{"op":"remove","path":"members"}""");
        Assert.Equal((503, "3600"), (emptied.Status, emptied.Header("Retry-After")));
        Assert.Equal(503, (await server.SendAsync("DELETE", $"/Groups/{group}")).Status);
        Assert.Equal(6, (await server.SendAsync("GET", $"/Groups/{group}")).Json["members"]!.AsArray().Count);

        await server.Provisioning.FlushAsync(true, default);
        var lines = (
            await new ListProvisioning(server.Store).RunAsync(Actor.Operator, server.Workspace.Id, new(), null, 200, default)
        ).Value.Lines.Reverse();
        Assert.Equal(
            ["PATCH Deactivated ", "PATCH Held ", "DELETE Held ", "DELETE Absent ", "PATCH Refused groupHeld", "DELETE Refused groupHeld"],
            lines.Where(l => l.Method is "PATCH" or "DELETE").Select(l => $"{l.Method} {l.Outcome} {l.Code}")
        );
        var decided = await new DecideHeld(server.Store).AllAsync(Actor.Operator, server.Workspace.Id, HoldVerdict.Keep, null, default);
        Assert.True(decided.Done);
        await using var db = server.Store.Read();
        Assert.Equal(6, db.Members.Count(m => m.State == MemberState.Active));
    }
}
