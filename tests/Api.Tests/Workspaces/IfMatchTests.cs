using System.Net;
using UserManagement.Api.Tests.Rig;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Api.Tests.Workspaces;

/// <summary>What a program read meanwhile is not written over where it names the version that it read.</summary>
public sealed class IfMatchTests
{
    [Theory, EachDatabase]
    public async Task What_a_domain_opens_is_changed_on_the_version_that_was_read(Database kind)
    {
        await using var site = await ApiSite.StartAsync(kind);
        using var program = await site.ProgramAsync();
        var made = await program.SendAsync("POST", "acme/email-domains", new { domain = "corp.example" });
        Assert.Equal((HttpStatusCode.Created, "\"1\""), (made.Status, made.Headers["ETag"]));
        var path = $"acme/email-domains/{made.At("id").GetString()}";
        var changed = await program.SendAsync("PUT", path, new { join = "off", role = "viewer" }, ("If-Match", made.Headers["ETag"]));
        Assert.Equal((HttpStatusCode.OK, "\"2\""), (changed.Status, changed.Headers["ETag"]));

        var late = await program.SendAsync("PUT", path, new { join = "off" }, ("If-Match", made.Headers["ETag"]));
        Assert.Equal((HttpStatusCode.PreconditionFailed, "stale"), (late.Status, late.Code));
        var listed = (await program.GetAsync("acme/email-domains")).At("items.0");
        Assert.Equal(("viewer", 2L), (listed.GetProperty("role").GetString(), listed.GetProperty("version").GetInt64()));
        Assert.Equal(HttpStatusCode.OK, (await program.SendAsync("PUT", path, new { join = "off" })).Status);
    }

    [Theory, EachDatabase]
    public async Task The_ai_coordinator_is_changed_on_the_version_that_was_read(Database kind)
    {
        const string path = "acme/ai-coordinator";
        await using var site = await ApiSite.StartAsync(kind);
        using var program = await site.ProgramAsync();
        var seen = (await program.GetAsync(path)).Headers["ETag"];
        Assert.Equal(HttpStatusCode.OK, (await program.SendAsync("PUT", path, Named("Carla"), ("If-Match", seen))).Status);

        var late = await program.SendAsync("PUT", path, Named("Dora"), ("If-Match", seen));
        Assert.Equal((HttpStatusCode.PreconditionFailed, "stale"), (late.Status, late.Code));
        Assert.Equal("Carla", (await program.GetAsync(path)).At("coordinator.name").GetString());
        Assert.Equal(HttpStatusCode.OK, (await program.SendAsync("PUT", path, Named("Dora"))).Status);

        static object Named(string name) => new { coordinator = new { name } };
    }
}
