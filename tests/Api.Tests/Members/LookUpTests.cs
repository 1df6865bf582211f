using System.Net;
using System.Text.Json;
using UserManagement.Api.Tests.Rig;
using UserManagement.Membership.Access;
using UserManagement.Membership.Invitations;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Api.Tests.Members;

/// <summary>What an integrator asks for: this one person, this thing in one shape, this part of the log.</summary>
public sealed class LookUpTests
{
    [Theory, EachDatabase]
    public async Task A_member_is_looked_up_exactly_and_has_one_shape_wherever_they_are_answered(Database kind)
    {
        await using var site = await ApiSite.StartAsync(kind);
        using var program = await site.ProgramAsync();
        var grace = await site.ProvisionAsync("grace@example.com", "Grace", "Hopper");
        await site.ProvisionAsync("grace@example.co", "Grace", "Kelly");
        var made = await program.SendAsync("POST", "acme/groups", new { displayName = "Navy", members = new[] { grace.Id.ToString() } });
        Assert.Equal(1, made.At("group.memberCount").GetInt32());
        var group = made.At("group.id").GetString();

        foreach (
            var query in new[]
            {
                "userName=GRACE@example.com",
                "email=Grace@Example.com",
                $"group={group}",
                "q=grace&email=grace@example.com",
                $"userName=grace@example.com&status=active&group={group}",
            }
        )
        {
            var found = await program.GetAsync("acme/members?" + query);
            Assert.True(found.At("items").GetArrayLength() == 1, $"{query}: {found.Text}");
            Assert.Equal((grace.Id.ToString(), 1), (found.At("items.0.id").GetString(), found.At("total").GetInt32()));
        }

        foreach (
            var query in new[]
            {
                "userName=grace",
                "email=grace@example",
                "externalId=nobody",
                "group=0198c2f1-7c1e-7a53-9d0b-2f6f0f1f5a11",
            }
        )
        {
            Assert.Equal(0, (await program.GetAsync("acme/members?" + query)).At("items").GetArrayLength());
        }

        Assert.Equal("unknownRole", (await program.GetAsync("acme/members?role=nosuch")).Code);
        Assert.Equal("unknownLicense", (await program.GetAsync("acme/members?license=nosuch")).Code);

        // one shape, in lists, alone, in a group, after an act
        var one = await program.GetAsync($"acme/members/{grace.Id}");
        string[] shapes =
        [
            one.Text,
            (await program.GetAsync("acme/members?userName=grace@example.com")).At("items.0").GetRawText(),
            (await program.GetAsync($"acme/groups/{group}/members")).At("items.0").GetRawText(),
        ];
        Assert.Single(shapes.Distinct());
        Assert.Equal("Navy", one.At("groups.0.displayName").GetString());
        var suspended = await program.SendAsync("POST", $"acme/members/{grace.Id}/suspend", null, ("If-Match", one.Headers["ETag"]));
        Assert.Equal(HttpStatusCode.OK, suspended.Status);
        Assert.Equal(one.Json.EnumerateObject().Select(p => p.Name), suspended.Json.EnumerateObject().Select(p => p.Name));
        Assert.EndsWith("Z", one.At("createdAt").GetString(), StringComparison.Ordinal);

        // an ETag knows what moves beside the version; If-Match names the version alone
        var before = await program.GetAsync($"acme/members/{grace.Id}");
        Assert.Equal(
            HttpStatusCode.NotModified,
            (await program.GetAsync($"acme/members/{grace.Id}", ("If-None-Match", before.Headers["ETag"]))).Status
        );
        var removed = await program.SendAsync("POST", $"acme/groups/{group}/members", new { remove = new[] { grace.Id.ToString() } });
        Assert.Equal(0, removed.At("group.memberCount").GetInt32());
        var after = await program.GetAsync($"acme/members/{grace.Id}", ("If-None-Match", before.Headers["ETag"]));
        Assert.Equal((HttpStatusCode.OK, 0), (after.Status, after.At("groups").GetArrayLength()));
        Assert.Equal(
            HttpStatusCode.OK,
            (await program.SendAsync("POST", $"acme/members/{grace.Id}/restore", null, ("If-Match", before.Headers["ETag"]))).Status
        );
        Assert.Equal(
            "stale",
            (await program.SendAsync("POST", $"acme/members/{grace.Id}/suspend", null, ("If-Match", before.Headers["ETag"]))).Code
        );

        // groups too
        Assert.Equal(1, (await program.GetAsync("acme/groups?displayName=NAVY")).At("items").GetArrayLength());
        Assert.Equal(0, (await program.GetAsync("acme/groups?displayName=Nav")).At("items").GetArrayLength());
        Assert.Equal(0, (await program.GetAsync("acme/groups?externalId=x")).At("items").GetArrayLength());
    }

