using System.Buffers.Binary;
using System.Text;
using UserManagement.Membership.Access;
using UserManagement.Membership.Workspaces;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Membership.Tests.Workspaces;

public sealed class LogoTests
{
    [Theory, EachDatabase]
    public async Task A_logo_is_what_it_is_by_its_content_and_there_is_one(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind);
        var set = new SetLogo(acme.Store);
        var read = new ReadLogo(acme.Store);
        var vera = await acme.JoinAsync("vera@acme.test", "viewer");
        foreach (
            var (content, type) in new[]
            {
                (Png(64, 32), "image/png"),
                (Jpeg(100, 40), "image/jpeg"),
                (WebP("VP8X"), "image/webp"),
                (WebP("VP8L"), "image/webp"),
                (WebP("VP8 "), "image/webp"),
            }
        )
        {
            var row = (await set.RunAsync(Actor.Operator, acme.Id, null, content, default)).Value;
            var logo = (await read.RunAsync("acme", row.Logo!, default))!;
            Assert.Equal((type, true), (logo.MediaType, logo.Content.AsSpan().SequenceEqual(content)));
            await using var db = acme.Store.Read();
            Assert.Equal(1, db.WorkspaceLogos.Count(l => l.WorkspaceId == acme.Id));
        }

        var now = (await set.RunAsync(Actor.Operator, acme.Id, null, Png(16, 2000), default)).Value;
        Assert.Equal(now.Version, (await set.RunAsync(Actor.Operator, acme.Id, now.Version, Png(16, 2000), default)).Value.Version); // the same: nothing
        Assert.Null(await read.RunAsync("acme", now.Logo!.Replace(".png", ".svg", StringComparison.Ordinal), default));
        Assert.Null(await read.RunAsync("other", now.Logo, default));
        Assert.Equal("stale", (await set.RunAsync(Actor.Operator, acme.Id, now.Version - 1, Png(64, 64), default)).Refusal?.Code);
        Assert.Equal("forbidden", (await set.RunAsync(acme.As(vera), acme.Id, null, Png(64, 64), default)).Refusal?.Code);
        byte[][] wrong =
        [
            [],
            "<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"u8.ToArray(),
            "GIF89a\u0001\u0000\u0001\u0000"u8.ToArray(),
            Png(15, 64),
            Png(64, 2001),
            Png(int.MaxValue, int.MaxValue),
            Png(64, 64)[..20],
            Jpeg(0, 0),
            Jpeg(100, 40)[..6],
            [0xff, 0xd8, 0xff, 0xe0, 0, 0, 0, 0, 0, 0, 0, 0],
            WebP("VP8?"),
            [.. Png(64, 64), .. new byte[WorkspaceLogo.MostBytes]],
        ];
        foreach (var content in wrong)
        {
            Assert.Equal("invalidLogo", (await set.RunAsync(Actor.Operator, acme.Id, null, content, default)).Refusal?.Code);
        }

        Assert.NotNull(await read.RunAsync("acme", now.Logo, default)); // what was there is there
        Assert.Null((await set.RunAsync(Actor.Operator, acme.Id, null, null, default)).Value.Logo);
        Assert.Null(await read.RunAsync("acme", now.Logo, default));
    }

    internal static byte[] Png(int width, int height)
    {
        byte[] png = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13, .. "IHDR"u8, .. new byte[8], 8, 6, 0, 0, 0, 0, 0, 0, 0];
        BinaryPrimitives.WriteInt32BigEndian(png.AsSpan(16), width);
        BinaryPrimitives.WriteInt32BigEndian(png.AsSpan(20), height);
        return png;
    }

    private static byte[] Jpeg(short width, short height)
    {
        byte[] jpeg = [0xff, 0xd8, 0xff, 0xe0, 0, 4, 1, 2, 0xff, 0xc2, 0, 11, 8, 0, 0, 0, 0, 1, 1, 0x11, 0, 0xff, 0xd9];
        BinaryPrimitives.WriteInt16BigEndian(jpeg.AsSpan(13), height);
        BinaryPrimitives.WriteInt16BigEndian(jpeg.AsSpan(15), width);
        return jpeg;
    }

    private static byte[] WebP(string chunk)
    {
        byte[] webp = [.. "RIFF"u8, 0, 0, 0, 0, .. "WEBP"u8, .. Encoding.ASCII.GetBytes(chunk), .. new byte[20]];
        switch (chunk)
        {
            case "VP8X":
                (webp[24], webp[27]) = (99, 49);
                break;
            case "VP8L":
                webp[20] = 0x2f;
                BinaryPrimitives.WriteUInt32LittleEndian(webp.AsSpan(21), 99 | (49u << 14));
                break;
            default:
                (webp[23], webp[24], webp[25], webp[26], webp[28]) = (0x9d, 0x01, 0x2a, 100, 50);
                break;
        }

        return webp;
    }
}
