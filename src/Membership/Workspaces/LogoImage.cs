using System.Buffers.Binary;
using System.Security.Cryptography;

namespace UserManagement.Membership.Workspaces;

/// <summary>
/// What a picture is, told by its first bytes and never by its name: PNG, JPEG or WebP. SVG is none of them, for it can hold scripts. Only
/// the head is read; nothing is unpacked here.
/// </summary>
internal static class LogoImage
{
    private const int Least = 16;
    private const int Most = 2000;

    /// <summary>The file name under which a picture is kept, or what is wrong with it.</summary>
    public static Outcome<string> Check(ReadOnlySpan<byte> content)
    {
        if (content.Length > WorkspaceLogo.MostBytes)
        {
            return WorkspaceLogo.TooLarge();
        }

        var (kind, width, height) =
            Png(content) is { } png ? ("png", png.Width, png.Height)
            : Jpeg(content) is { } jpeg ? ("jpg", jpeg.Width, jpeg.Height)
            : WebP(content) is { } webp ? ("webp", webp.Width, webp.Height)
            : ("", 0, 0);
        return kind.Length == 0 ? Wrong("This is no PNG, JPEG or WebP picture.")
            : width is < Least or > Most || height is < Least or > Most
                ? Wrong($"A logo is {Least} to {Most} pixels wide and high; this one is {width} by {height}.")
            : Convert.ToHexStringLower(SHA256.HashData(content))[..32] + "." + kind;
    }

    /// <summary>The media type of a file name.</summary>
    public static string MediaTypeOf(string name) =>
        Path.GetExtension(name) switch
        {
            ".png" => "image/png",
            ".jpg" => "image/jpeg",
            ".webp" => "image/webp",
            _ => "application/octet-stream",
        };

    private static Refusal Wrong(string message) => Refusal.Invalid("logo", message);

    /// <summary>The signature, and the header chunk, which comes first (PNG, sections 5.2 and 11.2.2).</summary>
    private static (int Width, int Height)? Png(ReadOnlySpan<byte> content) =>
        content.Length >= 33 && content.StartsWith(PngSignature) && content[12..16].SequenceEqual("IHDR"u8)
            ? (Clamped(BinaryPrimitives.ReadUInt32BigEndian(content[16..])), Clamped(BinaryPrimitives.ReadUInt32BigEndian(content[20..])))
            : null;

    private static ReadOnlySpan<byte> PngSignature => [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

    /// <summary>Segment by segment to the first frame header (ITU T.81, section B.2.2).</summary>
    private static (int Width, int Height)? Jpeg(ReadOnlySpan<byte> content)
    {
        if (content.Length < 4 || content[0] != 0xff || content[1] != 0xd8)
        {
            return null;
        }

        var at = 2;
        while (at + 9 <= content.Length && content[at] == 0xff)
        {
            var marker = content[at + 1];
            if (marker is >= 0xc0 and <= 0xcf and not 0xc4 and not 0xc8 and not 0xcc)
            {
                return (
                    BinaryPrimitives.ReadUInt16BigEndian(content[(at + 7)..]),
                    BinaryPrimitives.ReadUInt16BigEndian(content[(at + 5)..])
                );
            }

            var length = BinaryPrimitives.ReadUInt16BigEndian(content[(at + 2)..]);
            if (length < 2 || marker == 0xda)
            {
                return null;
            }

            at += 2 + length;
        }

        return null;
    }

    /// <summary>The container and its first chunk (RFC 9649, sections 2.4 to 2.7).</summary>
    private static (int Width, int Height)? WebP(ReadOnlySpan<byte> content)
    {
        if (content.Length < 30 || !content.StartsWith("RIFF"u8) || !content[8..12].SequenceEqual("WEBP"u8))
        {
            return null;
        }

        var chunk = content[12..16];
        if (chunk.SequenceEqual("VP8 "u8) && content[23..26].SequenceEqual<byte>([0x9d, 0x01, 0x2a]))
        {
            return (
                BinaryPrimitives.ReadUInt16LittleEndian(content[26..]) & 0x3fff,
                BinaryPrimitives.ReadUInt16LittleEndian(content[28..]) & 0x3fff
            );
        }

        if (chunk.SequenceEqual("VP8L"u8) && content[20] == 0x2f)
        {
            var bits = BinaryPrimitives.ReadUInt32LittleEndian(content[21..]);
            return ((int)(bits & 0x3fff) + 1, (int)((bits >> 14) & 0x3fff) + 1);
        }

        return chunk.SequenceEqual("VP8X"u8)
            ? (1 + (content[24] | (content[25] << 8) | (content[26] << 16)), 1 + (content[27] | (content[28] << 8) | (content[29] << 16)))
            : null;
    }

    private static int Clamped(uint size) => (int)Math.Min(size, int.MaxValue);
}
