using System.Text.Json;
using System.Text.Json.Nodes;
using UserManagement.Membership;
using UserManagement.Membership.Data;
using UserManagement.Membership.Workspaces;
using UserManagement.Scim.Http;

namespace UserManagement.Scim.Groups;

/// <summary>A resource whose references are all at hand.</summary>
/// <param name="Head">All else, composed and cut; a place for the references is not needed.</param>
/// <param name="Shape">How they are shown; null for not at all.</param>
/// <param name="Items">The references.</param>
internal sealed record ShownWithReferences(JsonObject Head, References? Shape, IReadOnlyList<Reference> Items) : IShown
{
    /// <inheritdoc/>
    public void WriteTo(Utf8JsonWriter writer)
    {
        var rest = Begin(writer, Head, Shape);
        if (Shape is not null)
        {
            foreach (var item in Items)
            {
                Shape.Write(writer, item);
            }
        }

        End(writer, rest, Shape);
    }

    /// <summary>Writes all that stands before the references; gives back what follows them.</summary>
    internal static KeyValuePair<string, JsonNode?>[] Begin(Utf8JsonWriter writer, JsonObject head, References? shape)
    {
        writer.WriteStartObject();
        Write(writer, head.Where(p => p.Key != "meta"));
        if (shape is not null)
        {
            writer.WriteStartArray(shape.List);
        }

        return [.. head.Where(p => p.Key == "meta")];
    }

    /// <summary>Writes the end.</summary>
    internal static void End(Utf8JsonWriter writer, IEnumerable<KeyValuePair<string, JsonNode?>> rest, References? shape)
    {
        if (shape is not null)
        {
            writer.WriteEndArray();
        }

        Write(writer, rest);
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, IEnumerable<KeyValuePair<string, JsonNode?>> properties)
    {
        foreach (var (name, value) in properties)
        {
            writer.WritePropertyName(name);
            if (value is null)
            {
                writer.WriteNullValue();
            }
            else
            {
                value.WriteTo(writer);
            }
        }
    }
}

/// <summary>
/// A resource with more references than are read at once. They are read behind one another by their ids, each part in a
/// statement of its own: no snapshot and no connection waits for a slow client. The resource may therefore change between
/// two parts. Its ETag is that of the moment before the first part, and every change of the references counts the version in
/// the same transaction: as long as the ETag is the current one, what was shown is whole and exact; once it is not, the
/// client is told so by 412 at its next conditional write and gets a new answer at its next conditional read (RFC 7644
/// section 3.14). A reader without conditions sees what a reader of pages sees.
/// </summary>
internal sealed record StreamedReferences(Store Store, Id<Workspace> Workspace, Guid Owner, JsonObject Head, References Shape, ReferenceReads Reads) : IStreamed
{
    /// <inheritdoc/>
    public async Task WriteToAsync(AnswerStream answer, CancellationToken ct)
    {
        var rest = ShownWithReferences.Begin(answer.Json, Head, Shape);
        await using var db = Store.Read();
        var after = Guid.Empty;
        var goesOn = true;
        while (goesOn)
        {
            var some = await Reads.NextAsync(db, Workspace, Owner, after, ct);
            foreach (var item in some)
            {
                Shape.Write(answer.Json, item);
                await answer.PassAsync(ct);
            }

            goesOn = some.Count == ReferenceReads.Chunk;
            after = goesOn ? some[^1].Id : after;
        }

        ShownWithReferences.End(answer.Json, rest, Shape);
    }
}
