using UserManagement.Membership.Workspaces;
using UserManagement.Scim.Tests.Rig;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Scim.Tests.Http;

/// <summary>
/// Every status and every scimType that the RFCs list (RFC 7644 tables 8 and 9, RFC 9865 section 2.1), each by each way
/// that the table names. Not produced: 307 and 308, since nothing here ever moves; 500 and 503, which need a broken and
/// an absent database, stand in <see cref="ScimDoorTests"/>.
/// </summary>
public class RfcTablesTests
{
    private const string User = "urn:ietf:params:scim:schemas:core:2.0:User";
    private const string Group = "urn:ietf:params:scim:schemas:core:2.0:Group";
    private const string Patch = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
    private const string Search = "urn:ietf:params:scim:api:messages:2.0:SearchRequest";
    private const string Bulk = "urn:ietf:params:scim:api:messages:2.0:BulkRequest";

    private static readonly (int Status, string? ScimType, string Send, string? Body)[] Rows =
    [
        // table 9
        (400, "invalidFilter", "GET /Users?filter=userName xx \"a\"", null),
        (400, "invalidFilter", "GET /Users?filter=active gt true", null),
        (400, "invalidFilter", "POST /Users/.search", $$"""{"schemas":["{{Search}}"],"filter":"shoeSize eq 4"}"""),
        (400, "invalidFilter", "PATCH /Users/{ada}", Operation("\"op\":\"remove\",\"path\":\"emails[type xx 1]\"")),
        (400, "tooMany", "GET /Users?filter=title pr", null),
        (400, "tooMany", "POST /.search", $$"""{"schemas":["{{Search}}"],"filter":"title pr"}"""),
        (409, "uniqueness", "POST /Users", $$"""{"schemas":["{{User}}"],"userName":"ada@example.com"}"""),
        (409, "uniqueness", "PUT /Users/{bob}", $$"""{"schemas":["{{User}}"],"userName":"Ada@Example.com"}"""),
        (409, "uniqueness", "PATCH /Users/{bob}", Operation("\"op\":\"replace\",\"path\":\"userName\",\"value\":\"ada@example.com\"")),
        (409, "uniqueness", "POST /Groups", $$"""{"schemas":["{{Group}}"],"displayName":"readers"}"""),
        (400, "mutability", "PATCH /Users/{ada}", Operation("\"op\":\"replace\",\"path\":\"id\",\"value\":\"x\"")),
        (400, "mutability", "PATCH /Users/{ada}", Operation("\"op\":\"remove\",\"path\":\"userName\"")),
        (
            400,
            "mutability",
            "PATCH /Groups/{readers}",
            Operation("\"op\":\"replace\",\"path\":\"members[value eq \\\"{ada}\\\"].value\",\"value\":\"{bob}\"")
        ),
        (400, "invalidSyntax", "POST /Users", """{"userName":"x"}"""),
        (400, "invalidSyntax", "POST /Users", "{"),
        (400, "invalidSyntax", "POST /Users/.search", "{}"),
        (400, "invalidSyntax", "POST /Bulk", "{}"),
        (400, "invalidSyntax", "PUT /Users/{ada}", "[]"),
        (400, "invalidSyntax", "PATCH /Users/{ada}", """{"schemas":[],"Operations":[]}"""),
        (400, "invalidPath", "PATCH /Users/{ada}", Operation("\"op\":\"replace\",\"path\":\"a..b\",\"value\":1")),
        (400, "noTarget", "PATCH /Users/{ada}", Operation("\"op\":\"remove\"")),
        (400, "noTarget", "PATCH /Users/{ada}", Operation("\"op\":\"remove\",\"path\":\"emails[type eq \\\"none\\\"]\"")),
        (400, "invalidValue", "GET /Users?count=ten", null),
        (400, "invalidValue", "GET /Users?sortBy=name", null),
        (400, "invalidValue", "POST /Users/.search", $$"""{"schemas":["{{Search}}"],"sortOrder":"sideways"}"""),
        (400, "invalidValue", "POST /Users", $$"""{"schemas":["{{User}}"]}"""),
        (400, "invalidValue", "PUT /Users/{ada}", $$"""{"schemas":["{{User}}"],"userName":"ada@example.com","active":"perhaps"}"""),
        (400, "invalidValue", "PATCH /Users/{ada}", Operation("\"op\":\"replace\",\"path\":\"active\",\"value\":{}")),
        (400, "invalidVers", "GET ../../v1/acme/Users", null),
        (400, "invalidVers", "POST ../../v2.1/acme/Users", "{}"),
        (403, "sensitive", "GET /Users?filter=password eq \"x\"", null),
        // RFC 9865
        (400, "invalidCursor", "GET /Users?cursor=nonsense", null),
        (400, "invalidCount", "GET /Users?cursor&count=ten", null),
        (400, "expiredCursor", "GET /Users?cursor={cursor}&count=1", null),
        // table 8
        (403, null, "GET /Schemas?filter=id pr", null),
        (403, null, "PATCH /Users/{bob}", Operation("\"op\":\"replace\",\"path\":\"active\",\"value\":true")), // no seat is free
        (404, null, "GET /Users/0198a000-0000-7000-8000-000000000000", null),
        (404, null, "GET /Nothing", null),
        (404, null, "DELETE /Groups/x", null),
        (405, null, "DELETE /Users", null),
        (412, null, "DELETE /Users/{ada} If-Match", null),
        (412, null, "PUT /Users/{ada} If-Match", $$"""{"schemas":["{{User}}"],"userName":"ada@example.com"}"""),
        (412, null, "PATCH /Users/{ada} If-Match", Operation("\"op\":\"replace\",\"path\":\"title\",\"value\":\"x\"")),
        (412, null, "DELETE /Groups/{readers} If-Match", null),
        (412, null, "PUT /Groups/{readers} If-Match", $$"""{"schemas":["{{Group}}"],"displayName":"R"}"""),
        (412, null, "PATCH /Groups/{readers} If-Match", Operation("\"op\":\"replace\",\"path\":\"displayName\",\"value\":\"x\"")),
        (
            413,
            null,
            "POST /Bulk",
            $$"""{"schemas":["{{Bulk}}"],"Operations":[{{string.Join(",", Enumerable.Repeat("{\"method\":\"DELETE\",\"path\":\"/Users/x\"}", 1001))}}]}"""
        ),
        (413, null, "POST /Users", $$"""{"schemas":["{{User}}"],"userName":"{{new string('x', 1_100_000)}}"}"""),
        (415, null, "POST /Users text/plain", "{}"),
        (501, null, "GET /Me", null),
        (501, null, "PATCH /Me", "{}"),
        (401, null, "GET /Users Authorization", null),
    ];

