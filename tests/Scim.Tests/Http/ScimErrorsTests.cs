using System.Text.RegularExpressions;
using UserManagement.Membership;
using UserManagement.Scim.Http;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Scim.Tests.Http;

public partial class ScimErrorsTests
{
    [Theory]
    [InlineData(RefusalKind.Invalid, 400, "invalidValue")]
    [InlineData(RefusalKind.NotFound, 404, null)]
    [InlineData(RefusalKind.Forbidden, 403, null)]
    [InlineData(RefusalKind.Conflict, 409, null)]
    [InlineData(RefusalKind.Full, 403, null)]
    [InlineData(RefusalKind.Stale, 412, null)]
    [InlineData(RefusalKind.TooMany, 429, null)]
    [InlineData(RefusalKind.Unavailable, 503, null)]
    public void Every_kind_of_refusal_has_its_status(RefusalKind kind, int status, string? scimType)
    {
        var refusal = new Refusal(kind, "any", "A sentence.");
        var error = ScimErrors.Of(refusal);
        Assert.Equal((status, scimType, "A sentence."), (error.Status, error.ScimType, error.Detail));
        Assert.Equal(status is 429 or 503, ScimErrors.RetryAfter(refusal) is not null);
    }

    [Fact]
    public void No_kind_of_refusal_is_forgotten() =>
        Assert.All(Enum.GetValues<RefusalKind>(), kind => Assert.NotEqual(500, ScimErrors.Of(new Refusal(kind, "any", "x")).Status));

    [Fact]
    public void Only_a_taken_name_is_a_duplicate()
    {
        var codes = Directory
            .EnumerateFiles(Repository.At("src/Membership"), "*.cs", SearchOption.AllDirectories)
            .SelectMany(file => Code().Matches(File.ReadAllText(file)))
            .Select(m => (Kind: Enum.Parse<RefusalKind>(m.Groups[1].Value), Code: m.Groups[2].Value))
            .Distinct()
            .ToList();
        Assert.Contains((RefusalKind.Conflict, "userNameTaken"), codes);
        Assert.Contains((RefusalKind.Conflict, "lastAdmin"), codes);
        Assert.Equal(
            ["groupNameTaken", "userNameTaken"],
            codes.Where(c => ScimErrors.Of(new Refusal(c.Kind, c.Code, "x")).ScimType == "uniqueness").Select(c => c.Code).Order()
        );
        Assert.All(codes, c => Assert.InRange(ScimErrors.Of(new Refusal(c.Kind, c.Code, "x")).Status, 400, 503));
    }

    [GeneratedRegex("""RefusalKind\.(\w+), "(\w+)",""")]
    private static partial Regex Code();
}
