using System.Net;
using UserManagement.Api.Tests.Rig;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Api.Tests.Http;

/// <summary>What is sent wrongly is said in a sentence that names the field, and is never a fault of the server.</summary>
public class BodyTests
{
    [Theory, EachDatabase]
    public async Task What_is_wrong_with_a_body_is_said(Database kind)
    {
        await using var site = await ApiSite.StartAsync(kind);
        using var program = await site.ProgramAsync();
        (string Body, int Status, string Code, string? Field)[] cases =
        [
            ("", 400, "malformedJson", null),
            ("{", 400, "malformedJson", null),
            ("{\"userName\":\"a\",}", 400, "malformedJson", null),
            ("null", 422, "wrongType", null),
            ("[]", 422, "wrongType", null),
            ("{\"userName\":\"a@example.com\",\"userName\":\"b@example.com\"}", 400, "malformedJson", null),
            ("{\"userNme\":\"a@example.com\"}", 422, "unknownField", "userNme"),
            ("{\"UserName\":\"a@example.com\"}", 422, "unknownField", "UserName"),
            ("{}", 422, "missingField", "userName"),
            ("{\"userName\":7}", 422, "wrongType", "userName"),
            ("{\"userName\":null}", 422, "wrongType", "userName"),
            ("{\"userName\":\"a@example.com\",\"sendMail\":\"yes\"}", 422, "wrongType", "sendMail"),
            ("{\"userName\":\"a@example.com\",\"provider\":\"yahoo\"}", 422, "wrongType", "provider"),
            ("{\"userName\":\"a@example.com\",\"groups\":{}}", 422, "wrongType", "groups"),
            ("{\"userName\":\"a@example.com\",\"groups\":[null]}", 422, "wrongType", "groups.0"),
            ("{\"userName\":\"a@example.com\",\"groups\":[\"x\"]}", 422, "wrongType", "groups.0"),
            ("{\"userName\":\"a\\u0000@example.com\"}", 422, "invalidText", "userName"),
            ("{\"userName\":\"\\ud800@example.com\"}", 422, "invalidText", "userName"),
            ("{\"userName\":\"no address\"}", 422, "invalidUserName", "userName"),
            ("{\"userName\":\"a@example.com\",\"role\":\"king\"}", 422, "unknownRole", "role"),
            ("{\"userName\":" + new string('[', 40) + new string(']', 40) + "}", 400, "malformedJson", null),
            ("{\"userName\":\"" + new string('a', 300_000) + "\"}", 413, "tooLarge", null),
        ];
        foreach (var (body, status, code, field) in cases)
        {
            var answer = await program.SendAsync("POST", "acme/invitations", body);
            Assert.True((status, code) == ((int)answer.Status, answer.Code), $"{body[..Math.Min(80, body.Length)]}: {answer.Text}");
            Assert.Equal(field, answer.Json.TryGetProperty("field", out var named) ? named.GetString() : null);
        }

        Assert.Equal(
            "mediaType",
            (await program.SendAsync("POST", "acme/invitations", "userName=a", ("Content-Type", "application/x-www-form-urlencoded"))).Code
        );
        Assert.Equal(0, (await program.GetAsync("acme/invitations")).At("items").GetArrayLength());
        Assert.DoesNotContain(" error ", site.Server.Log, StringComparison.Ordinal);
    }

    [Theory, EachDatabase]
    public async Task A_configuration_is_held_against_its_shape_down_to_the_last_list(Database kind)
    {
        await using var site = await ApiSite.StartAsync(kind);
        using var program = await site.ProgramAsync();
        var whole = (await program.GetAsync("acme/configuration")).Text;
        foreach (
            var (from, to, field) in new[]
            {
                ("\"terms\":{", "\"terms\":{\"colour\":\"red\",", "terms.colour"),
                ("\"licenses\":[]", "\"licenses\":null", "licenses"),
                ("\"licenses\":[]", "\"licenses\":[null]", "licenses.0"),
                ("\"licenses\":[]", "\"licenses\":[{\"key\":\"a\"}]", "licenses.0.label"),
                ("\"lifetimeDays\":7", "\"lifetimeDays\":7.5", "invitations.lifetimeDays"),
                ("\"lifetimeDays\":7", "\"lifetimeDays\":\"7\"", "invitations.lifetimeDays"),
                ("\"onFull\":\"downgrade\"", "\"onFull\":\"explode\"", "capacity.onFull"),
                ("\"onFull\":\"downgrade\"", "\"onFull\":1", "capacity.onFull"),
            }
        )
        {
            Assert.Contains(from, whole, StringComparison.Ordinal);
            var answer = await program.SendAsync(
                "PUT",
                "acme/configuration",
                whole.Replace(from, to, StringComparison.Ordinal),
                ("If-Match", "*")
            );
            Assert.Equal((HttpStatusCode.UnprocessableEntity, field), (answer.Status, answer.At("field").GetString()));
        }

        Assert.Equal(
            HttpStatusCode.OK,
            (
                await program.SendAsync(
                    "PUT",
                    "acme/configuration",
                    whole.Replace("\"lifetimeDays\":7", "\"lifetimeDays\":9", StringComparison.Ordinal),
                    ("If-Match", "*")
                )
            ).Status
        );
        Assert.Equal(9, (await program.GetAsync("acme/configuration")).At("invitations.lifetimeDays").GetInt32());
    }

