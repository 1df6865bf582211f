using UserManagement.Scim.Tests.Rig;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Scim.Tests.Groups;

/// <summary>
/// What a large group costs, counted in what survives a collection while the answer is under way: no figure that depends on
/// time. The full measure, with a process of its own, is the suite memory of the benchmarks. It runs when no other test does, for it counts
/// the whole process.
/// </summary>
[CollectionDefinition(nameof(LargeGroupMemoryTests), DisableParallelization = true)]
[Collection(nameof(LargeGroupMemoryTests))]
public class LargeGroupMemoryTests
{
    private const int Members = 20_000;
    private const int SmallestTree = Members * 60; // less than a list of names, far less than a tree of JSON or the message

    [Theory, EachDatabase]
    public async Task An_answer_that_a_client_does_not_take_holds_a_part_of_it(Database kind)
    {
        await using var server = await DoorServer.StartAsync(kind);
        await Copies.LikeAsync(server.Store, server.Workspace.Id, Guid.Parse(await server.UserAsync("ada@example.com")), Members);
        var group = await server.GroupAsync("All");
        await using (var db = server.Store.Read())
        {
            await Copies.JoinAllAsync(db, server.Workspace.Id, Guid.Parse(group));
        }

        (await BeginAsync(server, group)).Dispose(); // what is made once
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => BeginAsync(server, group)));
        var held = (GC.GetTotalMemory(forceFullCollection: true) - before) / answers.Length;
        foreach (var answer in answers)
        {
            answer.Dispose();
        }

        Assert.True(held < SmallestTree, $"{held} bytes for an answer");
    }

    /// <summary>Asks for the group and takes its headers alone.</summary>
    private static async Task<HttpResponseMessage> BeginAsync(DoorServer server, string group)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, $"{ScimOptions.Prefix}/acme/Groups/{group}");
        request.Headers.Authorization = new("Bearer", server.Token);
        return await server.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }
}
