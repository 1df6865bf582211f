using System.Net;
using UserManagement.Api.Tests.Rig;
using UserManagement.Membership.Members;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Api.Tests.Invitations;

public class ImportEndpointsTests
{
    private const string Import = "/workspaces/acme/invitations/import";

    [Theory, EachDatabase]
    public async Task A_list_is_checked_then_sent_as_one_job_and_nothing_is_sent_by_the_check(Database kind)
    {
        await using var site = await ApiSite.StartAsync(kind, "csv");
        var program = await site.ProgramAsync("administrator");
        const string csv = "email;role\r\nnew@example.com;User\r\nADA@example.com;user\r\nnew@EXAMPLE.com;user\r\nx;emperor\r\n";

        var check = await program.SendAsync("POST", Import + "?dryRun=true", csv, ("Content-Type", "text/csv"));
        Assert.Equal(HttpStatusCode.OK, check.Status);
        Assert.Equal((4, 3, 1), (check.At("total").GetInt32(), check.At("refused").GetInt32(), check.At("waiting").GetInt32()));
        Assert.Equal(
            ["alreadyMember", "twiceInFile", "invalidEmail"],
            check.At("rows").EnumerateArray().Take(3).Select(r => r.GetProperty("problem").GetProperty("code").GetString())
        );
        Assert.Equal("faultyRows", (await program.SendAsync("POST", Import, csv, ("Content-Type", "text/csv"))).Code);
        await using (var db = site.Server.Store.Read())
        {
            Assert.DoesNotContain(db.Members, m => m.State == MemberState.Invited);
        }

        var sent = await program.SendAsync("POST", Import + "?mode=valid", csv, ("Content-Type", "text/csv"));
        Assert.Equal(HttpStatusCode.Accepted, sent.Status);
        var job = sent.Headers["Location"]["/api/v1".Length..];
        var done = await Until.FoundAsync(async () =>
            await program.SendAsync("GET", job) is { } read && read.At("status").GetString() == "done" ? read : null
        );
        Assert.Equal((1, 3, 0), (done.At("sent").GetInt32(), done.At("refused").GetInt32(), done.At("waiting").GetInt32()));
        Assert.Equal(3, (await program.SendAsync("GET", job + "?rows=refused&limit=10")).At("rows").GetArrayLength());

        var json = await program.SendAsync("POST", Import, """{ "rows": [{ "email": "json@example.com", "role": "user" }] }""");
        Assert.Equal(HttpStatusCode.Accepted, json.Status);
        await Until.TrueAsync(async () =>
            (await program.SendAsync("GET", json.Headers["Location"]["/api/v1".Length..])).At("status").GetString() == "done"
        );

        foreach (
            var (body, type, status, code) in new[]
            {
                ("", "text/csv", 422, "invalidCsv"),
                ("mail,role\na@example.com,user", "text/csv", 422, "invalidCsv"),
                ("""{ "rows": [] }""", "application/json", 422, "invalidRows"),
                ("{}", "application/json", 422, "missingField"),
                ("a", "text/plain", 415, "mediaType"),
            }
        )
        {
            var answer = await program.SendAsync("POST", Import, body, ("Content-Type", type));
            Assert.Equal((status, code), ((int)answer.Status, answer.Code));
        }
    }
}