    [Theory, EachDatabase]
    public async Task A_batch_answers_each_name_in_its_place_and_invitations_are_found_by_person_and_by_several_states(Database kind)
    {
        await using var site = await ApiSite.StartAsync(kind);
        using var program = await site.ProgramAsync();
        string[] names = ["a@example.com", "no address", "A@example.com", "b@example.com"];
        var batch = await program.SendAsync("POST", "acme/invitations/batch", new { userNames = names, sendMail = false });
        var items = batch.At("items").EnumerateArray().ToList();
        Assert.Equal(
            [null, "invalidUserName", "duplicateName", null],
            items.Select(i => i.GetProperty("problem") is { ValueKind: JsonValueKind.Object } p ? p.GetProperty("code").GetString() : null)
        );
        var first = items[0].GetProperty("issued").GetProperty("invitation");
        Assert.Equal(
            "userNames",
            (await program.SendAsync("POST", "acme/invitations/batch", new { userNames = Array.Empty<string>() })).At("field").GetString()
        );

        async Task<int> CountAsync(string query) => (await program.GetAsync("acme/invitations?" + query)).At("items").GetArrayLength();
        Assert.Equal(1, await CountAsync("userName=B@example.com"));
        Assert.Equal(1, await CountAsync("member=" + first.GetProperty("memberId").GetString()));
        await program.SendAsync("DELETE", "acme/invitations/" + first.GetProperty("id").GetString());
        Assert.Equal(
            (1, 1, 2),
            (await CountAsync("status=pending"), await CountAsync("status=revoked"), await CountAsync("status=pending,revoked"))
        );
        Assert.Equal("invalidParameter", (await program.GetAsync("acme/invitations?status=pending,lost")).Code);
    }

