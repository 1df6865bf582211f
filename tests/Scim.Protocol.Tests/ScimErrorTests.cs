using System.Text.Json.Nodes;
using UserManagement.Scim.Protocol.Filters;
using UserManagement.Scim.Protocol.Patch;
using UserManagement.Scim.Protocol.Queries;
using UserManagement.Scim.Protocol.Resources;
using UserManagement.Scim.Protocol.Schemas;
using Xunit;

namespace UserManagement.Scim.Protocol.Tests;

/// <summary>Tables 8 and 9 of RFC 7644 (section 3.12) and table 3 of RFC 9865: each row can be produced.</summary>
public sealed class ScimErrorTests
{
    private static readonly ScimResourceType User = SchemaRegistry.Default.User;

    /// <summary>What this library itself refuses, by what a client sends.</summary>
    public static TheoryData<string, int, Func<ScimError?>> Refusals() =>
        new()
        {
            { "invalidFilter", 400, () => Filter.Parse("userName xx 1").Error },
            { "mutability", 400, () => Patch("""{"op":"replace","path":"id","value":"1"}""") },
            { "invalidSyntax", 400, () => ResourceReader.Read([], User).Error },
            { "invalidPath", 400, () => Patch("""{"op":"replace","path":"emails[","value":"1"}""") },
            { "noTarget", 400, () => Patch("""{"op":"remove"}""") },
            { "invalidValue", 400, () => ResourceReader.Read(new JsonObject { ["schemas"] = new JsonArray(ScimUrn.User) }, User).Error },
            { "invalidVers", 400, () => ScimVersion.Check("v1") },
            { "sensitive", 403, () => FilterCheck.Run(Filter.Parse("password eq \"a\"").Value!, User) },
            {
                "invalidCursor",
                400,
                () => new CursorSeal(new byte[32]).Read(new Query { Cursor = "x" }, "a", DateTimeOffset.UnixEpoch, null).Error
            },
            { "expiredCursor", 400, () => Expired() },
            { "invalidCount", 400, () => SearchRequest.Read(name => name is "cursor" or "count" ? "x" : null).Error },
        };

    [Theory]
    [MemberData(nameof(Refusals))]
    public void A_row_of_table_9_is_produced_by_what_a_client_sends(string scimType, int status, Func<ScimError?> refuse)
    {
        var error = refuse();
        Assert.Equal((status, scimType), (error?.Status, error?.ScimType));
        Same(error!);
    }

    [Fact]
    public void The_rows_that_need_stored_data_have_their_words()
    {
        Assert.Equal((400, "tooMany"), (ScimError.TooMany("a").Status, ScimError.TooMany("a").ScimType));
        Assert.Equal((409, "uniqueness"), (ScimError.Uniqueness("a").Status, ScimError.Uniqueness("a").ScimType));
        Same(ScimError.TooMany("a"));
        Same(ScimError.Uniqueness("a"));
    }

    [Fact]
    public void Every_status_of_table_8_has_a_body()
    {
        ScimError[] errors =
        [
            ScimError.InvalidSyntax("a"),
            ScimError.Unauthorized("a"),
            ScimError.Forbidden("a"),
            ScimError.NotFound("a"),
            ScimError.MethodNotAllowed("a"),
            ScimError.Conflict("a"),
            ScimError.PreconditionFailed("a"),
            ScimError.TooLarge("a"),
            ScimError.UnsupportedMediaType("a"),
            ScimError.TooManyRequests("a"),
            ScimError.Internal("a"),
            ScimError.NotImplemented("a"),
            ScimError.Unavailable("a"),
        ];
        Assert.Equal([400, 401, 403, 404, 405, 409, 412, 413, 415, 429, 500, 501, 503], errors.Select(error => error.Status));
        Assert.All(errors, Same);
    }

    [Theory]
    [InlineData("v2", false)]
    [InlineData("V2", false)]
    [InlineData("v1", true)]
    [InlineData("v2.1", true)]
    [InlineData("v", false)]
    [InlineData("version", false)]
    public void Only_another_version_is_refused(string segment, bool refused) =>
        Assert.Equal(refused, ScimVersion.Check(segment) is not null);

    private static void Same(ScimError error)
    {
        var json = error.ToJson();
        Assert.Equal(ScimError.Schema, Assert.Single(json["schemas"]!.AsArray())!.GetValue<string>());
        Assert.Equal(error.Status.ToString(System.Globalization.CultureInfo.InvariantCulture), json["status"]!.GetValue<string>());
        Assert.Equal(error.ScimType, json["scimType"]?.GetValue<string>());
        Assert.NotEmpty(json["detail"]!.GetValue<string>());
    }

    private static ScimError? Patch(string operation) =>
        PatchRequest
            .Read(
                new JsonObject { ["schemas"] = new JsonArray(ScimUrn.PatchOp), ["Operations"] = new JsonArray(JsonNode.Parse(operation)) },
                User
            )
            .Error;

    private static ScimError? Expired()
    {
        var seal = new CursorSeal(new byte[32]);
        var query = new Query();
        var text = seal.Write(new Cursor(CursorKind.Next, default, query.Count, DateTimeOffset.UnixEpoch), query, "a");
        return seal.Read(query with { Cursor = text }, "a", DateTimeOffset.UnixEpoch.AddHours(2), TimeSpan.FromHours(1)).Error;
    }
}
