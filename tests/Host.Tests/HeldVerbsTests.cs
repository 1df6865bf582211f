using UserManagement.Membership;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Invitations;
using UserManagement.Membership.Members;
using UserManagement.Membership.Workspaces;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Host.Tests;

/// <summary>The verbs about what is held, one after the other over one data folder.</summary>
public class HeldVerbsTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_operator_reads_the_plan_and_carries_it_out()
    {
        var data = TestFolder.New();
        Assert.Equal(0, (await RunAsync(data, "workspace", "create", "acme", "--preset", "seats")).Code);
        await using var source = new DatabaseTarget(Database.Sqlite, $"Data Source={Path.Combine(data, "usermanagement.db")}").NewSource();
        var store = source.Store(TimeProvider.System, new SecretBox(TestDatabase.MasterKey));
        WorkspaceContext acme;
        await using (var db = store.Read())
        {
            acme = (await WorkspaceContext.BySlugAsync(db, "acme", Ct))!;
        }

        var wanted = acme.Configuration with
        {
            Scim = acme.Configuration.Scim with { Hold = new() { Mode = HoldMode.Hold } },
            Capacity = acme.Configuration.Capacity with { Seats = 1, OnFull = OnFull.Refuse },
        };
        Assert.True((await new ChangeConfiguration(store).RunAsync(Actor.Operator, acme.Id, null, wanted, Ct)).Done);
        var directory = new Actor
        {
            Kind = ActorKind.Directory,
            Door = Door.Scim,
            Name = "Entra",
            Id = Guid.CreateVersion7(),
            Workspace = acme.Id,
            Permissions = Actor.DirectoryPermissions,
        };
        foreach (var name in (string[])["bob@example.org", "eve@example.org"])
        {
            Assert.True((await new ProvisionMember(store).RunAsync(directory, acme.Id, new() { UserName = name }, Ct)).Done);
        }

        var lines = (await RunAsync(data, "held", "list", "acme")).Output.TrimEnd().Split('\n');
        Assert.EndsWith("  member", lines[0].TrimEnd(), StringComparison.Ordinal);
        Assert.Contains("refused: No seat is free", lines[1], StringComparison.Ordinal);
        Assert.Equal("2 wait for a decision, 0 are kept", lines[2].TrimEnd());
        Assert.Equal("needs 2 seats, 1 are free, 0 come free, 1 are missing", lines[3].TrimEnd());
        Assert.Equal(1, (await RunAsync(data, "held", "decide", "acme", "release", "--afterwards", "perhaps")).Code);
        var decided = await RunAsync(data, "held", "decide", "acme", "release", "--afterwards", "dangerous");
        Assert.Equal((0, "Decided; 1 are still to be worked through."), (decided.Code, decided.Output.Trim()));
        await using (var loosened = store.Read())
        {
            Assert.Equal(HoldMode.HoldDangerous, (await WorkspaceContext.BySlugAsync(loosened, "acme", Ct))!.Configuration.Scim.Hold!.Mode);
        }

        decided = await RunAsync(data, "held", "decide", "acme", "keep", "--user", "EVE@example.org");
        Assert.Equal((0, "Kept as they are."), (decided.Code, decided.Output.Trim()));

        // somebody who was invited comes under another user name
        Assert.True(
            (
                await new InvitePeople(store).RunAsync(
                    Actor.Operator,
                    acme.Id,
                    new() { UserNames = ["ada@example.org"], Role = "viewer" },
                    Ct
                )
            )
                .Value[0]
                .Outcome
                .Done
        );
        Assert.True((await new ChangeConfiguration(store).RunAsync(Actor.Operator, acme.Id, null, wanted, Ct)).Done);
        var twin = new MemberAttributes { UserName = "ada@corp.example.org", Email = "ada@example.org" };
        Assert.True((await new ProvisionMember(store).RunAsync(directory, acme.Id, twin, Ct)).Done);
        var listed = (await RunAsync(data, "held", "list", "acme")).Output;
        Assert.Contains("same address as ada@example.org, who is here; merged, viewer", listed, StringComparison.Ordinal);
        Assert.Contains("0 are new, 1 are here already: release leaves these out", listed, StringComparison.Ordinal);
        decided = await RunAsync(data, "held", "decide", "acme", "release");
        Assert.Equal((0, "Decided; 1 wait for a decision of their own."), (decided.Code, decided.Output.Trim()));
        decided = await RunAsync(data, "held", "decide", "acme", "merge", "--user", "ada@corp.example.org");
        Assert.Equal((0, "One person now."), (decided.Code, decided.Output.Trim()));
        Assert.Equal(1, (await RunAsync(data, "held", "decide", "acme", "merge", "--user", "eve@example.org")).Code);
        await using var after = store.Read();
        Assert.Equal(HoldMode.Hold, (await WorkspaceContext.BySlugAsync(after, "acme", Ct))!.Configuration.Scim.Hold!.Mode);
    }

    private static Task<(int Code, string Output, string Error)> RunAsync(string data, params string[] words) =>
        VerbRun.RunAsync([.. words, "--data", data]);
}
