using System.Text.Json;
using System.Text.Json.Nodes;

namespace UserManagement.Scim.Protocol;

/// <summary>
/// Builds the tree of a body token by token, as its bytes come in, under the caps of <see cref="ScimJson"/>. What
/// <see cref="LongLists"/> allows goes past the tree, and is not counted with it.
/// </summary>
/// <param name="lists">Takes the rest of long lists.</param>
internal sealed class JsonTree(LongLists lists)
{
    private const int MostWaiting = 64 * 1024;
    private readonly Stack<Frame> _open = [];
    private JsonReaderState _state = new(new JsonReaderOptions { MaxDepth = ScimJson.MaxDepth });
    private long _consumed;

    /// <summary>The object; null until it is complete.</summary>
    public JsonObject? Root { get; private set; }

    /// <summary>How many of the bytes so far went past the tree.</summary>
    public long Past { get; private set; }

    /// <summary>Takes bytes; what is left over begins the next ones. Refusals: as <see cref="ScimJson.ReadObject"/>.</summary>
    /// <param name="utf8">The bytes.</param>
    /// <param name="isLast">Whether no more follow.</param>
    /// <param name="taken">How many were taken.</param>
    /// <exception cref="JsonException">They are no JSON.</exception>
    public ScimError? Take(ReadOnlySpan<byte> utf8, bool isLast, out int taken)
    {
        var reader = new Utf8JsonReader(utf8, isLast, _state);
        taken = 0;
        while (reader.Read())
        {
            if (Token(ref reader) is { } error)
            {
                return error;
            }
        }

        taken = (int)reader.BytesConsumed;
        _consumed += taken;
        _state = reader.CurrentState;
        return null;
    }

    private ScimError? Token(ref Utf8JsonReader reader)
    {
        if (_open.Count == 0 && (Root is not null || reader.TokenType != JsonTokenType.StartObject))
        {
            return ScimError.InvalidSyntax("The body must be a JSON object.");
        }

        if (_open.TryPeek(out var list) && list.IsPastTree)
        {
            list.Begun = _consumed + reader.TokenStartIndex;
        }

        JsonNode? value;
        switch (reader.TokenType)
        {
            case JsonTokenType.PropertyName:
                _open.Peek().Key = reader.GetString()!;
                return null;
            case JsonTokenType.StartObject:
                _open.Push(new Frame(new JsonObject(), false));
                return null;
            case JsonTokenType.StartArray:
                var within = _open.Peek();
                _open.Push(
                    new Frame(
                        new JsonArray(),
                        within.Container is JsonObject && LongLists.MayBeLong(within.Key) && !_open.Any(f => f.IsPastTree)
                    )
                );
                return null;
            case JsonTokenType.EndArray or JsonTokenType.EndObject:
                var done = _open.Pop();
                HandOver(done);
                value = done.Container;
                break;
            default:
                if (ScimJson.ReadScalar(ref reader, out value) is { } error)
                {
                    return error;
                }

                break;
        }

        if (_open.TryPeek(out var holder))
        {
            return Put(holder, value, _consumed + reader.BytesConsumed);
        }

        Root = (JsonObject)value!;
        return null;
    }

    private ScimError? Put(Frame holder, JsonNode? value, long end)
    {
        if (holder.Container is JsonObject json)
        {
            return json.TryAdd(holder.Key, value) ? null : ScimError.InvalidSyntax("A key stands twice in one JSON object.");
        }

        var list = (JsonArray)holder.Container;
        if (!holder.IsPastTree)
        {
            list.Add(value);
            return null;
        }

        holder.More.Add(value);
        Past += end - holder.Begun;
        holder.Waiting += end - holder.Begun;
        if (holder.More.Count == LongLists.Beginning || holder.Waiting > MostWaiting)
        {
            HandOver(holder);
        }

        return null;
    }

    private void HandOver(Frame list)
    {
        if (list.More.Count > 0)
        {
            lists.Take((JsonArray)list.Container, list.More);
            (list.More, list.Waiting) = ([], 0);
        }
    }

    /// <summary>An object or a list that is not at its end.</summary>
    private sealed class Frame(JsonNode container, bool mayBeLong)
    {
        public JsonNode Container => container;

        /// <summary>The key whose value comes next.</summary>
        public string Key { get; set; } = "";

        /// <summary>Elements that wait to be handed over.</summary>
        public JsonArray More { get; set; } = [];

        /// <summary>How many bytes those have.</summary>
        public long Waiting { get; set; }

        /// <summary>Where the element began that is not kept.</summary>
        public long Begun { get; set; }

        /// <summary>Whether the next element is not kept.</summary>
        public bool IsPastTree => mayBeLong && ((JsonArray)container).Count >= LongLists.Beginning;
    }
}