    [Theory, EachDatabase]
    public async Task The_audit_log_is_narrowed_by_time_actor_door_and_refusal_and_exported_sealed(Database kind)
    {
        var clock = new HandClock();
        await using var site = await ApiSite.StartAsync(kind, time: clock);
        var key = await site.KeyAsync();
        using var program = new ApiClient(site.Server, key.Key);
        using var viewer = await site.ProgramAsync("viewer");
        clock.Advance(TimeSpan.FromHours(1));
        var since = clock.Now;
        await program.SendAsync("POST", "acme/groups", new { displayName = "G" });
        await viewer.SendAsync("POST", "acme/groups", new { displayName = "H" });
        clock.Advance(TimeSpan.FromHours(1));
        await program.SendAsync("POST", "acme/groups", new { displayName = "I" });

        async Task<List<string>> NamesAsync(string query) =>
            [
                .. (await program.GetAsync("acme/audit?act=group.&" + query))
                    .At("items")
                    .EnumerateArray()
                    .Select(i => i.GetProperty("targetName").GetString() ?? "refused"),
            ];
        string At(DateTimeOffset time) => Uri.EscapeDataString(time.UtcDateTime.ToString("O"));
        Assert.Equal(["I", "refused", "G"], await NamesAsync($"since={At(since)}"));
        Assert.Equal(["refused", "G"], await NamesAsync($"since={At(since)}&until={At(clock.Now)}"));
        Assert.Equal(["refused"], await NamesAsync("refused=true"));
        Assert.Equal(["I", "G"], await NamesAsync($"actor={key.Row.Id}&door=rest"));
        Assert.Empty(await NamesAsync("door=scim"));
        Assert.Equal("invalidParameter", (await program.GetAsync("acme/audit?since=yesterday")).Code);
        Assert.Equal(["I", "refused", "G"], await NamesAsync("actorKind=apiKey"));
        Assert.Empty(await NamesAsync("actorKind=member"));
        Assert.Equal(["I"], await NamesAsync("person=I&refused=false&actor=" + key.Row.Id + $"&since={At(clock.Now)}"));
        Assert.Equal("invalidParameter", (await program.GetAsync("acme/audit?actorKind=robot")).Code);
        var csv = await program.GetAsync("acme/audit/lines.csv?act=group.&refused=true");
        Assert.Equal(2, csv.Text.TrimEnd().Split("\r\n").Length);
        var json = await program.GetAsync("acme/audit/lines.jsonl?act=group.&actorKind=apiKey");
        Assert.Equal(
            ["I", null, "G"],
            json.Text.TrimEnd('\n').Split('\n').Select(l => JsonElement.Parse(l).GetProperty("targetName").GetString())
        );
        Assert.Equal("forbidden", (await viewer.GetAsync("acme/audit/lines.csv")).Code);

        await new Membership.Audit.SealAudit(site.Server.Store).RunAsync(default);
        var sealedLog = await program.GetAsync("acme/audit/export");
        Assert.Equal("application/jsonl", sealedLog.Headers["Content-Type"]);
        Assert.All(sealedLog.Text.TrimEnd('\n').Split('\n'), line => JsonElement.Parse(line));
        Assert.Equal("forbidden", (await viewer.GetAsync("acme/audit/export")).Code);
    }

    [Theory, EachDatabase]
    public async Task A_part_of_the_configuration_is_changed_alone_and_everybody_may_ask_what_they_may(Database kind)
    {
        await using var site = await ApiSite.StartAsync(kind);
        using var program = await site.ProgramAsync();
        var before = await program.GetAsync("acme/configuration");
        var patched = await program.SendAsync(
            "PATCH",
            "acme/configuration",
            new { invitations = new { lifetimeDays = 3 } },
            ("If-Match", before.Headers["ETag"])
        );
        Assert.Equal((HttpStatusCode.OK, 3), (patched.Status, patched.At("invitations.lifetimeDays").GetInt32()));
        var same = patched.Text.Replace(
            "\"lifetimeDays\":3",
            $"\"lifetimeDays\":{before.At("invitations.lifetimeDays").GetInt32()}",
            StringComparison.Ordinal
        );
        Assert.Equal(before.Text, same);
        foreach (
            var (body, code) in new (object, string)[]
            {
                (new { invitations = new { lifetimeDays = 999 } }, "invalidInvitations"),
                (new { invitations = new { lifetime = 9 } }, "unknownField"),
                (new { invitations = new { lifetimeDays = "9" } }, "wrongType"),
                (new { roles = Array.Empty<object>() }, "invalidRoles"),
                (new { preset = "other" }, "unknownField"),
                ("[]", "wrongType"),
            }
        )
        {
            Assert.Equal(code, (await program.SendAsync("PATCH", "acme/configuration", body)).Code);
        }

        Assert.Equal("stale", (await program.SendAsync("PATCH", "acme/configuration", new { }, ("If-Match", before.Headers["ETag"]))).Code);
        var me = await program.GetAsync("acme/me");
        Assert.Equal("admin", me.At("role").GetString());
        Assert.Contains(Permission.ReadMembers, me.At("entitlements").EnumerateArray().Select(e => e.GetString()));
        var (session, member) = await site.JoinAsync("jo@example.com", "viewer");
        var jo = await (await site.PageAsync(session)).GetAsync("acme/me");
        Assert.Equal((member.Id.ToString(), "viewer"), (jo.At("memberId").GetString(), jo.At("role").GetString()));
        var access = await program.GetAsync($"acme/members/{member.Id}/access");
        Assert.Equal(jo.At("entitlements").GetRawText(), access.At("entitlements").GetRawText());
    }
}
