using System.Collections;
using Microsoft.EntityFrameworkCore;
using UserManagement.Host.Settings;
using UserManagement.Host.Verbs;
using UserManagement.Membership.Data;
using UserManagement.Membership.Provisioning;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Host.Tests;

/// <summary>The verb that prints what directories asked for.</summary>
public class ScimLogVerbsTests
{
    [Fact]
    public async Task Requests_are_printed_newest_first_with_why_and_what_to_do()
    {
        var data = TestFolder.New();
        Assert.Equal(0, (await RunAsync(data, "workspace", "create", "acme", "--preset", "seats")).Code);
        Assert.Equal("", (await RunAsync(data, "scim", "log", "acme")).Output);
        await TellAsync(data);

        var all = (await RunAsync(data, "scim", "log", "acme")).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(3, all.Length);
        Assert.EndsWith("Entra POST /Users 403 bob@acme.test refused", all[0], StringComparison.Ordinal);
        Assert.StartsWith("    No seat is free. Raise the seats, take one back, or let people join as ", all[1], StringComparison.Ordinal);
        Assert.EndsWith("Entra POST /Users 201 ada@acme.test created", all[2], StringComparison.Ordinal);
        Assert.DoesNotContain("ada", (await RunAsync(data, "scim", "log", "acme", "--failed", "yes")).Output, StringComparison.Ordinal);
        Assert.DoesNotContain(
            "bob",
            (await RunAsync(data, "scim", "log", "acme", "--person", "ADA@acme.test")).Output,
            StringComparison.Ordinal
        );
        Assert.Single(
            (await RunAsync(data, "scim", "log", "acme", "--count", "1", "--person", "ada@acme.test", "--days", "2"))
                .Output.Trim()
                .Split('\n')
        );
        Assert.Equal(1, (await RunAsync(data, "scim", "log", "nowhere")).Code);
        Assert.Equal(2, (await RunAsync(data, "scim", "log", "acme", "--cycle", "x")).Code);
        Assert.Equal(2, (await RunAsync(data, "scim", "log", "acme", "--failed", "perhaps")).Code);
    }

    private static async Task TellAsync(string data)
    {
        var settings = HostSettings.Read(
            new Hashtable(),
            new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase) { ["data"] = data }
        );
        await using var core = await OpenCore.OfAsync(settings, default);
        var store = core.Act<Store>();
        await using var db = store.Read();
        var workspace = await db.Workspaces.Select(w => w.Id).SingleAsync();
        using var log = new ProvisioningLog(store);
        foreach (
            var (name, outcome, code) in new[]
            {
                ("ada", ProvisioningOutcome.Created, null),
                ("bob", ProvisioningOutcome.Refused, "seatsFull"),
            }
        )
        {
            log.Add(
                new ProvisioningNote
                {
                    Workspace = workspace,
                    ClientId = Guid.CreateVersion7(),
                    Client = "Entra",
                    At = log.Time.GetUtcNow(),
                    Took = TimeSpan.FromMilliseconds(2),
                    Method = "POST",
                    Path = "/Users",
                    TargetKind = "member",
                    TargetName = name + "@acme.test",
                    SubjectName = name + "@acme.test",
                    Outcome = outcome,
                    Status = code is null ? 201 : 403,
                    Code = code,
                }
            );
        }

        await log.FlushAsync(true, default);
    }

    private static Task<(int Code, string Output, string Error)> RunAsync(string data, params string[] words) =>
        VerbRun.RunAsync([.. words, "--data", data]);
}
