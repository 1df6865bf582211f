using System.Text.Json;
using System.Text.Json.Nodes;

namespace UserManagement.Scim.Wire;

/// <summary>Something that can be written into an answer: a tree of JSON, or a row that goes out without one.</summary>
internal interface IShown
{
    /// <summary>Writes one JSON value.</summary>
    void WriteTo(Utf8JsonWriter writer);
}

/// <summary>A message that was put together as a tree.</summary>
internal sealed record ShownJson(JsonObject Json) : IShown
{
    /// <inheritdoc/>
    public void WriteTo(Utf8JsonWriter writer) => Json.WriteTo(writer);
}

/// <summary>A page of a list (RFC 7644 section 3.4.2): the frame around resources that write themselves.</summary>
internal sealed record ShownPage(Protocol.Resources.ListResponse Frame, IReadOnlyList<IShown> Resources) : IShown
{
    /// <inheritdoc/>
    public void WriteTo(Utf8JsonWriter writer) => Frame.WriteTo(writer, Resources.Count, at => Resources[at].WriteTo(writer));
}
