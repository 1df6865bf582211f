using System.IO.Pipelines;
using System.Text.Json;

namespace UserManagement.Scim.Http;

/// <summary>
/// An answer that goes out while it is made. What waits for the client is one part of it, and no connection to the database
/// waits with it: whoever writes here has read its part and given the connection back.
/// </summary>
internal sealed class AnswerStream(PipeWriter pipe, JsonWriterOptions options) : IDisposable
{
    /// <summary>How much is put together before it goes out, in bytes.</summary>
    private const int Part = 32 * 1024;

    private long _flushed;

    /// <summary>Where the message is written.</summary>
    public Utf8JsonWriter Json { get; } = new(pipe, options);

    /// <summary>How many bytes there are so far.</summary>
    public long Length => Json.BytesCommitted + Json.BytesPending;

    /// <summary>Sends what there is when it is enough; waits while the client is slower.</summary>
    /// <param name="ct">The client has gone, or took too long.</param>
    public ValueTask PassAsync(CancellationToken ct) => Length - _flushed < Part ? ValueTask.CompletedTask : SendAsync(ct);

    /// <summary>Sends what there is.</summary>
    public async ValueTask SendAsync(CancellationToken ct)
    {
        Json.Flush();
        _flushed = Length;
        await pipe.FlushAsync(ct);
        ct.ThrowIfCancellationRequested();
    }

    /// <inheritdoc/>
    public void Dispose() => Json.Dispose();
}
