using System.Net;
using UserManagement.Api.Members;
using UserManagement.Api.Tests.Rig;
using UserManagement.Membership.Members;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Api.Tests.Members;

/// <summary>The people of a workspace over REST.</summary>
public class MemberEndpointsTests
{
    [Theory, EachDatabase]
    public async Task The_list_is_filtered_sorted_and_paged_by_cursor_both_ways(Database kind)
    {
        await using var site = await ApiSite.StartAsync(kind);
        using var program = await site.ProgramAsync();
        foreach (var name in new[] { "Cleo", "Ann", "Eve", "Bob", "Dan" })
        {
            await site.ProvisionAsync($"{name}@example.com", name, "Zimmer");
        }

        var first = await program.GetAsync("acme/members?q=zimmer&limit=2");
        Assert.Equal(["Ann", "Bob"], Names(first));
        Assert.Equal((5, true), (first.At("total").GetInt32(), first.At("totalIsExact").GetBoolean()));
        var second = await program.GetAsync($"acme/members?q=zimmer&limit=2&cursor={first.At("nextCursor").GetString()}");
        Assert.Equal(["Cleo", "Dan"], Names(second));
        Assert.Equal(
            ["Ann", "Bob"],
            Names(await program.GetAsync($"acme/members?q=zimmer&limit=2&cursor={second.At("previousCursor").GetString()}"))
        );
        Assert.Equal(["Eve", "Dan"], Names(await program.GetAsync("acme/members?q=zimmer&limit=2&sort=-name")));
        Assert.Equal(["Eve", "Dan"], Names(await program.GetAsync("acme/members?q=zimmer&limit=2&sort=-status")));
        Assert.Equal(["Ann", "Bob"], Names(await program.GetAsync("acme/members?q=zimmer&limit=2&sort=groups"))); // all in none
        Assert.Equal(HttpStatusCode.BadRequest, (await program.GetAsync("acme/members?sort=height")).Status);
        Assert.Equal(["Eve"], Names(await program.GetAsync("acme/members?q=eve&status=active&role=member&seat=with")));
        Assert.Empty(Names(await program.GetAsync("acme/members?q=eve&seat=without")));
    }

    [Theory, EachDatabase]
    public async Task A_member_is_read_by_version_and_changed_only_on_the_version_seen(Database kind)
    {
        await using var site = await ApiSite.StartAsync(kind);
        using var program = await site.ProgramAsync();
        var (_, member) = await site.JoinAsync("grace@example.com", "member");
        var path = $"acme/members/{member.Id}";
        var read = await program.GetAsync(path);
        var tag = read.Headers["ETag"];
        Assert.Equal($"\"{read.At("version").GetInt64()}\"", tag);
        var again = await program.GetAsync(path, ("If-None-Match", tag));
        Assert.Equal((HttpStatusCode.NotModified, "", tag), (again.Status, again.Text, again.Headers["ETag"]));

        var named = await program.SendAsync("PATCH", path, new { familyName = "Hopper" }, ("If-Match", tag));
        Assert.Equal(("Hopper", HttpStatusCode.OK), (named.At("familyName").GetString(), named.Status));
        foreach (
            var (method, below, body) in new (string, string, object?)[]
            {
                ("PATCH", "", new { givenName = "X" }),
                ("PUT", "/role", new { role = "viewer" }),
                ("PUT", "/license", new { license = (string?)null }),
                ("POST", "/suspend", null),
                ("POST", "/restore", null),
                ("DELETE", "", null),
            }
        )
        {
            Assert.Equal(
                (HttpStatusCode.PreconditionFailed, "stale"),
                (await program.SendAsync(method, path + below, body, ("If-Match", tag))) is var stale ? (stale.Status, stale.Code) : default
            );
            Assert.Equal(
                HttpStatusCode.PreconditionFailed,
                (await program.SendAsync(method, path + below, body, ("If-Match", $"W/{named.Headers["ETag"]}"))).Status
            );
        }

        Assert.Equal("conditionNotTaken", (await program.SendAsync("POST", path + "/password-reset", null, ("If-Match", tag))).Code);
        Assert.Equal(named.Text, (await program.GetAsync(path)).Text);
        Assert.Equal(
            "viewer",
            (await program.SendAsync("PUT", path + "/role", new { role = "viewer" }, ("If-Match", named.Headers["ETag"])))
                .At("role")
                .GetString()
        );
        Assert.Equal("suspended", (await program.SendAsync("POST", path + "/suspend")).At("status").GetString());
        Assert.Equal("active", (await program.SendAsync("POST", path + "/restore")).At("status").GetString());
        Assert.Equal(HttpStatusCode.NoContent, (await program.SendAsync("POST", path + "/password-reset")).Status);
        Assert.Equal("removed", (await program.SendAsync("DELETE", path)).At("status").GetString());
        Assert.Equal(
            "lastAdmin",
            (
                await program.SendAsync(
                    "POST",
                    $"acme/members/{(await program.GetAsync("acme/members?role=admin")).At("items.0.id").GetString()}/suspend"
                )
            ).Code
        );
    }

