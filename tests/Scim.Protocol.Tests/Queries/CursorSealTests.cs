using System.Text;
using UserManagement.Scim.Protocol.Queries;
using Xunit;

namespace UserManagement.Scim.Protocol.Tests.Queries;

public sealed class CursorSealTests
{
    private const string Scope = "acme/Users";
    private static readonly byte[] Key = Encoding.UTF8.GetBytes("a key of thirty-two bytes, or so");
    private static readonly CursorSeal Seal = new(Key);
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly Query First = SearchRequestTests.Address("filter=userName sw \"j\"&sortBy=userName&cursor=&count=10").Value!;
    private static readonly string Text = Seal.Write(new Cursor(CursorKind.Next, "jensen/u1"u8.ToArray(), 10, Now), First, Scope);

    [Fact]
    public void A_cursor_comes_back_as_it_was()
    {
        var cursor = Read(First with { Cursor = Text }).Value!;
        Assert.Equal((CursorKind.Next, 10, Now), (cursor.Kind, cursor.Count, cursor.IssuedAt));
        Assert.Equal("jensen/u1", Encoding.UTF8.GetString(cursor.Position.Span));
    }

    [Fact]
    public void A_cursor_is_unreserved_and_hides_its_position()
    {
        Assert.Matches("^[A-Za-z0-9_-]+$", Text);
        Assert.DoesNotContain(Convert.ToBase64String("jensen"u8)[..7], Text, StringComparison.Ordinal);
        Assert.Equal(Text, Seal.Write(new Cursor(CursorKind.Next, "jensen/u1"u8.ToArray(), 10, Now), First, Scope));
    }

    [Fact]
    public void The_longest_position_fits()
    {
        var position = new byte[Cursor.MaxPosition];
        Array.Fill(position, (byte)255);
        var text = Seal.Write(new Cursor(CursorKind.Previous, position, 10, Now), First, Scope);
        Assert.Equal(position, Read(First with { Cursor = text }).Value!.Position.ToArray());
        Assert.Throws<ArgumentOutOfRangeException>(() =>
            Seal.Write(new Cursor(CursorKind.Next, new byte[Cursor.MaxPosition + 1], 10, Now), First, Scope)
        );
    }

    [Fact]
    public void Every_changed_character_makes_a_cursor_invalid()
    {
        for (var i = 0; i < Text.Length; i++)
        {
            foreach (var other in "A7_".Where(other => other != Text[i]))
            {
                Assert.Equal("invalidCursor", Read(First with { Cursor = Text[..i] + other + Text[(i + 1)..] }).Error?.ScimType);
            }
            Assert.Equal("invalidCursor", Read(First with { Cursor = Text[..i] }).Error?.ScimType);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("====")]
    [InlineData("a b")]
    [InlineData("\u00e9\ud83d\ude00")]
    [InlineData("AQ")]
    public void What_we_did_not_make_is_invalid(string text) =>
        Assert.Equal("invalidCursor", Read(First with { Cursor = text }).Error?.ScimType);

    [Fact]
    public void A_cursor_of_another_key_or_place_is_invalid_in_the_same_words()
    {
        var otherKey = new CursorSeal(Encoding.UTF8.GetBytes("b key of thirty-two bytes, or so"))
            .Read(First with { Cursor = Text }, Scope, Now, null)
            .Error;
        var otherPlace = Seal.Read(First with { Cursor = Text }, "other/Users", Now, null).Error;
        Assert.Equal("invalidCursor", otherKey?.ScimType);
        Assert.Equal(otherKey, otherPlace);
        Assert.Throws<ArgumentException>(() => new CursorSeal(new byte[31]));
    }

    [Theory]
    [InlineData("filter=userName sw \"k\"&sortBy=userName", "invalidCursor")]
    [InlineData("filter=userName sw \"j\"", "invalidCursor")]
    [InlineData("filter=userName sw \"j\"&sortBy=userName&sortOrder=descending", "invalidCursor")]
    [InlineData("filter=userName sw \"j\"&sortBy=userName&attributes=id", "invalidCursor")]
    [InlineData("filter=userName sw \"j\"&sortBy=userName&excludedAttributes=id", "invalidCursor")]
    [InlineData("filter=userName SW \"j\"&sortBy=USERNAME&sortOrder=ascending", null)]
    public void The_other_parameters_must_stay(string address, string? scimType)
    {
        var query = SearchRequestTests.Address(address + "&count=10").Value! with { Cursor = Text };
        Assert.Equal(scimType, Read(query).Error?.ScimType);
    }

    [Fact]
    public void The_page_size_must_stay() => Assert.Equal("invalidCount", Read(First with { Cursor = Text, Count = 11 }).Error?.ScimType);

    [Fact]
    public void A_cursor_expires_after_its_time_and_not_before()
    {
        var query = First with { Cursor = Text };
        Assert.True(Seal.Read(query, Scope, Now.AddSeconds(60), TimeSpan.FromSeconds(60)).IsOk);
        Assert.Equal(
            (400, "expiredCursor"),
            (
                Seal.Read(query, Scope, Now.AddSeconds(61), TimeSpan.FromSeconds(60)).Error?.Status,
                Seal.Read(query, Scope, Now.AddSeconds(61), TimeSpan.FromSeconds(60)).Error?.ScimType
            )
        );
        Assert.True(Seal.Read(query, Scope, Now.AddYears(1), null).IsOk);
    }

    private static ScimResult<Cursor> Read(Query query) => Seal.Read(query, Scope, Now, TimeSpan.FromHours(1));
}
