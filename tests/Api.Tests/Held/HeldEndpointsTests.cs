using System.Net;
using UserManagement.Api.Tests.Rig;
using UserManagement.Membership.Access;
using UserManagement.Membership.Approvals;
using UserManagement.Membership.Members;
using UserManagement.Membership.Workspaces;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Api.Tests.Held;

/// <summary>A program reads the plan of what is held, and has it carried out.</summary>
public sealed class HeldEndpointsTests
{
    [Fact]
    public async Task A_program_reads_the_plan_and_has_it_carried_out_by_two()
    {
        await using var site = await ApiSite.StartAsync(Database.Sqlite);
        using var program = await site.ProgramAsync();
        var (store, acme, ct) = (site.Server.Store, site.Workspace.Id, TestContext.Current.CancellationToken);
        var now = site.Workspace.Configuration;
        var wanted = now with { Scim = now.Scim with { Hold = new() { Mode = HoldMode.Hold } }, FourEyes = [FourEyesAct.ReleaseHeld] };
        Assert.True((await new ChangeConfiguration(store).RunAsync(Actor.Operator, acme, null, wanted, ct)).Done);
        var directory = new Actor
        {
            Kind = ActorKind.Directory,
            Door = Door.Scim,
            Name = "Entra",
            Id = Guid.CreateVersion7(),
            Workspace = acme,
            Permissions = Actor.DirectoryPermissions,
        };
        foreach (var name in (string[])["grace@example.com", "alan@example.com"])
        {
            Assert.True((await new ProvisionMember(store).RunAsync(directory, acme, new() { UserName = name }, ct)).Done);
        }

        var list = await program.GetAsync("acme/held?as=admission&limit=1");
        Assert.Equal(
            ("grace@example.com", "admission", "active", "member", true),
            (
                list.At("items.0.userName").GetString(),
                list.At("items.0.held.as").GetString(),
                list.At("items.0.then.status").GetString(),
                list.At("items.0.then.role").GetString(),
                list.At("items.0.then.hasSeat").GetBoolean()
            )
        );
        Assert.Contains(
            "alan@example.com",
            (await program.GetAsync($"acme/held?cursor={list.At("nextCursor").GetString()}")).Text,
            StringComparison.Ordinal
        );
        Assert.Equal(0, (await program.GetAsync("acme/held?as=match")).At("items").GetArrayLength());
        Assert.Equal("invalidParameter", (await program.GetAsync("acme/held?as=nosuch")).Code);
        var summary = await program.GetAsync("acme/held/summary");
        Assert.Equal(
            (2, 2, 0, 0),
            (
                summary.At("admissions").GetInt32(),
                summary.At("seatsNeeded").GetInt32(),
                summary.At("seatsFreed").GetInt32(),
                summary.At("seatsShort").GetInt32()
            )
        );

        var all = new
        {
            verdict = "release",
            all = true,
            afterwards = "holdDangerous",
        };
        var some = new
        {
            verdict = "keep",
            members = new[] { list.At("items.0.id").GetGuid() },
            afterwards = "apply",
        };
        Assert.Equal("invalidAfterwards", (await program.SendAsync("POST", "acme/held/decisions", some)).Code);
        Assert.Equal("awaitsApproval", (await program.SendAsync("POST", "acme/held/decisions", all)).Code);
        var asked = (await new ListApprovals(store).RunAsync(Actor.Operator, acme, ct)).Value[0];
        Assert.True((await new DecideApproval(store).RunAsync(Actor.Operator, acme, asked.Id, true, ct)).Done);
        var done = await program.SendAsync("POST", "acme/held/decisions", all);
        Assert.Equal((HttpStatusCode.OK, 0), (done.Status, done.At("summary.admissions").GetInt32()));
        Assert.Contains("\"mode\":\"holdDangerous\"", (await program.GetAsync("acme/configuration")).Text, StringComparison.Ordinal);

        // whom the directory would let in is somebody who was invited
        Assert.True((await new ChangeConfiguration(store).RunAsync(Actor.Operator, acme, null, wanted with { FourEyes = null }, ct)).Done);
        var invited = await program.SendAsync("POST", "acme/invitations", new { userName = "edith@example.com" });
        Assert.Equal(HttpStatusCode.Created, invited.Status);
        var sent = new MemberAttributes { UserName = "edith@corp.example.com", Email = "edith@example.com" };
        var twin = (await new ProvisionMember(store).RunAsync(directory, acme, sent, ct)).Value.Id;
        list = await program.GetAsync("acme/held");
        Assert.Equal(
            ("edith@example.com", "active"),
            (list.At("items.0.sameAs.userName").GetString(), list.At("items.0.merged.then.status").GetString())
        );
        Assert.Equal(1, (await program.GetAsync("acme/held/summary")).At("hereAlready").GetInt32());
        var merge = new { verdict = "merge", members = new[] { twin.Value } };
        done = await program.SendAsync("POST", "acme/held/decisions", merge);
        Assert.Equal((HttpStatusCode.OK, 0), (done.Status, done.At("summary.admissions").GetInt32()));
        var former = await program.GetAsync($"acme/members/{list.At("items.0.sameAs.id").GetGuid()}");
        Assert.Equal((HttpStatusCode.NotFound, true), (former.Status, former.Text.Contains("goes on", StringComparison.Ordinal)));
        Assert.Equal("active", (await program.GetAsync($"acme/members/{twin}")).At("status").GetString());
        Assert.Equal("nothingHeld", (await program.SendAsync("POST", "acme/held/decisions", merge)).At("items.0.code").GetString());
    }
}
