using System.Buffers.Text;
using System.Text;

namespace UserManagement.Membership.Data;

/// <summary>A place in a sorted list: the sort key and the id of the row before or after which a page goes on.</summary>
/// <param name="Key">The row's sort key; empty where the list is sorted by id alone.</param>
/// <param name="Id">The row's id.</param>
public readonly record struct PageCursor(string Key, Guid Id)
{
    /// <summary>The URL-safe form.</summary>
    public override string ToString() => Base64Url.EncodeToString([.. Id.ToByteArray(), .. Encoding.UTF8.GetBytes(Key)]);

    /// <summary>Reads the URL-safe form; anything else is no cursor.</summary>
    public static PageCursor? Read(string? text)
    {
        if (string.IsNullOrEmpty(text) || text.Length > 4096 || !Base64Url.IsValid(text))
        {
            return null;
        }

        var bytes = Base64Url.DecodeFromChars(text);
        return bytes.Length < 16 ? null : new(Encoding.UTF8.GetString(bytes.AsSpan(16)), new Guid(bytes.AsSpan(0, 16)));
    }
}
