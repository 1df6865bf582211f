using System.Text.Json;
using System.Text.Json.Nodes;
using UserManagement.Scim.Protocol.Resources;

namespace UserManagement.Scim.Http;

/// <summary>Something that can be written into an answer: a tree of JSON, or a row that goes out without one.</summary>
internal interface IShown
{
    /// <summary>Writes one JSON value.</summary>
    void WriteTo(Utf8JsonWriter writer);
}

/// <summary>Something too long to be put together first: what it is made of is read while it goes out.</summary>
internal interface IStreamed : IShown
{
    /// <summary>Writes one JSON value, part by part.</summary>
    Task WriteToAsync(AnswerStream answer, CancellationToken ct);

    /// <inheritdoc/>
    void IShown.WriteTo(Utf8JsonWriter writer) => throw new InvalidOperationException("It is written part by part.");
}

/// <summary>A message that was put together as a tree.</summary>
internal sealed record ShownJson(JsonObject Json) : IShown
{
    /// <inheritdoc/>
    public void WriteTo(Utf8JsonWriter writer) => Json.WriteTo(writer);
}

/// <summary>A page of a list (RFC 7644 section 3.4.2): the frame around resources that write themselves.</summary>
internal sealed record ShownPage(ListResponse Frame, IReadOnlyList<IShown> Resources) : IShown
{
    /// <summary>The page, streamed where one of its resources is.</summary>
    public static IShown Of(ListResponse frame, IReadOnlyList<IShown> resources) =>
        resources.Any(r => r is IStreamed) ? new StreamedPage(frame, resources) : new ShownPage(frame, resources);

    /// <inheritdoc/>
    public void WriteTo(Utf8JsonWriter writer)
    {
        Frame.BeginTo(writer, Resources.Count);
        foreach (var resource in Resources)
        {
            resource.WriteTo(writer);
        }

        ListResponse.EndTo(writer);
    }
}

/// <summary>The same for a page with long resources.</summary>
internal sealed record StreamedPage(ListResponse Frame, IReadOnlyList<IShown> Resources) : IStreamed
{
    /// <inheritdoc/>
    public async Task WriteToAsync(AnswerStream answer, CancellationToken ct)
    {
        Frame.BeginTo(answer.Json, Resources.Count);
        foreach (var resource in Resources)
        {
            if (resource is IStreamed streamed)
            {
                await streamed.WriteToAsync(answer, ct);
            }
            else
            {
                resource.WriteTo(answer.Json);
                await answer.PassAsync(ct);
            }
        }

        ListResponse.EndTo(answer.Json);
    }
}