    [Theory, EachDatabase]
    public async Task Without_If_Match_nothing_is_stale_however_many_write_at_once(Database kind)
    {
        await using var site = await ApiSite.StartAsync(kind);
        using var program = await site.ProgramAsync();
        var (_, member) = await site.JoinAsync("grace@example.com", "member");
        var path = $"acme/members/{member.Id}";
        var configuration = await program.GetAsync("acme/configuration");
        var own = (await program.SendAsync("POST", "acme/connections", Draft("Ours"))).At("id").GetString();

        var answers = await Task.WhenAll(
            Enumerable
                .Range(0, 12)
                .Select(i =>
                    (i % 4) switch
                    {
                        0 => program.SendAsync("PATCH", path, new { givenName = $"Grace {i}" }),
                        1 => program.SendAsync("PATCH", path, new { familyName = $"Hopper {i}" }),
                        2 => program.SendAsync("PUT", "acme/configuration", configuration.Text, ("If-Match", "*")),
                        _ => program.SendAsync("PUT", $"acme/connections/{own}", Draft($"Ours {i}")),
                    }
                )
        );

        Assert.All(answers, a => Assert.True(a.Status == HttpStatusCode.OK, a.Text));
        var now = await program.GetAsync(path);
        Assert.StartsWith("Grace ", now.At("givenName").GetString(), StringComparison.Ordinal); // neither took the other's name away
        Assert.StartsWith("Hopper ", now.At("familyName").GetString(), StringComparison.Ordinal);

        static object Draft(string name) =>
            new
            {
                kind = "oidc",
                name,
                authority = "https://idp.example.com",
                clientId = "people",
                credential = "a secret of theirs",
            };
    }

    [Theory, EachDatabase]
    [Shows("S4-43", "S4-45", "S4-46", "S4-47", "S4-48", "S4-49")]
    public async Task The_export_holds_everybody_who_matches_and_no_formula(Database kind)
    {
        await using var site = await ApiSite.StartAsync(kind);
        using var program = await site.ProgramAsync();
        await site.ProvisionAsync("evil@example.com", "=HYPERLINK(\"http://evil\")", "O'Neil, \"Jr\"");
        await site.ProvisionAsync("+plus@example.com", "\uFF1Dfull", " @cmd");
        var csv = await program.GetAsync("acme/members.csv?q=example&sort=name");
        Assert.Equal((HttpStatusCode.OK, "attachment; filename=\"acme-members.csv\""), (csv.Status, csv.Headers["Content-Disposition"]));
        var lines = csv.Text.Split("\r\n");
        Assert.Equal("id,email,firstName,lastName,isAdmin,hasSeat", lines[0]);
        Assert.Contains(
            "\"evil@example.com\",\"'=HYPERLINK(\"\"http://evil\"\")\",\"O'Neil, \"\"Jr\"\"\",\"no\",\"yes\"",
            csv.Text,
            StringComparison.Ordinal
        );
        Assert.Contains("\"'+plus@example.com\",\"'\uFF1Dfull\",\"'", csv.Text, StringComparison.Ordinal);

        Assert.Equal(5, lines.Length); // header, Ada, two, and nothing after the last line end
        Assert.Equal(
            "displayName,role,status",
            (await program.GetAsync("acme/members.csv?columns=displayName,role,status&seat=with")).Text.Split("\r\n")[0]
        );
        Assert.Equal(2, (await program.GetAsync("acme/audit?act=members.exported")).At("items").GetArrayLength());
    }

    [Theory, EachDatabase]
    public async Task Names_are_cleaned_and_found_as_people_type_them(Database kind)
    {
        await using var site = await ApiSite.StartAsync(kind);
        using var program = await site.ProgramAsync();
        var batch = await program.SendAsync(
            "POST",
            "acme/invitations/batch",
            new
            {
                userNames = (string[])["\uFEFFbob@corp.example", "carol@corp.example\u200B", "e\u00ADrin@corp.example", "bob@corp.example"],
                sendMail = false,
            }
        );
        Assert.True((int)batch.Status is 200 or 201 or 207, batch.Text);
        Assert.Equal(
            ["bob@corp.example", "carol@corp.example", "erin@corp.example"],
            (await program.GetAsync("acme/members?status=invited"))
                .At("items")
                .EnumerateArray()
                .Select(m => m.GetProperty("userName").GetString())
                .Order()
        );

        await site.ProvisionAsync("ob@contoso.co.uk", "Anne-Marie", "O'Brien");
        await site.ProvisionAsync("mu@contoso.example", "Žofie", "Müller");
        foreach (
            var (typed, family) in ((string, string)[])
                [
                    ("O'Brien", "O'Brien"),
                    ("anne-marie o’brien", "O'Brien"),
                    ("contoso.co.uk", "O'Brien"),
                    ("ob@contoso.co", "O'Brien"),
                    ("muller", "Müller"),
                    ("zofie MÜLLER", "Müller"),
                    ("@contoso.example", "Müller"),
                ]
        )
        {
            Assert.Equal(
                [family],
                (await program.GetAsync("acme/members?q=" + Uri.EscapeDataString(typed)))
                    .At("items")
                    .EnumerateArray()
                    .Select(m => m.GetProperty("familyName").GetString())
            );
        }

        var id = (await program.GetAsync("acme/members?q=carol")).At("items")[0].GetProperty("id").GetString();
        var named = await program.SendAsync("PATCH", "acme/members/" + id, new { givenName = "Carol\u0085", familyName = "\u200BKing\t" });
        Assert.Equal(("Carol", "King"), (named.At("givenName").GetString(), named.At("familyName").GetString()));
    }

    [Fact]
    public async Task A_csv_begins_with_the_mark_by_which_a_spreadsheet_knows_utf_8()
    {
        using var stream = new MemoryStream();
        await MemberCsv.WriteAsync(stream, ["id", "email"], AsyncEnumerable.Empty<ExportedMember>(), TestContext.Current.CancellationToken);
        Assert.Equal("\uFEFFid,email\r\n"u8.ToArray(), stream.ToArray());
    }

    private static List<string?> Names(Answer page) =>
        [.. page.At("items").EnumerateArray().Select(m => m.GetProperty("givenName").GetString())];
}