    [Theory, EachDatabase]
    public async Task A_whole_configuration_takes_the_place_of_the_one_that_was_read_and_of_no_other(Database kind)
    {
        await using var site = await ApiSite.StartAsync(kind);
        using var program = await site.ProgramAsync();
        var read = await program.GetAsync("acme/configuration");
        string With(int days) => read.Text.Replace("\"lifetimeDays\":7", $"\"lifetimeDays\":{days}", StringComparison.Ordinal);
        async Task<int> DaysAsync() => (await program.GetAsync("acme/configuration")).At("invitations.lifetimeDays").GetInt32();

        foreach (var headers in new (string, string)[][] { [], [("If-Match", "")] })
        {
            var blind = await program.SendAsync("PUT", "acme/configuration", With(8), headers);
            Assert.Equal((428, "preconditionRequired", "If-Match"), ((int)blind.Status, blind.Code, blind.At("field").GetString()));
            Assert.Equal(7, await DaysAsync());
        }

        var changed = await program.SendAsync("PUT", "acme/configuration", With(9), ("If-Match", read.Headers["ETag"]));
        Assert.Equal((HttpStatusCode.OK, 9), (changed.Status, await DaysAsync()));
        var late = await program.SendAsync("PUT", "acme/configuration", With(10), ("If-Match", read.Headers["ETag"]));
        Assert.Equal((HttpStatusCode.PreconditionFailed, 9), (late.Status, await DaysAsync()));
        Assert.Equal(HttpStatusCode.OK, (await program.SendAsync("PUT", "acme/configuration", With(11), ("If-Match", "*"))).Status);
        Assert.Equal(11, await DaysAsync());
        var part = await program.SendAsync("PATCH", "acme/configuration", new { invitations = new { lifetimeDays = 12 } });
        Assert.Equal((HttpStatusCode.OK, 12), (part.Status, await DaysAsync()));

        // who may not write it hears that, and not how it would be written
        using var member = await site.ProgramAsync("member");
        Assert.Equal("forbidden", (await member.SendAsync("PUT", "acme/configuration", With(13))).Code);
    }

    [Theory, EachDatabase]
    public async Task What_is_wrong_with_an_address_is_said(Database kind)
    {
        await using var site = await ApiSite.StartAsync(kind);
        using var program = await site.ProgramAsync();
        foreach (
            var (path, status, code) in new[]
            {
                ("acme/members?limit=0", 400, "invalidParameter"),
                ("acme/members?limit=ten", 400, "invalidParameter"),
                ("acme/members?status=ended", 400, "invalidParameter"),
                ("acme/members?cursor=x", 400, "invalidParameter"),
                ("acme/members?cursor=nAAAA", 400, "invalidParameter"),
                ("acme/members?colour=red", 400, "unknownParameter"),
                ("acme/members?q=a&q=b", 400, "invalidParameter"),
                ("acme/members?q=%00", 400, "invalidParameter"),
                ("acme/members?q=%ED%A0%80", 200, ""),
                ("acme/members.csv?columns=id,password", 400, "invalidParameter"),
                ("acme/audit?target=x", 400, "invalidParameter"),
                ("acme/members/not-an-id", 404, "notFound"),
                ("acme/members/00000000-0000-0000-0000-000000000000", 404, "notFound"),
                ("acme/colours", 404, "noSuchCall"),
                ("../v2/x", 404, "noSuchCall"),
                ("workspaces/ACME/members", 404, "notFound"),
            }
        )
        {
            var answer = await program.GetAsync(path);
            Assert.True(
                status == (int)answer.Status && (status == 200 || answer.Code == code),
                $"{path}: {(int)answer.Status} {answer.Text}"
            );
        }

        var method = await program.SendAsync("DELETE", "acme/seats");
        Assert.Equal(
            (HttpStatusCode.MethodNotAllowed, "methodNotAllowed", "GET, HEAD"),
            (method.Status, method.Code, method.Headers["Allow"])
        );
        Assert.DoesNotContain(" error ", site.Server.Log, StringComparison.Ordinal);
    }
}
