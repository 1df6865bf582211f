using System.IO.Compression;
using Microsoft.AspNetCore.Http;

namespace UserManagement.Ui.Requests;

/// <summary>
/// A JSON body that came compressed (RFC 9110 section 8.4), unpacked while it is read: whoever reads it bounds what comes out,
/// as of any other body, so that a small one cannot grow without end. What is no such body at all is 400, as a
/// <see cref="BadHttpRequestException"/>. Forms stay as they are: no browser compresses them.
/// </summary>
internal sealed class UnpackedBody(Stream packed) : Stream
{
    /// <summary>The codings that are unpacked, as <c>Accept-Encoding</c> of an answer says them.</summary>
    public const string Codings = "gzip, deflate, br";

    /// <summary>Puts the unpacked body in the place of the one that came; another coding stays, for the door to refuse.</summary>
    public static void Open(HttpRequest request)
    {
        if (
            request.Headers.ContentEncoding.Count == 0
            || request.ContentType?.Contains("json", StringComparison.OrdinalIgnoreCase) is not true
        )
        {
            return;
        }

        var codings = request
            .Headers.ContentEncoding.ToString()
            .Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(coding => coding.ToUpperInvariant())
            .Where(coding => coding != "IDENTITY")
            .ToList();
        if (codings is [var only] && Unpack(request.Body, only) is { } unpacked)
        {
            request.Body = new UnpackedBody(unpacked);
            request.HttpContext.Response.RegisterForDispose(request.Body);
            request.Headers.ContentLength = null;
            codings.Clear();
        }

        if (codings.Count == 0)
        {
            request.Headers.Remove("Content-Encoding");
        }
    }

    private static Stream? Unpack(Stream body, string coding) =>
        coding switch
        {
            "GZIP" or "X-GZIP" => new GZipStream(body, CompressionMode.Decompress, leaveOpen: true),
            "DEFLATE" => new ZLibStream(body, CompressionMode.Decompress, leaveOpen: true),
            "BR" => new BrotliStream(body, CompressionMode.Decompress, leaveOpen: true),
            _ => null,
        };

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => false;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            return await packed.ReadAsync(buffer, cancellationToken);
        }
        catch (Exception fault) when (fault is InvalidDataException or InvalidOperationException)
        {
            throw new BadHttpRequestException("The body is not what its Content-Encoding says.", StatusCodes.Status400BadRequest, fault);
        }
    }

    /// <inheritdoc/>
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Bodies are read asynchronously.");

    /// <inheritdoc/>
    public override void Flush() => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            packed.Dispose();
        }

        base.Dispose(disposing);
    }
}
