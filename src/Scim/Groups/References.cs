using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using UserManagement.Scim.Protocol.Resources;

namespace UserManagement.Scim.Groups;

/// <summary>That one resource names another: a group its member, a user their group.</summary>
/// <param name="Owner">The resource that names.</param>
/// <param name="Id">The resource that is named.</param>
/// <param name="Name">Its name, as it is shown.</param>
internal readonly record struct Reference(Guid Owner, Guid Id, string Name);

/// <summary>
/// How references are shown (RFC 7643 section 2.4): <c>members</c> of a group and <c>groups</c> of a user, written
/// straight or put into a tree, and the same to the byte.
/// </summary>
internal sealed class References
{
    private static readonly string[] All = ["value", "$ref", "display", "type"];
    private readonly string _endpoint;
    private readonly string _type;
    private readonly byte[] _address;
    private readonly HashSet<string> _parts;

    private References(string list, string endpoint, string type, IEnumerable<string> parts)
    {
        List = list;
        _endpoint = endpoint;
        _type = type;
        _parts = [.. parts];
        _address = Encoding.UTF8.GetBytes(endpoint);
    }

    /// <summary>The attribute that holds them.</summary>
    public string List { get; }

    /// <summary>Whether any part of one is shown.</summary>
    public bool IsShown => _parts.Count > 0;

    /// <summary>The members of a group.</summary>
    public static References ToMembers(string baseUrl) => new("members", baseUrl + "/Users/", "User", All);

    /// <summary>The groups of a user.</summary>
    public static References ToGroups(string baseUrl) => new("groups", baseUrl + "/Groups/", "direct", All);

    /// <summary>The same, cut to the parts that the client asked for.</summary>
    public References Cut(Projection projection)
    {
        var sample = projection.Apply(new JsonObject { [List] = new JsonArray(Tree(default)) });
        return new References(List, _endpoint, _type, (sample[List] as JsonArray)?[0] is JsonObject parts ? parts.Select(p => p.Key) : []);
    }

    /// <summary>One as a tree.</summary>
    public JsonObject Tree(Reference reference) =>
        new()
        {
            ["value"] = reference.Id.ToString("D"),
            ["$ref"] = $"{_endpoint}{reference.Id:D}",
            ["display"] = reference.Name ?? "",
            ["type"] = _type,
        };

    /// <summary>Writes one.</summary>
    public void Write(Utf8JsonWriter writer, Reference reference)
    {
        writer.WriteStartObject();
        if (_parts.Contains("value"))
        {
            writer.WriteString("value"u8, reference.Id);
        }

        if (_parts.Contains("$ref"))
        {
            Span<byte> address = stackalloc byte[512];
            if (
                _address.Length + 36 <= address.Length
                && _address.AsSpan().TryCopyTo(address)
                && Utf8Formatter.TryFormat(reference.Id, address[_address.Length..], out var length)
            )
            {
                writer.WriteString("$ref"u8, address[..(_address.Length + length)]);
            }
            else
            {
                writer.WriteString("$ref"u8, $"{_endpoint}{reference.Id:D}");
            }
        }

        if (_parts.Contains("display"))
        {
            writer.WriteString("display"u8, reference.Name);
        }

        if (_parts.Contains("type"))
        {
            writer.WriteString("type"u8, _type);
        }

        writer.WriteEndObject();
    }
}
