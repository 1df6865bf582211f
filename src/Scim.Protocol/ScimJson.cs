using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace UserManagement.Scim.Protocol;

/// <summary>
/// Bytes to JSON under caps: depth, duplicate keys, lone surrogates, NUL and numbers that no double holds are refused
/// while reading, so that what comes out can be handled without another look.
/// </summary>
public static class ScimJson
{
    /// <summary>Deepest nesting that is read.</summary>
    public const int MaxDepth = 64;

    /// <summary>The media type of all SCIM messages (RFC 7644, section 8.1).</summary>
    public const string MediaType = "application/scim+json";

    /// <summary>
    /// Reads a request body from a stream. Refusals: 413 once more than <paramref name="maxBytes"/> bytes come (before
    /// they are kept), 400 invalidSyntax for what is not a JSON object. The buffer is wiped: bodies may carry passwords.
    /// </summary>
    public static async Task<ScimResult<JsonObject>> ReadObjectAsync(Stream body, int maxBytes, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(body);
        var buffer = ArrayPool<byte>.Shared.Rent(16 * 1024);
        try
        {
            var length = 0;
            while (true)
            {
                if (length == buffer.Length)
                {
                    var larger = ArrayPool<byte>.Shared.Rent(buffer.Length * 2);
                    buffer.AsSpan(0, length).CopyTo(larger);
                    ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
                    buffer = larger;
                }
                var read = await body.ReadAsync(buffer.AsMemory(length), cancellationToken).ConfigureAwait(false);
                if (read == 0)
                {
                    return ReadObject(buffer.AsSpan(0, length));
                }
                length += read;
                if (length > maxBytes)
                {
                    return ScimError.TooLarge($"The body is larger than {maxBytes} bytes.");
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
        }
    }

    /// <summary>The mark of UTF-8, which a reader may pass over (RFC 8259, section 8.1).</summary>
    private static ReadOnlySpan<byte> Mark => "\ufeff"u8;

    /// <summary>
    /// The same for a body with lists of any length, which is never in memory as a whole. Refusals: 413 once more than
    /// <paramref name="maxBytes"/> bytes come, or more than <paramref name="maxTreeBytes"/> that are no part of long lists.
    /// </summary>
    public static async Task<ScimResult<JsonObject>> ReadObjectAsync(
        Stream body,
        LongLists lists,
        int maxTreeBytes,
        int maxBytes,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(body);
        ArgumentNullException.ThrowIfNull(lists);
        var buffer = ArrayPool<byte>.Shared.Rent(16 * 1024);
        try
        {
            var tree = new JsonTree(lists);
            var (held, total) = (0, 0L);
            while (true)
            {
                if (held == buffer.Length)
                {
                    var larger = ArrayPool<byte>.Shared.Rent(buffer.Length * 2);
                    buffer.AsSpan(0, held).CopyTo(larger);
                    ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
                    buffer = larger;
                }
                var read = await body.ReadAsync(buffer.AsMemory(held), cancellationToken).ConfigureAwait(false);
                (held, total) = (held + read, total + read);
                if (total > maxBytes)
                {
                    return ScimError.TooLarge($"The body is larger than {maxBytes} bytes.");
                }
                if (total == held && held < Mark.Length && read > 0)
                {
                    continue; // too little to tell whether it begins with the mark
                }
                if (total == held && buffer.AsSpan(0, held).StartsWith(Mark))
                {
                    held -= Mark.Length;
                    buffer.AsSpan(Mark.Length, held).CopyTo(buffer);
                }
                if (Take(tree, buffer.AsSpan(0, held), read == 0, out var taken) is { } error)
                {
                    return error;
                }
                if (total - tree.Past > maxTreeBytes)
                {
                    return ScimError.TooLarge($"The body is larger than {maxTreeBytes} bytes, its members not counted.");
                }
                if (read == 0)
                {
                    return tree.Root!;
                }
                buffer.AsSpan(taken, held - taken).CopyTo(buffer);
                held -= taken;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
        }
    }

    private static ScimError? Take(JsonTree tree, ReadOnlySpan<byte> utf8, bool isLast, out int taken)
    {
        taken = 0;
        try
        {
            return tree.Take(utf8, isLast, out taken);
        }
        catch (JsonException)
        {
            return ScimError.InvalidSyntax("The body is not well-formed JSON, or is nested too deeply.");
        }
        catch (InvalidOperationException)
        {
            return ScimError.InvalidValue("A string in the body is not valid Unicode.");
        }
    }

    /// <summary>
    /// Reads one JSON object. Refusals: 400 invalidSyntax for anything else, 400 invalidValue for strings with NUL or
    /// half a surrogate pair and for numbers out of range.
    /// </summary>
    public static ScimResult<JsonObject> ReadObject(ReadOnlySpan<byte> utf8)
    {
        utf8 = utf8.StartsWith(Mark) ? utf8[Mark.Length..] : utf8;
        var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = MaxDepth });
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return ScimError.InvalidSyntax("The body must be a JSON object.");
            }
            var error = ReadObjectBody(ref reader, out var json);
            if (error is not null)
            {
                return error;
            }
            return reader.Read() ? ScimError.InvalidSyntax("Something follows the JSON object.") : json;
        }
        catch (JsonException)
        {
            return ScimError.InvalidSyntax("The body is not well-formed JSON, or is nested too deeply.");
        }
        catch (InvalidOperationException)
        {
            // the reader's way to say that a string is not valid Unicode
            return ScimError.InvalidValue("A string in the body is not valid Unicode.");
        }
    }

    private static ScimError? ReadObjectBody(ref Utf8JsonReader reader, out JsonObject json)
    {
        json = [];
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            reader.Read();
            if (ReadValue(ref reader, out var value) is { } error)
            {
                return error;
            }
            if (!json.TryAdd(name, value))
            {
                return ScimError.InvalidSyntax("A key stands twice in one JSON object.");
            }
        }
        return null;
    }

    private static ScimError? ReadValue(ref Utf8JsonReader reader, out JsonNode? value)
    {
        value = null;
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                var failure = ReadObjectBody(ref reader, out var inner);
                value = inner;
                return failure;
            case JsonTokenType.StartArray:
                var array = new JsonArray();
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                {
                    if (ReadValue(ref reader, out var element) is { } error)
                    {
                        return error;
                    }
                    array.Add(element);
                }
                value = array;
                return null;
            default:
                return ReadScalar(ref reader, out value);
        }
    }

    /// <summary>A string, a number, true, false or null. Refusal: 400 invalidValue.</summary>
    internal static ScimError? ReadScalar(ref Utf8JsonReader reader, out JsonNode? value)
    {
        value = null;
        switch (reader.TokenType)
        {
            case JsonTokenType.String:
                var text = reader.GetString()!;
                value = JsonValue.Create(text);
                return text.Contains('\0', StringComparison.Ordinal)
                    ? ScimError.InvalidValue("A string in the body holds a NUL character.")
                    : null;
            case JsonTokenType.Number:
                return ReadNumber(ref reader, out value);
            case JsonTokenType.True:
                value = JsonValue.Create(true);
                return null;
            case JsonTokenType.False:
                value = JsonValue.Create(false);
                return null;
            default:
                return null;
        }
    }

    private static ScimError? ReadNumber(ref Utf8JsonReader reader, out JsonNode? value)
    {
        value = null;
        if (reader.TryGetInt64(out var whole))
        {
            value = JsonValue.Create(whole);
        }
        else if (reader.TryGetDecimal(out var exact))
        {
            value = JsonValue.Create(exact);
        }
        else if (reader.TryGetDouble(out var wide) && double.IsFinite(wide))
        {
            value = JsonValue.Create(wide);
        }
        else
        {
            return ScimError.InvalidValue("A number in the body is out of range.");
        }
        return null;
    }
}
