using System.Globalization;
using System.Text;
using QRCoder;

namespace UserManagement.Identity.SecondFactor;

/// <summary>
/// A QR code (ISO/IEC 18004) as the path of an SVG, one unit a module: no picture file, no script, nothing that a strict policy forbids.
/// </summary>
/// <param name="Size">Modules on a side, with the quiet zone.</param>
/// <param name="Path">The dark modules, for the attribute <c>d</c>.</param>
internal sealed record QrCode(int Size, string Path)
{
    /// <summary>Draws a text at error correction level M.</summary>
    public static QrCode Of(string text)
    {
        using var data = QRCodeGenerator.GenerateQrCode(text, QRCodeGenerator.ECCLevel.M);
        var rows = data.ModuleMatrix;
        var path = new StringBuilder();
        for (var y = 0; y < rows.Count; y++)
        {
            for (var x = 0; x < rows.Count; x++)
            {
                var from = x;
                while (x < rows.Count && rows[y][x])
                {
                    x++;
                }

                if (x > from)
                {
                    path.Append(CultureInfo.InvariantCulture, $"M{from} {y}h{x - from}v1h-{x - from}z");
                }
            }
        }

        return new(rows.Count, path.ToString());
    }
}