    [Theory, EachDatabase]
    public async Task Each_row_is_produced_in_the_words_of_the_RFC(Database kind)
    {
        var clock = new HandClock();
        await using var server = await DoorServer.StartAsync(
            kind,
            c => c with { Capacity = c.Capacity with { Seats = 1, OnFull = OnFull.Refuse } },
            o => o.MaxScannedResources = 1,
            clock
        );
        var ada = await server.UserAsync("ada@example.com");
        var bob = await server.UserAsync("bob@example.com", ",\"active\":false");
        var readers = await server.GroupAsync("Readers", ada);
        var cursor = (await server.SendAsync("GET", "/Users?cursor&count=1")).Json["nextCursor"]!.GetValue<string>();
        clock.Advance(TimeSpan.FromDays(2));
        foreach (var (status, scimType, send, body) in Rows)
        {
            string Filled(string text) =>
                text.Replace("{ada}", ada, StringComparison.Ordinal)
                    .Replace("{bob}", bob, StringComparison.Ordinal)
                    .Replace("{readers}", readers, StringComparison.Ordinal)
                    .Replace("{cursor}", cursor, StringComparison.Ordinal);
            var (method, path) = (
                send[..send.IndexOf(' ', StringComparison.Ordinal)],
                send[(send.IndexOf(' ', StringComparison.Ordinal) + 1)..]
            );
            var answer = await server.SendAsync(
                method,
                Filled(
                    path.Replace(" If-Match", "", StringComparison.Ordinal)
                        .Replace(" text/plain", "", StringComparison.Ordinal)
                        .Replace(" Authorization", "", StringComparison.Ordinal)
                ),
                body is null ? null : Filled(body),
                request =>
                {
                    if (path.EndsWith(" If-Match", StringComparison.Ordinal))
                    {
                        request.Headers.TryAddWithoutValidation("If-Match", "W/\"77\"");
                    }
                    else if (path.EndsWith(" text/plain", StringComparison.Ordinal))
                    {
                        request.Content!.Headers.ContentType = new("text/plain");
                    }
                    else if (path.EndsWith(" Authorization", StringComparison.Ordinal))
                    {
                        request.Headers.Authorization = null;
                    }
                    else if (path.StartsWith("../", StringComparison.Ordinal))
                    {
                        request.RequestUri = new Uri("/scim/" + path["../../".Length..], UriKind.Relative);
                    }
                }
            );
            var what = $"{send}: {answer.Status} {answer.Text}";
            Assert.True((status, scimType) == (answer.Status, answer.Json["scimType"]?.GetValue<string>()), what);
            Assert.Equal("application/scim+json", answer.ContentType);
            Assert.Equal(
                ["urn:ietf:params:scim:api:messages:2.0:Error"],
                answer.Json["schemas"]!.AsArray().Select(s => s!.GetValue<string>())
            );
            Assert.Equal(
                answer.Json["status"]!.GetValue<string>(),
                answer.Status.ToString(System.Globalization.CultureInfo.InvariantCulture)
            );
            Assert.True(answer.Json["detail"]!.GetValue<string>().Length is > 10 and < 400, what);
        }
    }

    [Fact]
    public void The_rows_are_all_that_the_tables_list()
    {
        string[] words =
        [
            "invalidFilter",
            "tooMany",
            "uniqueness",
            "mutability",
            "invalidSyntax",
            "invalidPath",
            "noTarget",
            "invalidValue",
            "invalidVers",
            "sensitive",
            "invalidCursor",
            "expiredCursor",
            "invalidCount",
        ];
        Assert.Equal(
            words.Order(StringComparer.Ordinal),
            Rows.Select(r => r.ScimType).OfType<string>().Distinct().Order(StringComparer.Ordinal)
        );
        int[] statuses = [400, 401, 403, 404, 405, 409, 412, 413, 415, 501];
        Assert.Equal(statuses, Rows.Select(r => r.Status).Distinct().Order());
    }

    private static string Operation(string operation) => "{\"schemas\":[\"" + Patch + "\"],\"Operations\":[{" + operation + "}]}";
}
