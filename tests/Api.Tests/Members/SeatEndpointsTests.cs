using System.Net;
using System.Text.Json;
using UserManagement.Api.Tests.Rig;
using UserManagement.Membership.Access;
using UserManagement.Membership.Plans;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Api.Tests.Members;

public sealed class SeatEndpointsTests
{
    [Theory, EachDatabase]
    public async Task A_program_reads_the_line_sets_priorities_and_ends_and_gives_seats(Database kind)
    {
        await using var site = await ApiSite.StartAsync(kind);
        using var program = await site.ProgramAsync();
        _ = (await site.Server.Service<SetPlan>().RunAsync(Actor.Operator, site.Workspace.Id, t => t with { Seats = 2 }, default)).Value;
        var capacity = new { onFull = "waitlist" };
        Assert.Equal(HttpStatusCode.OK, (await program.SendAsync("PATCH", "acme/configuration", new { capacity })).Status);
        await site.ProvisionAsync("inside@example.com");
        var (grace, alan) = (await site.ProvisionAsync("grace@example.com"), await site.ProvisionAsync("alan@example.com"));
        var line = await program.GetAsync("acme/seats/waiting");
        Assert.Equal((2, 0), (line.At("total").GetInt32(), line.At("free").GetInt32()));
        Assert.Equal(grace.Id.Value, line.At("items.0.memberId").GetGuid());
        Assert.Equal("member", line.At("items.0.role").GetString());
        Assert.Equal(JsonValueKind.Null, Kind(line, "runsOutOn"));
        var one = await program.GetAsync($"acme/members/{alan.Id}");
        Assert.NotEqual(JsonValueKind.Null, one.At("waitsSince").ValueKind);
        Assert.Equal(2, (await program.GetAsync($"acme/members/{alan.Id}/access")).At("seatPlace.number").GetInt32());
        Assert.Equal(2, (await program.GetAsync("acme/seats")).At("seats.waiting").GetInt32());

        var group = (await program.SendAsync("POST", "acme/groups", new { displayName = "Board", members = new[] { alan.Id.Value } }))
            .At("group.id")
            .GetString();
        var put = await program.SendAsync("PUT", $"acme/groups/{group}/seat-priority", new { seatPriority = 9 });
        Assert.Equal(9, put.At("seatPriority").GetInt32());
        Assert.Equal(
            "invalidSeatPriority",
            (await program.SendAsync("PUT", $"acme/groups/{group}/seat-priority", new { seatPriority = 0 })).Code
        );
        Assert.Equal(
            (1, 9),
            (
                (await program.GetAsync($"acme/groups/{group}/seats")).At("needs").GetInt32(),
                (await program.GetAsync($"acme/groups/{group}/seats")).At("seatPriority").GetInt32()
            )
        );
        Assert.Equal(alan.Id.Value, (await program.GetAsync("acme/seats/waiting")).At("items.0.memberId").GetGuid());

        Assert.Equal("seatsFull", (await program.SendAsync("POST", "acme/seats/assign?only=waiting", null)).Code);
        Assert.Equal("invalidParameter", (await program.SendAsync("POST", "acme/seats/assign?only=all", null)).Code);
        Assert.Equal("invalidDays", (await program.GetAsync("acme/seats/idle?days=never")).Code);
        Assert.Equal(0, (await program.GetAsync("acme/seats/idle")).At("items").GetArrayLength());

        var past = await program.SendAsync("PUT", $"acme/members/{alan.Id}/term", new { endsAt = "2020-01-01T00:00:00Z" });
        Assert.Equal("invalidEndsAt", past.Code);
        var end = TimeProvider
            .System.GetUtcNow()
            .AddYears(1)
            .ToString("yyyy-MM-dd'T'00:00:00'Z'", System.Globalization.CultureInfo.InvariantCulture);
        var term = await program.SendAsync("PUT", $"acme/members/{alan.Id}/term", new { endsAt = end, sponsorId = grace.Id.Value });
        Assert.Equal(HttpStatusCode.OK, term.Status);
        Assert.Equal(grace.Id.Value, (await program.GetAsync($"acme/members/{alan.Id}/access")).At("sponsorId").GetGuid());
        var invited = await program.SendAsync("POST", "acme/invitations", new { userName = "guest@example.com", endsAt = end });
        Assert.Equal(HttpStatusCode.Created, invited.Status);
    }

    private static JsonValueKind Kind(Answer answer, string name) =>
        answer.Json.TryGetProperty(name, out var value) ? value.ValueKind : JsonValueKind.Null;
}
